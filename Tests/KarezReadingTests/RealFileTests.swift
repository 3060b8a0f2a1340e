import Foundation
import KarezCore
import KarezGeometry
import KarezReading
import TestSupport
import Testing

@Suite(.enabled(if: Places.shared != nil)) struct RealFileTests {
  func path(_ name: String) throws -> String {
    try #require(Places.shared).appending(path: "data/" + name).path
  }

  @Test func `every farm of a real cadastre is read, with its CRS and its attributes`()
    async throws
  {
    let (layer, features) = try await Workers.read(
      path("parcels-real/za_farms_shp/farms_33S.shp"))
    #expect(layer.format == .shapefile)
    #expect(layer.name == "farms_33S")
    #expect(layer.crs == .epsg(32733))
    #expect(layer.featureCount == 2_008)
    #expect(features.count == 2_008)
    #expect(features.map(\.row) == Array(1...2_008))
    #expect(features.allSatisfy { $0.fault == nil })
    let vertices = features.reduce(0) { sum, feature in
      guard case .polygons(let multi) = feature.geometry else { return sum }
      return sum + multi.vertexCount
    }
    #expect(vertices == 41_685)
    #expect(features[0].attributes.count == layer.fields.count)
  }

  @Test func `a shapefile whose record 30 is cut off is refused by that record`()
    async throws
  {
    let fault = ShapefileFault.indexDisagrees(record: 30, byte: 9_204)
    await #expect(throws: ReadingError.shapefile(fault)) {
      _ = try await Workers.read(path("parcels-real/broken_shp/water.shp"))
    }
  }

  @Test func `a table without cpg is recognised as UTF-8, and a missing prj is an unknown CRS`()
    async throws
  {
    let folder = try URL(filePath: path("kashgar-admin/gcj02_original"))
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".shp") }
    #expect(files.count == 5)
    for file in files {
      let (layer, features) = try await Workers.read(folder.appending(path: file).path)
      #expect(layer.encoding == SourceEncoding(name: "UTF-8", reason: .bytes), "\(file)")
      #expect(layer.crs == .unknown)
      #expect(layer.crsReason == .unstated)
      #expect(layer.name + ".shp" == file)
      #expect(!features.isEmpty)
      #expect(features.allSatisfy { $0.fault == nil })
    }
  }

  @Test func `the twelve counties come out of a GeoPackage in EPSG 4490`() async throws {
    let (layer, features) = try await Workers.read(
      path("kashgar-admin/kashgar_counties_cgcs2000.gpkg"))
    #expect(layer.format == .geopackage)
    #expect(layer.crs == .epsg(4490))
    #expect(layer.crsReason == .statedCode)
    #expect(features.count == 12)
    #expect(features.allSatisfy { $0.fault == nil && $0.geometry != nil })
  }

  @Test func `several layers of areas are listed instead of one being guessed`() async throws {
    let file = try path("parcels-real/momepy_bubenec.gpkg")
    let layers = try await Workers.reader.layers(of: file)
    let names = layers.map(\.name).sorted()
    #expect(names == ["buildings", "plots", "streets", "tessellation"])
    await #expect {
      _ = try await Workers.read(file)
    } throws: { error in
      guard case .layerNotChosen(let names) = error as? ReadingError else { return false }
      return names.count == 4
    }
    let plots = try await Workers.read(file, ReadOptions(layer: "plots"))
    #expect(plots.features.count == 407)
    #expect(plots.layer.crs == .epsg(3857))
    await #expect(throws: ReadingError.self) {
      _ = try await Workers.read(file, ReadOptions(layer: "plot"))
    }
  }
}
