public import KarezCrypto

/// Checkpoints as somebody kept them, judged by themselves: what they say the log is.
///
/// - Shape: checkpoints in order, each signed by a known key and resting on the one before. Where
///   the first ones are not at hand, the leaves before `start` are not known.
public struct CheckpointChain: Sendable {
  public private(set) var checkpoints: [Checkpoint] = []

  /// How many entries stand before the first known leaf.
  public private(set) var start: Int64 = 0
  public private(set) var leaves: [[UInt8]] = []

  /// What is wrong with the checkpoints themselves.
  public private(set) var faults: [LogVerification.Fault] = []

  /// How many entries are vouched for.
  public var size: Int64 { start + Int64(leaves.count) }

  /// - Assumes: files in the order of their names.
  public init(files: [(name: String, bytes: [UInt8])], keys: [PublicKey]) {
    for file in files { take(file.name, file.bytes, keys) }
    judgeRoots()
  }

  /// The checkpoints of a folder; with `most` those that vouch for that many entries or fewer, as an
  /// older state of the log is held against them.
  public static func read(
    _ folder: WitnessFolder, keys: [PublicKey], upTo most: Int64 = .max
  ) throws(WitnessFolder.Failure) -> CheckpointChain {
    var files: [(name: String, bytes: [UInt8])] = []
    for name in try folder.names() where (WitnessFolder.size(of: name) ?? 0) <= most {
      files.append((name, try folder.bytes(of: name)))
    }
    return CheckpointChain(files: files, keys: keys)
  }

  private mutating func take(_ name: String, _ bytes: [UInt8], _ keys: [PublicKey]) {
    guard let checkpoint = Checkpoint(parsing: bytes) else {
      return add(0, "checkpoint-altered", name)
    }
    switch checkpoint.standing(among: keys) {
    case .signed: break
    case .unknownSigner:
      let key = checkpoint.signature.key
      return add(checkpoint.size, "checkpoint-unknown-signer", "\(name) \(key)")
    case .badSignature: return add(checkpoint.size, "checkpoint-altered", name)
    }
    if let last = checkpoints.last {
      guard checkpoint.previous == Checkpoint.Link(size: last.size, sm3: last.sm3) else {
        // A chain with a piece missing still vouches for the entries after the gap.
        guard checkpoint.start > last.size else {
          return add(checkpoint.size, "checkpoint-forked", name)
        }
        add(last.size + 1, "checkpoint-missing", "\(last.size + 1)–\(checkpoint.start)")
        leaves = []
        start = checkpoint.start
        checkpoints = [checkpoint]
        leaves = checkpoint.leaves
        return
      }
    } else {
      start = checkpoint.start
    }
    checkpoints.append(checkpoint)
    leaves += checkpoint.leaves
  }

  /// From the first entry on, the leaves must give the roots.
  private mutating func judgeRoots() {
    guard start == 0 else { return }
    for checkpoint in disagreeing(with: leaves) {
      add(checkpoint.size, "checkpoint-altered", checkpoint.fileName)
    }
  }

  /// Checkpoints whose root is not that of these leaves, as far as the leaves reach.
  private func disagreeing(with leaves: [[UInt8]]) -> [Checkpoint] {
    var hasher = MerkleHasher()
    var frontier = MerkleFrontier()
    var next = checkpoints[...]
    var found: [Checkpoint] = []
    for leaf in leaves {
      frontier.append(leaf, &hasher)
      guard let checkpoint = next.first, checkpoint.size == frontier.size else { continue }
      if frontier.root(&hasher) != checkpoint.root { found.append(checkpoint) }
      next.removeFirst()
    }
    return found
  }

  private mutating func add(_ entry: Int64, _ kind: String, _ what: String) {
    faults.append(LogVerification.Fault(entry: entry, kind: kind, what: what))
  }

  /// What a log, told by its leaves, has against the checkpoints.
  ///
  /// - Complexity: one pass while they agree; where they do not, each entry is looked up.
  public func faults(of actual: [[UInt8]]) -> [LogVerification.Fault] {
    var found: [LogVerification.Fault] = []
    if actual.count < start {
      found.append(
        LogVerification.Fault(
          entry: Int64(actual.count) + 1, kind: "missing", what: "\(actual.count + 1)–\(start)"))
      return found
    }
    let shown = Array(actual[Int(start)...])
    var comparison = LeafComparison(expected: leaves, actual: shown, start: start)
    found += comparison.run()
    // Entries before the first known leaf are only held by the roots.
    if start > 0, found.isEmpty, let first = disagreeing(with: actual).first {
      found.append(
        LogVerification.Fault(entry: start, kind: "altered", what: "1–\(start) \(first.fileName)"))
    }
    return found
  }
}

/// Lays two lists of leaves against each other, and says what happened to which entry.
private struct LeafComparison {
  let expected: [[UInt8]]
  let actual: [[UInt8]]
  let start: Int64
  private var found: [LogVerification.Fault] = []
  /// The last place of each leaf, known once something differs.
  private var placesExpected: [[UInt8]: Int]?
  private var placesActual: [[UInt8]: Int]?
  /// Places of the actual list that were told of already.
  private var told: Set<Int> = []

  init(expected: [[UInt8]], actual: [[UInt8]], start: Int64) {
    self.expected = expected
    self.actual = actual
    self.start = start
  }

  mutating func run() -> [LogVerification.Fault] {
    var wanted = 0
    var there = 0
    while wanted < expected.count, found.count < LogVerifier.maximumFaults {
      if told.contains(there) {
        there += 1
      } else if there >= actual.count {
        addMissingEnd(from: wanted)
        wanted = expected.count
      } else if expected[wanted] == actual[there] {
        wanted += 1
        there += 1
      } else {
        step(&wanted, &there)
      }
    }
    return found
  }

  private mutating func step(_ wanted: inout Int, _ there: inout Int) {
    let later = laterActual(expected[wanted], after: there)
    let isKnown = isExpected(actual[there], after: wanted)
    switch (later, isKnown) {
    case (nil, false):
      add(wanted, "altered")
      wanted += 1
      there += 1
    case (nil, true):
      add(wanted, "missing")
      wanted += 1
    case (_?, false):
      add(there, "inserted")
      there += 1
    case (let place?, true):
      add(wanted, "reordered")
      told.insert(place)
      wanted += 1
    }
  }

  private mutating func laterActual(_ leaf: [UInt8], after place: Int) -> Int? {
    let places = placesActual ?? Self.places(actual)
    placesActual = places
    return places[leaf].flatMap { $0 > place && !told.contains($0) ? $0 : nil }
  }

  private mutating func isExpected(_ leaf: [UInt8], after place: Int) -> Bool {
    let places = placesExpected ?? Self.places(expected)
    placesExpected = places
    return places[leaf].map { $0 > place } ?? false
  }

  private static func places(_ leaves: [[UInt8]]) -> [[UInt8]: Int] {
    Dictionary(leaves.enumerated().map { ($1, $0) }, uniquingKeysWith: { max($0, $1) })
  }

  private mutating func add(_ place: Int, _ kind: String) {
    let entry = start + Int64(place) + 1
    found.append(LogVerification.Fault(entry: entry, kind: kind, what: "\(entry)"))
  }

  private mutating func addMissingEnd(from place: Int) {
    let first = start + Int64(place) + 1
    let last = start + Int64(expected.count)
    found.append(
      LogVerification.Fault(
        entry: first, kind: "missing", what: first == last ? "\(first)" : "\(first)–\(last)"))
  }
}
