import KarezCore
import KarezReading

/// The names a layer and its fields have in a format of others.
struct LibraryNames {
  let layer: String
  let fields: [String]
  let notes: [OutputNote]

  /// - Errors: `nameUnusable`, `namesCollide`.
  init(_ output: OutputLayer, _ rules: LibraryRules) throws(WritingError) {
    layer = try Self.layer(output, rules)
    guard rules.holdsFields else {
      fields = []
      notes = output.fields.isEmpty ? [] : [.fieldsLeftOut(output.fields.map(\.name))]
      return
    }
    fields =
      rules.format == .shapefile
      ? try Self.short(output.fields, rules) : try Self.own(output.fields, rules)
    var notes: [OutputNote] = []
    if layer != output.name, rules.format != .xlsx { notes.append(.layerRenamed(to: layer)) }
    // A heading of a table is its title, which tells itself.
    if rules.format != .xlsx {
      notes += zip(output.fields, fields).compactMap { field, name in
        field.name == name ? nil : .fieldRenamed(field: field.name, to: name)
      }
    }
    self.notes = notes
  }

  private static func layer(
    _ output: OutputLayer, _ rules: LibraryRules
  ) throws(WritingError) -> String {
    let name = output.name
    let isPlain = !name.isEmpty && name.utf8.count <= 120 && name.forbiddenScalar == nil
    guard isPlain, !name.hasPrefix("."), !name.contains("/") else {
      throw .layer(.nameUnusable(name: name))
    }
    switch rules.format {
    case .xlsx:
      let title = output.title.zh.isEmpty ? name : output.title.zh
      return String(title.map { "[]:*?/\\'".contains($0) ? "_" : $0 }.prefix(31))
    case .dxf:
      // The drawing's text is that of a code page, not Unicode.
      guard name.utf8.allSatisfy({ $0 < 0x80 && !"<>/\\\":;?*|=`".utf8.contains($0) }) else {
        throw .layer(.nameUnusable(name: name))
      }
      return name
    case .shapefile: return name
    default: return identifier(name)
    }
  }

  /// Letters, digits and low lines, not beginning with a digit.
  private static func identifier(_ name: String) -> String {
    let plain = String(name.map { $0.isLetter || $0.isNumber || $0 == "_" ? $0 : "_" })
    return plain.first?.isNumber == true ? "_" + plain : plain
  }

  /// The attributes' own names, or their titles in a table for people.
  private static func own(
    _ fields: [OutputField], _ rules: LibraryRules
  ) throws(WritingError) -> [String] {
    var names: [String] = []
    var taken: [String: String] = [:]
    let titles = fields.map(\.title.zh)
    for field in fields {
      var name = field.name
      if rules.format == .xlsx {
        let isAlone = titles.count { $0 == field.title.zh } == 1
        name = isAlone ? field.title.zh : "\(field.title.zh)（\(field.name)）"
      } else {
        name = identifier(name)
        if rules.format == .fileGDB, reserved.contains(name.uppercased()) { name += "_" }
      }
      guard !name.isEmpty else { throw .layer(.nameUnusable(name: field.name)) }
      if let first = taken.updateValue(field.name, forKey: name.lowercased()) {
        throw .layer(.namesCollide(first: first, second: field.name, name: name))
      }
      names.append(name)
    }
    return names
  }

  /// Names a geodatabase keeps for itself.
  private static let reserved: Set<String> = [
    "OBJECTID", "SHAPE", "SHAPE_LENGTH", "SHAPE_AREA", "ADD", "ALTER", "AND", "BETWEEN", "BY",
    "COLUMN", "CREATE", "DELETE", "DROP", "EXISTS", "FOR", "FROM", "GROUP", "IN", "INSERT", "INTO",
    "IS", "LIKE", "NOT", "NULL", "OR", "ORDER", "SELECT", "SET", "TABLE", "UPDATE", "VALUES",
    "WHERE",
  ]

  // MARK: Ten bytes

  private static let mostBytes = 10

  /// The standard's short names, cut to ten bytes where they are longer, each once.
  private static func short(
    _ fields: [OutputField], _ rules: LibraryRules
  ) throws(WritingError) -> [String] {
    guard let encoder = TextEncoder(encoding: rules.encoding) else { return [] }
    var names: [String] = []
    var taken: Set<String> = []
    for field in fields {
      let whole = field.source ?? field.name
      guard let bytes = encoder.encode(whole), !bytes.isEmpty, whole.forbiddenScalar == nil else {
        throw .layer(.nameUnusable(name: whole))
      }
      var name = cut(whole, to: mostBytes, encoder)
      var number = 1
      while !taken.insert(name.uppercased()).inserted {
        let ending = "_\(number)"
        name = cut(whole, to: mostBytes - ending.utf8.count, encoder) + ending
        number += 1
      }
      names.append(name)
    }
    return names
  }

  /// As many characters as fit into so many bytes.
  private static func cut(_ name: String, to count: Int, _ encoder: TextEncoder) -> String {
    var name = name
    while let bytes = encoder.encode(name), bytes.count > count { name.removeLast() }
    return name
  }
}
