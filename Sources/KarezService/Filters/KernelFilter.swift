public import KarezCore
import KarezGeometry

/// `karez kernel`: frames of WKB in, frames of areas out, for an engine of somebody else's.
///
/// Each frame is answered, whole, before the next is read, in the same order. A geometry that
/// cannot be measured is told apart and the others are answered; a frame that cannot be read ends
/// the filter, because nobody knows where the next begins.
public struct KernelFilter: Sendable {
  /// What is asked.
  public struct Order: Sendable {
    /// A layer file, a file or a dataset, and the attribute to group by; nil for plain areas.
    public var against: (layer: String, attribute: String)?
    /// The coordinates' system; degrees of EPSG:4490 if nil.
    public var crs: String?

    public init(against: (layer: String, attribute: String)? = nil, crs: String? = nil) {
      self.against = against
      self.crs = crs
    }
  }

  /// What was done.
  public struct Outcome: Hashable, Sendable {
    public fileprivate(set) var frames = 0
    public fileprivate(set) var geometries = 0
    public fileprivate(set) var refused = 0
  }

  private let source: LayerSource

  public init(source: LayerSource) { self.source = source }

  /// Answers frames until the input ends.
  ///
  /// - Errors: `Problem` of kind refused, with the number of the frame that cannot be read.
  public func run(
    _ order: Order, from input: Int32 = 0, to output: Int32 = 1
  ) async throws(Problem) -> Outcome {
    var layers: GroupedLayers?
    if let against = order.against {
      layers = try await GroupedLayers.find(against.layer, by: against.attribute, in: source)
    }
    return try Self.answer(
      FrameInput(ByteInput(descriptor: input, name: "stdin", isOwned: false)),
      with: try FrameMeasure(crs: order.crs, layers: layers), to: ByteOutput(descriptor: output))
  }

  static func answer(
    _ input: FrameInput, with measure: FrameMeasure, to output: ByteOutput
  ) throws(Problem) -> Outcome {
    var outcome = Outcome()
    try output.write { $0 += FrameBytes.groups(measure.groupNames) }
    try output.flush()
    var frame = GeometryFrame()
    var answer = AnswerFrame()
    while try input.next(into: &frame) {
      answer.removeAll()
      for row in 0..<frame.count { try measure.measure(row, of: frame, into: &answer) }
      try output.write { answer.append(to: &$0) }
      try output.flush()
      outcome.frames += 1
      outcome.geometries += frame.count
      outcome.refused += answer.refused
    }
    return outcome
  }
}

/// Measures geometries of frames one after another.
///
/// Not Sendable: it keeps memory from one to the next.
final class FrameMeasure {
  private let converter: CoordinateConverter
  private let layers: GroupedLayers?
  private let search = LayerSearch()
  private let pairs = OverlapMeasure(plane: .statutory)
  /// Sums by group, and which of them are not nothing.
  private var sums: [Double]
  private var touched: [Int] = []

  init(crs: String?, layers: GroupedLayers?) throws(Problem) {
    let system = try crs.map { text throws(Problem) in try DeclaredCRS.parse(text, in: "--crs") }
    do throws(GeometryError) {
      converter = try CoordinateConverter(from: system ?? .cgcs2000)
    } catch {
      throw .geometry(error, of: "--crs")
    }
    self.layers = layers
    sums = Array(repeating: 0, count: layers?.names.count ?? 0)
  }

  var groupNames: [String] { layers?.names ?? [] }

  /// Measures one geometry; what is wrong with it is part of the answer.
  ///
  /// - Errors: `Problem` where a layer is damaged.
  func measure(
    _ row: Int, of frame: GeometryFrame, into answer: inout AnswerFrame
  ) throws(Problem) {
    let id = frame.ids[row]
    do throws(GeometryError) {
      let polygons = try polygons(row, of: frame)
      guard let layers else {
        answer.add(id, areaM2: try polygons.coveredStatutoryArea().squareMetres)
        return
      }
      try addUp(polygons, in: layers)
    } catch {
      forget()
      answer.refuse(id, row: row, .geometry(error, of: String(id)))
      return
    }
    touched.sort()
    for group in touched { answer.add(id, group: Int32(group), areaM2: sums[group]) }
    forget()
  }

  private func polygons(
    _ row: Int, of frame: GeometryFrame
  ) throws(GeometryError) -> MultiPolygon {
    let range = frame.offsets[row]..<frame.offsets[row + 1]
    let result = frame.bytes.withUnsafeBytes { bytes in
      Result { () throws(GeometryError) in
        try Geometry(wkb: UnsafeRawBufferPointer(rebasing: bytes[range]))
      }
    }
    switch try result.get() {
    case .polygons(let polygons): return try converter.degrees(of: polygons)
    case .points: throw .unsupportedGeometry("Point")
    case .lines: throw .unsupportedGeometry("LineString")
    }
  }

  private func forget() {
    for group in touched { sums[group] = 0 }
    touched.removeAll(keepingCapacity: true)
  }

  private func addUp(
    _ polygons: MultiPolygon, in layers: GroupedLayers
  ) throws(GeometryError) {
    let shape = PlaneShape(polygons, in: .statutory)
    for (part, selection) in layers.selections.enumerated() {
      do throws(LayerError) {
        try search.overlaps(of: shape, in: selection.layer) { overlap throws(LayerError) in
          guard selection.admits?(overlap.polygon) ?? true else { return }
          var area = overlap.areaM2
          if !overlap.isSound {
            area = try repaired(polygons, overlap.polygon, of: selection.layer)
          }
          guard area > PairKernel.residue else { return }
          let group = try layers.group(of: overlap.polygon, in: part)
          if sums[group] == 0 { touched.append(group) }
          sums[group] += area
        }
      } catch {
        if case .geometry(_, let fault) = error { throw fault }
        throw .overlayFailed("\(error)")
      }
    }
  }

  private func repaired(
    _ polygons: MultiPolygon, _ polygon: Int, of layer: Layer
  ) throws(LayerError) -> Double {
    let other = try layer.geometry(of: polygon)
    do throws(GeometryError) {
      return try pairs.common(polygons, other).area
    } catch {
      throw .geometry(row: layer.row(of: polygon), error)
    }
  }
}
