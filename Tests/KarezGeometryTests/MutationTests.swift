import KarezCore
import KarezGeometry
import TestSupport
import Testing

/// Bytes from outside, changed at random: a parser answers or refuses, and never traps.
@Suite struct MutationTests {
  /// The bytes with one to eight changes: flips, cuts, doublings and hostile numbers.
  static func mutated(_ bytes: [UInt8], using random: inout SplitMix64) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...8, using: &random) where !bytes.isEmpty {
      let place = Int.random(in: 0..<bytes.count, using: &random)
      switch Int.random(in: 0..<7, using: &random) {
      case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      case 1: bytes[place] = .random(in: 0...255, using: &random)
      case 2: bytes.removeSubrange(place..<min(bytes.count, place + 5))
      case 3: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 40)], at: place)
      case 4: bytes.removeLast(Int.random(in: 0...min(20, bytes.count), using: &random))
      case 5:
        let hostile = ["nan", "1e308", "-1e400", "99999999999999999999", ",,,", "@", "[", "((("]
        bytes.insert(
          contentsOf: hostile.randomElement(using: &random).map { Array($0.utf8) } ?? [], at: place)
      default:
        for index in place..<min(bytes.count, place + 4) { bytes[index] = 0xFF }
      }
    }
    return bytes
  }

  static let boundaries: [String] = [
    CoordinateTextTests.Sample().text,
    "POLYGON ((75.9 39.4, 76 39.4, 76 39.5, 75.9 39.4), (75.95 39.41, 75.96 39.41, 75.96 39.42, 75.95 39.41))",
    "SRID=4513;MULTIPOLYGON (((25585000 4370000, 25586000 4370000, 25586000 4371000, 25585000 4370000)))",
    "点号,圈号,经度,纬度\n1,1,75.9,39.4\n2,1,76,39.4\n3,1,76,39.5\n\n1,1,75.7,39.4\n2,1,75.8,39.4\n3,1,75.8,39.5\n",
    "25585000 4370000\n25586000 4370000\n25586000 4371000\n",
    #"{"type":"FeatureCollection","features":[{"type":"Feature","id":7,"properties":{"name":"一"},"geometry":{"type":"Polygon","coordinates":[[[75.9,39.4],[76,39.4],[76,39.5],[75.9,39.4]]]}}]}"#,
  ]

  @Test func `every sample is read as it stands`() throws {
    let formats = try Self.boundaries.map { text in
      try BoundaryDocument(reading: Array(text.utf8)).format
    }
    #expect(formats == [.coordinateText, .wkt, .wkt, .vertexTable, .vertexTable, .geoJSON])
  }

  @Test(arguments: 0..<150)
  func `a changed boundary file is read or refused`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    for text in Self.boundaries {
      let source = try seed.isMultiple(of: 2) ? Array(text.utf8) : TextEncoding.gb18030.encode(text)
      let bytes = Self.mutated(source, using: &random)
      do {
        let document = try BoundaryDocument(reading: bytes)
        // What was read can be measured and printed without a trap, however odd it is.
        let converter = try CoordinateConverter(from: document.crs)
        for parcel in document.parcels {
          _ = parcel.doubts.map(\.facts)
          #expect(!parcel.geometry.planarArea().text.isEmpty)
          let degrees = try converter.degrees(of: parcel.geometry)
          #expect(!degrees.statutoryArea().text.isEmpty)
          _ = try degrees.validityFault()
        }
      } catch {
        #expect("\(error.place)".utf8.count < 200)
      }
    }
  }

  @Test(arguments: 0..<400)
  func `changed WKB is read or refused`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let bytes = Self.mutated(try EncodingTests.random(seed: seed).wkb(), using: &random)
    if let geometry = try? Geometry(wkb: bytes) {
      #expect(try Geometry(wkb: geometry.wkb()) == geometry)
    }
  }

  @Test(arguments: 0..<200)
  func `changed JSON is read or refused`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let text = try EncodingTests.random(seed: seed).geoJSON.prettyText
    let bytes = Self.mutated(Array(text.utf8), using: &random)
    if let value = try? JSONValue(parsing: bytes) {
      #expect(try JSONValue(parsing: value.canonicalText) == value)
      if let geometry = try? Geometry(geoJSON: value) { #expect(!geometry.wkt.isEmpty) }
    }
  }
}
