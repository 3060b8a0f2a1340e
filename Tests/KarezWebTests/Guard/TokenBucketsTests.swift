import KarezPacks
import TestSupport
import Testing

@testable import KarezWeb

@Suite struct TokenBucketsTests {
  static let allowance = WebLimits.Allowance(perMinute: 60, atOnce: 5)

  @Test func `five at once, then one a second, and a refusal says how long`() {
    var buckets = TokenBuckets(Self.allowance, mostKept: 10)
    for _ in 0..<5 { #expect(buckets.take(1, from: "a", at: 100) == .taken) }
    #expect(buckets.take(1, from: "a", at: 100) == .refused(afterSeconds: 1))
    #expect(buckets.take(3, from: "a", at: 100) == .refused(afterSeconds: 3))
    #expect(buckets.take(1, from: "b", at: 100) == .taken, "one does not pay for another")
    #expect(buckets.take(1, from: "a", at: 101) == .taken)
    #expect(buckets.take(1, from: "a", at: 101) == .refused(afterSeconds: 1))
  }

  @Test func `what costs nothing is never refused, what costs too much takes a whole bucket`() {
    var buckets = TokenBuckets(Self.allowance, mostKept: 10)
    #expect(buckets.take(100, from: "a", at: 0) == .taken)
    #expect(buckets.take(1, from: "a", at: 0) == .refused(afterSeconds: 1))
    #expect(buckets.take(0, from: "a", at: 0) == .taken)
    #expect(buckets.take(100, from: "a", at: 4.5) == .refused(afterSeconds: 1))
    #expect(buckets.take(100, from: "a", at: 5) == .taken)
  }

  @Test func `a clock that goes back gives nothing back`() {
    var buckets = TokenBuckets(Self.allowance, mostKept: 10)
    #expect(buckets.take(5, from: "a", at: 50) == .taken)
    #expect(buckets.take(1, from: "a", at: 10) == .refused(afterSeconds: 1))
  }

  @Test(arguments: 0..<50)
  func `over any span nobody gets more than the allowance of it`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var buckets = TokenBuckets(Self.allowance, mostKept: 4)
    var taken: [String: [(at: Double, cost: Int)]] = [:]
    var now = 0.0
    for _ in 0..<400 {
      now += Double.random(in: 0..<1.5, using: &random)
      let key = "abc".randomElement(using: &random).map(String.init) ?? "a"
      let cost = Int.random(in: 1...3, using: &random)
      if buckets.take(cost, from: key, at: now) == .taken {
        taken[key, default: []].append((now, cost))
      }
    }
    #expect(taken.count == 3)
    for (_, takes) in taken {
      for first in takes.indices {
        var sum = 0
        for last in first..<takes.count {
          sum += takes[last].cost
          let most = 5 + (takes[last].at - takes[first].at) + 1e-6
          guard Double(sum) > most else { continue }
          Issue.record("seed \(seed): \(sum) between \(takes[first].at) and \(takes[last].at)")
          return
        }
      }
    }
  }

  @Test func `ever new addresses take no more memory, and forgive nobody what was spent`() {
    var buckets = TokenBuckets(Self.allowance, mostKept: 100)
    #expect(buckets.take(5, from: "spender", at: 0) == .taken)
    for number in 0..<10_000 {
      _ = buckets.take(1, from: "stranger \(number)", at: 0.0001 * Double(number))
      #expect(buckets.kept <= 100)
    }
    #expect(buckets.take(5, from: "spender", at: 1) == .refused(afterSeconds: 4))
  }

  @Test func `what is uploaded costs by its megabytes, besides its being asked`() throws {
    var limits = try WebServerTests.generous()
    limits.account = WebLimits.Allowance(perMinute: 60, atOnce: 30)
    limits.costs["upload"] = 10
    limits.costs[WebLimits.megabyte] = 1
    let allowances = Allowances(limits, now: { 0 })
    // Twelve, ten and two; a page has no megabytes.
    try allowances.take(.upload, of: (3 << 20) - 1, by: "li")
    try allowances.take(.page, of: 100 << 20, by: "li")
    #expect(throws: WebError.self) { try allowances.take(.upload, of: 8 << 20, by: "li") }
    try allowances.take(.upload, of: 7 << 20, by: "li")
    // What costs more than there ever is takes all there is.
    try allowances.take(.upload, of: 100 << 20, by: "wang")
    #expect(throws: WebError.self) { try allowances.take(.page, by: "wang") }
  }

  @Test func `tries to sign in are counted by themselves, the portal's files not at all`() throws {
    var limits = try WebServerTests.generous()
    limits.signIn = WebLimits.Allowance(perMinute: 6, atOnce: 2)
    limits.address = WebLimits.Allowance(perMinute: 60, atOnce: 20)
    limits.account = WebLimits.Allowance(perMinute: 60, atOnce: 15)
    let allowances = Allowances(limits, now: { 0 })
    try allowances.take(.signIn, from: "10.0.0.1")
    try allowances.take(.signIn, from: "10.0.0.1")
    #expect(throws: WebError.tooMany(afterSeconds: 10)) {
      try allowances.take(.signIn, from: "10.0.0.1")
    }
    try allowances.take(.signIn, from: "10.0.0.2")
    for _ in 0..<100 { try allowances.take(.free, from: "10.0.0.1") }
    try allowances.take(.check, by: "li")
    #expect(throws: WebError.self, "ten and ten are more than fifteen") {
      try allowances.take(.check, by: "li")
    }
    try allowances.take(.page, by: "li")
    try allowances.take(.check, by: "wang")
  }
}
