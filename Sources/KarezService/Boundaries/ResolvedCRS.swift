import KarezCore
import KarezGeometry
import KarezPacks
import KarezReading

/// A coordinate system a user names: `EPSG:4514`, or `GK24` for a 3° zone EPSG has no code for.
enum DeclaredCRS {
  static func parse(_ text: String, in file: String) throws(Problem) -> CoordinateReferenceSystem {
    let upper = text.uppercased()
    do throws(GeometryError) {
      if upper.hasPrefix("EPSG:"), let code = Int(upper.dropFirst(5)) {
        return try CoordinateReferenceSystem(epsg: code)
      }
      if upper.hasPrefix("GK"), let zone = Int(upper.dropFirst(2)),
        let grid = GaussKruger(zone: zone, width: .threeDegrees, isPrefixed: true)
      {
        return .gaussKruger(grid)
      }
      throw .unknownCRS(text)
    } catch {
      throw .geometry(error, of: file)
    }
  }
}

/// The coordinate system of a file, why it is taken to be that, and what is doubtful about it.
struct ResolvedCRS {
  let crs: CoordinateReferenceSystem
  let reason: LocalizedText
  let warnings: [BoundaryWarning]
  let areAxesSwapped: Bool

  /// What the caller declared, else what the file states, else what the numbers can only mean.
  static func resolve(
    _ source: SourceContent, declared: CoordinateReferenceSystem?, region: Region?, name: String
  ) throws(Problem) -> ResolvedCRS {
    do throws(GeometryError) {
      guard let columns = BoundingBox(around: source.positions) else { throw .noGeometry }
      let stated: CoordinateReferenceSystem?
      if let declared { stated = declared } else { stated = try Self.stated(by: source.layer) }
      let judgement = try CoordinateJudgement(
        columns: columns,
        hints: CoordinateJudgement.Hints(crs: stated, extent: region?.box))
      let reason =
        stated == nil
        ? CRSReasonWording.text(for: judgement.evidence)
        : CRSReasonWording.text(for: source.layer, isDeclared: declared != nil)
      return ResolvedCRS(
        crs: judgement.crs, reason: reason,
        warnings: judgement.doubts.map(BoundaryWarningWording.warning),
        areAxesSwapped: judgement.firstIsNorth)
    } catch {
      throw .geometry(error, of: name)
    }
  }

  private static func stated(
    by layer: SourceLayer
  ) throws(GeometryError) -> CoordinateReferenceSystem? {
    switch layer.crs {
    case .epsg(let code): return try CoordinateReferenceSystem(epsg: code)
    case .gaussKruger(let zone, let width, let prefixed):
      guard let belt = GaussKruger.Width(rawValue: width),
        let grid = GaussKruger(zone: zone, width: belt, isPrefixed: prefixed)
      else { throw .unknownCRS("GK\(zone)") }
      return .gaussKruger(grid)
    case .unknown: return nil
    }
  }
}
