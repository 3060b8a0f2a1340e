import KarezCore

/// 办件 in the store: no part of a case is above the level of what an office keeps for itself.
///
/// It is the reader's ceiling that is asked and not the zone's: applicants hand their cases in where
/// they can reach, so an installation in the internet's zone keeps cases, too.
enum CaseAccess {
  static let level = Classification.internal

  /// Whether the reader may know of cases of a region.
  static func reaches(_ scope: Scope, _ region: String) -> Bool {
    guard scope.ceiling >= level else { return false }
    return scope.regionPrefixes.map { $0.contains { region.hasPrefix($0) } } ?? true
  }

  /// Rows of cases the reader may see.
  static func rows(in scope: Scope, of alias: SQL) -> [SQL] {
    guard scope.ceiling >= level else { return [.never] }
    return rows(within: scope.regionPrefixes, of: alias)
  }

  /// Rows of regions that begin so; of all where nothing is said.
  static func rows(within prefixes: [String]?, of alias: SQL) -> [SQL] {
    guard let prefixes else { return [] }
    guard !prefixes.isEmpty else { return [.never] }
    let tests = prefixes.map { prefix -> SQL in
      "substr(\(alias).region, 1, length(\(prefix))) = \(prefix)"
    }
    return ["(\(SQL.joined(tests, by: " OR ")))"]
  }
}
