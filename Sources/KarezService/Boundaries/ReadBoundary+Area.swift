public import KarezCore
import KarezGeometry

extension ReadBoundary {
  /// What `karez area --json` prints.
  public var areaJSON: JSONValue {
    .object([
      "crs": .string(crs),
      "crsReason": .string(crsReason.zh),
      "crsReasons": crsReason.json,
      "warnings": .array(warnings.map(\.json)),
      "parcels": .array(
        parcels.map { parcel in
          .object([
            "id": .string(parcel.id),
            "name": .string(parcel.name),
            "statutoryAreaM2": .string(parcel.statutoryArea.text),
            "planarAreaM2": .optional(parcel.planarArea?.text),
            "rings": .integer(Int64(parcel.geometry.polygons.reduce(0) { $0 + $1.rings.count })),
            "vertices": .integer(Int64(parcel.geometry.vertexCount)),
            "warnings": .array(parcel.warnings.map(\.json)),
          ])
        }),
    ])
  }

  /// A line a parcel: id, statutory area, planar area, CRS, warnings; tab-separated.
  public func areaLines(in language: Language) -> [String] {
    let reason = "\(crs) (\(crsReason[language]))"
    var lines = parcels.map { parcel in
      let doubts = parcel.warnings.map { $0.message[language] }.joined(separator: "; ")
      return [
        parcel.id, parcel.name, parcel.statutoryArea.text + " m²",
        parcel.planarArea.map { $0.text + " m²" } ?? "-", reason, doubts,
      ].joined(separator: "\t")
    }
    lines += warnings.map { "! " + $0.message[language] }
    return lines
  }
}
