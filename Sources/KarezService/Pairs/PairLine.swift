import KarezCore
import KarezGeometry

/// One line of pairs: an id and two polygons in WKT.
struct PairLine {
  /// As it stands, whatever its encoding.
  let id: [UInt8]
  let first: MultiPolygon
  let second: MultiPolygon

  /// Why a line is no pair.
  enum Fault: Error {
    case fields(count: Int)
    case geometry(GeometryError)
  }

  /// The id of a line, good or bad: what stands before its first tab.
  static func id(of line: UnsafeRawBufferPointer) -> [UInt8] { Array(line.prefix { $0 != 0x09 }) }

  /// - Errors: with the byte of the line, and 1 or 2 as `feature`.
  init(_ line: UnsafeRawBufferPointer) throws(Fault) {
    let tabs = line.indices.filter { line[$0] == 0x09 }
    guard tabs.count == 2 else { throw .fields(count: tabs.count + 1) }
    id = Array(line[..<tabs[0]])
    first = try Self.polygons(line, tabs[0] + 1..<tabs[1], number: 1)
    second = try Self.polygons(line, tabs[1] + 1..<line.count, number: 2)
  }

  private static func polygons(
    _ line: UnsafeRawBufferPointer, _ range: Range<Int>, number: Int
  ) throws(Fault) -> MultiPolygon {
    do throws(GeometryError) {
      switch try Geometry(wkt: Array(line[range])) {
      case .polygons(let polygons): return polygons
      case .points: throw .unsupportedGeometry("POINT")
      case .lines: throw .unsupportedGeometry("LINESTRING")
      }
    } catch {
      var place = error.place
      place.feature = number
      place.byte = range.lowerBound + (place.byte ?? 0)
      throw .geometry(.located(place, error.cause))
    }
  }
}

extension GeometryError {
  /// The error of the line with this number.
  func onLine(_ number: Int) -> GeometryError { located(at: InputPlace(line: number)) }
}
