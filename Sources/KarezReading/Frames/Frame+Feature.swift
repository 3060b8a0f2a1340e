package import KarezCore
import KarezGeometry

extension Geometry {
  package var vertexTotal: Int {
    switch self {
    case .points(let positions): positions.count
    case .lines(let lines): lines.reduce(0) { $0 + $1.count }
    case .polygons(let multi): multi.vertexCount
    }
  }
}

extension ByteWriter {
  mutating func feature(_ feature: SourceFeature, names: [String]) {
    head(of: feature)
    values(of: feature, names: names)
  }

  /// All but its values.
  mutating func head(of feature: SourceFeature) {
    integer(feature.row)
    text(feature.fid)
    geometry(feature.geometry)
    if let fault = feature.fault {
      integer(UInt8(1))
      self.fault(fault.wire)
    } else {
      integer(UInt8(0))
    }
  }

  mutating func values(of feature: SourceFeature, names: [String]) {
    if feature.attributes.names == names {
      for value in feature.attributes.values { self.value(value) }
    } else {
      for name in names { value(feature.attributes[name] ?? .null) }
    }
  }

  private mutating func geometry(_ geometry: Geometry?) {
    switch geometry {
    case nil: integer(UInt8(0))
    case .points(let positions):
      integer(UInt8(1))
      self.positions(positions)
    case .lines(let lines):
      integer(UInt8(2))
      integer(UInt32(clamping: lines.count))
      for line in lines { positions(line) }
    case .polygons(let multi):
      integer(UInt8(3))
      integer(UInt32(clamping: multi.polygons.count))
      for polygon in multi.polygons {
        integer(UInt32(clamping: polygon.holes.count + 1))
        positions(polygon.shell.positions)
        for hole in polygon.holes { positions(hole.positions) }
      }
    }
  }

  private mutating func positions(_ positions: [Position]) {
    integer(UInt32(clamping: positions.count))
    bytes.reserveCapacity(bytes.count + 16 * positions.count)
    if positions.allSatisfy({ $0.x != 0 && $0.y != 0 }) {
      // Safe because a position is two numbers, x and y, and little endian where this runs.
      return positions.withUnsafeBytes { bytes.append(contentsOf: $0) }
    }
    for position in positions {
      // Adding zero turns the negative zero into the positive one.
      double(position.x + 0)
      double(position.y + 0)
    }
  }

  mutating func value(_ value: AttributeValue) {
    switch value {
    case .null: integer(UInt8(0))
    case .text(let text):
      integer(UInt8(1))
      self.text(text)
    case .integer(let number):
      integer(UInt8(2))
      integer(number)
    case .decimal(let number):
      integer(UInt8(3))
      double(number)
    case .boolean(let flag): integer(UInt8(flag ? 5 : 4))
    case .date(let day):
      integer(UInt8(6))
      integer(UInt16(clamping: day.year))
      integer(UInt8(clamping: day.month))
      integer(UInt8(clamping: day.day))
    }
  }
}

/// The values of one feature as a frame has them, written as a library tells them.
package struct EncodedValues {
  private var out = ByteWriter()
  package private(set) var count = 0
  /// How many bytes the texts among them have.
  package private(set) var textLength = 0

  package init() {}

  package var bytes: [UInt8] { out.bytes }

  package mutating func removeAll() {
    out.bytes.removeAll(keepingCapacity: true)
    count = 0
    textLength = 0
  }

  package mutating func append(_ value: AttributeValue) {
    count += 1
    if case .text(let text) = value { textLength += text.utf8.count }
    out.value(value)
  }

  /// Appends a text of printable ASCII, which needs no decoding; answers false for any other.
  package mutating func append(plain text: UnsafeRawBufferPointer) -> Bool {
    guard text.allSatisfy({ 0x20...0x7E ~= $0 }) else { return false }
    count += 1
    textLength += text.count
    out.integer(UInt8(1))
    out.integer(UInt32(clamping: text.count))
    out.bytes.append(contentsOf: text)
    return true
  }
}

extension ByteReader {
  mutating func feature(names: [String]) throws(FrameFault) -> SourceFeature {
    var feature = SourceFeature(row: try integer(Int64.self), fid: try text())
    feature.geometry = try geometry()
    switch try integer(UInt8.self) {
    case 0: break
    case 1:
      guard let fault = SourceFault(wire: try fault()) else { throw .invalid }
      feature.fault = fault
    default: throw .invalid
    }
    var values: [AttributeValue] = []
    values.reserveCapacity(names.count)
    for _ in names { values.append(try value()) }
    feature.attributes = NamedValues(names, values)
    return feature
  }

  private mutating func geometry() throws(FrameFault) -> Geometry? {
    switch try integer(UInt8.self) {
    case 0: return nil
    case 1: return .points(try positions())
    case 2:
      var lines: [[Position]] = []
      for _ in 0..<(try count(ofSize: 4)) { lines.append(try positions()) }
      return .lines(lines)
    case 3:
      var polygons: [Polygon] = []
      for _ in 0..<(try count(ofSize: 8)) { polygons.append(try polygon()) }
      return .polygons(MultiPolygon(polygons))
    default: throw .invalid
    }
  }

  private mutating func polygon() throws(FrameFault) -> Polygon {
    let count = try count(ofSize: 4)
    guard count >= 1 else { throw .invalid }
    let shell = try ring()
    var holes: [Ring] = []
    for _ in 1..<count { holes.append(try ring()) }
    return Polygon(shell: shell, holes: holes)
  }

  private mutating func ring() throws(FrameFault) -> Ring {
    let positions = try positions()
    do { return try Ring(positions) } catch { throw .invalid }
  }

  private mutating func positions() throws(FrameFault) -> [Position] {
    let positions = try self.positions(count(ofSize: 16))
    guard positions.allSatisfy(\.isFinite) else { throw .invalid }
    return positions
  }

  private mutating func value() throws(FrameFault) -> AttributeValue {
    switch try integer(UInt8.self) {
    case 0: return .null
    case 1: return .text(try text())
    case 2: return .integer(try integer(Int64.self))
    case 3: return .decimal(try double())
    case 4: return .boolean(false)
    case 5: return .boolean(true)
    case 6:
      let year = Int(try integer(UInt16.self))
      let month = Int(try integer(UInt8.self))
      let day = Int(try integer(UInt8.self))
      guard let date = LegalDate(year: year, month: month, day: day) else { throw .invalid }
      return .date(date)
    default: throw .invalid
    }
  }
}
