import KarezPacks
import Synchronization

/// 额度: what accounts and addresses may ask for, by what it costs.
final class Allowances: Sendable {
  private struct Purses {
    var accounts: TokenBuckets
    var addresses: TokenBuckets
    var signIns: TokenBuckets
    /// By account and by address; neither is ever the other's name.
    var tiles: TokenBuckets
    /// By address, of people who have not signed in.
    var anonymous: TokenBuckets
    var anonymousTiles: TokenBuckets
  }

  private let purses: Mutex<Purses>
  private let costs: [String: Int]
  private let now: @Sendable () -> Double

  init(_ limits: WebLimits, now: @escaping @Sendable () -> Double = Allowances.uptime) {
    purses = Mutex(
      Purses(
        accounts: TokenBuckets(limits.account, mostKept: limits.mostKept),
        addresses: TokenBuckets(limits.address, mostKept: limits.mostKept),
        signIns: TokenBuckets(limits.signIn, mostKept: limits.mostKept),
        tiles: TokenBuckets(limits.tile, mostKept: limits.mostKept),
        anonymous: TokenBuckets(limits.anonymous, mostKept: limits.mostKept),
        anonymousTiles: TokenBuckets(limits.anonymousTile, mostKept: limits.mostKept)))
    costs = limits.costs
    self.now = now
  }

  /// Seconds since some moment; wall clocks are set back, this one is not.
  static let uptime: @Sendable () -> Double = {
    let begin = ContinuousClock.now
    return {
      let span = ContinuousClock.now - begin
      return Double(span.components.seconds) + Double(span.components.attoseconds) * 1e-18
    }
  }()

  /// Takes what a request costs from its address; before anything else is done for it.
  ///
  /// - Units: `bytes` are those of its body.
  func take(
    _ sort: RequestSort, of bytes: Int = 0, from address: String
  ) throws(WebError) {
    let verdict = purses.withLock { purses in
      if sort == .tile { return purses.tiles.take(1, from: "address " + address, at: now()) }
      let general = purses.addresses.take(cost(of: sort, bytes), from: address, at: now())
      guard general == .taken, sort == .signIn else { return general }
      return purses.signIns.take(1, from: address, at: now())
    }
    if case .refused(let seconds) = verdict { throw .tooMany(afterSeconds: seconds) }
  }

  /// Takes what a request costs from its account.
  func take(
    _ sort: RequestSort, of bytes: Int = 0, by account: String
  ) throws(WebError) {
    let verdict = purses.withLock {
      sort == .tile
        ? $0.tiles.take(1, from: "account " + account, at: now())
        : $0.accounts.take(cost(of: sort, bytes), from: account, at: now())
    }
    if case .refused(let seconds) = verdict { throw .tooMany(afterSeconds: seconds) }
  }

  /// Takes what a request costs from what an address has that has not signed in.
  func take(_ sort: RequestSort, anonymouslyFrom address: String) throws(WebError) {
    let verdict = purses.withLock {
      sort == .tile
        ? $0.anonymousTiles.take(1, from: address, at: now())
        : $0.anonymous.take(cost(of: sort, 0), from: address, at: now())
    }
    if case .refused(let seconds) = verdict { throw .tooMany(afterSeconds: seconds) }
  }

  private func cost(of sort: RequestSort, _ bytes: Int) -> Int {
    switch sort {
    case .upload:
      (costs[sort.rawValue] ?? 1) + (costs[WebLimits.megabyte] ?? 1) * (max(0, bytes) >> 20)
    case .free: 0
    // Trying a password costs a page, and one of the few tries there are.
    case .signIn: costs[RequestSort.page.rawValue] ?? 1
    default: costs[sort.rawValue] ?? 1
    }
  }
}
