import KarezCore
import KarezGeometry

/// One thing the gate looks for.
///
/// Checks belong to the task that runs the gate; what they keep per row is a few bytes.
protocol GateCheck: AnyObject {
  /// Whether the check looks at rows that end their feature, too.
  var seesEnds: Bool { get }
  /// Whether the check needs the polygons as a layer when all rows have been seen.
  var needsLayer: Bool { get }
  /// Whether the check asks how a row's feature was recorded before.
  var needsPrecedents: Bool { get }
  /// Reads what it needs of the One Map, before the first row.
  func prepare(_ recorded: RecordedMap, _ report: inout GateReport) async throws(GateError)
  /// Looks at some rows together, before each of them.
  func examine(_ page: [ExaminedRow], _ recorded: RecordedMap) async throws(GateError)
  /// Looks at one row; rows come in the order of the source.
  func examine(_ row: ExaminedRow, _ report: inout GateReport) throws(GateError)
  /// Tells what only the whole draft shows.
  func conclude(_ draft: ExaminedDraft, _ report: inout GateReport) async throws(GateError)
}

extension GateCheck {
  var seesEnds: Bool { false }
  var needsLayer: Bool { false }
  var needsPrecedents: Bool { false }
  func prepare(_ recorded: RecordedMap, _ report: inout GateReport) async throws(GateError) {}
  func examine(_ page: [ExaminedRow], _ recorded: RecordedMap) async throws(GateError) {}
  func examine(_ row: ExaminedRow, _ report: inout GateReport) throws(GateError) {}
  func conclude(_ draft: ExaminedDraft, _ report: inout GateReport) async throws(GateError) {}
}
