import ArgumentParser
import Foundation
import KarezCore
import KarezPacks
import KarezService
import KarezStore
import KarezWriting

// What `karez check` tells of many boundaries, or of another one.
extension CheckCommand {
  // MARK: Batch

  /// A line a parcel: number, parcel, verdict, area, counts, answer; tab-separated.
  func runBatch(_ map: OneMap) async throws {
    let limits = try map.webLimits().checks
    let argument = FileArgument(file)
    let read = try await map.readBoundary(file: argument, named: nil, crs: crs)
    let parcels = try map.batchParcels(of: [(argument.name, read)], within: limits)
    let last = try await map.today().recorded
    let order = CheckBatch.Order(
      purpose: purpose, documents: have, validOn: on ?? Clock.today,
      recorded: try recorded.map { try CommitNumber(argument: $0) } ?? last)
    var rows: [BatchRow] = []
    let progress = ProgressLine("审查", "checking")
    for (index, parcel) in parcels.enumerated() {
      rows.append(
        try await map.batchRow(index + 1, parcel, order, by: .operator, in: .all))
      progress.show(index + 1)
    }
    progress.finish()
    if let out { try await write(rows, parcels, to: out, map) }
    if common.json {
      Terminal.json(.object(["rows": .array(rows.map(\.json))]))
    } else {
      for row in rows { Terminal.line(Self.line(of: row)) }
    }
    if failOnProhibited, rows.contains(where: { $0.verdict == .prohibited }) {
      throw ExitCode(10)
    }
  }

  private func write(
    _ rows: [BatchRow], _ parcels: [BatchParcel], to path: String, _ map: OneMap
  ) async throws {
    let ending = path.split(separator: ".").last.map { $0.lowercased() } ?? ""
    let format = OneMap.batchFormats.first { $0.rawValue == ending } ?? .parquet
    try await map.write(
      rows, outlines: parcels.map { $0.boundary.parcels.first?.geometry },
      titled: LocalizedText(zh: "成批审查", en: "A batch of checks"), to: path, as: format)
  }

  private static func line(of row: BatchRow) -> String {
    [
      String(row.number), row.parcel, row.name, row.verdict?.rawValue ?? "-",
      row.area.map { $0.text + " m²" } ?? "-",
      "\(row.prohibits)/\(row.requires)/\(row.informs)/\(row.undecided)", row.answer ?? "-",
      row.lead?[Terminal.language] ?? "",
    ].joined(separator: "\t")
  }

  // MARK: Avoidance

  /// A line for each line: what is occupied, given up and left, in how many parts, and the verdict.
  func tellAvoidance(of answer: ComplianceAnswer, _ map: OneMap) async throws {
    let found = try await map.avoidance(
      of: answer.id, within: try map.webLimits().checks, in: .all)
    if let out { try OutputFile.write(found.json.prettyText, to: out) }
    if common.json || format == .json {
      if out == nil { Terminal.json(found.json) }
      return
    }
    Terminal.say(
      "建议，不是批准的选址；每个新边界均已重新审查", "a suggestion; every new boundary was checked again")
    for line in found.lines {
      let suggestion = line["suggestion"]
      func area(_ name: String) -> String { suggestion?[name]?.string.map { $0 + " m²" } ?? "-" }
      let title = line["title"]?[Terminal.language.rawValue]?.string ?? ""
      let trade = suggestion?["trade"]
      Terminal.line(
        [
          line["id"]?.string ?? "", title, (line["occupiedM2"]?.string ?? "-") + " m²",
          area("givenUpM2"), area("restM2"),
          String(suggestion?["partsM2"]?.array?.count ?? 0),
          suggestion?["verdict"]?.string ?? "-",
          trade?["distanceM"]?.string.map { $0 + " m" } ?? "-",
          trade?["verdict"]?.string ?? "-",
        ].joined(separator: "\t"))
    }
  }

  // MARK: Comparison

  /// The answer beside those of other boundaries, or of another day.
  func tellComparison(of answer: ComplianceAnswer, _ map: OneMap) async throws {
    var ids = [answer.id]
    for path in compare {
      let other = try await map.readBoundary(file: FileArgument(path), named: nil, crs: crs)
      ids.append(try await asked(other, on: answer.asOf.validOn, like: answer, map))
    }
    if let compareOn {
      ids.append(try await asked(ReadBoundary(of: answer), on: compareOn, like: answer, map))
    }
    let found = try await map.comparison(of: ids, within: try map.webLimits().checks, in: .all)
    if common.json || format == .json {
      return try emit(Array(found.json.prettyText.utf8))
    }
    var lines = found.answers.enumerated().map { index, answer in
      "\(index + 1)\t\(answer.asOf.validOn)\t\(answer.verdict.rawValue)\t"
        + "\(answer.boundary.statutoryArea.text) m²\t\(answer.id)"
    }
    for row in found.layers + found.landUse {
      let areas = row.areas.map { $0.map { $0.text + " m²" } ?? "-" }
      lines.append(([row.code, row.title[Terminal.language]] + areas).joined(separator: "\t"))
    }
    for row in found.findings where !row.isCommon || row.isRuleChanged {
      let has = row.findings.map { $0 == nil ? "-" : "+" }.joined(separator: " ")
      lines.append("\(row.severity.rawValue)\t\(row.rule)\t\(has)")
    }
    try emit(Array((lines.joined(separator: "\n") + "\n").utf8))
  }

  private func asked(
    _ boundary: ReadBoundary, on day: LegalDate, like answer: ComplianceAnswer, _ map: OneMap
  ) async throws -> String {
    let request = CheckRequest(
      boundary: boundary, purpose: answer.purpose, documents: answer.documents,
      proposed: answer.proposed, validOn: day, recorded: answer.asOf.recorded)
    return try await map.check(request, by: .operator, in: .all).id
  }
}
