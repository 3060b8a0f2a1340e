import Foundation
import KarezCore
import KarezGeometry
import KarezReading
import KarezStore
import KarezWriting

/// One export from the store to a file: page by page, so that memory does not grow with features.
///
/// The caller's scope is the store's business: what is above its ceiling is not in the schema.
struct DatasetExport {
  let order: ExportOrder
  let map: OneMap
  /// Whose the file is to be.
  let actor: Actor
  let scope: Scope

  private static let pageSize = 2_000

  func run(
    _ dataset: DatasetID, progress: @Sendable (Int) -> Void
  ) async throws(Problem) -> ExportOutcome {
    let format = try format()
    let schema = try await map.schemas(in: scope).first { $0.id == dataset }
    guard let schema else { throw .store(.noSuchDataset(dataset)) }
    let scope = try narrowed(to: schema)
    let today = try await map.today()
    let asOf = AsOf(
      validOn: order.validOn ?? today.validOn,
      recorded: min(order.recorded ?? today.recorded, today.recorded))
    var query = FeatureQuery(dataset: dataset, asOf: asOf)
    query.filter = order.filter
    query.span = order.span
    let layer = try await layer(schema, query, in: scope)
    let (count, notes) = try await write(layer, format, query, in: scope, progress: progress)
    return ExportOutcome(
      dataset: dataset, asOf: asOf, format: format, features: count,
      sm3: try FileFingerprint.sm3(ofFileAt: order.path), notes: notes)
  }

  /// The format asked for, or that the file's name says.
  private func format() throws(Problem) -> OutputFormat {
    let name = order.fileName.lowercased()
    let ending = name.split(separator: ".").last ?? ""
    // A set of files or a folder is written as one archive, and should not look like a part of it.
    if ["shp", "gdb"].contains(ending) {
      throw Wording(
        "export-archive-name", "该格式由多个文件组成，写成一个 zip 归档",
        "the format is of several files, written as one archive",
        do: "文件名改为 \(order.fileName).zip", "name it \(order.fileName).zip"
      ).problem(.usage, at: order.fileName)
    }
    if let format = order.format { return format }
    if name.hasSuffix(".shp.zip") { return .shapefile }
    if name.hasSuffix(".gdb.zip") { return .fileGDB }
    if ending == "json" { return .geojson }
    if let format = OutputFormat(rawValue: String(ending)) { return format }
    let known = OutputFormat.allCases.map(\.rawValue).joined(separator: ", ")
    throw Wording(
      "export-format-unknown", "看不出要输出的格式", "the name does not say which format to write",
      do: "用 --format 指明：\(known)", "name it with --format: \(known)"
    ).problem(.usage, at: order.fileName)
  }

  /// The caller's scope, no wider, held to the region asked for.
  private func narrowed(to schema: DatasetSchema) throws(Problem) -> Scope {
    try scope.narrowed(to: order.region.map { [$0] } ?? [], of: schema)
  }

  private func layer(
    _ schema: DatasetSchema, _ query: FeatureQuery, in scope: Scope
  ) async throws(Problem) -> OutputLayer {
    let crs =
      if let text = order.crs { try DeclaredCRS.parse(text, in: "--crs") } else {
        CoordinateReferenceSystem.cgcs2000
      }
    var fields = schema.attributes.map(OutputField.init)
    if schema.isOpen { fields += try await openFields(schema, query, in: scope) }
    return OutputLayer(
      name: order.layer ?? schema.id.text, title: schema.title, geometry: schema.geometry,
      crs: crs, fields: fields, identifier: schema.identifier)
  }

  /// What an open dataset's features hold besides the schema's attributes.
  ///
  /// A pass of its own, since a file is told its fields first. Where types differ, text holds all.
  private func openFields(
    _ schema: DatasetSchema, _ query: FeatureQuery, in scope: Scope
  ) async throws(Problem) -> [OutputField] {
    let known = Set(schema.attributes.map(\.name))
    var types: [String: AttributeType] = [:]
    try await pages(query, in: scope) { versions throws(Problem) in
      for version in versions {
        for (name, value) in version.feature.attributes where !known.contains(name) {
          guard let type = value.type else { continue }
          types[name] = types[name].map { $0 == type ? type : .text } ?? type
        }
      }
    }
    return types.sorted { $0.key < $1.key }.map { OutputField(name: $0.key, type: $0.value) }
  }

  private func write(
    _ layer: OutputLayer, _ format: OutputFormat, _ query: FeatureQuery, in scope: Scope,
    progress: (Int) -> Void
  ) async throws(Problem) -> (features: Int, notes: [OutputNote]) {
    var count = 0
    var notes: [OutputNote] = []
    do {
      var delivery = try await map.delivery(of: query.dataset, to: actor)
      let placement = try CoordinatePlacement(in: layer.crs)
      let worker = LibraryWriter(program: map.installation.reader.path)
      let writer = try LayerOutput(worker: worker).writer(
        format, to: order.path, layer: layer, options: WritingOptions(encoding: order.encoding))
      try await pages(query, in: scope) { versions throws(Problem) in
        do {
          var features: [OutputFeature] = []
          features.reserveCapacity(versions.count)
          for version in versions {
            count += 1
            try checkCount(count)
            try delivery?.take(version.feature.geometry)
            features.append(try Self.feature(version.feature, layer, placement, row: count))
          }
          try await writer.append(features)
        } catch let error as WritingError {
          throw .writing(error, to: order.fileName)
        } catch let problem as Problem {
          try await map.noteRefused(problem, by: actor)
          throw problem
        } catch {
          throw Problem.from(error, file: order.fileName)
        }
        progress(count)
      }
      try await map.count(delivery, by: actor)
      try await writer.finish()
      notes = writer.notes
    } catch let error as WritingError {
      throw .writing(error, to: order.fileName)
    } catch {
      throw Problem.from(error, file: order.fileName)
    }
    return (count, notes)
  }

  private func checkCount(_ count: Int) throws(Problem) {
    guard let limit = order.mostFeatures, count > limit else { return }
    throw Wording(
      "export-beyond-download", "超过 \(limit) 个要素，不能在此下载", "more than \(limit) features",
      do: "用 region 参数分区下载，或用 karez export 输出",
      "download by region, or write it with `karez export`"
    ).problem(at: order.dataset)
  }

  private func pages(
    _ query: FeatureQuery, in scope: Scope,
    _ body: ([FeatureVersion]) async throws(Problem) -> Void
  ) async throws(Problem) {
    var cursor: FeatureCursor?
    repeat {
      let after = cursor
      let page = try await map.asked { store throws(StoreError) in
        try await store.features(query, after: after, limit: Self.pageSize, in: scope)
      }
      if !page.versions.isEmpty { try await body(page.versions) }
      cursor = page.next
    } while cursor != nil
  }

  private static func feature(
    _ feature: Feature, _ layer: OutputLayer, _ placement: CoordinatePlacement, row: Int
  ) throws(WritingError) -> OutputFeature {
    do throws(GeometryError) {
      let geometry = try feature.geometry.map { shape throws(GeometryError) in
        try placement.geometry(ofDegrees: shape)
      }
      return OutputFeature(
        id: feature.id, geometry: geometry,
        values: layer.fields.map { field in
          (feature.attributes[field.name] ?? .null).written(as: field.type)
        })
    } catch {
      throw .shape(.coordinates(error), at: OutputPlace(row: row, feature: feature.id))
    }
  }
}

extension AttributeValue {
  fileprivate var type: AttributeType? {
    switch self {
    case .null: nil
    case .text: .text
    case .integer: .integer
    case .decimal: .decimal
    case .boolean: .boolean
    case .date: .date
    }
  }

  /// The value in a field of this type, which only holds others where it holds text.
  fileprivate func written(as type: AttributeType) -> AttributeValue {
    guard type == .text else { return self }
    switch self {
    case .null, .text: return self
    case .integer(let number): return .text(String(number))
    case .decimal(let number): return .text(number.description)
    case .boolean(let flag): return .text(flag ? "true" : "false")
    case .date(let day): return .text(day.description)
    }
  }
}
