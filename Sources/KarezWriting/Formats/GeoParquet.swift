import KarezCore
import KarezGeometry
import KarezTables

/// What a GeoParquet file says of its geometries, gathered while they are written.
///
/// - Source: GeoParquet 1.1.0.
struct GeoParquetMetadata {
  static let column = "geometry"
  private let crs: JSONValue
  private var box: BoundingBox?
  private var types: Set<String> = []

  init(_ crs: CoordinateReferenceSystem) throws(WritingError) {
    do {
      self.crs = try JSONValue(parsing: crs.definition(in: .projJSON))
    } catch {
      throw .layer(.crsUnsupported(crs))
    }
  }

  mutating func add(_ geometry: Geometry) {
    types.insert(geometry.wkbTypeName)
    guard let next = geometry.boundingBox else { return }
    box = box?.union(next) ?? next
  }

  /// The value of the file's key `geo`.
  var text: String {
    var column: [String: JSONValue] = [
      "encoding": .string("WKB"), "crs": crs, "edges": .string("planar"),
      "geometry_types": .array(types.sorted().map(JSONValue.string)),
    ]
    if let box {
      column["bbox"] = .array([box.minX, box.minY, box.maxX, box.maxY].map(JSONValue.number))
    }
    return JSONValue.object([
      "version": .string("1.1.0"), "primary_column": .string(Self.column),
      "columns": .object([Self.column: .object(column)]),
    ]).canonicalText
  }
}

extension Geometry {
  /// The name GeoParquet has for the type that `wkb()` writes.
  fileprivate var wkbTypeName: String {
    switch self {
    case .points(let positions): positions.count == 1 ? "Point" : "MultiPoint"
    case .lines: "MultiLineString"
    case .polygons: "MultiPolygon"
    }
  }
}

extension TableFeatureWriter {
  /// A Parquet file with a column of WKB and what GeoParquet says of it; without geometries plain
  /// Parquet.
  static func parquet(
    path: String, layer: OutputLayer
  ) throws(WritingError) -> TableFeatureWriter {
    let table = try FeatureTable(
      layer, names: layer.fields.map(\.name), .wkb(GeoParquetMetadata.column))
    let writer: ParquetWriter
    do throws(TableError) {
      writer = try ParquetWriter(path: path, schema: table.schema)
    } catch {
      throw .file(error)
    }
    guard layer.geometry != .none else { return TableFeatureWriter(table, writer) }
    var metadata = try GeoParquetMetadata(layer.crs)
    return TableFeatureWriter(
      table, writer, observe: { feature in feature.geometry.map { metadata.add($0) } },
      complete: { () throws(WritingError) in writer.metadata["geo"] = metadata.text })
  }

  /// A CSV file whose last column, `WKT`, holds the geometry.
  static func csv(path: String, layer: OutputLayer) throws(WritingError) -> TableFeatureWriter {
    let table = try FeatureTable(layer, names: layer.fields.map(\.name), .wkt("WKT"))
    do throws(TableError) {
      return TableFeatureWriter(table, try CSVWriter(path: path, schema: table.schema))
    } catch {
      throw .file(error)
    }
  }
}
