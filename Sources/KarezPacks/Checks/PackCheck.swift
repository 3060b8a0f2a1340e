import KarezCore
public import KarezRules

/// What `karez rules check` reports.
public struct PackCheck: Hashable, Sendable {
  public let packs: [PackVersion]
  /// Versions of rules.
  public let rules: Int
  /// Rules with a citation that resolves.
  public let cited: Int
  public let cases: Int
  public let indicators: Int
  /// Rules that rest on something unconfirmed.
  public let unconfirmed: Int
  /// Versions of rules by pack, in the order of the packs' ids.
  public let counts: [RuleCount]
  /// Days on which a rule begins or ends, each looked at with the day before it.
  public let boundaryDays: Int
  public let problems: [PackFault]
}

/// How many rules a pack has, and how sure they are.
public struct RuleCount: Hashable, Sendable {
  public let pack: String
  public let certain: Int
  public let unconfirmed: Int
}

extension PackLibrary {
  /// Counts what was loaded, of one pack or of all, and names rules without a case on each side.
  public func check(pack: String? = nil) -> PackCheck {
    let chosen = ruleBook.rules.filter { rule in
      pack.map { rule.id.hasPrefix($0 + "/") } ?? true
    }
    let chosenCases = cases.filter { pack == nil || $0.pack == pack }
    let coverage = RuleCoverage(of: chosen, in: self)
    let gated = gateCases.filter { pack == nil || $0.pack == pack }
    return PackCheck(
      packs: packs.filter { pack == nil || $0.id == pack }, rules: chosen.count,
      cited: chosen.count { !$0.citations.isEmpty }, cases: chosenCases.count + gated.count,
      indicators: indicators(of: pack),
      unconfirmed: chosen.count { $0.certainty == .unconfirmed }, counts: Self.counts(chosen),
      boundaryDays: coverage.days,
      problems: uncovered(chosen, chosenCases) + uncoveredProfiles(of: pack) + coverage.problems)
  }

  private static func counts(_ rules: [Rule]) -> [RuleCount] {
    Dictionary(grouping: rules) { String($0.id.prefix { $0 != "/" }) }
      .sorted { $0.key < $1.key }
      .map { pack, rules in
        let unconfirmed = rules.count { $0.certainty == .unconfirmed }
        return RuleCount(
          pack: pack, certain: rules.count - unconfirmed, unconfirmed: unconfirmed)
      }
  }

  private func indicators(of pack: String?) -> Int {
    let places = supervision.map { Array($0.places.values) } ?? []
    return places.count { place in pack.map { place.file.hasPrefix($0 + "/") } ?? true }
  }

  private func uncovered(_ rules: [Rule], _ cases: [RuleCase]) -> [PackFault] {
    uncovered(
      rules.map(\.id),
      meets: cases.filter { $0.kind == .bad }.flatMap { $0.expectations.map(\.rule) },
      misses: cases.filter { $0.kind == .good }.flatMap(\.silent))
  }

  /// Rules of profiles written in a pack that have no case on one side.
  private func uncoveredProfiles(of pack: String?) -> [PackFault] {
    let rules = profiles.flatMap(\.checks).map(\.id).filter { id in
      pack.map { rulePlaces[id]?.file.hasPrefix($0 + "/") ?? false } ?? true
    }
    return uncovered(
      rules, meets: gateCases.flatMap { $0.expectations.map(\.rule) },
      misses: gateCases.filter(\.expectations.isEmpty).flatMap(\.silent))
  }

  private func uncovered(
    _ rules: [String], meets: [String], misses: [String]
  ) -> [PackFault] {
    let (meets, misses) = (Set(meets), Set(misses))
    var problems: [PackFault] = []
    for id in Set(rules).sorted() {
      let place = rulePlaces[id] ?? PackOrigin(file: id, line: 1)
      if !meets.contains(id) {
        problems.append(PackFault(place, .ruleWithoutCase(rule: id, kind: "bad")))
      }
      if !misses.contains(id) {
        problems.append(PackFault(place, .ruleWithoutCase(rule: id, kind: "good")))
      }
    }
    return problems
  }

  /// Runs the cases, of one pack or of all.
  public func runCases(pack: String? = nil) -> [CaseOutcome] {
    cases.filter { pack == nil || $0.pack == pack }.map { ruleBook.outcome(of: $0) }
  }
}
