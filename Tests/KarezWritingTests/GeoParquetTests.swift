import Foundation
import KarezCore
import KarezGeometry
import KarezWriting
import TestSupport
import Testing

/// GeoParquet as other programs read it.
@Suite(.enabled(if: Python.isInstalled, "no readers: run make setup"))
struct GeoParquetTests {
  struct Found: Decodable {
    let names: [String]
    let types: [String]
    let geo: Geo?
    let wkb: [String?]
    let classes: [String?]
    let floors: [Int64?]
    let flags: [Bool?]
    let days: [String?]
    let duckdb: Int

    struct Geo: Decodable {
      let version: String
      let primary_column: String
      let columns: [String: Column]
    }

    struct Column: Decodable {
      let encoding: String
      let geometry_types: [String]
      let bbox: [Double]?
      let edges: String
      let crs: CRS
    }

    struct CRS: Decodable {
      let id: Identifier
      struct Identifier: Decodable {
        let authority: String
        let code: Int
      }
    }
  }

  @Test func `pyarrow and DuckDB read rows, geometry and its description`() async throws {
    try await Places.withTemporaryFolder { folder in
      let file = folder.appending(path: "out.parquet")
      let features = try Layers.features()
      try await Files.write(features, as: .parquet, to: file)
      let found = try Self.read(file)
      #expect(found.names == Layers.fields.map(\.name) + ["geometry"])
      #expect(
        found.types == ["string", "string", "int64", "double", "bool", "date32[day]", "binary"])
      #expect(found.wkb == features.map { $0.geometry.map { Self.hexadecimal($0.wkb()) } })
      #expect(found.classes == ["0103", "=1+1", nil])
      #expect(found.floors == [999_999_999_999_999_999, nil, -1])
      #expect(found.flags == [true, false, nil])
      #expect(found.days == ["2024-02-29", "1949-10-01", nil])
      #expect(found.duckdb == 3)
      let geo = try #require(found.geo)
      #expect(geo.version == "1.1.0")
      #expect(geo.primary_column == "geometry")
      let column = try #require(geo.columns["geometry"])
      #expect(column.encoding == "WKB")
      #expect(column.geometry_types == ["MultiPolygon"])
      #expect(column.bbox == [75.987_637_573_123_45, 39.1, 76.31, 39.469_651_047_987_65])
      #expect(column.crs.id.authority == "EPSG")
      #expect(column.crs.id.code == 4_490)
    }
  }

  @Test func `an empty layer says so, and a layer without geometry is plain Parquet`() async throws
  {
    try await Places.withTemporaryFolder { folder in
      let empty = folder.appending(path: "empty.parquet")
      try await Files.write([], as: .parquet, to: empty)
      let column = try #require(try Self.read(empty).geo?.columns["geometry"])
      #expect(column.bbox == nil)
      #expect(column.geometry_types.isEmpty)
      let plain = folder.appending(path: "plain.parquet")
      var features = try Layers.features()
      for index in features.indices { features[index].geometry = nil }
      try await Files.write(
        features, of: Layers.layer(geometry: .none), as: .parquet, to: plain)
      let found = try Self.read(plain)
      #expect(found.geo == nil)
      #expect(found.names == Layers.fields.map(\.name))
    }
  }

  private static func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  private static func read(_ file: URL) throws -> Found {
    try Python.run(script, on: file)
  }

  private static let script = """
    import json, sys
    import duckdb, pyarrow.parquet

    file = pyarrow.parquet.ParquetFile(sys.argv[1])
    table = file.read()
    table.validate(full=True)
    geo = (file.metadata.metadata or {}).get(b"geo")
    column = lambda name: table.column(name).to_pylist() if name in table.column_names else []
    json.dump({
        "names": table.column_names, "types": [str(field.type) for field in table.schema],
        "geo": json.loads(geo) if geo else None,
        "wkb": [cell and cell.hex() for cell in column("geometry")],
        "classes": column("land_class"), "floors": column("floors"),
        "flags": column("is_adjustable"),
        "days": [cell and cell.isoformat() for cell in column("surveyed_on")],
        "duckdb": duckdb.sql("SELECT count(*) FROM read_parquet(?)", params=[sys.argv[1]])
                        .fetchone()[0]}, sys.stdout)
    """
}
