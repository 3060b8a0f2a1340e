/// A running HMAC-SM3 (GM/T 0042-2015), for what does not fit in memory at once.
public struct SM3Code: ~Copyable {
  private static let blockBytes = 64

  private var inner = SM3()
  private let outerPad: [UInt8]

  public init(key: [UInt8]) {
    var block = key.count > Self.blockBytes ? SM3.digest(key).bytes : key
    block += repeatElement(0, count: Self.blockBytes - block.count)
    outerPad = block.map { $0 ^ 0x5C }
    inner.update(block.map { $0 ^ 0x36 })
  }

  public mutating func update(_ bytes: some Collection<UInt8>) { inner.update(bytes) }

  /// The code of everything so far; 32 bytes.
  public mutating func finish() -> [UInt8] {
    SM3.digest(outerPad + inner.finishAndRestart()).bytes
  }
}
