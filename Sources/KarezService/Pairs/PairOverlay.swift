public import KarezCore
import KarezGeometry

/// `karez intersect`: what the polygons of each line have in common, line by line.
///
/// One line is in memory at a time. Unless told to keep going, the first bad line ends the job
/// and nothing is written: results are held back until the last line was good.
public struct PairOverlay: Sendable {
  /// What is asked.
  public struct Order: Sendable {
    /// A path, or `-` for standard input.
    public var file: String
    public var crs: String?
    /// Statutory square metres; otherwise planar areas in the coordinates' unit squared.
    public var isStatutory: Bool
    /// Answer a bad line with its code and go on.
    public var isForgiving: Bool
    /// One JSON object a line.
    public var isJSON: Bool

    public init(
      file: String, crs: String? = nil, isStatutory: Bool = false, isForgiving: Bool = false,
      isJSON: Bool = false
    ) {
      self.file = file
      self.crs = crs
      self.isStatutory = isStatutory
      self.isForgiving = isForgiving
      self.isJSON = isJSON
    }
  }

  /// What was done.
  public struct Outcome: Hashable, Sendable {
    public fileprivate(set) var pairs = 0
    /// Pairs with a polygon that bounds no area properly, which GEOS repaired and overlaid.
    public fileprivate(set) var repaired = 0
    /// Lines answered with a code.
    public fileprivate(set) var refused = 0
  }

  private let order: Order

  public init(_ order: Order) { self.order = order }

  /// Answers every line, on the descriptor.
  ///
  /// `refuse` is told of every bad line that was gone past.
  ///
  /// - Errors: `Problem` of kind refused with the line, unless the order is forgiving.
  public func run(
    to descriptor: Int32 = 1, refuse: (Problem) -> Void = { _ in },
    progress: (Int) -> Void = { _ in }
  ) throws(Problem) -> Outcome {
    let input = try ByteInput(path: order.file)
    let lines = LineInput(input)
    let output = ByteOutput(descriptor: descriptor)
    let held = order.isForgiving ? nil : try HeldOutput()
    if held == nil { lines.beforeWaiting = { () throws(Problem) in try output.flush() } }
    let overlay = try LineOverlay(order, name: input.name)
    var outcome = Outcome()
    while let line = try lines.next() {
      guard !line.allSatisfy({ $0 == 0x20 }) else { continue }
      if lines.number & 0xF == 0 || line.count > 1 << 16 { progress(lines.number) }
      let answer: LineOverlay.Answer
      do throws(Problem) {
        answer = try overlay.answer(line, number: lines.number)
        outcome.pairs += 1
        if answer.isRepaired { outcome.repaired += 1 }
      } catch {
        guard order.isForgiving else { throw error }
        outcome.refused += 1
        refuse(error)
        answer = LineOverlay.Answer(id: PairLine.id(of: line), result: .failure(error))
      }
      if let held {
        try held.write { overlay.append(answer, to: &$0) }
      } else {
        try output.write { overlay.append(answer, to: &$0) }
      }
    }
    try held?.release(to: output)
    try output.flush()
    return outcome
  }
}

/// Answers one line after another.
///
/// Not Sendable: it keeps memory from line to line.
private final class LineOverlay {
  struct Answer {
    let id: [UInt8]
    let result: Result<Double, Problem>
    var isRepaired = false
  }

  private let order: PairOverlay.Order
  private let name: String
  private let measure: OverlapMeasure
  /// Takes coordinates to degrees, for statutory areas.
  private let converter: CoordinateConverter?

  init(_ order: PairOverlay.Order, name: String) throws(Problem) {
    self.order = order
    self.name = name
    measure = OverlapMeasure(plane: order.isStatutory ? .statutory : .asGiven)
    let crs = try order.crs.map { text throws(Problem) in try DeclaredCRS.parse(text, in: "--crs") }
    do throws(GeometryError) {
      converter = order.isStatutory ? try CoordinateConverter(from: crs ?? .cgcs2000) : nil
    } catch {
      throw .geometry(error, of: "--crs")
    }
  }

  func answer(_ line: UnsafeRawBufferPointer, number: Int) throws(Problem) -> Answer {
    let pair: PairLine
    do throws(PairLine.Fault) {
      pair = try PairLine(line)
    } catch {
      switch error {
      case .fields(let count):
        throw StreamWording.pairFields(count, at: "\(name): line \(number)")
      case .geometry(let fault): throw .geometry(fault.onLine(number), of: name)
      }
    }
    do throws(GeometryError) {
      let common = try measure.common(
        try inPlane(pair.first, number: 1), try inPlane(pair.second, number: 2))
      return Answer(id: pair.id, result: .success(common.area), isRepaired: common.isRepaired)
    } catch {
      throw .geometry(error.onLine(number), of: name)
    }
  }

  private func inPlane(
    _ polygons: MultiPolygon, number: Int
  ) throws(GeometryError) -> MultiPolygon {
    guard let converter else { return polygons }
    do throws(GeometryError) {
      return try converter.degrees(of: polygons)
    } catch {
      throw error.located(at: InputPlace(feature: number))
    }
  }

  func append(_ answer: Answer, to bytes: inout [UInt8]) {
    if order.isJSON {
      let id = ("id", JSONValue.string(String(decoding: answer.id, as: UTF8.self)))
      let value: (String, JSONValue) =
        switch answer.result {
        case .success(let area):
          (order.isStatutory ? "areaM2" : "area", .string(FullDigits.text(area)))
        case .failure(let problem): ("error", .string(problem.code))
        }
      bytes += JSONValue.object([id.0: id.1, value.0: value.1]).canonicalText.utf8
    } else {
      bytes += answer.id
      bytes.append(0x09)
      switch answer.result {
      case .success(let area): FullDigits.append(area, to: &bytes)
      case .failure(let problem): bytes += "error:\(problem.code)".utf8
      }
    }
    bytes.append(0x0A)
  }
}
