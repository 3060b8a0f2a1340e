public import KarezGeometry

extension SourceCRS {
  /// The source's words for a system known here.
  public init(_ system: CoordinateReferenceSystem) {
    if let code = system.epsg {
      self = .epsg(code)
    } else if let grid = system.grid {
      self = .gaussKruger(
        zone: grid.zone, width: grid.width.rawValue, prefixed: grid.isPrefixed)
    } else {
      self = .unknown
    }
  }

  /// The system by which coordinates are taken to EPSG:4490; nil where the file states none.
  ///
  /// - Errors: `unknownCRS` and `datumShiftUnknown` for systems that cannot be converted.
  public func system() throws(GeometryError) -> CoordinateReferenceSystem? {
    switch self {
    case .unknown: return nil
    case .epsg(let code): return try CoordinateReferenceSystem(epsg: code)
    case .gaussKruger(let zone, let width, let prefixed):
      guard let width = GaussKruger.Width(rawValue: width),
        let grid = GaussKruger(zone: zone, width: width, isPrefixed: prefixed)
      else { throw .unknownCRS("GK \(width)° zone \(zone)") }
      return .gaussKruger(grid)
    }
  }

  /// Whether both mean the same system, by whatever words.
  package func isSame(as other: SourceCRS) -> Bool {
    if self == other { return true }
    guard let own = try? system(), let others = try? other.system() else { return false }
    return own == others
  }
}
