import KarezCore
import KarezStore
import TestSupport
import Testing

@testable import KarezService

/// What makes one state of a feature the other, for all states there are over four stretches of
/// days: in each of them the feature is not there, is one thing, or is another.
@Suite struct IncrementAlgebraTests {
  typealias State = [Int?]

  static let days: [LegalDate] = (1...4).compactMap {
    LegalDate(year: 2025, month: $0, day: 1)
  }

  static let states: [State] = (0..<81).map { number in
    [number / 27, number / 9 % 3, number / 3 % 3, number % 3].map { $0 == 0 ? nil : Int?($0) }
  }

  /// The versions of a state: a version a stretch, or one for stretches that say the same.
  static func versions(_ state: State, isJoined: Bool) throws -> [RecordedVersion] {
    var versions: [RecordedVersion] = []
    var start = 0
    while start < state.count {
      var end = start + 1
      while isJoined, end < state.count, state[end] == state[start] { end += 1 }
      if let content = state[start] {
        let until = end < days.count ? days[end] : nil
        let feature = Feature(id: "f", geometry: nil, attributes: ["n": .integer(Int64(content))])
        versions.append(
          RecordedVersion(
            version: FeatureVersion(
              feature: feature, row: Int64(start),
              validity: try #require(Validity(from: days[start], until: until)),
              recordedFrom: .none, statutoryArea: nil),
            recordedUntil: nil, contentSM3: feature.contentSM3))
      }
      start = end
    }
    return versions
  }

  @Test(arguments: [true, false])
  func `the rows of a change make the base the result, and speak of nothing else`(
    isJoined: Bool
  ) throws {
    var examined = 0
    for base in Self.states {
      let old = try Self.versions(base, isJoined: isJoined)
      for result in Self.states {
        let new = try Self.versions(result, isJoined: !isJoined)
        examined += 1
        guard let change = IncrementPackage.Change("f", from: old, to: new) else {
          #expect(base == result)
          continue
        }
        #expect(base != result, "versions that say the same are no change")
        var applied = base
        for (stretch, day) in Self.days.enumerated() {
          let rows = change.rows.filter { $0.validity.contains(day) }
          #expect(rows.count <= 1, "two rows of one day")
          guard let row = rows.first else { continue }
          applied[stretch] = row.content.flatMap { feature -> Int? in
            guard case .integer(let number)? = feature.attributes["n"] else { return nil }
            return Int(number)
          }
          #expect(base[stretch] != result[stretch], "a row where nothing differs")
        }
        #expect(applied == result)
        #expect(change.base == IncrementPackage.Change.joined(old))
      }
    }
    #expect(examined == 81 * 81)
  }
}
