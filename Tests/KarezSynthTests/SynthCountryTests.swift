import Foundation
import KarezCore
import KarezCrypto
import KarezGeometry
import KarezPacks
import KarezSynth
import TestSupport
import Testing

/// A prefecture that is nowhere, cut into patches: another prefecture is another folder.
@Suite struct SynthCountryTests {
  static let patches = 1_500

  /// Made once; its files are gone when the tests begin.
  static let made: Result<Prefecture, any Error> = Result {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "karez-synth-" + UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    _ = try Prefecture.madeUp(patches: patches, seed: 7, in: folder)
    return try Prefecture(folder: folder.appending(path: "out"))
  }

  static func sum(_ features: [Prefecture.Feature]) -> Double {
    features.reduce(0) { $0 + $1.multi.statutoryArea().squareMetres }
  }

  @Test func `the same plan gives the same bytes, another seed others`() async throws {
    try await Places.withTemporaryFolder { folder in
      var digests: [[String]] = []
      for (name, seed) in [("a", 7), ("b", 7), ("c", 8)] as [(String, UInt64)] {
        let place = folder.appending(path: name)
        let report = try Prefecture.madeUp(patches: 400, seed: seed, in: place)
        let files =
          report.layers.map(\.file) + [report.truth] + [report.sampleBoundary].compactMap(\.self)
        try #require(files.count >= SynthLayer.allCases.count + 1)
        digests.append(
          try files.map { file in
            let bytes = try Data(contentsOf: place.appending(path: "out/" + file))
            return file + SM3.digest(bytes).description
          })
      }
      #expect(digests[0] == digests[1])
      #expect(digests[0] != digests[2])
    }
  }

  @Test func `there are as many patches as were asked for, and all are valid`() throws {
    let made = try Self.made.get()
    #expect(made[.landPatches].count == Self.patches)
    var examined = 0
    for layer in SynthLayer.allCases where layer.geometry == .polygon {
      for feature in made[layer] {
        examined += 1
        #expect(try feature.multi.validityFault() == nil, "\(layer) \(feature.id)")
      }
    }
    #expect(examined > 2 * Self.patches)
  }

  /// 控制面积 closes: patches make villages, villages townships, townships counties.
  @Test func `every division is exactly tiled by what lies in it`() throws {
    let made = try Self.made.get()
    let patches = Dictionary(grouping: made[.landPatches]) { $0.values["location_code"] ?? "" }
    var checked = 0
    for (layer, digits) in [(SynthLayer.counties, 6), (.townships, 9), (.villages, 12)] {
      for division in made[layer] {
        let inside = patches.filter { $0.key.hasPrefix(division.id) }.flatMap(\.value)
        #expect(division.id.count == digits && !inside.isEmpty)
        let whole = division.multi.statutoryArea().squareMetres
        #expect(abs(Self.sum(inside) - whole) < 0.001, "\(layer) \(division.id)")
        checked += 1
      }
    }
    #expect(checked > 60)
  }

  @Test func `no two patches overlap, nor do divisions or control lines`() throws {
    let made = try Self.made.get()
    for layer in [
      SynthLayer.landPatches, .villages, .counties, .permanentBasicFarmland, .ecologicalRedLine,
      .hazardZones, .parcels,
    ] {
      #expect(try Self.overlap(made[layer], made[layer], isSame: true) < 0.01, "\(layer)")
    }
  }

  @Test func `the three control lines keep apart, and cores lie in the red line`() throws {
    let made = try Self.made.get()
    // One field is planted inside a town's boundary, for the rule that keeps such fields.
    let planted = "城镇开发边界内的永久基本农田"
    let farms = made[.permanentBasicFarmland].filter { $0.values["location_name"] != planted }
    let lines = made[.ecologicalRedLine]
    let towns = made[.urbanDevelopmentBoundary].filter { $0.values["name"] != planted }
    try #require(!farms.isEmpty && !lines.isEmpty && !towns.isEmpty)
    #expect(try Self.overlap(farms, lines) < 0.01)
    #expect(try Self.overlap(farms, towns) < 0.01)
    #expect(try Self.overlap(lines, towns) < 0.01)
    #expect(lines.contains { $0.multi.polygons.contains { !$0.holes.isEmpty } })
    for core in made[.natureReserveCore] {
      let boundary = try PreparedBoundary(core.multi)
      let inside = try lines.reduce(0.0) { try $0 + boundary.piece(in: $1.multi).areaM2 }
      #expect(abs(inside - boundary.area.squareMetres) < 0.01, "\(core.id)")
    }
  }

  /// Square metres that features of one list share with those of another.
  static func overlap(
    _ left: [Prefecture.Feature], _ right: [Prefecture.Feature], isSame: Bool = false
  ) throws -> Double {
    let boxes = right.map { $0.multi.boundingBox }
    var worst = 0.0
    for (index, feature) in left.enumerated() {
      guard let box = feature.multi.boundingBox else { continue }
      let others = right.indices.filter { other in
        (!isSame || other > index) && boxes[other].map { $0.meets(box) } ?? false
      }
      guard !others.isEmpty else { continue }
      let boundary = try PreparedBoundary(feature.multi)
      for other in others {
        worst = max(worst, try boundary.piece(in: right[other].multi).areaM2)
      }
    }
    return worst
  }

  @Test func `the classes have their shares of the country`() throws {
    let made = try Self.made.get()
    let whole = Self.sum(made[.landPatches])
    let wanted = ["01": 0.3, "03": 0.1, "07": 0.06, "12": 0.54]
    let byClass = Dictionary(grouping: made[.landPatches]) {
      String(($0.values["land_class"] ?? "").prefix(2))
    }
    #expect(Set(byClass.keys) == Set(wanted.keys))
    for (name, share) in wanted {
      let found = Self.sum(byClass[name] ?? []) / whole
      #expect(abs(found - share) < 0.01, "\(name): \(found)")
    }
  }

  @Test func `codes are well-formed and stand once`() throws {
    let made = try Self.made.get()
    for layer in SynthLayer.allCases {
      let ids = made[layer].map(\.id)
      #expect(!ids.isEmpty, "\(layer)")
      #expect(Set(ids).count == ids.count, "\(layer)")
    }
    for parcel in made[.parcels] { _ = try ParcelCode(parcel.id) }
    let parcels = Set(made[.parcels].map(\.id))
    for unit in made[.realEstateUnits] {
      #expect(parcels.contains(try RealEstateUnitCode(unit.id).parcel.text))
    }
    for right in made[.miningRights] where right.values["right_kind"] == "mining" {
      let from = Double(right.values["elevation_from"] ?? "") ?? .nan
      #expect(from < Double(right.values["elevation_to"] ?? "") ?? .nan)
    }
  }

  @Test func `a county's hole stays a hole, and its neighbour's exclave fills it`() throws {
    let made = try Self.made.get()
    let counties = made[.counties]
    #expect(counties[0].multi.polygons.map(\.holes.count) == [1])
    #expect(counties[1].multi.polygons.map(\.holes.count) == [0, 0])
  }
}
