import Hummingbird
import Synchronization

/// 请求指标: what was asked, how it was answered, how long that took and how much it was.
///
/// - Shape: by the pattern of the route and never by what was asked, so there are never more of them
///   than routes; everything that is no route is one.
final class RequestCounts: Sendable {
  /// Upper bounds of times in seconds; what takes longer counts in none of them.
  static let bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

  struct Kind: Hashable, Sendable {
    let method: String
    let route: String
    /// The first digit of the status.
    let statusClass: Int
  }

  struct Times: Hashable, Sendable {
    /// One more than there are bounds.
    var counts = Array(repeating: 0, count: RequestCounts.bounds.count + 1)
    var sum = 0.0
    var count = 0

    mutating func add(_ seconds: Double) {
      let place = RequestCounts.bounds.firstIndex { seconds <= $0 } ?? RequestCounts.bounds.count
      counts[place] += 1
      sum += seconds
      count += 1
    }
  }

  struct State: Sendable {
    var requests: [Kind: Int] = [:]
    var times: [String: Times] = [:]
    var bytes = 0
    var inFlight = 0
  }

  private let state = Mutex(State())

  var now: State { state.withLock { $0 } }

  func begin() { state.withLock { $0.inFlight += 1 } }

  func end(_ kind: Kind, after seconds: Double) {
    state.withLock { state in
      state.inFlight -= 1
      state.requests[kind, default: 0] += 1
      state.times[kind.route, default: Times()].add(seconds)
    }
  }

  /// Counts the bytes of an answer, those of unknown length as they leave.
  func count(_ response: inout Response) {
    guard let length = response.body.contentLength else {
      response.body = response.body.map { buffer in
        self.add(buffer.readableBytes)
        return buffer
      }
      return
    }
    add(length)
  }

  private func add(_ bytes: Int) {
    state.withLock { $0.bytes += bytes }
  }
}
