import KarezGeometry

/// The numbers of a DXF drawing, checked before the library reads them.
///
/// The library takes what is no number for 0 and leaves out a vertex that lacks an ordinate.
/// - Shape: pairs of lines, a group code and its value, up to `0`, `EOF`.
/// - Source: DXF Reference, group codes by number; LWPOLYLINE; VERTEX.
package struct DrawingNumbers {
  private var bytes: ByteWalk
  /// The entity that is being read.
  private var entity: [UInt8] = []
  private var entityPlace = InputPlace(line: 1)
  private var declared: Int?
  private var eastings = 0
  private var northings = 0

  private static let mostBytes = 4_096
  private static let polyline = Array("LWPOLYLINE".utf8)
  private static let vertex = Array("VERTEX".utf8)

  /// Walks the whole drawing.
  ///
  /// - Errors: `text`, with the line: a coordinate, radius, angle or bulge that is no number, a
  ///   vertex that lacks an ordinate, a polyline with another number of vertices than it says, or a
  ///   drawing that ends too soon.
  package static func check(_ source: any ByteSource) throws(ReadingError) {
    var walk = DrawingNumbers(bytes: ByteWalk(source))
    while let (text, place) = try walk.nextLine() {
      guard let code = Int(String(decoding: text, as: UTF8.self)) else {
        throw .text(.dxf, found: text, expected: .groupCode, at: place)
      }
      guard let (value, valuePlace) = try walk.nextLine() else { break }
      if code == 0 {
        try walk.endEntity()
        if value == Array("EOF".utf8) { return }
        walk.begin(value, at: valuePlace)
      } else {
        try walk.take(code, value, at: valuePlace)
      }
    }
    throw .text(.dxf, GeometryError.endsTooSoon.located(at: walk.bytes.place))
  }

  private init(bytes: ByteWalk) { self.bytes = bytes }

  private mutating func begin(_ name: [UInt8], at place: InputPlace) {
    entity = name
    entityPlace = place
    declared = nil
    eastings = 0
    northings = 0
  }

  private mutating func take(
    _ code: Int, _ value: [UInt8], at place: InputPlace
  ) throws(ReadingError) {
    switch code {
    case 10...28, 40...42, 50...51:
      guard NumberText.value(of: value) != nil else {
        throw .text(.dxf, found: value, expected: .finiteNumber, at: place)
      }
      guard entity == Self.polyline || entity == Self.vertex else { return }
      if code == 10 {
        guard eastings == northings else {
          throw .text(.dxf, found: value, expected: .twoCoordinates, at: place)
        }
        eastings += 1
      } else if code == 20 {
        northings += 1
      }
    case 90: declared = Int(String(decoding: value, as: UTF8.self))
    default: break
    }
  }

  private func endEntity() throws(ReadingError) {
    let isVertex = entity == Self.vertex
    guard isVertex || entity == Self.polyline else { return }
    guard eastings == northings, !isVertex || eastings == 1 else {
      throw .text(.dxf, found: entity, expected: .twoCoordinates, at: entityPlace)
    }
    if !isVertex, let declared, declared != eastings {
      let error = GeometryError.pointCountDiffers(declared: declared, found: eastings)
      throw .text(.dxf, error.located(at: entityPlace))
    }
  }

  /// The next line without the white space around it; nil at the end.
  private mutating func nextLine() throws(ReadingError) -> (text: [UInt8], place: InputPlace)? {
    var text: [UInt8] = []
    var place: InputPlace?
    var isEnded = true
    while let byte = try bytes.next() {
      if byte == 0x0A {
        isEnded = false
        break
      }
      if place == nil { place = bytes.place }
      let isLeading = text.isEmpty && (byte == 0x20 || byte == 0x09)
      if !isLeading, text.count < Self.mostBytes { text.append(byte) }
    }
    while let last = text.last, [0x20, 0x09, 0x0D].contains(last) { text.removeLast() }
    if place == nil, isEnded { return nil }
    return (text, place ?? InputPlace(line: bytes.line - 1))
  }
}
