import Foundation
import KarezCatalog
import KarezCore
import KarezGeometry
import KarezReading
import KarezStore

/// Reads the few features of an edit from an outside file, in the sandbox.
struct PartFile {
  /// An edit is small; what is larger is an import.
  static let mostFeatures = 1_000

  /// A part, and whether the file says what it is called.
  struct Part {
    let feature: Feature
    let isNamed: Bool
  }

  let map: OneMap
  let schema: DatasetSchema

  func parts(in file: FileArgument, crs: String?) async throws(Problem) -> [Part] {
    let placement = try SourcePlacement(crs: crs, region: map.region, name: file.name)
    let reader = SourceReader(program: map.installation.reader.path)
    let options = ReadOptions(layer: file.layer, profile: .bulk, declared: placement.stated)
    var source: SourceLayer?
    var parts: [Part] = []
    do {
      try await reader.read(file.path, options) { layer in
        source = layer
      } onFeatures: { features in
        guard let source else { throw ReadingError.badFrame(.outOfOrder) }
        let mapping = FeatureMapping(schema: schema, fields: source.fields.map(\.name))
        try placement.settle(by: features, of: source)
        for feature in features {
          if let fault = feature.fault {
            throw SourceFaultWording.wording(for: fault).problem(at: "\(file.name): \(feature.row)")
          }
          let mapped = mapping.row(
            feature.row, fallback: feature.fid, geometry: try placement.degrees(of: feature),
            values: feature.attributes
          ).row.feature
          let isNamed = mapped.attributes[schema.identifier] != nil
          parts.append(Part(feature: mapped, isNamed: isNamed))
        }
        guard parts.count <= Self.mostFeatures else {
          throw Wording(
            "edit-too-large", "文件超过 \(Self.mostFeatures) 个要素",
            "the file has more than \(Self.mostFeatures) features",
            do: "用 karez import 汇交", "submit it with karez import"
          ).problem(at: file.name)
        }
      }
    } catch {
      throw Problem.from(error, file: file.name)
    }
    return parts
  }
}
