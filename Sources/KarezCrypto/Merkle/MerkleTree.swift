/// 默克尔树: proofs over a list that only grows.
///
/// - Source: RFC 6962, section 2.1; how proofs are judged, RFC 9162, 2.1.3.2 and 2.1.4.2.
public struct MerkleTree: Sendable {
  /// Hashes of the leaves, in order.
  public let leaves: [[UInt8]]

  public init(leaves: [[UInt8]]) { self.leaves = leaves }

  /// The root over the first so many leaves.
  public func root(of size: Int? = nil) -> [UInt8] {
    var hasher = MerkleHasher()
    return root(0..<min(size ?? leaves.count, leaves.count), &hasher)
  }

  /// Hashes that, with the leaf, give the root of the tree of the first `size` leaves.
  ///
  /// - Assumes: the leaf is one of them.
  public func inclusionProof(of index: Int, in size: Int) -> [[UInt8]] {
    precondition(index >= 0 && index < size && size <= leaves.count, "no such leaf")
    var hasher = MerkleHasher()
    return path(index, 0..<size, &hasher)
  }

  /// Hashes that show the tree of `first` leaves to be the beginning of that of `second`.
  public func consistencyProof(from first: Int, to second: Int) -> [[UInt8]] {
    precondition(first >= 0 && first <= second && second <= leaves.count, "no such trees")
    guard first > 0, first < second else { return [] }
    var hasher = MerkleHasher()
    return consistency(first, 0..<second, isWhole: true, &hasher)
  }

  private func root(_ range: Range<Int>, _ hasher: inout MerkleHasher) -> [UInt8] {
    var frontier = MerkleFrontier()
    for leaf in leaves[range] { frontier.append(leaf, &hasher) }
    return frontier.root(&hasher)
  }

  private func path(
    _ index: Int, _ range: Range<Int>, _ hasher: inout MerkleHasher
  ) -> [[UInt8]] {
    guard range.count > 1 else { return [] }
    let middle = range.lowerBound + Self.split(range.count)
    if index < middle {
      return path(index, range.lowerBound..<middle, &hasher)
        + [root(middle..<range.upperBound, &hasher)]
    }
    return path(index, middle..<range.upperBound, &hasher)
      + [root(range.lowerBound..<middle, &hasher)]
  }

  private func consistency(
    _ first: Int, _ range: Range<Int>, isWhole: Bool, _ hasher: inout MerkleHasher
  ) -> [[UInt8]] {
    guard first < range.upperBound else { return isWhole ? [] : [root(range, &hasher)] }
    let middle = range.lowerBound + Self.split(range.count)
    if first <= middle {
      return consistency(first, range.lowerBound..<middle, isWhole: isWhole, &hasher)
        + [root(middle..<range.upperBound, &hasher)]
    }
    return consistency(first, middle..<range.upperBound, isWhole: false, &hasher)
      + [root(range.lowerBound..<middle, &hasher)]
  }

  /// The largest power of two below a count of two or more.
  private static func split(_ count: Int) -> Int {
    1 << (Int.bitWidth - 1 - (count - 1).leadingZeroBitCount)
  }
}

/// What a tree is known by from outside.
public struct MerkleHead: Hashable, Sendable {
  public let size: Int64
  public let root: [UInt8]

  public init(size: Int64, root: [UInt8]) {
    self.size = size
    self.root = root
  }

  /// Whether the proof shows the leaf to stand at this place of the tree.
  public func includes(_ leaf: [UInt8], at index: Int64, proof: [[UInt8]]) -> Bool {
    guard index >= 0, index < size else { return false }
    var hasher = MerkleHasher()
    var position = index
    var last = size - 1
    var hash = leaf
    for step in proof {
      guard last > 0 else { return false }
      if position & 1 == 1 || position == last {
        hash = hasher.node(step, hash)
        while position & 1 == 0, position > 0 { (position, last) = (position >> 1, last >> 1) }
      } else {
        hash = hasher.node(hash, step)
      }
      (position, last) = (position >> 1, last >> 1)
    }
    return last == 0 && hash == root
  }

  /// Whether the proof shows this tree to be the beginning of the later one.
  public func isBeginning(of later: MerkleHead, proof: [[UInt8]]) -> Bool {
    guard size < later.size else { return self == later && proof.isEmpty }
    guard size > 0 else { return proof.isEmpty && root == MerkleHasher.empty }
    let isPower = size & (size - 1) == 0
    let path = isPower ? [root] + proof : proof
    guard var earlierHash = path.first, !proof.isEmpty else { return false }
    var hasher = MerkleHasher()
    var laterHash = earlierHash
    var position = size - 1
    var last = later.size - 1
    while position & 1 == 1 { (position, last) = (position >> 1, last >> 1) }
    for step in path.dropFirst() {
      guard last > 0 else { return false }
      if position & 1 == 1 || position == last {
        earlierHash = hasher.node(step, earlierHash)
        laterHash = hasher.node(step, laterHash)
        while position & 1 == 0, position > 0 { (position, last) = (position >> 1, last >> 1) }
      } else {
        laterHash = hasher.node(laterHash, step)
      }
      (position, last) = (position >> 1, last >> 1)
    }
    return last == 0 && earlierHash == root && laterHash == later.root
  }
}
