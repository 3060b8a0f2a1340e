/// Builds a layer: polygons in any order in, a layer file or a layer in memory out.
///
/// Polygons are spooled as they come and put in Hilbert order at the end; besides the spool some
/// 40 bytes a polygon are held in memory. Not Sendable: it belongs to one task.
public final class LayerWriter {
  /// Polygons with more vertices than this have chunk boxes in the file.
  static let chunkedFrom = 256

  let columns: [String]
  private(set) var dictionaries: [[String]]
  private var codesOf: [[String: UInt32]]
  private let spool: ByteSpool
  private var scratch = FlatRings()
  private var onGrid = FlatRings()

  private(set) var offsets: [UInt64] = []
  private(set) var middles: [SIMD2<Float>] = []
  private(set) var extent: (low: SIMD2<Int64>, high: SIMD2<Int64>) = (.zero, .zero)
  private(set) var ringCount = 0
  private(set) var unitCount = 0
  private(set) var vertexCount = 0
  private(set) var idLength = 0
  /// Chunk boxes, each long ring's padded to whole blocks.
  private(set) var chunkCount = 0

  /// A writer for polygons that carry an id and a value of each column.
  ///
  /// Values are kept as codes: a column is for a few thousand different values at most. What
  /// does not fit into memory is spooled into `folder`, in a file without a name.
  public init(columns: [String] = [], spoolingIn folder: String) {
    self.columns = columns
    dictionaries = columns.map { _ in [] }
    codesOf = columns.map { _ in [:] }
    spool = ByteSpool(spoolingIn: folder)
  }

  public var count: Int { offsets.count }

  /// How many different values a column holds so far.
  public func valueCount(ofColumn column: Int) -> Int { dictionaries[column].count }

  /// Adds a polygon in degrees of EPSG:4490; `values` are in the order of the columns.
  ///
  /// Answers whether it was found on the way that nothing can be wrong with it in the statutory
  /// plane; `false` says nothing.
  @discardableResult
  public func append(
    row: Int64, id: String = "", values: [String] = [], _ geometry: MultiPolygon
  ) throws(LayerError) -> Bool {
    scratch.set(geometry)
    return try appendScratch(row: row, id: id, values: values)
  }

  /// Adds a polygon from WKB in degrees of EPSG:4490.
  public func append(
    row: Int64, id: String = "", values: [String] = [], wkb: UnsafeRawBufferPointer
  ) throws(LayerError) {
    if scratch.set(wkb: wkb) {
      _ = try appendScratch(row: row, id: id, values: values)
      return
    }
    do throws(GeometryError) {
      guard case .polygons(let polygons) = try Geometry(wkb: wkb) else {
        throw .unsupportedGeometry("not a polygon")
      }
      scratch.set(polygons)
    } catch {
      throw .geometry(row: row, error)
    }
    _ = try appendScratch(row: row, id: id, values: values)
  }

  private func code(of value: String, in column: Int) throws(LayerError) -> UInt32 {
    if let known = codesOf[column][value] { return known }
    let code = UInt32(dictionaries[column].count)
    dictionaries[column].append(value)
    codesOf[column][value] = code
    return code
  }

  private func appendScratch(
    row: Int64, id: String, values: [String]
  ) throws(LayerError) -> Bool {
    precondition(values.count == columns.count, "a value for every column")
    guard offsets.count < Int(UInt32.max) - 1 else { throw .tooLarge(what: "polygons") }
    let laid = try LaidPolygon(scratch, row: row, onGrid: &onGrid)
    var codes: [UInt32] = []
    for (column, value) in values.enumerated() {
      codes.append(try code(of: value, in: column))
    }
    offsets.append(UInt64(spool.count))
    let id = Array(id.utf8)
    idLength += id.count
    try spool.append(laid.length(id: id, codes: codes)) { place in
      laid.encode(into: place, id: id, codes: codes)
    }
    note(laid.head, laid)
    return laid.isCertainlyValid
  }

  private func note(_ head: LayerRecord.Head, _ laid: LaidPolygon) {
    let low = SIMD2(head.minX, head.minY)
    let high = SIMD2(head.maxX, head.maxY)
    extent =
      offsets.count == 1
      ? (low, high) : (pointwiseMin(extent.low, low), pointwiseMax(extent.high, high))
    middles.append(SIMD2(Float(low.x &+ high.x), Float(low.y &+ high.y)) / 2e9)
    ringCount += Int(head.ringCount)
    vertexCount += Int(head.vertexCount)
    unitCount += Int(head.vertexCount) * (laid.isWide ? 2 : 1)
    if Int(head.vertexCount) > Self.chunkedFrom {
      chunkCount += laid.ringCounts.reduce(0) { $0 + Self.paddedChunks($1) }
    }
  }

  /// Chunk boxes of a ring, up to a whole number of blocks.
  static func paddedChunks(_ edges: Int) -> Int {
    (edges + EdgeBoxes.blockLength - 1) / EdgeBoxes.blockLength
      * (EdgeBoxes.blockLength / EdgeBoxes.chunkLength)
  }

  /// Writes the layer into a file, which takes its name when it is whole and synced.
  ///
  /// `stamp` is up to four words of the caller's.
  public func finish(at path: String, stamp: [UInt64] = []) throws(LayerError) -> Layer {
    let plan = try LayerPlan(self, stamp: stamp)
    try LayerFile.create(at: path, length: plan.length) { sink throws(LayerError) in
      try spool.withBytes { bytes throws(LayerError) in try plan.write(bytes, to: sink) }
    }
    return try Layer(at: path)
  }

  /// Writes the layer into a file without a name beside the spool, gone with its last reader.
  public func finishUnnamed(stamp: [UInt64] = []) throws(LayerError) -> Layer {
    let plan = try LayerPlan(self, stamp: stamp)
    let mapping = try LayerFile.createUnnamed(
      in: spool.folder, length: plan.length
    ) { sink throws(LayerError) in
      try spool.withBytes { bytes throws(LayerError) in try plan.write(bytes, to: sink) }
    }
    return try Layer(owning: mapping, path: spool.folder)
  }

  /// Makes the layer in memory.
  public func finish(stamp: [UInt64] = []) throws(LayerError) -> Layer {
    let plan = try LayerPlan(self, stamp: stamp)
    let memory = UnsafeMutableRawBufferPointer.allocate(
      byteCount: plan.length, alignment: LayerFormat.alignment)
    memory.initializeMemory(as: UInt8.self, repeating: 0)
    do throws(LayerError) {
      try spool.withBytes { bytes throws(LayerError) in
        try plan.write(bytes, to: LayerSink(.memory(memory)))
      }
    } catch {
      memory.deallocate()
      throw error
    }
    return try Layer(owning: memory)
  }
}
