import Foundation
import KarezCore
import KarezGeometry
import KarezPacks

extension Synth {
  /// What is larger than a village, and the sites that are checked against it all.
  func complete(
    _ country: Country, _ workshop: Workshop<LayerFiles>, to folder: String,
    _ progress: (String, Int, Int) -> Void
  ) throws(SynthError) -> SynthReport {
    var files = workshop.sink
    progress("themes", 0, 3)
    let themes = Themes(country)
    let counties = themes.counties()
    let lines = controlLines(themes, workshop)
    let planner = SitePlanner(
      country: country, themes: themes, landmarks: workshop.landmarks,
      redLines: lines.filter { $0.layer == .ecologicalRedLine })
    let way = way(planner, Placement(country, themes))
    let mining = spots(country, themes, "mining-rights", use: .mining, first: way?.mining) {
      _ in true
    }
    let hazards = spots(country, themes, "hazard-sites", use: .hazard, first: way?.hazard) {
      country.terrain.isHigh($0)
    }
    var kept = counties + lines + themes.cores()
    for (index, spot) in mining.enumerated() {
      if let right = themes.miningRight(spot, number: index + 1) { kept.append(right) }
    }
    for (index, spot) in hazards.enumerated() {
      if let zone = themes.hazardZone(spot, number: index + 1) { kept.append(zone) }
      kept.append(themes.hazardSite(spot, number: index + 1))
    }
    var sites = planner.sites(corridor: way?.corridor, mining: mining, hazards: hazards)
    let pipelines = self.pipelines(planner, themes, way?.corridor, &sites)
    let grounds = themes.grounds(away: mining + hazards, sites)
    kept += themes.features(of: grounds)
    sites += themes.sites(on: grounds, by: planner)
    for feature in kept + pipelines { try files.take(feature) }
    try files.finish()
    progress("themes", 1, 3)
    let book = try measured(country, workshop.codes, sites, kept, around: pipelines)
    progress("themes", 2, 3)
    let sample = try sampleText(way?.corridor, sites)
    let truth = TruthFile(
      plan: plan, totals: files.totals, counties: counties, book: book,
      sampleBoundary: sample == nil ? nil : "sample-boundary.txt")
    if let sample { try write(sample, to: folder, "sample-boundary.txt") }
    try write(truth.json.prettyText, to: folder, "truth.json")
    progress("themes", 3, 3)
    return SynthReport(
      layers: SynthLayer.allCases.map {
        SynthReport.Layer(
          layer: $0, file: LayerFiles.name(of: $0), features: files.totals[$0]?.features ?? 0)
      }, sampleBoundary: sample == nil ? nil : "sample-boundary.txt", truth: "truth.json")
  }

  private func controlLines(
    _ themes: Themes, _ workshop: Workshop<LayerFiles>
  ) -> [SynthFeature] {
    var urban: [SynthFeature] = []
    var redLine: [SynthFeature] = []
    for (county, villages) in workshop.zoned.sorted(by: { $0.key < $1.key }) {
      urban += themes.urban(county, villages.urban, from: urban.count + 1)
      redLine += themes.redLine(county, villages.redLine, from: redLine.count + 1)
    }
    return urban + redLine
  }

  /// The shortest corridor with room for a mining right and a hazard zone on it; failing that, the
  /// shortest.
  private func way(
    _ planner: SitePlanner, _ placement: Placement
  ) -> (corridor: SitePlanner.Corridor, mining: Spot?, hazard: Spot?)? {
    let corridors = planner.corridors()
    let parts = (2...18).map { Double($0) / 20 }
    for corridor in corridors {
      let free = parts.compactMap {
        placement.spot(at: planner.place(on: corridor, at: $0), radius: 500)
      }
      if let mining = free.first, let hazard = free.last, mining != hazard {
        return (corridor, mining, hazard)
      }
    }
    return corridors.first.map { ($0, nil, nil) }
  }

  /// Spots of one kind, the first of them given.
  private func spots(
    _ country: Country, _ themes: Themes, _ dataset: String, use: Chance.Use, first: Spot?,
    isWanted: (LatticePoint) -> Bool
  ) -> [Spot] {
    var placement = Placement(country, themes)
    let count = country.region.landscape.counts[dataset] ?? 0
    guard count > 0 else { return [] }
    if let first { placement.keep(first) }
    placement.fill(
      count - placement.spots.count, use: use, radius: { 250 + 1_400 * $0 * $0 },
      isWanted: isWanted)
    return placement.spots
  }

  /// One pipeline across the corridor, one beside a site of its own, with a station, and others.
  private func pipelines(
    _ planner: SitePlanner, _ themes: Themes, _ corridor: SitePlanner.Corridor?,
    _ sites: inout [Site]
  ) -> [SynthFeature] {
    let lines = PipelinePlanner(planner: planner, themes: themes, sites: sites)
    var routes = [corridor.flatMap(lines.across)].compactMap(\.self)
    var stations: [(place: LatticePoint, county: Int)] = []
    let places = planner.landmarks.wastes.sorted { $0.key > $1.key }.map(\.value)
    if let beside = lines.beside(places) {
      sites.append(
        Site(
          id: "pipeline-strip", zh: "紧邻油气管道", en: "Beside a pipeline", purpose: "residential",
          window: beside.window))
      routes.append(beside.route)
      stations.append((beside.facility, beside.route.county))
    }
    let wanted = planner.country.region.landscape.counts["oil-gas-pipelines"] ?? 0
    let others = lines.elsewhere(max(0, wanted - routes.count), besides: sites)
    for route in others where route.section == "ordinary" {
      stations.append((route.points[0], route.county))
    }
    return (routes + others).enumerated().map { themes.pipeline($1, number: $0 + 1) }
      + stations.enumerated().compactMap {
        themes.pipelineFacility(at: $1.place, in: $1.county, number: $0 + 1)
      }
  }

  /// A third walk, over the villages the sites lie in.
  private func measured(
    _ country: Country, _ codes: [UInt8], _ sites: [Site], _ kept: [SynthFeature],
    around pipelines: [SynthFeature]
  ) throws(SynthError) -> TruthBook {
    let windows = sites.map { site in
      let low = LatticePoint(nearest: Position(x: site.window.box.minX, y: site.window.box.minY))
      let high = LatticePoint(nearest: Position(x: site.window.box.maxX, y: site.window.box.maxY))
      return LatticeBox(minX: low.x, minY: low.y, maxX: high.x, maxY: high.y)
    }
    var walk = Workshop(
      country, again: codes, sink: TruthBook(sites: sites, distances: plan.distances),
      windows: windows)
    try country.tiler.run(&walk)
    if let failure = walk.failure { throw failure }
    var book = walk.sink
    for feature in kept + pipelines { book.take(feature) }
    for feature in pipelines { try book.takeAround(feature) }
    return book
  }

  /// 报批坐标 of the corridor; its corners lie on whole millimetres, so nothing is lost.
  private func sampleText(
    _ corridor: SitePlanner.Corridor?, _ sites: [Site]
  ) throws(SynthError) -> String? {
    guard let corridor, let site = sites.first, site.id == "corridor",
      let grid = SitePlanner.grid(of: corridor),
      let writer = CoordinateTextWriter(
        zone: grid.zone, producer: "演示数据", date: LegalDate(year: 2025, month: 11, day: 1))
    else { return nil }
    var parcel = BoundaryDocument.Parcel(
      id: "1", name: "演示公路", geometry: site.window.boundary.multi)
    parcel.use = "公路用地"
    parcel.landClass = "1003"
    parcel.declaredArea = site.window.boundary.area
    return try? writer.text([parcel])
  }

  private func write(_ text: String, to folder: String, _ file: String) throws(SynthError) {
    do {
      try text.write(toFile: folder + "/" + file, atomically: true, encoding: .utf8)
    } catch {
      throw .cannotWrite(file: file)
    }
  }
}
