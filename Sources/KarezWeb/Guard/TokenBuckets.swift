import KarezPacks

/// 令牌桶: how much each of many may still ask for.
///
/// - Units: tokens; time in seconds of a clock that never goes back.
struct TokenBuckets: Sendable {
  enum Verdict: Hashable, Sendable {
    case taken
    /// So many whole seconds from now there is enough.
    case refused(afterSeconds: Int)
  }

  private struct Bucket {
    var tokens: Double
    var at: Double
  }

  private let allowance: WebLimits.Allowance
  private let mostKept: Int
  private var buckets: [String: Bucket] = [:]

  /// At most `mostKept` are remembered; what is forgotten is full again.
  init(_ allowance: WebLimits.Allowance, mostKept: Int) {
    self.allowance = allowance
    self.mostKept = mostKept
  }

  var kept: Int { buckets.count }

  /// Takes from somebody's bucket, or takes nothing; what costs more than a bucket holds takes a
  /// whole one.
  mutating func take(_ cost: Int, from key: String, at now: Double) -> Verdict {
    guard cost > 0 else { return .taken }
    let price = Double(min(cost, allowance.atOnce))
    let tokens = buckets[key].map { level($0, at: now) } ?? Double(allowance.atOnce)
    guard tokens >= price else {
      // What is refused leaves the bucket as it is, so that asking again costs nothing.
      let seconds = (price - tokens) * 60 / Double(allowance.perMinute)
      return .refused(afterSeconds: max(1, Int(seconds.rounded(.up))))
    }
    if buckets[key] == nil, buckets.count >= mostKept { forget(at: now) }
    buckets[key] = Bucket(tokens: tokens - price, at: now)
    return .taken
  }

  private func level(_ bucket: Bucket, at now: Double) -> Double {
    let back = max(0, now - bucket.at) * Double(allowance.perMinute) / 60
    return min(Double(allowance.atOnce), bucket.tokens + back)
  }

  /// Forgets who has a full bucket; where that is not enough, the fuller half.
  ///
  /// Whoever comes from ever new addresses has full buckets there; whoever has spent one is the
  /// last to be forgotten.
  private mutating func forget(at now: Double) {
    buckets = buckets.filter { level($0.value, at: now) < Double(allowance.atOnce) }
    guard buckets.count >= mostKept else { return }
    let fullest = buckets.sorted { level($0.value, at: now) > level($1.value, at: now) }
    for (key, _) in fullest.prefix(max(1, mostKept / 2)) { buckets[key] = nil }
  }
}
