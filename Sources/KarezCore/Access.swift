/// Who does something: a person, a service, or the operator at the machine.
public struct Actor: Hashable, Sendable {
  public let id: String

  public init(id: String) { self.id = id }

  /// The operator of an installation that has no accounts yet.
  public static let `operator` = Actor(id: "operator")
}

/// 密级与敏感级: how far a dataset or an attribute may travel; each level includes those before.
public enum Classification: String, CaseIterable, Hashable, Sendable, Comparable {
  case `public`
  case `internal`
  case restricted
  case confidential

  public static func < (left: Classification, right: Classification) -> Bool {
    left.rank < right.rank
  }

  private var rank: Int {
    switch self {
    case .public: 0
    case .internal: 1
    case .restricted: 2
    case .confidential: 3
    }
  }
}

/// What an actor may reach; compiled into every query below the store's port.
///
/// A dataset above `ceiling` does not exist for the reader: it is neither listed nor counted, and
/// asking for it by name gives the same answer as asking for one that was never made.
public struct Scope: Hashable, Sendable {
  public let ceiling: Classification
  /// Prefixes of administrative codes the reader may see; nil means every region.
  public let regionPrefixes: [String]?

  public init(ceiling: Classification, regionPrefixes: [String]? = nil) {
    self.ceiling = ceiling
    self.regionPrefixes = regionPrefixes
  }

  /// Everything; what the operator has until accounts exist.
  public static let all = Scope(ceiling: .confidential)
}
