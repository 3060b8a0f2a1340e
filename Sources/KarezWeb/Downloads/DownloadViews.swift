import KarezCore
import KarezGeometry
import KarezPacks
import KarezReport
import KarezService
import KarezStore
import KarezWriting

/// The page of one download: how far it is, then the file.
struct DownloadView {
  let frame: PageFrame
  let datasetTitle: String
  let datasetAddress: String
  let formatTitle: String
  let validOn: String
  let recorded: String
  let stateWords: String
  let tone: String
  let progress: ProgressView?
  let problem: String?
  let isGone: Bool
  let fileAddress: String?
  let fileName: String
  let sizeWords: String
  let features: String
  let sm3: String
  let keptUntil: String
  let notes: [String]
  let hasNotes: Bool
  let cancelID: String?

  init(
    _ frame: PageFrame, _ download: Download, title: String, _ messages: MessageCatalogue
  ) {
    self.frame = frame
    let job = download.job
    datasetTitle = title
    datasetAddress = "/catalogue/" + download.dataset
    formatTitle = OneMap.title(of: download.format)
    validOn = download.validOn
    recorded = String(download.recorded)
    let row = JobRow(job, messages, sender: nil, mayCancel: false)
    stateWords = row.stateWords
    tone = row.tone
    progress =
      job.state.isOver
      ? nil : ProgressView(of: job, at: "/downloads/\(download.name)/progress", messages)
    problem = row.problem
    isGone = job.state == .done && download.file == nil
    fileAddress = download.file == nil ? nil : "/downloads/\(download.name)/file"
    fileName = download.fileName
    sizeWords = download.bytes.map(FigureText.size(ofBytes:)) ?? ""
    features = download.features.map(FigureText.count) ?? ""
    sm3 = download.sm3 ?? ""
    keptUntil = download.keptUntil.map { SubmissionWords.minute($0.description) } ?? ""
    notes = (job.result?["notes"]?.array ?? [])
      .map { messages.language.text(of: $0["message"]) }.filter { !$0.isEmpty }
    hasNotes = !notes.isEmpty
    cancelID = job.state.isOver ? nil : job.id
  }
}

/// A download as a row of the desk.
struct DownloadRow {
  let downloadAddress: String
  let downloadTitle: String
  let downloadFormat: String
  let downloadDay: String
  let stateWords: String
  let tone: String
  let keptUntil: String?

  init(_ download: Download, title: String, _ messages: MessageCatalogue) {
    let row = JobRow(download.job, messages, sender: nil, mayCancel: false)
    downloadAddress = "/downloads/" + download.name
    downloadTitle = title
    downloadFormat = OneMap.title(of: download.format)
    downloadDay = download.validOn
    stateWords = row.stateWords
    tone = row.tone
    keptUntil = download.keptUntil.map { SubmissionWords.minute($0.description) }
  }
}

/// The form of a dataset's page that has a state written to a file.
struct DownloadForm {
  struct Choice {
    let code: String
    let label: String
    let isChosen: Bool
  }

  /// Zones offered at most; land that spans more has its own systems.
  private static let mostZones = 6

  let action: String
  /// Where data is asked for beyond it; nil for a reader without an account, or who sees it all.
  var requestAction: String?
  let formats: [Choice]
  let systems: [Choice]
  let regions: [Choice]
  let hasRegions: Bool
  let day: String
  let limitWords: String
  let largeWords: String?

  init(_ record: DatasetRecord, _ words: CatalogueWords, region: Region?, in scope: Scope) {
    let schema = record.schema
    let summary = record.item.summary
    action = "/catalogue/\(schema.id)/download"
    formats = Self.formats(of: schema.geometry).enumerated().map { place, format in
      Choice(
        code: format.rawValue, label: OneMap.title(of: format), isChosen: place == 0)
    }
    systems = Self.systems(summary.extent, words.messages)
    let counties = (region?.counties ?? []).filter { county in
      scope.regionPrefixes.map { $0.contains { county.code.hasPrefix($0) } } ?? true
    }
    regions =
      schema.region == nil
      ? []
      : counties.map {
        Choice(code: $0.code, label: "\($0.code) \($0.name[words.language])", isChosen: false)
      }
    hasRegions = !regions.isEmpty
    day = record.asOf.validOn.description
    limitWords = Self.limits(scope, words, region)
    largeWords =
      summary.features > DownloadRoutes.mostAtOnce
      ? words.messages.text(
        "download_large", ["count": FigureText.count(DownloadRoutes.mostAtOnce)]) : nil
  }

  private static func formats(of kind: GeometryKind) -> [OutputFormat] {
    switch kind {
    case .none: [.xlsx, .csv, .geopackage, .parquet]
    case .polygon:
      [
        .geopackage, .shapefile, .geojson, .fileGDB, .vct, .boundaryText, .gml, .kml, .dxf,
        .parquet, .csv, .xlsx,
      ]
    default:
      [
        .geopackage, .shapefile, .geojson, .fileGDB, .vct, .gml, .kml, .dxf, .parquet, .csv,
        .xlsx,
      ]
    }
  }

  /// Degrees, and the three-degree zones of CGCS2000 the land lies in.
  private static func systems(
    _ box: BoundingBox?, _ messages: MessageCatalogue
  ) -> [Choice] {
    let degrees = Choice(
      code: "EPSG:4490", label: messages.text("crs_degrees"), isChosen: true)
    guard let box, box.minX >= 73.5, box.maxX <= 136.5 else { return [degrees] }
    let zones = Int((box.minX / 3).rounded())...Int((box.maxX / 3).rounded())
    guard zones.count <= mostZones else { return [degrees] }
    var choices = [degrees]
    for zone in zones {
      choices.append(Self.system(of: zone, isNumbered: true, messages))
      choices.append(Self.system(of: zone, isNumbered: false, messages))
    }
    return choices
  }

  /// A three-degree zone, with its number in X or without.
  private static func system(
    of zone: Int, isNumbered: Bool, _ messages: MessageCatalogue
  ) -> Choice {
    let code = "EPSG:\((isNumbered ? 4_513 : 4_534) + zone - 25)"
    let values = ["zone": String(zone), "meridian": String(zone * 3), "code": code]
    let label =
      isNumbered ? messages.text("crs_zone", values) : messages.text("crs_meridian", values)
    return Choice(code: code, label: label, isChosen: false)
  }

  /// What the reader gets of it, in a sentence.
  private static func limits(
    _ scope: Scope, _ words: CatalogueWords, _ region: Region?
  ) -> String {
    let level = words.classification(scope.ceiling)
    guard let prefixes = scope.regionPrefixes else {
      return words.messages.text("download_limits_all", ["class": level])
    }
    let names = prefixes.map { prefix in
      region?.counties.first { $0.code == prefix }?.name[words.language] ?? prefix
    }
    return words.messages.text(
      "download_limits",
      [
        "class": level,
        "regions": words.language.listed(names),
      ])
  }
}
