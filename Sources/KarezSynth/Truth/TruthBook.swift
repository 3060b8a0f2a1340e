import KarezGeometry

/// A project boundary that was planted, and what it was planted for.
struct Site: Sendable {
  let id: String
  let zh: String
  let en: String
  /// Code of the purpose it would be checked for.
  let purpose: String
  let window: ConvexWindow
}

/// Measures what each site touches while features go by.
struct TruthBook: FeatureSink {
  /// What a site touches of one dataset.
  struct Touch: Sendable {
    var features: [(id: String, squareMetres: Double)] = []
    var squareMetres: Double { features.reduce(0) { $0 + $1.squareMetres } }
  }

  /// Less than this is the rounding of a shared border.
  static let least = 1e-4

  let sites: [Site]
  private(set) var touches: [[SynthLayer: Touch]]
  private(set) var landUse: [[String: Double]]

  init(sites: [Site]) {
    self.sites = sites
    touches = Array(repeating: [:], count: sites.count)
    landUse = Array(repeating: [:], count: sites.count)
  }

  mutating func take(_ feature: SynthFeature) {
    guard let box = feature.geometry.boundingBox else { return }
    for (index, site) in sites.enumerated() where site.window.box.meets(box) {
      switch feature.geometry {
      case .polygons(let multi):
        let area = site.window.area(of: multi)
        guard area >= Self.least else { continue }
        touches[index][feature.layer, default: Touch()].features.append((feature.id, area))
        if feature.layer == .landPatches, let code = feature.text("land_class") {
          landUse[index][code, default: 0] += area
        }
      case .points(let positions):
        guard positions.contains(where: site.window.contains) else { continue }
        touches[index][feature.layer, default: Touch()].features.append((feature.id, 0))
      case .lines:
        continue
      }
    }
  }
}
