import KarezCore
import KarezGeometry
import KarezStore

/// The first pass of the gate: everything that one row shows by itself, and repeated values.
struct FeatureExamination {
  private let gate: Gate
  private let places: PlaceConverter
  private(set) var report = GateReport()
  /// Where the polygons lie, for the second pass.
  private(set) var layout = PolygonLayout()

  private let asWritten = OverlapSession(plane: .asGiven)
  private let converted = OverlapSession(plane: .statutory)
  private let unreadable: Set<Int64>
  /// Row of the first appearance, by hash of the value; one dictionary an attribute.
  private var seen: [String: [UInt64: Int64]] = [:]
  private var seenGeometries: [UInt64: Int64] = [:]

  init(gate: Gate, places: PlaceConverter, earlier: GateReport) {
    self.gate = gate
    self.places = places
    unreadable = Set(
      earlier.findings.lazy.filter { $0.rule == .geometryUnreadable }.compactMap(\.row))
    report = earlier.keeping(atMost: gate.findingsPerRule)
    for attribute in gate.schema.attributes {
      if let table = attribute.codes, gate.codes[table] == nil {
        report.note(.tableMissing(attribute), keepingAtMost: gate.findingsPerRule)
      }
    }
  }

  mutating func examine(_ row: DraftRow) {
    report.examined += 1
    examineIdentity(of: row)
    // A row that ends its feature says nothing else of it.
    if row.ends { return }
    examineAttributes(of: row)
    examineGeometry(of: row)
  }

  private mutating func add(_ finding: GateFinding) {
    report.note(finding, keepingAtMost: gate.findingsPerRule)
  }

  private mutating func examineIdentity(of row: DraftRow) {
    let first = firstRow(of: row.feature.id, as: "", row.row)
    guard let first else { return }
    let what = LocalizedText(zh: "标识码 \(row.feature.id) ", en: "identifier \(row.feature.id)")
    add(.repeated(.identifierDuplicate, what, row: row.row, first: first, feature: row.feature.id))
  }

  /// The row that had the value before; nil for the first.
  private mutating func firstRow(of value: String, as name: String, _ row: Int64) -> Int64? {
    let hash = Fingerprint.of(value.utf8)
    if let first = seen[name, default: [:]][hash] { return first }
    seen[name, default: [:]][hash] = row
    return nil
  }

  private mutating func examineAttributes(of row: DraftRow) {
    let id = row.feature.id
    for attribute in gate.schema.attributes {
      guard let value = row.feature.attributes[attribute.name], value != .null else {
        if attribute.isRequired && attribute.name != gate.schema.identifier {
          add(.required(attribute, row.row, id))
        }
        continue
      }
      guard case .text(let text) = value else { continue }
      if let table = attribute.codes.flatMap({ gate.codes[$0] }), !table.contains(text) {
        add(.wrong(.codeUnknown, attribute, value, row: row.row, feature: id))
      }
      if let format = attribute.format, !CodeFormat.accepts(text, format) {
        add(.wrong(.formatWrong, attribute, value, row: row.row, feature: id))
      }
      guard attribute.isUnique, attribute.name != gate.schema.identifier,
        let first = firstRow(of: text, as: attribute.name, row.row)
      else { continue }
      add(.repeated(.attributeUnique, attribute.title, row: row.row, first: first, feature: id))
    }
  }

  private mutating func examineGeometry(of row: DraftRow) {
    let id = row.feature.id
    guard let geometry = row.feature.geometry, let box = geometry.boundingBox else {
      if gate.schema.geometry != .none, !unreadable.contains(row.row) {
        add(.noGeometry(row.row, id))
      }
      return
    }
    let corner = Position(x: box.minX, y: box.minY)
    guard box.minX >= -180, box.maxX <= 180, box.minY >= -90, box.maxY <= 90 else {
      let isLow = box.minX < -180 || box.minY < -90
      let place = isLow ? corner : Position(x: box.maxX, y: box.maxY)
      return add(.outOfRange(row.row, id, place: place))
    }
    guard geometry.kind == gate.schema.geometry else {
      return add(
        .wrongKind(row.row, id, expected: gate.schema.geometry, place: corner))
    }
    if let extent = gate.extent, !extent.contains(box) {
      add(.outsideRegion(row.row, id, place: corner))
    }
    let source = gate.judgesAsWritten ? row.source : nil
    let judged = source ?? geometry
    examineRepeats(of: judged, row)
    guard case .polygons(let written) = judged, case .polygons(let stored) = geometry else {
      return
    }
    layout.add(box, hasSource: source != nil)
    examineRings(written, stored, isConverted: source != nil, of: row)
  }

  private mutating func examineRepeats(of geometry: Geometry, _ row: DraftRow) {
    let hash = Fingerprint.of(geometry.wkb())
    guard let first = seenGeometries[hash] else { return seenGeometries[hash] = row.row }
    let what = LocalizedText(zh: "图形", en: "the geometry")
    add(
      .repeated(
        .geometryDuplicate, what, row: row.row, first: first, feature: row.feature.id))
  }

  private mutating func examineRings(
    _ written: MultiPolygon, _ stored: MultiPolygon, isConverted: Bool, of row: DraftRow
  ) {
    let id = row.feature.id
    let inPlane = Self.fault(of: stored, in: converted)
    // Degrees need judging as written only where the plane found something.
    let asWritten = isConverted || inPlane != nil ? Self.fault(of: written, in: asWritten) : nil
    // Either may be the plane in which the second pass compares; both must be sound there.
    if asWritten != nil || inPlane != nil { layout.noteInvalid(row.row) }
    if let fault = asWritten {
      let place = fault.position.flatMap { isConverted ? places.degrees(of: $0) : $0 }
      add(.invalid(.geometryInvalid, row.row, id, fault, place: place))
    } else if let fault = inPlane {
      add(.invalid(.geometryFragile, row.row, id, fault, place: fault.position))
    }
  }

  private static func fault(
    of multi: MultiPolygon, in session: OverlapSession
  ) -> ValidityFault? {
    do { return try session.fault(of: multi) } catch {
      // What GEOS cannot even build bounds no area.
      return ValidityFault(kind: .other, position: multi.polygons.first?.shell.positions.first)
    }
  }
}

/// The formats a schema may name.
enum CodeFormat {
  static func accepts(_ text: String, _ format: String) -> Bool {
    switch format {
    case "parcel-code": (try? ParcelCode(text)) != nil
    case "real-estate-unit-code": (try? RealEstateUnitCode(text)) != nil
    case "administrative-code":
      // 省 地 县 乡 村, and the padded 19 digits of survey exchange.
      [2, 4, 6, 9, 12, 19].contains(text.utf8.count)
        && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    default: true
    }
  }
}

/// A 64-bit fingerprint of a value; the same on every machine and in every run.
///
/// - Source: FNV-1a. Among three million values, two different ones share a fingerprint with a
///   probability of 2e-7.
enum Fingerprint {
  static func of(_ bytes: some Sequence<UInt8>) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return hash
  }
}
