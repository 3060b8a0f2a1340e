import Foundation
import KarezCatalog
import KarezCore
import KarezGeometry
import TestSupport
import Testing

/// A hundred faults of topology in a coverage: all found, each as what it is, and none invented.
///
/// `make faults` asks the same of 300,000 patches.
@Suite struct PlantedFaultTests {
  static let cells =
    ProcessInfo.processInfo.environment["KAREZ_FAULTS"].flatMap { Int($0) } ?? 3_000
  static let topology = [
    "overlap", "overlap-uncounted", "contained", "gap", "mismatch", "noise",
    "geometry-duplicate", "geometry-invalid", "coverage-unexamined",
  ]

  @Test func `a hundred planted faults are found, and nothing else`() async throws {
    let coverage = try PlantedCoverage(cells: Self.cells, faults: 100, seed: 4)
    try #require(coverage.faults.count == 100)
    let report = try await Drafting.examine(try Drafting.polygons, fields: ["identifier"]) {
      mapping in
      coverage.rows.enumerated().map { index, row in
        mapping.row(
          Int64(index + 1), fallback: "", geometry: row.geometry,
          values: ["identifier": .text(row.id)])
      }
    }
    #expect(report.examined == coverage.rows.count)
    var findings = report.findings.filter { Self.topology.contains($0.rule) }
    for fault in coverage.faults {
      let index = findings.firstIndex { Self.tells($0, of: fault) }
      guard let index else {
        Issue.record("not found: \(fault.kind), \(fault.features.sorted())")
        continue
      }
      findings.remove(at: index)
    }
    for finding in findings {
      Issue.record(
        "invented: \(finding.rule) \(finding.feature) \(finding.others) \(finding.what.en)")
    }
  }

  @Test func `without planted faults nothing is found`() async throws {
    let coverage = try PlantedCoverage(cells: 900, faults: 0, seed: 5)
    let report = try await Drafting.examine(try Drafting.polygons, fields: ["identifier"]) {
      mapping in
      coverage.rows.enumerated().map { index, row in
        mapping.row(
          Int64(index + 1), fallback: "", geometry: row.geometry,
          values: ["identifier": .text(row.id)])
      }
    }
    #expect(report.counts == [:])
  }

  /// The right rule, the very features, and a place within the patch.
  private static func tells(_ finding: GateFinding, of fault: PlantedCoverage.Fault) -> Bool {
    guard finding.rule == fault.kind.rule, let place = finding.place,
      place.metres(to: fault.place) < 80
    else { return false }
    return Set([finding.feature] + finding.others) == fault.features
  }
}
