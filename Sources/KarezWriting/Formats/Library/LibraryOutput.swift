import KarezCore
import KarezGeometry
import KarezReading
import KarezTables

/// Writes a layer in a format of others.
///
/// Each feature is held against what the format can keep, and laid down in a file beside the one to
/// come; when all are there, a worker in the sandbox turns that file into the format. So the widths
/// of a table are known before its first row, and the library never sees what it would cut.
final class LibraryOutput: FeatureWriter {
  private let path: String
  private let layer: OutputLayer
  private let rules: LibraryRules
  private let names: LibraryNames
  private let day: String
  private let worker: LibraryWriter
  private let folder: WorkFolder
  private let frames: WholeFile
  private var encoder = FrameEncoder()
  private var measure: LibraryMeasure

  private static let mostBytes = 4 << 20
  private static let mostBytesOfOne = 40 << 20

  init(
    path: String, _ format: OutputFormat, layer: OutputLayer, options: WritingOptions,
    worker: LibraryWriter
  ) throws(WritingError) {
    guard let rules = LibraryRules(format, encoding: options.encoding) else {
      preconditionFailure("\(format) is written here")
    }
    try rules.check(layer)
    self.path = path
    self.layer = layer
    self.rules = rules
    self.worker = worker
    names = try LibraryNames(layer, rules)
    day = String(options.writtenAt.prefix(10))
    measure = LibraryMeasure(layer, rules)
    folder = try WorkFolder(beside: path)
    do throws(TableError) {
      frames = try WholeFile(path: folder.frames)
    } catch {
      throw .file(error)
    }
    try write(.hello)
    try write(.layer(described))
  }

  private var described: SourceLayer {
    SourceLayer(
      name: names.layer, format: rules.format, geometry: layer.geometry,
      crs: rules.crs(of: layer),
      fields: zip(layer.fields, names.fields).map { SourceField(name: $1, type: $0.type) },
      encoding: SourceEncoding(name: rules.encoding, reason: .format))
  }

  func append(_ features: [OutputFeature]) throws(WritingError) {
    var batch: [SourceFeature] = []
    var size = 0
    for feature in features {
      try measure.add(feature)
      let source = source(feature)
      let bytes = FrameEncoder.size(of: source)
      guard bytes <= Self.mostBytesOfOne else {
        throw .worker(.featureTooLarge(row: measure.features, bytes: Int64(bytes)))
      }
      batch.append(source)
      size += bytes
      if size >= Self.mostBytes {
        try write(.features(batch))
        batch.removeAll(keepingCapacity: true)
        size = 0
      }
    }
    if !batch.isEmpty { try write(.features(batch)) }
  }

  private func source(_ feature: OutputFeature) -> SourceFeature {
    var source = SourceFeature(row: measure.features, fid: feature.id)
    source.geometry = rules.holdsGeometry ? feature.geometry : nil
    for (name, value) in zip(names.fields, feature.values) { source.attributes[name] = value }
    return source
  }

  func finish() async throws(WritingError) {
    try measure.checkSize()
    try write(.end(count: measure.features))
    do throws(TableError) { try frames.publish() } catch { throw .file(error) }
    let order = LibraryOrder(
      widths: rules.holdsFields ? measure.widths : [], features: measure.features,
      holdsSeveral: measure.holdsSeveral, day: day)
    do {
      try await worker.write(folder.frames, into: folder.output, order)
    } catch let error as ReadingError {
      throw .worker(error)
    } catch {
      throw .cancelled
    }
    do throws(TableError) {
      try WholeFile.adopt(folder.output + "/" + LibraryWriter.result, as: path)
    } catch {
      throw .file(error)
    }
  }

  var notes: [OutputNote] {
    var notes = names.notes
    if !rules.holdsGeometry, layer.geometry != .none { notes.append(.geometryLeftOut) }
    if rules.format == .dxf { notes.append(.systemUnstated(layer.crs)) }
    if rules.format == .kml, layer.crs == .cgcs2000 { notes.append(.statedAsWGS84) }
    return notes
  }

  private func write(_ frame: Frame) throws(WritingError) {
    do throws(TableError) {
      try frames.write(encoder.encode(frame))
    } catch {
      throw .file(error)
    }
  }
}
