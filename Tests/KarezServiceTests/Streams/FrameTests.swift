import KarezCore
import KarezGeometry
import TestSupport
import Testing

@testable import KarezService

@Suite struct FrameTests {
  static func square(_ x: Double, _ y: Double, side: Double = 0.01) throws -> MultiPolygon {
    let corners = [(0.0, 0.0), (side, 0), (side, side), (0, side), (0, 0)]
    return MultiPolygon([
      Polygon(shell: try Ring(corners.map { Position(x: x + $0.0, y: y + $0.1) }))
    ])
  }

  static func frame(_ geometries: [(id: UInt64, wkb: [UInt8])]) -> [UInt8] {
    var bytes: [UInt8] = []
    FrameBytes.begin("KRZ1", geometries.count, &bytes)
    for geometry in geometries { FrameBytes.append(geometry.id, &bytes) }
    var offset: UInt32 = 0
    FrameBytes.append(offset, &bytes)
    for geometry in geometries {
      offset += UInt32(geometry.wkb.count)
      FrameBytes.append(offset, &bytes)
    }
    return bytes + geometries.flatMap(\.wkb)
  }

  /// What the filter answers, as frames.
  static func answer(
    _ input: [UInt8], layers: GroupedLayers? = nil
  ) throws -> (frames: [Frame], problem: Problem?) {
    var problem: Problem?
    let bytes = try Descriptors.written { output in
      try Descriptors.reading(input) { source in
        do throws(Problem) {
          _ = try KernelFilter.answer(
            FrameInput(source), with: try FrameMeasure(crs: nil, layers: layers), to: output)
        } catch {
          problem = error
        }
      }
    }
    return (try Frame.all(in: bytes), problem)
  }

  /// A frame of the answer, taken apart by the layout of the documentation.
  struct Frame: Equatable {
    var magic = ""
    var ids: [UInt64] = []
    var groups: [Int32] = []
    var areas: [Double] = []
    var rows: [UInt32] = []
    var texts: [String] = []

    static func all(in bytes: [UInt8]) throws -> [Frame] {
      var reader = Cursor(bytes: bytes[...])
      var frames: [Frame] = []
      while !reader.bytes.isEmpty {
        var frame = Frame(magic: String(decoding: try reader.take(4), as: UTF8.self))
        let count = Int(try reader.number(UInt32.self))
        switch frame.magic {
        case "KRG1": frame.texts = try reader.texts(count)
        case "KRA1":
          frame.ids = try (0..<count).map { _ in try reader.number(UInt64.self) }
          frame.groups = try (0..<count).map { _ in try reader.number(Int32.self) }
          frame.areas = try (0..<count).map { _ in
            Double(bitPattern: try reader.number(UInt64.self))
          }
        case "KRE1":
          frame.ids = try (0..<count).map { _ in try reader.number(UInt64.self) }
          frame.rows = try (0..<count).map { _ in try reader.number(UInt32.self) }
          frame.texts = try reader.texts(3 * count)
        default: throw Cursor.Broken()
        }
        frames.append(frame)
      }
      return frames
    }
  }

  struct Cursor {
    struct Broken: Error {}
    var bytes: ArraySlice<UInt8>

    mutating func take(_ count: Int) throws -> ArraySlice<UInt8> {
      guard bytes.count >= count else { throw Broken() }
      defer { bytes = bytes.dropFirst(count) }
      return bytes.prefix(count)
    }

    mutating func number<Number: FixedWidthInteger>(_ type: Number.Type) throws -> Number {
      try take(MemoryLayout<Number>.size).reversed().reduce(0) {
        $0 << 8 | Number(truncatingIfNeeded: $1)
      }
    }

    mutating func texts(_ count: Int) throws -> [String] {
      let offsets = try (0...count).map { _ in Int(try number(UInt32.self)) }
      return try zip(offsets, offsets.dropFirst()).map {
        String(decoding: try take($1 - $0), as: UTF8.self)
      }
    }
  }

  @Test func `areas come back in the order of the frame, frame by frame`() throws {
    let squares = try (0..<5).map { try Self.square(75 + Double($0), 39) }
    let input =
      Self.frame([(7, Geometry.polygons(squares[0]).wkb())])
      + Self.frame(
        squares.dropFirst().enumerated().map {
          (UInt64.max - UInt64($0), Geometry.polygons($1).wkb())
        }) + Self.frame([])
    let (frames, problem) = try Self.answer(input)
    #expect(problem == nil)
    #expect(frames.map(\.magic) == ["KRG1", "KRA1", "KRA1", "KRA1"])
    #expect(frames[0].texts == [])
    #expect(frames[1].ids == [7])
    #expect(frames[1].groups == [-1])
    #expect(frames[2].ids == (0..<4).map { UInt64.max - $0 })
    #expect(
      frames[1].areas + frames[2].areas == squares.map { $0.statutoryArea().squareMetres })
    #expect(frames[3] == Frame(magic: "KRA1"))
  }

  @Test func `a geometry that cannot be measured is told apart, the others are answered`() throws {
    let good = try Self.square(75, 39)
    let tie = MultiPolygon([
      Polygon(
        shell: try Ring(
          [(0, 0), (1, 1), (1, 0), (0, 1), (0, 0)].map {
            Position(x: 75 + $0.0 * 0.01, y: 39 + $0.1 * 0.01)
          }))
    ])
    let metres = try Self.square(500_000, 4_400_000, side: 10)
    let (frames, problem) = try Self.answer(
      Self.frame([
        (1, Geometry.polygons(good).wkb()), (2, [1, 2, 3]), (3, []),
        (4, Geometry.points([Position(x: 75, y: 39)]).wkb()),
        (5, Geometry.polygons(metres).wkb()), (6, Geometry.polygons(tie).wkb()),
        (7, Geometry.polygons(MultiPolygon([])).wkb()),
      ]))
    #expect(problem == nil)
    #expect(frames.map(\.magic) == ["KRG1", "KRE1", "KRA1"])
    #expect(frames[1].ids == [2, 3, 4, 5])
    #expect(frames[1].rows == [1, 2, 3, 4])
    #expect(
      stride(from: 0, to: 12, by: 3).map { frames[1].texts[$0] } == [
        "text-ends-too-soon", "text-ends-too-soon", "geometry-unsupported",
        "coordinate-out-of-range",
      ])
    #expect(frames[1].texts[2].hasPrefix("2: byte"), "\(frames[1].texts[2])")
    #expect(frames[2].ids == [1, 6, 7])
    let area = good.statutoryArea().squareMetres
    // A bow tie bounds two triangles, half of the square.
    #expect(abs(frames[2].areas[1] / area - 0.5) < 1e-4)
    #expect(frames[2].areas[2] == 0)
  }

  @Test func `against a layer areas are grouped, and groups sum to the whole`() throws {
    let writer = LayerWriter(columns: ["class"], spoolingIn: "/tmp")
    var row: Int64 = 0
    for x in 0..<10 {
      for y in 0..<10 {
        row += 1
        try writer.append(
          row: row, values: ["c\((x + y) % 3)"],
          try Self.square(75 + Double(x) * 0.01, 39 + Double(y) * 0.01, side: 0.01))
      }
    }
    let layers = try GroupedLayers(
      [LayerSelection(try writer.finish())], by: "class", name: "layer")
    let probe = try Self.square(75.013, 39.017, side: 0.05)
    let outside = try Self.square(70, 30)
    let (frames, problem) = try Self.answer(
      Self.frame([
        (1, Geometry.polygons(probe).wkb()), (2, Geometry.polygons(outside).wkb()),
        (3, Geometry.polygons(probe).wkb()), (4, [0]),
      ]), layers: layers)
    #expect(problem == nil)
    #expect(frames[0].texts == ["c0", "c1", "c2"])
    #expect(frames[1].ids == [4])
    #expect(frames[2].ids == [1, 1, 1, 3, 3, 3])
    #expect(frames[2].groups == [0, 1, 2, 0, 1, 2])
    let sum = frames[2].areas.prefix(3).reduce(0, +)
    #expect(abs(sum - probe.statutoryArea().squareMetres) < 1e-3)
    #expect(Array(frames[2].areas.prefix(3)) == Array(frames[2].areas.suffix(3)))
  }

  @Test func `an attribute a layer does not have is wrong usage`() throws {
    let writer = LayerWriter(columns: ["class"], spoolingIn: "/tmp")
    try writer.append(row: 1, values: ["x"], try Self.square(75, 39))
    let layer = try writer.finish()
    let problem = try #require(throws: Problem.self) {
      try GroupedLayers([LayerSelection(layer)], by: "kind", name: "land.layer")
    }
    #expect(problem.exitStatus == 2)
    #expect(problem.line(in: .en).contains("class"))
  }

  @Test func `a frame cut short anywhere is refused, after what came whole was answered`() throws {
    let whole = Self.frame([(7, Geometry.polygons(try Self.square(75, 39)).wkb())])
    for length in 1..<whole.count {
      let (frames, problem) = try Self.answer(whole + whole.prefix(length))
      #expect(problem?.code == "frame-truncated", "\(length)")
      #expect(problem?.place == "stdin: frame 2")
      #expect(frames.map(\.magic) == ["KRG1", "KRA1"])
    }
  }

  @Test func `counts and offsets are never believed`() throws {
    func words(_ words: [UInt32]) -> [UInt8] {
      var bytes = Array("KRZ1".utf8)
      for word in words { FrameBytes.append(word, &bytes) }
      return bytes
    }
    let cases: [(bytes: [UInt8], code: String)] = [
      (words([.max]), "frame-too-large"), (words([1 << 20 + 1]), "frame-too-large"),
      (words([1 << 20]), "frame-truncated"), (words([1, 7, 0, 0, .max]), "frame-too-large"),
      (words([1, 7, 0, 0, 1 << 30]), "frame-truncated"),
      (words([1, 7, 0, 4, 8]), "frame-offsets"), (words([0, 1]), "frame-offsets"),
      (words([2, 7, 0, 8, 0, 0, 5, 4]), "frame-offsets"),
      (Array("KRZ2".utf8) + [0, 0, 0, 0], "frame-unknown"),
      (Array("SELECT 1".utf8), "frame-unknown"),
    ]
    for example in cases {
      let (frames, problem) = try Self.answer(example.bytes)
      #expect(problem?.code == example.code)
      #expect(problem?.exitStatus == 3)
      #expect(problem.map { $0.what.zh != $0.what.en } == true)
      #expect(frames.map(\.magic) == ["KRG1"])
    }
  }

  @Test(arguments: 0..<300 as Range<UInt64>)
  func `bytes altered at random are answered or refused`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let squares = try (0..<3).map {
      (UInt64($0), Geometry.polygons(try Self.square(75 + Double($0), 39)).wkb())
    }
    var bytes = Self.frame(squares) + Self.frame(squares)
    for _ in 0..<Int.random(in: 1...12, using: &random) {
      let place = Int.random(in: 0..<bytes.count, using: &random)
      switch Int.random(in: 0..<4, using: &random) {
      case 0: bytes[place] = .random(in: 0...255, using: &random)
      case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      case 2: bytes.remove(at: place)
      default: bytes.insert(.random(in: 0...255, using: &random), at: place)
      }
    }
    let (frames, problem) = try Self.answer(bytes)
    // Whatever came in, what goes out is whole frames, and areas are numbers.
    #expect(frames.first?.magic == "KRG1")
    for frame in frames { #expect(frame.areas.allSatisfy { $0.isFinite && $0 >= 0 }) }
    if problem == nil { #expect(frames.count { $0.magic == "KRA1" } > 0 || bytes.count < 8) }
  }
}
