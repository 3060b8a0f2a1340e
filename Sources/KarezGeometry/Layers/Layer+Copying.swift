extension Layer {
  /// Writes the layer into a file under another stamp; it takes its name when it is whole and
  /// synced.
  ///
  /// `stamp` is up to four words of the caller's.
  public func write(to path: String, stamp: [UInt64]) throws(LayerError) -> Layer {
    precondition(stamp.count <= 4, "a stamp of up to four words")
    readsThrough()
    let headerLength = LayerFormat.headerWords * 8
    var words = (0..<LayerFormat.headerWords).map {
      bytes.load(fromByteOffset: $0 * 8, as: UInt64.self)
    }
    for index in 0..<4 {
      words[LayerFormat.Word.stamp.rawValue + index] = index < stamp.count ? stamp[index] : 0
    }
    words[LayerFormat.Word.check.rawValue] = words.dropLast().withUnsafeBytes {
      LayerFormat.sum($0)
    }
    try LayerFile.create(at: path, length: bytes.count) { sink throws(LayerError) in
      try sink.write(UnsafeRawBufferPointer(rebasing: bytes[headerLength...]), at: headerLength)
      try words.withBytes { header throws(LayerError) in try sink.write(header, at: 0) }
    }
    return try Layer(at: path)
  }
}
