import KarezCore
import KarezGeometry

/// Whether the rings of a polygon bound an area, as written and once converted.
final class ValidityCheck: GateCheck {
  private let places: PlaceConverter
  private let asWritten = OverlapSession(plane: .asGiven)
  private let converted = OverlapSession(plane: .statutory)

  init(_ gate: Gate) { places = PlaceConverter(from: gate.setting.crs) }

  func examine(_ row: ExaminedRow, _ report: inout GateReport) {
    guard let stored = row.polygons else { return }
    let inPlane = row.isCertainlyValid ? nil : Self.fault(of: stored, in: converted)
    if case .polygons(let written)? = row.written {
      if let fault = Self.fault(of: written, in: asWritten) {
        let place = fault.position.flatMap(places.degrees)
        return report.note(.invalid(row, fault.kind, place: place ?? row.corner))
      }
    } else if inPlane != nil, let fault = Self.fault(of: stored, in: asWritten) {
      // Degrees need judging as written only where the plane found something.
      return report.note(.invalid(row, fault.kind, place: fault.position ?? row.corner))
    }
    guard let inPlane else { return }
    report.note(.fragile(row, inPlane.kind, place: inPlane.position ?? row.corner))
  }

  private static func fault(
    of multi: MultiPolygon, in session: OverlapSession
  ) -> ValidityFault? {
    do { return try session.fault(of: multi) } catch {
      // What GEOS cannot even build bounds no area.
      return ValidityFault(kind: .other, position: multi.polygons.first?.shell.positions.first)
    }
  }
}
