/// A layer of polygons laid out for the kernel: mapped from a file, or held in memory.
///
/// Immutable, and read by any number of tasks at once. What the header says of itself is checked
/// on opening; offsets into the sections are checked as they are used, so that a damaged file
/// gives an error and never another place of memory.
public final class Layer: Sendable {
  private enum Owner: @unchecked Sendable {
    case file(LayerFile.Mapping)
    case memory(UnsafeMutableRawBufferPointer)
  }

  private let owner: Owner
  private let path: String
  // Safe because the bytes are owned above, read only, and unmapped in deinit.
  nonisolated(unsafe) let bytes: UnsafeRawBufferPointer
  private let sections: [Int]
  private let sums: [UInt64]
  public let count: Int
  public let vertexCount: Int
  let ringCount: Int
  let unitCount: Int
  let origin: SIMD2<Int64>
  let shift: Int64
  let levels: [Level]
  public let columns: [LayerColumn]
  /// The caller's words, as they were given when the layer was written.
  public let stamp: [UInt64]

  /// Opens a layer file.
  public convenience init(at path: String) throws(LayerError) {
    let mapping = try LayerFile.map(path)
    try self.init(.file(mapping), mapping.bytes, path)
  }

  /// Takes over a mapped file.
  convenience init(owning mapping: LayerFile.Mapping, path: String) throws(LayerError) {
    try self.init(.file(mapping), mapping.bytes, path)
  }

  convenience init(owning memory: UnsafeMutableRawBufferPointer) throws(LayerError) {
    try self.init(.memory(memory), UnsafeRawBufferPointer(memory), "memory")
  }

  private init(
    _ owner: Owner, _ bytes: UnsafeRawBufferPointer, _ path: String
  ) throws(LayerError) {
    self.owner = owner
    self.bytes = bytes
    self.path = path
    do throws(LayerError) {
      let header = try LayerHeader(bytes, path: path)
      sections = header.sections
      sums = header.sums
      count = header.count
      levels = Self.levels(over: header.count)
      ringCount = header.ringCount
      unitCount = header.unitCount
      vertexCount = header.vertexCount
      origin = header.origin
      shift = header.shift
      stamp = header.stamp
      columns = try header.columns(in: bytes)
    } catch {
      Self.release(owner)
      throw error
    }
  }

  deinit { Self.release(owner) }

  private static func release(_ owner: Owner) {
    switch owner {
    case .file(let mapping): LayerFile.unmap(mapping)
    case .memory(let memory): memory.deallocate()
    }
  }

  /// To be said before a job that goes through the whole layer; searches here and there do not.
  func readsThrough() {
    if case .file(let mapping) = owner { LayerFile.expectReading(mapping) }
  }

  /// Whether the file is still as long as it was; one cut short under the map must not be read.
  public var isWhole: Bool {
    guard case .file(let mapping) = owner else { return true }
    return LayerFile.length(of: mapping.descriptor) == bytes.count
  }

  /// Reads all of it and compares the sums.
  ///
  /// - Errors: `damaged`, with the first section that differs.
  public func verify() throws(LayerError) {
    readsThrough()
    for section in LayerFormat.Section.allCases {
      let range = sections[section.rawValue]..<sections[section.rawValue] + length(of: section)
      guard range.upperBound <= bytes.count else { throw damaged("\(section)") }
      let found: UInt64
      if section == .codes {
        var sum = LayerFormat.sumSeed
        for column in columns.indices {
          let start = range.lowerBound + column * count * 4
          let part = LayerFormat.sum(
            UnsafeRawBufferPointer(rebasing: bytes[start..<start + count * 4]))
          sum = withUnsafeBytes(of: part) { LayerFormat.sum($0, from: sum) }
        }
        found = sum
      } else {
        found = LayerFormat.sum(UnsafeRawBufferPointer(rebasing: bytes[range]))
      }
      guard found == sums[section.rawValue] else {
        throw .damaged(path: path, what: "\(section)")
      }
    }
  }

  private func length(of section: LayerFormat.Section) -> Int {
    switch section {
    case .boxes: count * 16
    case .tree: LayerTree.upperCount(over: count) * 16
    case .firstRing, .idStart: (count + 1) * 4
    case .ringStart: (ringCount + 1) * 4
    case .ringRole: ringCount
    case .ringChunk: ringCount * 4
    case .flags: count
    case .areas, .rows: count * 8
    case .idBytes: Int(value(.idStart, count, as: UInt32.self))
    case .codes: count * 4 * columns.count
    case .dictionaries: columns.reduce(0) { $0 + $1.encodedLength }
    case .chunks: chunkCount * 16
    case .blocks: chunkCount * EdgeBoxes.chunkLength / EdgeBoxes.blockLength * 16
    case .vertices: unitCount * 8
    }
  }

  var chunkCount: Int {
    let room =
      sections[LayerFormat.Section.blocks.rawValue]
      - sections[LayerFormat.Section.chunks.rawValue]
    return room / 16
  }

  /// A number of a section; the caller has checked that it has so many.
  @inline(__always)
  func value<Value: BitwiseCopyable>(
    _ section: LayerFormat.Section, _ index: Int, as type: Value.Type
  ) -> Value {
    // Safe because sections are as long as the counts say, which opening has checked.
    (bytes.baseAddress.unsafelyUnwrapped + sections[section.rawValue])
      .load(fromByteOffset: index * MemoryLayout<Value>.stride, as: type)
  }

  func base(of section: LayerFormat.Section) -> UnsafeRawPointer {
    // Safe because opening has checked that every section begins within the bytes.
    bytes.baseAddress.unsafelyUnwrapped + sections[section.rawValue]
  }

  func damaged(_ what: String) -> LayerError { .damaged(path: path, what: what) }
}
