import KarezGeometry

@testable import KarezService

/// Names and definitions of coordinate systems, as users and files state them.
enum CRSTarget: FuzzTarget {
  static let name = "crs"

  static func feed(_ bytes: [UInt8]) {
    guard let text = text(bytes) else { return }
    _ = try? CoordinateReferenceSystem(name: text)
    _ = try? DeclaredCRS.parse(text, in: "fuzz")
    // What PROJ makes of a definition is PROJ's; what we ask it about the result is ours.
    if text.hasPrefix("PROJCS") || text.hasPrefix("GEOGCS") {
      _ = try? CoordinateReferenceSystem(wkt: text)
    }
  }
}
