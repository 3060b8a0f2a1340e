public import KarezCore

extension Scope {
  /// Whether the reader may know who of the offices did something.
  ///
  /// An account's id often is a name, and is of the internal level. It is asked of the reader's own
  /// ceiling and not of the zone: officers work in the internet's zone, too.
  public var namesPeople: Bool { ceiling >= .internal }
}

extension Actor {
  /// Somebody whose id the reader may not know; see `Scope.namesPeople`.
  public static let withheld = Actor(id: "")

  public var isWithheld: Bool { id.isEmpty }
}
