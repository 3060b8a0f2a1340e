import KarezGeometry

enum WKTTarget: FuzzTarget {
  static let name = "wkt"

  static func feed(_ bytes: [UInt8]) {
    guard let geometry = try? Geometry(wkt: bytes) else { return }
    let printed = geometry.wkt
    guard let again = try? Geometry(wkt: printed) else {
      return hold(false, "what we print is not read: \(printed)")
    }
    hold(again.wkt == printed, "printing twice differs: \(printed)")
  }
}
