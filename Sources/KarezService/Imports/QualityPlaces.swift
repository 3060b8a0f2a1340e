import KarezCatalog
public import KarezCore
import KarezGeometry
import KarezRules
import KarezStore

/// The places of a quality report as a GeoPackage, to be opened beside the data.
///
/// - Shape: `places` holds a point a finding that has a place, `pieces` the land of those that are
///   about some, both with rule, severity, feature, row, what is wrong and what to do.
public enum QualityPlaces {
  private static let fields = [
    GeoPackageLayer.Field(name: "rule", type: .text),
    GeoPackageLayer.Field(name: "severity", type: .text),
    GeoPackageLayer.Field(name: "feature", type: .text),
    GeoPackageLayer.Field(name: "others", type: .text),
    GeoPackageLayer.Field(name: "row", type: .integer),
    GeoPackageLayer.Field(name: "area_m2", type: .decimal),
    GeoPackageLayer.Field(name: "what_zh", type: .text),
    GeoPackageLayer.Field(name: "remedy_zh", type: .text),
    GeoPackageLayer.Field(name: "what_en", type: .text),
    GeoPackageLayer.Field(name: "remedy_en", type: .text),
  ]

  /// Writes the file, whole or not at all.
  public static func write(_ outcome: ImportOutcome, to path: String) throws(Problem) {
    do throws(StoreError) {
      try write(outcome, with: GeoPackageWriter(path: path, writtenAt: outcome.examinedAt))
    } catch {
      throw .store(error)
    }
  }

  private static func write(
    _ outcome: ImportOutcome, with writer: GeoPackageWriter
  ) throws(StoreError) {
    try writer.addLayer(
      GeoPackageLayer(name: "places", title: "质检位置", geometry: .point, fields: fields))
    try writer.addLayer(
      GeoPackageLayer(name: "pieces", title: "质检图形", geometry: .polygon, fields: fields))
    for finding in outcome.report.findings {
      let values = values(of: finding)
      if let place = finding.place {
        try writer.append(
          [GeoPackageRow(values: values, geometry: .points([place]))], to: "places")
      }
      if let land = finding.land, !land.polygons.isEmpty {
        try writer.append(
          [GeoPackageRow(values: values, geometry: .polygons(land))], to: "pieces")
      }
    }
    try writer.finish()
  }

  private static func values(of finding: GateFinding) -> [AttributeValue] {
    [
      .text(finding.rule), .text(finding.severity.rawValue), .text(finding.feature),
      finding.others.isEmpty ? .null : .text(finding.others.joined(separator: " ")),
      finding.row.map(AttributeValue.integer) ?? .null,
      finding.areaM2.map(AttributeValue.decimal) ?? .null,
      .text(finding.what.zh), .text(finding.remedy.zh), .text(finding.what.en),
      .text(finding.remedy.en),
    ]
  }
}
