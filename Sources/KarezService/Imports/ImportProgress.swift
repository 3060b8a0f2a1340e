import KarezCatalog
public import KarezCore

/// How far an import is.
public struct ImportProgress: Hashable, Sendable {
  public enum Phase: String, CaseIterable, Hashable, Sendable {
    case reading
    /// Rows, one by one.
    case features
    /// Polygons against their neighbours.
    case coverage
    /// Features against other datasets.
    case context

    public var title: LocalizedText {
      switch self {
      case .reading: LocalizedText(zh: "读取", en: "reading")
      case .features: LocalizedText(zh: "逐个质检", en: "checking features")
      case .coverage: LocalizedText(zh: "拓扑质检", en: "checking topology")
      case .context: LocalizedText(zh: "与其他数据核对", en: "checking against other datasets")
      }
    }
  }

  public let phase: Phase
  public let done: Int
  public let total: Int?

  init(phase: Phase, done: Int, total: Int?) {
    self.phase = phase
    self.done = done
    self.total = total
  }

  init(_ progress: Gate.Progress) {
    let phase: Phase =
      switch progress.phase {
      case .features: .features
      case .coverage: .coverage
      case .context: .context
      }
    self.init(phase: phase, done: progress.done, total: progress.total)
  }
}
