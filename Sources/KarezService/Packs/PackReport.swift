import Foundation
public import KarezCore
import KarezPacks
import KarezRules

/// What `karez rules` says of the packs.
public struct PackReport: Sendable {
  public let json: JSONValue
  /// Something was refused, or a case failed.
  public let isRefused: Bool
  private let summary: LocalizedText
  private let faults: [LocalizedText]

  public func lines(in language: Language) -> [String] {
    faults.map { $0[language] } + [summary[language]]
  }

  /// Loads and links the packs; every fault is listed, not only the first.
  public static func check(
    _ installation: Installation, pack: String?
  ) throws(Problem) -> PackReport {
    let library: PackLibrary
    do throws(RulePackError) {
      library = try PackLibrary.load(from: installation.packs.path)
    } catch {
      guard case .refused(let faults) = error else { throw .packs(error) }
      return PackReport(faults)
    }
    let check = library.check(pack: pack)
    let besides = pack == nil ? try faultsBesides(library, installation) : []
    let problems = (check.problems + besides).map(PackFaultWording.text)
    return PackReport(
      json: .object([
        "packs": .array(
          check.packs.map {
            .object([
              "id": .string($0.id), "version": .string($0.version), "sm3": .string($0.sm3),
            ])
          }),
        "rules": .integer(Int64(check.rules)),
        "cited": .integer(Int64(check.cited)),
        "cases": .integer(Int64(check.cases)),
        "indicators": .integer(Int64(check.indicators)),
        "unconfirmed": .integer(Int64(check.unconfirmed)),
        "boundaryDays": .integer(Int64(check.boundaryDays)),
        "byPack": .array(
          check.counts.map {
            .object([
              "pack": .string($0.pack), "certain": .integer(Int64($0.certain)),
              "unconfirmed": .integer(Int64($0.unconfirmed)),
            ])
          }),
        "problems": .array(problems.map { .string($0.zh) }),
      ]),
      isRefused: !problems.isEmpty || check.rules + check.indicators == 0,
      summary: LocalizedText(
        zh:
          "规则包 \(check.packs.count) 个，规则 \(check.rules) 条（有引用 \(check.cited)，待确认 \(check.unconfirmed)），案例 \(check.cases) 个，指标 \(check.indicators) 项，问题 \(problems.count) 处",
        en:
          "\(check.packs.count) packs, \(check.rules) rules (\(check.cited) cited, \(check.unconfirmed) unconfirmed), \(check.cases) cases, \(check.indicators) indicators, \(problems.count) problems"
      ),
      faults: problems)
  }

  /// The faults of the files beside the packs, which otherwise show when they are first used.
  private static func faultsBesides(
    _ library: PackLibrary, _ installation: Installation
  ) throws(Problem) -> [PackFault] {
    let folder = installation.packs.path
    var faults: [PackFault] = []
    func examine(_ load: () throws -> Void) throws(Problem) {
      do { try load() } catch {
        guard case RulePackError.refused(let found) = error else { throw .unreadableFile("Packs") }
        faults += found
      }
    }
    try examine {
      faults += try Offices.load(from: folder).faults(beside: library.schemas)
    }
    try examine {
      _ = try TwoPersonActs.load(from: folder, datasets: Set(library.schemas.map(\.id.text)))
    }
    try examine { _ = try EvidencePolicy.load(from: folder) }
    try examine { _ = try ExchangeRules.load(from: folder, schemas: library.schemas) }
    try examine { _ = try WebLimits.load(file: folder + "/web.yaml") }
    try examine { _ = try BaseLayers.load(from: folder) }
    try examine { _ = try library.chart(from: folder) }
    try examine { _ = try library.projectChains(from: folder) }
    try examine { _ = try Retention.load(from: folder) }
    return faults
  }

  /// Runs the packs' cases: those of rules, and those of the gate's profiles.
  public static func runCases(
    _ installation: Installation, pack: String?
  ) async throws(Problem) -> PackReport {
    let library = try OneMap.loadPacks(installation)
    var outcomes = library.runCases(pack: pack) + library.runProcedureCases(pack: pack)
    let run = GateCaseRun(packs: library)
    for sample in library.gateCases where pack == nil || sample.pack == pack {
      outcomes.append(try await run.outcome(of: sample))
    }
    let failed = outcomes.filter { !$0.passed }
    let lines = failed.flatMap { outcome in
      outcome.differences.map { "\(outcome.place): \(outcome.path): \($0)" }
    }
    return PackReport(
      json: .object([
        "cases": .integer(Int64(outcomes.count)),
        "failed": .array(failed.map { .string($0.path) }),
        "differences": .array(lines.map(JSONValue.string)),
      ]),
      // No case examined is a failure, not a pass.
      isRefused: !failed.isEmpty || outcomes.isEmpty,
      summary: LocalizedText(
        zh: "案例 \(outcomes.count) 个，未通过 \(failed.count) 个",
        en: "\(outcomes.count) cases examined, \(failed.count) failed"),
      faults: lines.map { LocalizedText(zh: $0, en: $0) })
  }

  private init(json: JSONValue, isRefused: Bool, summary: LocalizedText, faults: [LocalizedText]) {
    self.json = json
    self.isRefused = isRefused
    self.summary = summary
    self.faults = faults
  }

  private init(_ found: [PackFault]) {
    let faults = found.map(PackFaultWording.text)
    self.init(
      json: .object([
        "packs": .array([]), "rules": .integer(0), "cited": .integer(0), "cases": .integer(0),
        "unconfirmed": .integer(0), "problems": .array(faults.map { .string($0.zh) }),
      ]),
      isRefused: true,
      summary: LocalizedText(
        zh: "规则包被拒：\(faults.count) 处问题", en: "the packs are refused: \(faults.count) problems"),
      faults: faults)
  }
}
