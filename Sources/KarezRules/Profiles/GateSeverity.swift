/// How much a finding of the gate weighs.
public enum GateSeverity: String, CaseIterable, Hashable, Sendable {
  /// Blocks the commit unless its rule was accepted by name.
  case error
  case warning
  case info
}
