import KarezCore
import KarezRules

/// Whether the versions of each rule follow one another without gap or overlap, from a
/// day and to a day that something explains.
///
/// A rule begins on the first day of its pack's span or of a law it cites, and ends on the last
/// day of one; in between every day has one version. A rule that cites a law which has ended, and
/// nothing after it, would otherwise fall silent without anybody noticing.
struct RuleCoverage {
  private(set) var problems: [PackFault] = []
  /// Days on which a version begins or ends.
  private(set) var days = 0

  init(of rules: [Rule], in library: PackLibrary) {
    let spans = Dictionary(library.manifests.map { ($0.id, $0.span) }) { first, _ in first }
    for (id, versions) in Dictionary(grouping: rules, by: \.id).sorted(by: { $0.key < $1.key }) {
      let place = library.rulePlaces[id] ?? PackOrigin(file: id, line: 1)
      let pack = String(id.prefix { $0 != "/" })
      let ordered = versions.sorted { $0.validity.from < $1.validity.from }
      let faults =
        follow(ordered, of: id) + explain(ordered, span: spans[pack], library)
      problems += faults.map { PackFault(place, $0) }
    }
  }

  /// One version on every boundary day, and on the day before it, but for the first and the last.
  private mutating func follow(_ versions: [Rule], of id: String) -> [PackFault.What] {
    guard let first = versions.first?.validity.from else { return [] }
    let last = versions.last?.validity.until
    var faults: [PackFault.What] = []
    let boundaries = Set(versions.flatMap { [$0.validity.from, $0.validity.until] })
      .compactMap(\.self).sorted()
    days += boundaries.count
    for boundary in boundaries {
      for day in [boundary.adding(days: -1), boundary].compactMap(\.self) {
        let count = versions.count { $0.validity.contains(day) }
        let isClaimed = day >= first && last.map { day < $0 } ?? true
        if count > 1 {
          faults.append(.versionsOverlap(id: id, on: day.description))
        } else if count == 0, isClaimed {
          faults.append(.versionsGap(id: id, from: day.description, until: day.description))
        }
      }
    }
    return faults
  }

  private func explain(
    _ versions: [Rule], span: Validity?, _ library: PackLibrary
  ) -> [PackFault.What] {
    guard let oldest = versions.first, let newest = versions.last else { return [] }
    func laws(of rule: Rule) -> [Validity] {
      rule.citations.compactMap { library.law($0.law)?.validity }
    }
    var faults: [PackFault.What] = []
    let begins = ([span] + laws(of: oldest)).compactMap { $0?.from }
    if !begins.contains(oldest.validity.from) {
      faults.append(
        .spanUnexplained(rule: oldest.id, day: oldest.validity.from.description))
    }
    if let until = newest.validity.until {
      let ends = ([span] + laws(of: newest)).compactMap { $0?.until }
      if !ends.contains(until) {
        faults.append(.spanUnexplained(rule: newest.id, day: until.description))
      }
    }
    return faults
  }
}
