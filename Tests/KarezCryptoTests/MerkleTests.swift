import KarezCrypto
import TestSupport
import Testing

@Suite struct MerkleTests {
  static func leaves(_ count: Int) -> [[UInt8]] {
    var hasher = MerkleHasher()
    return (0..<count).map { hasher.leaf(Array("entry \($0)".utf8)) }
  }

  /// The tree as RFC 6962 defines it, by recursion.
  static func root(_ leaves: ArraySlice<[UInt8]>) -> [UInt8] {
    guard leaves.count > 1 else { return leaves.first ?? SM3.digest([]).bytes }
    var power = 1
    while power * 2 < leaves.count { power *= 2 }
    let middle = leaves.startIndex + power
    return SM3.digest([1] + root(leaves[..<middle]) + root(leaves[middle...])).bytes
  }

  @Test func `leaves and nodes carry their prefixes`() {
    var hasher = MerkleHasher()
    #expect(hasher.leaf([7, 8]) == SM3.digest([0, 7, 8]).bytes)
    #expect(hasher.leaf([]) == SM3.digest([0]).bytes)
    #expect(hasher.node([1], [2]) == SM3.digest([1, 1, 2]).bytes)
  }

  @Test func `a growing tree has the root of its definition at every size`() {
    let leaves = Self.leaves(70)
    let tree = MerkleTree(leaves: leaves)
    var hasher = MerkleHasher()
    var frontier = MerkleFrontier()
    for size in 0...70 {
      let expected = Self.root(leaves[..<size])
      #expect(frontier.root(&hasher) == expected && frontier.size == Int64(size))
      #expect(tree.root(of: size) == expected)
      if size < 70 { frontier.append(leaves[size], &hasher) }
    }
  }

  @Test func `every leaf of every tree up to thirty-three is proved, and no other place is`() {
    let tree = MerkleTree(leaves: Self.leaves(33))
    for size in 1...33 {
      let head = MerkleHead(size: Int64(size), root: tree.root(of: size))
      for index in 0..<size {
        let proof = tree.inclusionProof(of: index, in: size)
        let leaf = tree.leaves[index]
        #expect(head.includes(leaf, at: Int64(index), proof: proof))
        #expect(!head.includes(leaf, at: Int64(size), proof: proof))
        if size > 1 {
          #expect(!head.includes(leaf, at: Int64((index + 1) % size), proof: proof))
          #expect(!head.includes(leaf, at: Int64(index), proof: Array(proof.dropLast())))
        }
        #expect(!head.includes(leaf, at: Int64(index), proof: proof + [leaf]))
        #expect(!head.includes(tree.leaves[(index + 1) % 33], at: Int64(index), proof: proof))
      }
    }
  }

  @Test func `every earlier tree is proved to be the beginning, and no forked one is`() {
    let leaves = Self.leaves(33)
    let tree = MerkleTree(leaves: leaves)
    for second in 1...33 {
      let later = MerkleHead(size: Int64(second), root: tree.root(of: second))
      for first in 0...second {
        let proof = tree.consistencyProof(from: first, to: second)
        let earlier = MerkleHead(size: Int64(first), root: tree.root(of: first))
        #expect(earlier.isBeginning(of: later, proof: proof), "\(first) of \(second)")
        guard first > 0 else { continue }
        var forked = leaves
        forked[first - 1] = leaves[32 - (first - 1) == first - 1 ? 0 : 32 - (first - 1)]
        let fork = MerkleHead(
          size: Int64(first), root: MerkleTree(leaves: forked).root(of: first))
        #expect(!fork.isBeginning(of: later, proof: proof), "\(first) of \(second)")
        #expect(!earlier.isBeginning(of: later, proof: proof + [leaves[0]]))
        if !proof.isEmpty {
          #expect(!earlier.isBeginning(of: later, proof: Array(proof.dropFirst())))
        }
      }
    }
  }
}
