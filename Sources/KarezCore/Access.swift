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
