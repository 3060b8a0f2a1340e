public import KarezCatalog
public import KarezCore
import KarezCrypto
import KarezGeometry
import KarezRules
public import KarezStore

/// What became of an import: the gate's findings, and the commit if there was one.
public struct ImportOutcome: Sendable {
  public let schema: DatasetSchema
  /// The file's name, and the first day its rows are valid.
  public let source: String
  public let validFrom: LegalDate
  /// RFC 3339, UTC.
  public let examinedAt: String
  public let receipt: CommitReceipt
  public let report: GateReport
  /// What is doubtful about the file's coordinates and texts.
  public let warnings: [BoundaryWarning]
  /// Rules that were let pass.
  public let accepted: Set<String>
  public let isDryRun: Bool

  public var dataset: DatasetID { schema.id }

  /// Errors that nobody accepted stood in the way.
  public var isBlocked: Bool { !report.blocking(accepting: accepted).isEmpty }

  /// Something else was recorded in between: what stands in the way is no fault of the file.
  public var isInConflict: Bool {
    let conflicts = [GateRule.baseChanged, .groundChanged].map(\.rawValue)
    return !Set(blocking).isDisjoint(with: conflicts)
  }

  var examined: Int { report.examined }
  var counts: [String: Int] { report.counts }
  var blocking: [String] { report.blocking(accepting: accepted) }

  /// What the gate said and nothing else: the same file in the same state gives the same.
  var verdict: JSONValue {
    .object([
      "examined": .integer(Int64(report.examined)),
      "counts": .object(report.counts.mapValues { .integer(Int64($0)) }),
      "findings": .array(report.findings.map(\.json)),
      "warnings": .array(warnings.map(\.json)),
    ])
  }

  /// What a signature names, and a commit.
  var verdictSM3: String { SM3.digest(verdict.canonicalText).description }

  /// What `karez import --json` prints.
  public var json: JSONValue {
    .object([
      "dataset": .string(dataset.text),
      "commit": receipt.commit.map { .integer(Int64($0.value)) } ?? .null,
      "inserted": .integer(Int64(receipt.inserted)),
      "changed": .integer(Int64(receipt.changed)),
      "ended": .integer(Int64(receipt.ended)),
      "examined": .integer(Int64(report.examined)),
      "dryRun": .boolean(isDryRun),
      "warnings": .array(warnings.map(\.json)),
      "counts": .object(report.counts.mapValues { .integer(Int64($0)) }),
      "profiles": .array(report.rules.profiles.map(\.json)),
      "findings": .array(report.findings.map(\.json)),
    ])
  }

  /// A line a finding, at most some of each rule, and what came of it all.
  public func lines(in language: Language) -> [String] {
    let isEnglish = language == .en
    var lines = warnings.map { "! " + $0.message[language] }
    var shown: [String: Int] = [:]
    for finding in report.findings {
      shown[finding.rule, default: 0] += 1
      guard shown[finding.rule, default: 0] <= 20 else { continue }
      lines.append(finding.line(in: language))
    }
    for (rule, count) in report.counts.sorted(by: { $0.key < $1.key }) {
      lines.append(isEnglish ? "\(rule): \(count)" : "\(rule)：\(count) 处")
    }
    lines.append(conclusion(isEnglish))
    return lines
  }

  private func conclusion(_ isEnglish: Bool) -> String {
    let examined = report.examined
    if isBlocked {
      let rules = report.blocking(accepting: accepted).joined(separator: ", ")
      return isEnglish
        ? "\(examined) features examined; not committed because of \(rules)"
        : "已质检 \(examined) 个要素；因 \(rules) 未提交"
    }
    if isDryRun {
      return isEnglish
        ? "\(examined) features examined; nothing written (dry run)" : "已质检 \(examined) 个要素；试运行，未写入"
    }
    guard let commit = receipt.commit else {
      return isEnglish
        ? "\(examined) features examined; nothing differs from what is recorded"
        : "已质检 \(examined) 个要素；与已有内容相同，无需提交"
    }
    let counts = "+\(receipt.inserted) ~\(receipt.changed) -\(receipt.ended)"
    return isEnglish
      ? "\(examined) features examined; commit \(commit): \(counts)"
      : "已质检 \(examined) 个要素；第 \(commit) 次提交：\(counts)"
  }
}

extension GateFinding {
  var json: JSONValue {
    .object([
      "rule": .string(rule),
      "severity": .string(severity.rawValue),
      "feature": .string(feature),
      "others": .array(others.map { .string($0) }),
      "row": row.map(JSONValue.integer) ?? .null,
      "place": place.map { .array([.number($0.x), .number($0.y)]) } ?? .null,
      "areaM2": areaM2.map { .string(DecimalText.fixed($0, decimals: 6)) } ?? .null,
      "message": message.json,
      "remedy": remedy.json,
    ])
  }

  func line(in language: Language) -> String {
    let spot = place.map {
      " (\(DecimalText.fixed($0.x, decimals: 7)), \(DecimalText.fixed($0.y, decimals: 7)))"
    }
    return "\(severity.rawValue)\t\(rule)\t\(feature)\(spot ?? "")\t\(message[language])"
  }
}

extension ProfileVersion {
  var json: JSONValue { .object(["id": .string(id), "version": .string(version)]) }
}

extension CommitReceipt {
  /// Of what was not recorded.
  static let nothing = CommitReceipt(commit: nil, inserted: 0, changed: 0, ended: 0)
}
