import Foundation
import KarezCore
import KarezGeometry
public import KarezPacks

/// What demonstration data is wanted.
public struct SynthPlan: Sendable {
  /// Number of land patches; the coverage has exactly so many.
  public let patches: Int
  public let seed: UInt64
  public let region: Region
  /// Folder with one GeoJSON an outline, as set-up leaves it.
  public let outlines: String
  /// Distances, in metres, within which the truth tells how much of a site lies near a pipeline.
  public let distances: [Double]

  public init(
    patches: Int, seed: UInt64, region: Region, outlines: String, distances: [Double] = []
  ) {
    self.patches = patches
    self.seed = seed
    self.region = region
    self.outlines = outlines
    self.distances = distances.sorted()
  }
}

/// What was written.
public struct SynthReport: Sendable {
  /// File and number of features of each dataset, in the order in which they should be imported.
  public struct Layer: Sendable {
    public let layer: SynthLayer
    public let file: String
    public let features: Int
  }

  public let layers: [Layer]
  /// 报批坐标 of the boundary the demonstration checks; nil where the region has no room for it.
  public let sampleBoundary: String?
  public let truth: String
}

/// Makes a prefecture that does not exist, inside outlines that do.
///
/// Land patches without gap or overlap, divided among the classes as the region's statistics are;
/// townships and villages of them; control lines, parcels, mining rights and hazards; and a list
/// of everything planted. The same plan gives the same bytes.
public struct Synth: Sendable {
  let plan: SynthPlan

  public init(_ plan: SynthPlan) { self.plan = plan }

  /// Writes the prefecture into a folder.
  ///
  /// - Parameters:
  ///   - folder: Made if it is not there; files of the same names are replaced.
  ///   - progress: Hears the step, how much of it is done, and of how much.
  /// - Returns: What was written, under names relative to the folder.
  /// - Throws: `SynthError` where an outline is missing, the plan does not fit, or a file fails.
  public func generate(
    to folder: String, progress: @escaping (String, Int, Int) -> Void
  ) throws(SynthError) -> SynthReport {
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw .cannotWrite(file: folder)
    }
    let country = try survey(progress)
    var done = 0
    let count = plan.patches
    var workshop = Workshop(country, sink: try LayerFiles(folder: folder)) { leaves in
      done += leaves
      progress("patches", done, count)
    }
    try country.tiler.run(&workshop)
    if let failure = workshop.failure { throw failure }
    return try complete(country, workshop, to: folder, progress)
  }

  /// The first walk: everything that has to be known before a feature can be made.
  func survey(_ progress: (String, Int, Int) -> Void) throws(SynthError) -> Country {
    let chance = Chance(seed: Chance.mixed(plan.seed))
    let outlines = try OutlineMap(plan.region, folder: plan.outlines)
    let terrain = Terrain(plan.region, outlines: outlines, chance: chance)
    let tiler = try Tiler(
      plan.region, outlines: outlines, terrain: terrain, patches: plan.patches)
    var surveyor = Surveyor(tiler)
    try tiler.run(&surveyor) { progress("survey", $0, plan.patches) }
    surveyor.seal()
    let gazetteer = Gazetteer(tiler, villages: surveyor.villages)
    let warp = Warp(terrain, sizes: surveyor.sizes)
    return Country(
      tiler: tiler, villages: surveyor.villages, gazetteer: gazetteer,
      zoning: Zoning(plan.region, surveyor.villages, gazetteer, terrain),
      realiser: Realiser(nodes: surveyor.nodes, spacings: surveyor.spacings, warp: warp),
      shapes: Shapes(terrain: terrain),
      allocator: ClassAllocator(plan.region, terrain: terrain, areas: surveyor.areas))
  }
}
