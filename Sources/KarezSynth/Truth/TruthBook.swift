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

  /// What lies around a site of one dataset.
  struct Around: Sendable {
    var features: [(id: String, metres: Double)] = []
    /// Square metres of the site within each distance of the plan, where it could be worked out.
    var land: [Double: Double] = [:]
  }

  /// Less than this is the rounding of a shared border.
  static let least = 1e-4

  let sites: [Site]
  private(set) var touches: [[SynthLayer: Touch]]
  private(set) var landUse: [[String: Double]]
  /// Only of datasets that laws keep a distance from.
  private(set) var around: [[SynthLayer: Around]]
  private let distances: [Double]

  init(sites: [Site], distances: [Double]) {
    self.sites = sites
    self.distances = distances
    around = Array(repeating: [:], count: sites.count)
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

  /// A feature that laws keep a distance from: how near it comes to each site.
  mutating func takeAround(_ feature: SynthFeature) throws(SynthError) {
    for (index, site) in sites.enumerated() {
      do throws(GeometryError) {
        try takeAround(feature, of: index)
      } catch {
        throw .siteUnmeasured(site: site.id, error)
      }
    }
  }

  private mutating func takeAround(
    _ feature: SynthFeature, of index: Int
  ) throws(GeometryError) {
    let truth = try NearTruth(sites[index].window)
    guard let metres = try truth.distance(to: feature.geometry) else { return }
    if metres == 0, case .lines = feature.geometry {
      touches[index][feature.layer, default: Touch()].features.append((feature.id, 0))
    }
    var found = around[index][feature.layer] ?? Around()
    found.features.append((feature.id, metres))
    // Land near two pipelines would have to be united.
    found.land = found.features.count == 1 ? try land(near: feature.geometry, truth) : [:]
    around[index][feature.layer] = found
  }

  private func land(
    near geometry: Geometry, _ truth: NearTruth
  ) throws(GeometryError) -> [Double: Double] {
    guard case .lines(let lines) = geometry, lines.count == 1 else { return [:] }
    var land: [Double: Double] = [:]
    for metres in distances { land[metres] = try truth.land(within: metres, of: lines[0]) }
    return land
  }
}
