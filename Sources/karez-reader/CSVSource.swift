import KarezCore
import KarezGeometry
import KarezReading
import KarezTables

/// A table with a column of WKT, by our own parser, record by record.
///
/// Every value is text, because a code such as 0103 is no number; the dataset's schema gives values
/// their types. An empty field is nothing, an empty one in quotes an empty text.
struct CSVSource: Source {
  private let bytes: any ByteSource
  private let heading: CSVHeading
  private let decoder: TextDecoder
  private let request: Request
  /// The columns besides the geometry, each once.
  private let names: [String]

  init(_ bytes: any ByteSource, _ request: Request) throws(ReadingError) {
    let head = try bytes.read(at: 0, count: FileContent.headSize)
    guard let heading = CSVHeading(head: head),
      let decoder = TextDecoder(encoding: heading.encoding)
    else { throw .unknownFormat(magic: FileContent.hexadecimal(head.prefix(8))) }
    self.bytes = bytes
    self.heading = heading
    self.decoder = decoder
    self.request = request
    names = Self.names(of: heading)
  }

  func layers() throws(ReadingError) -> [SourceLayer] { [try describe()] }

  func read(layer: String?, into batch: inout FeatureBatch) throws(ReadingError) {
    let described = try describe()
    guard layer == nil || layer == described.name else {
      throw .noSuchLayer(name: layer ?? "", layers: [described.name])
    }
    batch.begin(described)
    var records = try CSVRecords(bytes)
    _ = try records.next()
    var row: Int64 = 0
    while let record = try records.next() {
      row += 1
      guard record.count == heading.names.count else {
        throw .text(
          .csv, found: Array("\(record.count)".utf8), expected: .asManyFields,
          at: InputPlace(line: records.line))
      }
      let feature = feature(record, row)
      try batch.admit(row: row, vertices: Int64(feature.geometry?.vertexTotal ?? 0))
      try batch.add(feature)
    }
  }

  private func feature(_ record: [CSVRecords.Field], _ row: Int64) -> SourceFeature {
    var feature = SourceFeature(row: row, fid: String(row))
    (feature.geometry, feature.fault) = Self.geometry(record[heading.geometry].bytes)
    var fields = names.makeIterator()
    for (index, field) in record.enumerated() where index != heading.geometry {
      guard let name = fields.next() else { break }
      guard !field.bytes.isEmpty || field.isQuoted else {
        feature.attributes[name] = .null
        continue
      }
      guard let text = decoder.decode(CSVText.unguarded(field.bytes)) else {
        feature.fault = feature.fault ?? .textUndecodable(field: name)
        feature.attributes[name] = .null
        continue
      }
      if let scalar = text.forbiddenScalar {
        feature.fault = feature.fault ?? .textForbidden(field: name, scalar: scalar)
        feature.attributes[name] = .null
      } else {
        feature.attributes[name] = .text(text)
      }
    }
    return feature
  }

  private static func names(of heading: CSVHeading) -> [String] {
    var taken: Set<String> = []
    var names: [String] = []
    for (index, name) in heading.names.enumerated() where index != heading.geometry {
      var name = name.isEmpty || name.forbiddenScalar != nil ? "field_\(index + 1)" : name
      while !taken.insert(name).inserted { name += "_" }
      names.append(name)
    }
    return names
  }

  private static func geometry(_ bytes: [UInt8]) -> (Geometry?, SourceFault?) {
    let text = withoutSRID(bytes)
    guard !text.isEmpty else { return (nil, .empty) }
    do throws(GeometryError) {
      let geometry = try Geometry(wkt: text)
      return geometry.vertexTotal > 0 ? (geometry, nil) : (nil, .empty)
    } catch {
      return (nil, SourceFault(error))
    }
  }

  /// The WKT behind `SRID=code;`.
  private static func withoutSRID(_ bytes: [UInt8]) -> [UInt8] {
    guard srid(bytes) != nil, let end = bytes.firstIndex(of: UInt8(ascii: ";")) else {
      return bytes
    }
    return Array(bytes[(end + 1)...])
  }

  private static func srid(_ bytes: [UInt8]) -> Int? {
    let head = String(decoding: bytes.prefix(20), as: UTF8.self)
    guard head.uppercased().hasPrefix("SRID="), let end = head.firstIndex(of: ";") else {
      return nil
    }
    return Int(head.dropFirst(5)[..<end])
  }

  /// The layer by its first record: a table says of its system at most a number in each geometry.
  private func describe() throws(ReadingError) -> SourceLayer {
    var records = try CSVRecords(bytes)
    _ = try records.next()
    let first = try records.next()?[heading.geometry].bytes ?? []
    var layer = SourceLayer(
      name: request.stem, format: .csv,
      fields: names.map { SourceField(name: $0, type: .text) },
      encoding: SourceEncoding(name: heading.encoding, reason: .bytes))
    switch Self.geometry(first).0 {
    case .points: layer.geometry = .point
    case .lines: layer.geometry = .line
    default: layer.geometry = .polygon
    }
    if let code = Self.srid(first) {
      (layer.crs, layer.crsReason) = (.epsg(code), .statedCode)
      layer.crsName = "SRID=\(code)"
    }
    if let declared = request.declared {
      if layer.crsReason == .statedCode, !layer.crs.isSame(as: declared) {
        layer.warnings.append(.declaredOtherwise(stated: layer.crsName, declared: declared))
      }
      (layer.crs, layer.crsReason) = (declared, .declared)
    }
    return layer
  }
}
