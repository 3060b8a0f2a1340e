import Foundation
import KarezCore
import KarezGeometry
import KarezStore
import Testing

/// Features with a code of their own, and layers of them compared with what is read row by row.
enum LayerFixture {
  static func schema(_ dataset: DatasetID, grade level: Classification = .internal) -> DatasetSchema
  {
    let text = LocalizedText(zh: "等别", en: "grade")
    return Fixture.schema(
      dataset, classification: .public,
      more: [
        Attribute(name: "grade", title: text, type: .text, codes: "grades", classification: level)
      ])
  }

  /// A feature whose place, region and grade are told by one number.
  static func feature(_ id: String, _ content: Int) throws -> Feature {
    let plain = try Fixture.feature(id, content)
    var attributes = plain.attributes
    attributes["grade"] = content.isMultiple(of: 3) ? nil : .text("g\(content % 3)")
    return Feature(id: id, geometry: plain.geometry, attributes: attributes)
  }

  static func rows(_ contents: [String: Int?]) throws -> [DraftRow] {
    try contents.sorted { $0.key < $1.key }.enumerated().map { index, item in
      DraftRow(
        row: Int64(index + 1), feature: try feature(item.key, item.value ?? 0),
        ends: item.value == nil)
    }
  }

  /// One polygon of a layer or of a query, as both must give it.
  struct Shown: Hashable {
    let row: Int64
    let id: String
    let grade: String?
    let corners: Set<Position>
  }

  static func shown(
    by store: any OneMapStore, _ dataset: DatasetID, _ asOf: AsOf, near window: BoundingBox?,
    in scope: Scope
  ) async throws -> [Shown] {
    let layer = try #require(
      try await store.layers(of: [dataset], asOf: asOf, near: window, in: scope)[dataset])
    var shown: [Shown] = []
    for part in layer.parts {
      for polygon in 0..<part.layer.count where part.shows(polygon) {
        let geometry = try part.layer.geometry(of: polygon)
        if let window, geometry.boundingBox?.meets(window) != true { continue }
        let row = part.layer.row(of: polygon)
        let grade =
          part.holds("grade")
          ? try part.text(of: "grade", polygon)
          : try await store.read(dataset, asOf, rows: [row], in: scope).first?.grade
        shown.append(
          Shown(
            row: row, id: try part.layer.id(of: polygon), grade: grade,
            corners: Set(geometry.polygons.flatMap { $0.shell.positions })))
      }
    }
    return shown.sorted { $0.row < $1.row }
  }
}

extension OneMapStore {
  func read(
    _ dataset: DatasetID, _ asOf: AsOf, near window: BoundingBox? = nil, rows: [Int64]? = nil,
    in scope: Scope
  ) async throws -> [LayerFixture.Shown] {
    let query = FeatureQuery(dataset: dataset, asOf: asOf, window: window, rows: rows)
    let page = try await features(query, after: nil, limit: 1_000, in: scope)
    return page.versions.compactMap { version in
      guard case .polygons(let polygons)? = version.feature.geometry else { return nil }
      var grade: String?
      if case .text(let text)? = version.feature.attributes["grade"] { grade = text }
      return LayerFixture.Shown(
        row: version.row, id: version.feature.id, grade: grade,
        corners: Set(polygons.polygons.flatMap { $0.shell.positions }))
    }
  }
}
