import Foundation
import KarezCore
import KarezGeometry
import KarezPacks
import KarezSynth
import TestSupport
import Testing

/// What `truth.json` says, measured again by overlay.
@Suite struct TruthTests {
  private struct Touch {
    let areaM2: Double
    let ids: Set<String>
  }

  private struct Site {
    let id: String
    let boundary: MultiPolygon
    let areaM2: Double
    let layers: [String: Touch]
    let landUse: [String: Double]
  }

  private static func number(_ value: JSONValue?) -> Double {
    Double(value?.string ?? "") ?? .nan
  }

  private func sites(_ made: Prefecture) throws -> [Site] {
    try (made.truth["sites"]?.array ?? []).map { site in
      let geometry = try Geometry(wkt: try #require(site["wkt"]?.string))
      guard case .polygons(let multi) = geometry else { throw GeometryError.ringTooShort(count: 0) }
      let layers = (site["layers"]?.array ?? []).map { layer in
        let ids = (layer["features"]?.array ?? []).compactMap { $0["id"]?.string }
        return (
          layer["dataset"]?.string ?? "",
          Touch(areaM2: Self.number(layer["areaM2"]), ids: Set(ids))
        )
      }
      let uses = (site["landUse"]?.array ?? []).map {
        ($0["code"]?.string ?? "", Self.number($0["areaM2"]))
      }
      return Site(
        id: site["id"]?.string ?? "", boundary: multi,
        areaM2: Self.number(site["statutoryAreaM2"]),
        layers: Dictionary(uniqueKeysWithValues: layers),
        landUse: Dictionary(uniqueKeysWithValues: uses))
    }
  }

  @Test func `every planted fact is found again by overlay`() throws {
    let made = try SynthCountryTests.made.get()
    let sites = try sites(made)
    try #require(sites.count >= 8, "\(sites.map(\.id))")
    for site in sites {
      let boundary = try PreparedBoundary(site.boundary)
      #expect(abs(boundary.area.squareMetres - site.areaM2) < 0.001, "\(site.id)")
      for layer in SynthLayer.allCases where layer.geometry == .polygon {
        var area = 0.0
        var ids: Set<String> = []
        for feature in made[layer] {
          let piece = try boundary.piece(in: feature.multi).areaM2
          guard piece >= 1e-4 else { continue }
          area += piece
          ids.insert(feature.id)
        }
        let stated = site.layers[layer.rawValue]
        #expect(abs(area - (stated?.areaM2 ?? 0)) < 0.01, "\(site.id) \(layer): \(area)")
        #expect(ids == stated?.ids ?? [], "\(site.id) \(layer)")
      }
    }
  }

  @Test func `land use closes in every site`() throws {
    let made = try SynthCountryTests.made.get()
    for site in try sites(made) {
      let sum = site.landUse.values.reduce(0, +)
      #expect(abs(sum - site.areaM2) < 0.01, "\(site.id)")
    }
  }

  @Test func `sites are what they are planted for`() throws {
    let made = try SynthCountryTests.made.get()
    let sites = Dictionary(uniqueKeysWithValues: try sites(made).map { ($0.id, $0) })
    let whole = [
      "farmland-inside": "permanent-basic-farmland", "red-line": "ecological-red-line",
      "nature-core": "nature-reserve-core", "hazard-zone": "hazard-zones",
      "strategic-mineral": "mining-rights", "farmland-reserve": "farmland-reserve",
    ]
    for (id, dataset) in whole {
      let site = try #require(sites[id], "\(id)")
      #expect(abs((site.layers[dataset]?.areaM2 ?? 0) - site.areaM2) < 0.01, "\(id)")
    }
    let edge = try #require(sites["farmland-edge"])
    let part = edge.layers["permanent-basic-farmland"]?.areaM2 ?? 0
    #expect(part > 1 && part < edge.areaM2 - 1)
    #expect(sites["two-counties"]?.layers["counties"]?.ids.count == 2)
    #expect(sites["hazard-zone"]?.layers["hazard-sites"]?.ids.count == 1)
    let clean = try #require(sites["clean"])
    #expect(Set(clean.layers.keys) == ["counties", "townships", "villages", "land-patches"])
  }

  @Test func `what lies around a site is as far away, and takes as much, as buffers say`() throws {
    let made = try SynthCountryTests.made.get()
    var (distances, lands) = (0, 0)
    for site in made.truth["sites"]?.array ?? [] {
      let name = site["id"]?.string ?? ""
      guard case .polygons(let multi) = try Geometry(wkt: try #require(site["wkt"]?.string)) else {
        continue
      }
      let surroundings = try BoundarySurroundings(of: PreparedBoundary(multi))
      for layer in [SynthLayer.oilGasPipelines, .pipelineFacilities] {
        let around = site["around"]?.array?.first { $0["dataset"]?.string == layer.rawValue }
        var stated: [String: Double] = [:]
        for feature in around?["features"]?.array ?? [] {
          stated[feature["id"]?.string ?? ""] = Self.number(feature["distanceM"])
        }
        var neighbours: [Neighbour] = []
        for feature in made[layer] {
          let found = try surroundings.neighbour(feature.geometry, reaching: 1_499)
          let expected = stated[feature.id].flatMap { $0 <= 1_499 ? $0 : nil }
          #expect((found == nil) == (expected == nil), "\(name) \(feature.id)")
          guard let found, let expected else { continue }
          #expect(abs(found.distanceMetres - expected) <= 0.001, "\(name) \(feature.id)")
          neighbours.append(found)
          distances += 1
        }
        for land in around?["land"]?.array ?? [] {
          let metres = Self.number(land["withinM"])
          let found = try surroundings.land(within: metres, of: neighbours).area.squareMetres
          let expected = Self.number(land["areaM2"])
          #expect(abs(found - expected) < 0.01, "\(name), \(metres) m: \(found), \(expected)")
          lands += 1
        }
      }
    }
    #expect(distances >= 3, "too few distances compared")
    #expect(lands >= 4, "too few areas compared")
  }

  @Test func `a pipeline is planted across the corridor, and one beside a site`() throws {
    let made = try SynthCountryTests.made.get()
    func nearest(_ id: String, _ dataset: String) -> Double? {
      let site = made.truth["sites"]?.array?.first { $0["id"]?.string == id }
      let around = site?["around"]?.array?.first { $0["dataset"]?.string == dataset }
      return around?["features"]?.array?.map { Self.number($0["distanceM"]) }.min()
    }
    #expect(nearest("corridor", "oil-gas-pipelines") == 0)
    #expect(abs((nearest("pipeline-strip", "oil-gas-pipelines") ?? 0) - 2) < 0.1)
    #expect((30...60).contains(nearest("pipeline-strip", "pipeline-facilities") ?? 0))
    #expect(nearest("clean", "oil-gas-pipelines") == nil)
    #expect(made[.oilGasPipelines].count >= 3)
  }

  @Test func `the sample boundary is the corridor, to the millimetre`() throws {
    let made = try SynthCountryTests.made.get()
    let corridor = try #require(try sites(made).first { $0.id == "corridor" })
    let document = try BoundaryDocument(reading: try #require(made.sample))
    let parcel = try #require(document.parcels.first)
    let converter = try CoordinateConverter(from: document.crs)
    let read = try converter.degrees(of: parcel.geometry)
    #expect(abs(read.statutoryArea().squareMetres - corridor.areaM2) < 0.005)
    for dataset in ["permanent-basic-farmland", "ecological-red-line"] {
      #expect((corridor.layers[dataset]?.areaM2 ?? 0) > 1, "\(dataset)")
    }
  }
}
