import KarezCore
import KarezGeometry
import KarezPacks

extension Synth {
  /// What is larger than a village, and what is checked against it.
  func complete(
    _ country: Country, _ workshop: Workshop<LayerFiles>,
    _ progress: (String, Int, Int) -> Void
  ) throws(SynthError) -> SynthReport {
    var files = workshop.sink
    progress("themes", 0, 2)
    let themes = Themes(country)
    var kept: [SynthFeature] = themes.counties()
    var urban = 0
    var redLine = 0
    for (county, villages) in workshop.zoned.sorted(by: { $0.key < $1.key }) {
      let towns = themes.urban(county, villages.urban, from: urban + 1)
      let lines = themes.redLine(county, villages.redLine, from: redLine + 1)
      urban += towns.count
      redLine += lines.count
      kept += towns + lines
    }
    kept += themes.cores()
    for feature in kept { try files.take(feature) }
    try files.finish()
    return SynthReport(
      layers: SynthLayer.allCases.map {
        SynthReport.Layer(
          layer: $0, file: LayerFiles.name(of: $0), features: files.totals[$0]?.features ?? 0)
      }, sampleBoundary: "", truth: "")
  }
}
