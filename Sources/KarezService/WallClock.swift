import Foundation
public import KarezCore

/// What tells the time; tests set it by hand.
public struct WallClock: Sendable {
  public let now: @Sendable () -> Timestamp

  public init(now: @escaping @Sendable () -> Timestamp) { self.now = now }

  public static let system = WallClock {
    Timestamp(millisecondsSince1970: Int64((Date().timeIntervalSince1970 * 1_000).rounded(.down)))
  }
}
