import KarezCore
import Synchronization

@testable import KarezService

/// A clock that goes on when a test says so.
final class HandClock: Sendable {
  private let time = Mutex(Timestamp(millisecondsSince1970: 1_740_816_000_000))

  var now: Timestamp { time.withLock { $0 } }

  var clock: WallClock { WallClock { [self] in now } }

  func pass(seconds: Int) { time.withLock { $0 = $0.adding(seconds: seconds) } }
}
