import CGDAL
import Glibc
import KarezCore
import KarezReading

/// The attributes of a layer, and how each is read.
struct Columns {
  private struct Column {
    let index: Int32
    let name: String
    let type: AttributeType
    let isDateTime: Bool
  }

  private var columns: [Column] = []
  private let decoder: TextDecoder

  var fields: [SourceField] { columns.map { SourceField(name: $0.name, type: $0.type) } }

  init(
    of layer: OGRLayerH, decoder: TextDecoder?, warnings: inout [ReadWarning]
  ) throws(ReadingError) {
    guard let decoder else { throw .encodingUnknown(name: "") }
    self.decoder = decoder
    guard let definition = OGR_L_GetLayerDefn(layer) else { return }
    var taken: Set<String> = []
    for index in 0..<OGR_FD_GetFieldCount(definition) {
      guard let field = OGR_FD_GetFieldDefn(definition, index) else { continue }
      let bytes = Self.bytes(OGR_Fld_GetNameRef(field))
      var name = decoder.decodeCutOff(bytes) ?? ""
      if name.hasPrefix(Library.markupPrefix) {
        let own = String(name.dropFirst(Library.markupPrefix.count))
        guard let shown = Library.markupColumns[own] ?? nil else { continue }
        name = shown
      }
      if name.isEmpty || name.forbiddenScalar != nil { name = "field_\(index + 1)" }
      while !taken.insert(name).inserted { name += "_" }
      guard let type = Self.type(of: field) else {
        warnings.append(ReadWarning(code: "field-skipped", facts: ["field": name]))
        continue
      }
      let isDateTime = OGR_Fld_GetType(field) == OFTDateTime
      columns.append(Column(index: index, name: name, type: type, isDateTime: isDateTime))
    }
  }

  private static func type(of field: OGRFieldDefnH) -> AttributeType? {
    switch OGR_Fld_GetType(field) {
    case OFTInteger: OGR_Fld_GetSubType(field) == OFSTBoolean ? .boolean : .integer
    case OFTInteger64: .integer
    case OFTReal: .decimal
    case OFTDate: .date
    case OFTString, OFTDateTime, OFTTime: .text
    default: nil
    }
  }

  private static func bytes(_ text: UnsafePointer<CChar>?) -> [UInt8] {
    guard let text else { return [] }
    // Safe because GDAL's texts end with a zero, which strlen finds.
    return Array(UnsafeRawBufferPointer(start: text, count: strlen(text)))
  }

  /// Writes the values of a feature in the order of the fields.
  func read(
    _ feature: OGRFeatureH, into values: inout EncodedValues, _ fault: inout SourceFault?
  ) {
    for index in columns.indices {
      let isText = columns[index].type == .text && !columns[index].isDateTime
      if isText, isWritten(columns[index].index, of: feature, into: &values) { continue }
      values.append(value(of: columns[index], in: feature, &fault))
    }
  }

  /// Whether a text needed no decoding, and is written; most are codes, of which no string is made.
  private func isWritten(
    _ index: Int32, of feature: OGRFeatureH, into values: inout EncodedValues
  ) -> Bool {
    guard OGR_F_IsFieldSetAndNotNull(feature, index) != 0,
      let text = OGR_F_GetFieldAsString(feature, index)
    else { return false }
    // Safe because GDAL's texts end with a zero, which strlen finds, and outlive the call.
    return values.append(plain: UnsafeRawBufferPointer(start: text, count: strlen(text)))
  }

  private func value(
    of column: Column, in feature: OGRFeatureH, _ fault: inout SourceFault?
  ) -> AttributeValue {
    guard OGR_F_IsFieldSetAndNotNull(feature, column.index) != 0 else { return .null }
    switch column.type {
    case .integer: return .integer(Int64(OGR_F_GetFieldAsInteger64(feature, column.index)))
    case .boolean: return .boolean(OGR_F_GetFieldAsInteger(feature, column.index) != 0)
    case .decimal:
      let number = OGR_F_GetFieldAsDouble(feature, column.index)
      return number.isFinite ? .decimal(number) : .null
    case .date: return Self.day(of: column.index, in: feature)
    case .text:
      if column.isDateTime { return Self.time(of: column.index, in: feature) }
      guard let text = decoded(OGR_F_GetFieldAsString(feature, column.index)) else {
        fault = fault ?? .textUndecodable(field: column.name)
        return .null
      }
      if let scalar = text.forbiddenScalar {
        fault = fault ?? .textForbidden(field: column.name, scalar: scalar)
        return .null
      }
      return .text(text)
    }
  }

  private func decoded(_ text: UnsafePointer<CChar>?) -> String? {
    guard let text else { return "" }
    // Safe because GDAL's texts end with a zero, which strlen finds, and outlive the call.
    return decoder.decode(UnsafeRawBufferPointer(start: text, count: strlen(text)))
  }

  private static func day(of index: Int32, in feature: OGRFeatureH) -> AttributeValue {
    moment(of: index, in: feature).map { .date($0.day) } ?? .null
  }

  /// A moment as text: the day alone at midnight, as formats write days that have no type for them.
  private static func time(of index: Int32, in feature: OGRFeatureH) -> AttributeValue {
    guard let (day, clock) = moment(of: index, in: feature) else { return .null }
    // A geodatabase counts fractions of days, and the library is a second off before 1970.
    let isMidnight = clock[0] == 0 && clock[1] == 0 && clock[2] <= 1
    guard !isMidnight else { return .text(day.description) }
    let shown = clock.map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
    return .text("\(day)T\(shown)")
  }

  private static func moment(
    of index: Int32, in feature: OGRFeatureH
  ) -> (day: LegalDate, clock: [Int32])? {
    var parts: [Int32] = [0, 0, 0, 0, 0, 0, 0]
    // Safe because GDAL writes one number to each of seven places.
    let isRead = parts.withUnsafeMutableBufferPointer { buffer in
      guard let place = buffer.baseAddress else { return false }
      return OGR_F_GetFieldAsDateTime(
        feature, index, place, place + 1, place + 2, place + 3, place + 4, place + 5, place + 6)
        != 0
    }
    let day = LegalDate(year: Int(parts[0]), month: Int(parts[1]), day: Int(parts[2]))
    guard isRead, let day else { return nil }
    return (day, Array(parts[3...5]))
  }
}
