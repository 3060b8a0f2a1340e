@testable import KarezStore

/// A checkpoint somebody kept.
enum CheckpointTarget: FuzzTarget {
  static let name = "checkpoint"

  static func feed(_ bytes: [UInt8]) {
    let chain = CheckpointChain(files: [("a", bytes), ("b", bytes)], keys: [])
    hold(chain.checkpoints.isEmpty, "nobody signed, and it is believed")
    if let text = text(bytes), let size = WitnessFolder.size(of: text) {
      hold(Checkpoint.fileName(size: size) == text, "a file has one name: \(text)")
    }
    guard let checkpoint = Checkpoint(parsing: bytes) else { return }
    hold(checkpoint.text == bytes, "a checkpoint has one text")
    hold(Int64(checkpoint.leaves.count) == checkpoint.size - checkpoint.start, "a leaf an entry")
  }
}
