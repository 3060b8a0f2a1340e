import KarezCore
import KarezStore

/// Rows of one state as the store gives them to one reader.
struct RecordedRows {
  let store: any OneMapStore
  let asOf: AsOf
  let scope: Scope

  func versions(_ query: FeatureQuery) async throws(Problem) -> [FeatureVersion] {
    var found: [FeatureVersion] = []
    var cursor: FeatureCursor?
    repeat {
      do throws(StoreError) {
        let page = try await store.features(query, after: cursor, limit: 500, in: scope)
        found += page.versions
        cursor = page.next
      } catch {
        throw .store(error)
      }
    } while cursor != nil
    return found
  }

  /// The texts some rows state for an attribute, by row.
  func attributes(
    _ attribute: String, ofRows rows: [Int64], _ dataset: DatasetID
  ) async throws(Problem) -> [Int64: String] {
    var texts: [Int64: String] = [:]
    for first in stride(from: 0, to: rows.count, by: 500) {
      let some = Array(rows[first..<min(first + 500, rows.count)])
      let query = FeatureQuery(dataset: dataset, asOf: asOf, rows: some)
      for version in try await versions(query) {
        texts[version.row] = version.feature.attributes[attribute]?.plainText
      }
    }
    return texts
  }
}
