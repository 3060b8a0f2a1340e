import KarezCore
import KarezGeometry
import TestSupport
import Testing

@testable import KarezReading

/// What goes over the pipe comes out the same, and nothing that comes out of it can do harm.
@Suite struct FrameTests {
  static func layer(_ random: inout SplitMix64) -> SourceLayer {
    var layer = SourceLayer(
      name: text(&random), format: SourceFormat.allCases.randomElement(using: &random) ?? .kml)
    layer.crs =
      [.unknown, .epsg(4_513), .gaussKruger(zone: 24, width: 3, prefixed: true)]
      .randomElement(using: &random) ?? .unknown
    layer.crsReason = CRSReason.allCases.randomElement(using: &random) ?? .unstated
    layer.fields = AttributeType.allCases.map { SourceField(name: $0.rawValue, type: $0) }
    layer.featureCount = [nil, 7].randomElement(using: &random) ?? nil
    layer.warnings = [ReadWarning(code: "c", facts: ["a": text(&random), "b": ""])]
    return layer
  }

  static func text(_ random: inout SplitMix64) -> String {
    ["", "a", "名称", "ئۇيغۇر", "\u{10FFFF}"].randomElement(using: &random) ?? ""
  }

  static func ring(_ random: inout SplitMix64) throws -> Ring {
    let first = Position(x: Double.random(in: -180...180, using: &random), y: 39)
    let rest = (0..<Int.random(in: 2...6, using: &random)).map { _ in
      Position(x: Double.random(in: 0...1e8, using: &random), y: 1e-300)
    }
    return try Ring([first] + rest + [first])
  }

  static func feature(_ row: Int64, _ random: inout SplitMix64) throws -> SourceFeature {
    var feature = SourceFeature(row: row, fid: text(&random))
    switch Int.random(in: 0...3, using: &random) {
    case 0: feature.fault = .notFinite(part: 1, ring: 2, vertex: 3)
    case 1: feature.geometry = .points([Position(x: 1, y: 2)])
    case 2: feature.geometry = .lines([[Position(x: 1, y: 2), Position(x: 3, y: 4)], []])
    default:
      feature.geometry = .polygons(
        MultiPolygon([
          Polygon(shell: try ring(&random), holes: [try ring(&random)]),
          Polygon(shell: try ring(&random)),
        ]))
    }
    feature.attributes = [
      "text": .text(text(&random)), "integer": .integer(.min), "decimal": .decimal(-0.5),
      "boolean": .boolean(row.isMultiple(of: 2)), "date": .null,
    ]
    feature.attributes["date"] = LegalDate(year: 2025, month: 11, day: 1).map { .date($0) }
    return feature
  }

  static func conversation(seed: UInt64) throws -> [Frame] {
    var random = SplitMix64(seed: seed)
    let layer = layer(&random)
    let features = try (1...5).map { try feature($0, &random) }
    return [.hello, .layers([layer, layer]), .layer(layer), .features(features), .end(count: 5)]
  }

  static func decode(_ bytes: [UInt8]) throws(FrameFault) -> [Frame] {
    var decoder = FrameDecoder()
    var frames: [Frame] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      let (kind, length) = try FrameDecoder.header(Array(rest.prefix(Frame.headerSize)))
      rest = rest.dropFirst(Frame.headerSize)
      guard rest.count >= length else { throw .endsTooSoon }
      frames.append(try decoder.decode(kind: kind, Array(rest.prefix(length))))
      rest = rest.dropFirst(length)
    }
    return frames
  }

  @Test(arguments: 0..<50)
  func `features written one by one are the frame of all of them`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let layer = Self.layer(&random)
    let features = try (1...5).map { try Self.feature($0, &random) }
    var encoder = FrameEncoder()
    _ = encoder.encode(.layer(layer))
    let whole = encoder.encode(.features(features))
    for _ in 0..<2 {
      for feature in features {
        guard Bool.random(using: &random) else {
          encoder.add(feature)
          continue
        }
        var values = EncodedValues()
        var texts = 0
        for field in layer.fields {
          let value = feature.attributes[field.name] ?? .null
          guard case .text(var text) = value else {
            values.append(value)
            continue
          }
          texts += text.utf8.count
          let isPlain = text.withUTF8 { values.append(plain: UnsafeRawBufferPointer($0)) }
          #expect(isPlain == text.utf8.allSatisfy { $0 < 0x80 })
          if !isPlain { values.append(value) }
        }
        #expect(values.count == layer.fields.count && values.textLength == texts)
        encoder.add(feature, saying: values)
      }
      var written: [UInt8] = []
      encoder.withFeatures { written = $0 }
      #expect(written == whole)
    }
    encoder.withFeatures { _ in Issue.record("a frame of nothing") }
  }

  @Test func `a text is what its bytes are, or none`() {
    let samples: [[UInt8]] = [
      [], [0x61], Array("0103".utf8), Array("一条名称很长的渠道".utf8), Array("ئۇيغۇر".utf8),
      Array("\u{10FFFF}".utf8), [0], [0x80], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xE4, 0xB8],
      [0xF4, 0x90, 0x80, 0x80], [0xEF, 0xBF, 0xBD], [0x61, 0xFF, 0x62], [0xEF, 0xBB, 0xBF, 0x61],
      Array("0123456789012345678901234567890".utf8) + [0xFE],
    ]
    for bytes in samples {
      let text = bytes.withUnsafeBufferPointer { String(strict: $0) }
      #expect(text == String(validating: bytes, as: UTF8.self))
      if let text { #expect(Array(text.utf8) == bytes) }
    }
    for first in UInt8.min...UInt8.max {
      for second in UInt8.min...UInt8.max {
        for bytes in [[first, second], [0xE2, first, second]] {
          let text = bytes.withUnsafeBufferPointer { String(strict: $0) }
          #expect(text == String(validating: bytes, as: UTF8.self))
        }
      }
    }
  }

  static func encode(_ frames: [Frame]) -> [UInt8] {
    var encoder = FrameEncoder()
    return frames.flatMap { encoder.encode($0) }
  }

  @Test(arguments: 0..<50)
  func `a conversation comes out as it went in`(seed: UInt64) throws {
    let frames = try Self.conversation(seed: seed)
    #expect(try Self.decode(Self.encode(frames)) == frames)
  }

  @Test(arguments: 0..<400)
  func `changed bytes are frames or a fault, and take no more memory than there are bytes`(
    seed: UInt64
  ) throws {
    var random = SplitMix64(seed: seed)
    var bytes = Self.encode(try Self.conversation(seed: seed % 7))
    for _ in 0..<Int.random(in: 1...8, using: &random) {
      let place = Int.random(in: 0..<bytes.count, using: &random)
      bytes[place] =
        [0, 0x7F, 0x80, 0xFF, UInt8.random(in: 0...255, using: &random)]
        .randomElement(using: &random) ?? 0
    }
    guard let frames = try? Self.decode(bytes) else { return }
    // What was read at all can be written and read again.
    #expect(try Self.decode(Self.encode(frames)) == frames)
  }

  @Test func `every cut of a conversation is a fault`() throws {
    let bytes = Self.encode([.hello, .layer(SourceLayer(name: "a", format: .kml)), .end(count: 0)])
    let ends = Set([0, 11, bytes.count - 13])
    for count in 0..<bytes.count where !ends.contains(count) {
      #expect(throws: FrameFault.self) { try Self.decode(Array(bytes.prefix(count))) }
    }
  }

  @Test func `a length beyond the limit and another version are refused`() {
    #expect(throws: FrameFault.tooLong(0xFFFF_FFFF)) {
      try FrameDecoder.header([4, 0xFF, 0xFF, 0xFF, 0xFF])
    }
    #expect(throws: FrameFault.unknownKind(9)) { try FrameDecoder.header([9, 0, 0, 0, 0]) }
    var decoder = FrameDecoder()
    #expect(throws: FrameFault.wrongVersion(9)) {
      try decoder.decode(kind: 1, [0x4B, 0x52, 0x5A, 0x52, 9, 0])
    }
  }

  static let errors: [ReadingError] = [
    .vct(.endsTooSoon(line: 3, section: "Line")), .vct(.edition("VCT 2.0")),
    .vct(.sectionMissing("Attribute")),
    .vct(.unexpected(line: 1, section: "Head", found: "x")),
    .vct(.lineTooLong(line: 1, limit: 2)), .vct(.tooMany(kind: "Line", line: 1, limit: 2)),
    .vct(.headValue(key: "Dim", value: "4")),
    .fileMissing, .emptyFile, .fileTooLarge(bytes: 1, limit: 2), .unknownFormat(magic: "00"),
    .driverRefused(format: .kml, message: "m"), .readFailed(row: 1, message: "m"),
    .writeFailed(format: .xlsx, row: 1, message: "m"), .drawingBinary(version: "AC1032"),
    .documentTypeDeclared, .encodingUnknown(name: "n"),
    .tooManyVertices(row: 1, count: 2, limit: 3), .tooManyVerticesInFile(row: 1, limit: 2),
    .featureTooLarge(row: 1, bytes: 2), .noLayer, .noSuchLayer(name: "n", layers: ["a", "b"]),
    .layerNotChosen(layers: ["a"]), .json(code: "c", line: 1, byte: 2),
    .text(format: .wkt, line: 1, code: "c", detail: "d"), .memoryLimit(bytes: 5),
    .workerUnusable(message: "m"), .shapefile(.headerMalformed),
    .shapefile(.lengthDisagrees(claimed: 1, found: 2)),
    .shapefile(.truncatedRecord(record: 1, byte: 2)),
    .shapefile(.indexDisagrees(record: 1, byte: 2)), .shapefile(.sidecarMissing(kind: "shx")),
    .shapefile(.sidecarMalformed(kind: "dbf")),
    .shapefile(.countsDisagree(kind: "dbf", shapes: 1, found: 2)), .zip(.malformed(byte: 1)),
    .zip(.tooManyEntries(count: 1, limit: 2)), .zip(.tooLarge(bytes: 1, limit: 2)),
    .zip(.ratio(name: "n", ratio: 1, limit: 2)), .zip(.entryEscapes(name: "n")),
    .zip(.entryIsLink(name: "n")), .zip(.entryTwice(name: "n")), .zip(.nested(name: "n")),
    .zip(.encrypted(name: "n")), .zip(.method(name: "n", number: 1)), .zip(.nothingReadable),
    .zip(.severalReadable(names: ["a", "b"])), .geopackage(.malformed(message: "m")),
    .geopackage(.trigger(name: "n")), .geopackage(.view(name: "n")),
    .geopackage(.virtualTable(name: "n")),
  ]

  @Test(arguments: errors)
  func `every failure a worker can have arrives whole`(error: ReadingError) throws {
    #expect(try Self.decode(Self.encode([.failure(error)])) == [.failure(error)])
  }

  static let faults: [SourceFault] =
    [
      .ringNotClosed(part: 1, ring: 2), .ringTooShort(part: 1, ring: 2, vertices: 3),
      .notFinite(part: 1, ring: 2, vertex: 3), .lineNotClosed(vertices: 4),
      .unsupportedType("CURVE"), .empty, .textUndecodable(field: "f"),
      .textForbidden(field: "f", scalar: 0x202E), .malformed(what: "w"),
    ]
    + VCTObjectFault.Kind.allCases.map { .vct(VCTObjectFault($0, line: 7, object: 3, found: "x")) }

  @Test(arguments: faults)
  func `every fault of a feature arrives whole`(fault: SourceFault) throws {
    let frame = Frame.features([SourceFeature(row: 1, fid: "1", fault: fault)])
    #expect(try Self.decode(Self.encode([frame])) == [frame])
  }

  @Test func `a message keeps its words and loses its paths`() {
    let message = "bwrap: Can't find source path /srv/uploads/x: No such file\nor directory"
    #expect(
      WorkerReading.withoutPaths(message)
        == "bwrap: Can't find source path … No such file or directory")
  }
}
