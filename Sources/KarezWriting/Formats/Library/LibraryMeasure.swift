import KarezCore
import KarezGeometry
import KarezReading

/// Holds each feature against what the format can keep, and measures how wide its columns are.
package struct LibraryMeasure {
  private let layer: OutputLayer
  private let rules: LibraryRules
  private let encoder: TextEncoder?
  private(set) var features: Int64 = 0
  private(set) var holdsSeveral = false
  private var columns: [Column]
  private var shapeBytes: Int64 = 100

  /// The widest of a column's values.
  private struct Column {
    var characters = 1
    var decimals = 0
  }

  package init(_ layer: OutputLayer, _ rules: LibraryRules) {
    self.layer = layer
    self.rules = rules
    encoder = TextEncoder(encoding: rules.encoding)
    columns = layer.fields.map { _ in Column() }
  }

  var widths: [LibraryOrder.Width] {
    zip(layer.fields, columns).map { field, column in
      guard field.type == .decimal else {
        return LibraryOrder.Width(characters: column.characters)
      }
      // A column without a place after the point would be one of whole numbers.
      let decimals = max(1, column.decimals)
      return LibraryOrder.Width(
        characters: column.characters + 1 + decimals, decimals: decimals)
    }
  }

  /// - Errors: with the feature's place, whatever the format cannot hold.
  package mutating func add(_ feature: OutputFeature) throws(WritingError) {
    features += 1
    let place = OutputPlace(row: Int(features), feature: feature.id)
    if let limit = rules.mostFeatures, features > limit {
      throw .layer(.tooManyFeatures(limit: Int(limit)))
    }
    if rules.holdsGeometry { try check(feature.geometry, at: place) }
    if rules.holdsFields {
      for (index, value) in feature.values.enumerated() {
        if let fault = measure(value, of: index) {
          throw .value(fault, field: layer.fields[index].name, at: place)
        }
      }
    }
    // The table's columns widen as it goes, so its size is reckoned anew, but not for every row.
    if features.isMultiple(of: 1_024) { try checkSize() }
  }

  private mutating func check(
    _ geometry: Geometry?, at place: OutputPlace
  ) throws(WritingError) {
    guard let geometry else {
      if rules.format == .dxf { throw .shape(.missing, at: place) }
      shapeBytes += 12
      return
    }
    switch (layer.geometry, geometry) {
    case (.point, .points(let positions)):
      if positions.count > 1 { holdsSeveral = true }
      shapeBytes += 48 + 16 * Int64(positions.count)
    case (.line, .lines(let lines)):
      shapeBytes += lines.reduce(52) { $0 + 4 + 16 * Int64($1.count) }
    case (.polygon, .polygons(let multi)):
      let rings = multi.polygons.reduce(0) { $0 + 1 + $1.holes.count }
      shapeBytes += 52 + 4 * Int64(rings) + 16 * Int64(multi.vertexCount)
    default: throw .shape(.kind(layer.geometry), at: place)
    }
  }

  /// - Errors: `tooManyBytes` where a file of the set would be larger than the format allows.
  package func checkSize() throws(WritingError) {
    guard let limit = rules.mostBytes else { return }
    let record = 1 + widths.reduce(0) { $0 + Int64($1.characters) }
    let table = 33 + 32 * Int64(columns.count) + record * features
    guard max(shapeBytes, table) <= limit else { throw .layer(.tooManyBytes(limit: limit)) }
  }

  // MARK: Values

  private mutating func measure(_ value: AttributeValue, of index: Int) -> ValueFault? {
    switch value {
    case .null, .boolean: return nil
    case .text(let text): return measure(text, of: index)
    case .integer(let number):
      let shown = String(number)
      let digits = rules.mostColumns == nil ? shown.drop { $0 == "-" }.count : shown.count
      widen(index, shown.count)
      return rules.mostDigits.flatMap {
        digits > $0 ? .tooManyDigits(value: shown, limit: $0) : nil
      }
    case .decimal(let number): return measure(number, of: index)
    case .date(let day):
      return rules.firstDay.flatMap { day < $0 ? .dayTooEarly(first: $0) : nil }
    }
  }

  private mutating func measure(_ text: String, of index: Int) -> ValueFault? {
    if let scalar = text.unicodeScalars.first(where: isUnwritable) {
      return .character(scalar: scalar.value)
    }
    guard let bytes = encoder?.encode(text) else {
      return .notInEncoding(name: rules.encoding)
    }
    let length = rules.format == .xlsx ? text.utf16.count : bytes.count
    widen(index, length)
    return rules.mostText.flatMap {
      length > $0 ? .tooLong(bytes: length, limit: $0) : nil
    }
  }

  /// A zero ends a text for the library; XML has no controls at all.
  private func isUnwritable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0: true
    case 0x09, 0x0A, 0x0D: false
    case 1..<0x20, 0xFFFE, 0xFFFF: rules.isXML
    default: false
    }
  }

  private mutating func measure(_ number: Double, of index: Int) -> ValueFault? {
    guard number.isFinite else { return .notFinite }
    let digits = DecimalDigits(number)
    widen(index, digits.before)
    columns[index].decimals = max(columns[index].decimals, digits.after)
    let width = columns[index].characters + 1 + max(1, columns[index].decimals)
    return rules.mostColumns.flatMap {
      width > $0 ? .tooManyDigits(value: number.description, limit: $0) : nil
    }
  }

  private mutating func widen(_ index: Int, _ characters: Int) {
    columns[index].characters = max(columns[index].characters, characters)
  }
}

/// How many digits the shortest decimal that is this number has.
package struct DecimalDigits: Hashable {
  /// Before the point, the sign included; at least one.
  package let before: Int
  package let after: Int

  package init(_ number: Double) {
    let parts = number.magnitude.description.split(separator: "e")
    let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
    let exponent = parts.count == 2 ? Int(parts[1]) ?? 0 : 0
    let fraction = mantissa.count == 2 && mantissa[1] != "0" ? mantissa[1].count : 0
    before = max(1, mantissa[0].count + exponent) + (number.sign == .minus ? 1 : 0)
    after = max(0, fraction - exponent)
  }
}
