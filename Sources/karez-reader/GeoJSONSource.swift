import KarezCore
import KarezReading

/// GeoJSON by our own parser: once for what there is, and once more to hand over what was too much
/// to keep.
///
/// A file that is wrong anywhere is refused before any of it is handed over.
struct GeoJSONSource<Bytes: ByteSource>: Source {
  private let file: GeoJSONFile<Bytes>
  private let request: Request

  init(_ bytes: Bytes, _ request: Request) {
    file = GeoJSONFile(bytes, verticesInFeature: request.verticesInFeature)
    self.request = request
  }

  func layers() throws(ReadingError) -> [SourceLayer] {
    var survey = GeoJSONSurvey(keeps: false)
    return [try describe(&survey)]
  }

  func read(layer: String?, into batch: inout FeatureBatch) throws(ReadingError) {
    var survey = GeoJSONSurvey(keeps: true)
    let described = try describe(&survey)
    guard layer == nil || layer == described.name else {
      throw .noSuchLayer(name: layer ?? "", layers: [described.name])
    }
    batch.begin(described)
    let types = Dictionary(
      described.fields.map { ($0.name, $0.type) }, uniquingKeysWith: { first, _ in first })
    if let kept = survey.kept {
      for feature in kept { try batch.take(feature, types, in: described) }
      return
    }
    var collected = batch
    _ = try file.walk { row, value throws(ReadingError) in
      try collected.take(GeoJSONFeature(row: row, value), types, in: described)
    }
    batch = collected
  }

  private func describe(_ survey: inout GeoJSONSurvey) throws(ReadingError) -> SourceLayer {
    var found = survey
    let members = try file.walk { row, value throws(ReadingError) in
      found.add(GeoJSONFeature(row: row, value))
    }
    survey = found
    var layer = SourceLayer(
      name: members["name"]?.string ?? request.stem, format: .geojson,
      featureCount: found.count)
    layer.geometry = found.kind
    layer.fields = found.fields
    Self.describeCRS(members["crs"], request.declared, &layer)
    return layer
  }

  /// Without a `crs` member the format prescribes WGS 84.
  private static func describeCRS(
    _ member: JSONValue?, _ declared: SourceCRS?, _ layer: inout SourceLayer
  ) {
    layer.crs = .epsg(4_326)
    layer.crsReason = .formatDefault
    if let member, member != .null {
      layer.crsName = String((member["properties"]?["name"]?.string ?? "").prefix(200))
      let code = layer.crsName.split(separator: ":").last.flatMap { Int($0) }
      let upper = layer.crsName.uppercased()
      if upper.hasSuffix("CRS84") {
        layer.crsReason = .statedCode
      } else if let code, upper.contains("EPSG") {
        layer.crs = .epsg(code)
        layer.crsReason = .statedCode
      } else {
        layer.crs = .unknown
        layer.crsReason = .unrecognised
      }
    }
    if let declared {
      if layer.crsReason != .formatDefault, !layer.crs.isSame(as: declared) {
        layer.warnings.append(.declaredOtherwise(stated: layer.crsName, declared: declared))
      }
      layer.crs = declared
      layer.crsReason = .declared
    }
  }
}
