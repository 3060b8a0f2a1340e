import KarezCore
import KarezGeometry
import KarezStore

/// Writes each dataset into a GeoPackage of its own, and adds up what it holds.
struct LayerFiles: FeatureSink {
  struct Total: Sendable {
    var features = 0
    var squareMetres = 0.0
    /// By land class of the patch; only land patches.
    var byClass: [String: Double] = [:]
    var boxOfAll: BoundingBox?
  }

  private static let batch = 2_000
  private var writers: [SynthLayer: GeoPackageWriter] = [:]
  private var waiting: [SynthLayer: [GeoPackageRow]] = [:]
  private(set) var totals: [SynthLayer: Total] = [:]
  let folder: String

  init(folder: String) throws(SynthError) {
    self.folder = folder
    for layer in SynthLayer.allCases {
      do throws(StoreError) {
        let writer = try GeoPackageWriter(path: folder + "/" + Self.name(of: layer))
        try writer.addLayer(layer.table)
        writers[layer] = writer
      } catch {
        throw .store(error)
      }
      totals[layer] = Total()
    }
  }

  static func name(of layer: SynthLayer) -> String { layer.rawValue + ".gpkg" }

  mutating func take(_ feature: SynthFeature) throws(SynthError) {
    let layer = feature.layer
    totals[layer, default: Total()].features += 1
    if case .polygons(let multi) = feature.geometry {
      let area = multi.statutoryArea().squareMetres
      totals[layer, default: Total()].squareMetres += area
      if layer == .landPatches, let code = feature.text("land_class") {
        totals[layer, default: Total()].byClass[code, default: 0] += area
      }
    }
    waiting[layer, default: []].append(
      GeoPackageRow(values: feature.values, geometry: feature.geometry))
    if waiting[layer, default: []].count >= Self.batch { try write(layer) }
  }

  private mutating func write(_ layer: SynthLayer) throws(SynthError) {
    guard let rows = waiting.removeValue(forKey: layer), let writer = writers[layer] else { return }
    do throws(StoreError) {
      try writer.append(rows, to: layer.rawValue)
    } catch {
      throw .store(error)
    }
  }

  mutating func finish() throws(SynthError) {
    for layer in SynthLayer.allCases {
      try write(layer)
      do throws(StoreError) {
        try writers[layer]?.finish()
      } catch {
        throw .store(error)
      }
    }
    writers = [:]
  }
}
