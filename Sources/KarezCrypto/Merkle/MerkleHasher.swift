/// Hashes of leaves and nodes, told apart by their first byte so that neither passes for the other.
///
/// - Source: RFC 6962, section 2.1, with SM3 in place of SHA-256.
public struct MerkleHasher: ~Copyable {
  private var hash = SM3()

  public init() {}

  public mutating func leaf(_ data: some Collection<UInt8>) -> [UInt8] {
    hash.update(CollectionOfOne(UInt8(0)))
    hash.update(data)
    return hash.finishAndRestart()
  }

  public mutating func node(_ left: [UInt8], _ right: [UInt8]) -> [UInt8] {
    hash.update([1] + left + right)
    return hash.finishAndRestart()
  }

  /// The root over no leaf at all.
  static var empty: [UInt8] { SM3.digest([]).bytes }
}

/// The roots of the whole subtrees of a tree that grows: all that its next root needs.
///
/// - Complexity: memory for the logarithm of the leaves.
public struct MerkleFrontier: Hashable, Sendable {
  public private(set) var size: Int64 = 0

  /// From the largest subtree to the smallest; as many as `size` has bits set.
  private var subtrees: [[UInt8]] = []

  public init() {}

  public mutating func append(_ leaf: [UInt8], _ hasher: inout MerkleHasher) {
    var subtree = leaf
    var carried = size
    while carried & 1 == 1, let left = subtrees.popLast() {
      subtree = hasher.node(left, subtree)
      carried >>= 1
    }
    subtrees.append(subtree)
    size += 1
  }

  public func root(_ hasher: inout MerkleHasher) -> [UInt8] {
    guard var root = subtrees.last else { return MerkleHasher.empty }
    for left in subtrees.dropLast().reversed() { root = hasher.node(left, root) }
    return root
  }
}
