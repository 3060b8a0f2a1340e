import Foundation
import GRDB
import KarezCore
import KarezGeometry
import KarezPacks
import KarezSynth
import TestSupport

/// A generated prefecture, read back from its files.
struct Prefecture: Sendable {
  struct Feature: Sendable {
    let id: String
    let geometry: Geometry
    let values: [String: String]

    var multi: MultiPolygon {
      if case .polygons(let multi) = geometry { multi } else { MultiPolygon([]) }
    }
  }

  let layers: [SynthLayer: [Feature]]
  let truth: JSONValue
  let sample: [UInt8]?

  init(folder: URL) throws {
    var layers: [SynthLayer: [Feature]] = [:]
    for layer in SynthLayer.allCases {
      layers[layer] = try Self.features(
        folder.appending(path: layer.rawValue + ".gpkg"), table: layer.rawValue)
    }
    self.layers = layers
    let data = try Data(contentsOf: folder.appending(path: "truth.json"))
    truth = try JSONValue(parsing: Array(data))
    sample = FileManager.default.contents(
      atPath: folder.appending(path: "sample-boundary.txt").path
    ).map { Array($0) }
  }

  subscript(layer: SynthLayer) -> [Feature] { layers[layer] ?? [] }

  /// The features of a GeoPackage's table; the second column is the geometry.
  static func features(_ file: URL, table: String) throws -> [Feature] {
    var configuration = Configuration()
    configuration.readonly = true
    let queue = try DatabaseQueue(path: file.path, configuration: configuration)
    return try queue.read { db in
      try Row.fetchAll(db, sql: "SELECT * FROM \"\(table)\" ORDER BY fid").map { row in
        let blob: Data = row["geom"]
        let geometry = try Geometry(wkb: Array(blob.dropFirst(Self.header(blob))))
        var values: [String: String] = [:]
        for (name, value) in row where name != "geom" && name != "fid" {
          values[name] =
            String.fromDatabaseValue(value) ?? Double.fromDatabaseValue(value)?.description
        }
        let names = row.columnNames.filter { $0 != "geom" && $0 != "fid" }
        return Feature(
          id: names.first.flatMap { values[$0] } ?? "", geometry: geometry, values: values)
      }
    }
  }

  private static func header(_ blob: Data) -> Int {
    switch (blob[blob.startIndex + 3] >> 1) & 7 {
    case 1: 40
    case 2, 3: 56
    case 4: 72
    default: 8
    }
  }

  /// One of the made-up region, which every test of this suite may read.
  static func madeUp(patches: Int, seed: UInt64, in folder: URL) throws -> SynthReport {
    let pack = folder.appending(path: "pack")
    try FileManager.default.createDirectory(at: pack, withIntermediateDirectories: true)
    try MadeUpRegion.write(to: pack)
    let region = try Region(folder: pack.path)
    let plan = SynthPlan(
      patches: patches, seed: seed, region: region,
      outlines: pack.appending(path: "outlines").path, distances: [5, 20, 300])
    return try Synth(plan).generate(to: folder.appending(path: "out").path) { _, _, _ in }
  }
}
