import KarezCore
import KarezGeometry

/// The layers of a VCT file, named and typed.
struct VCTCatalogue {
  let layers: [VCTFile.Layer]

  init(_ layout: VCTLayout, _ decoder: TextDecoder) {
    var layers: [VCTFile.Layer] = []
    var used: Set<Int> = []
    let shared = Self.warnings(of: layout)
    for group in Self.groups(of: layout.classes) {
      let table = layout.table(named: group.table)
      if let table { used.insert(table) }
      var warnings = shared
      let fields = Self.fields(of: table.map { layout.tables[$0] }, decoder, &warnings)
      if table == nil, !group.table.isEmpty {
        warnings.append(ReadWarning(code: "vct-table-undeclared", facts: ["table": group.name]))
      }
      layers.append(
        VCTFile.Layer(
          name: Self.text(group.table, decoder, or: group.name),
          title: group.titles.map { Self.text($0, decoder, or: "") }.joined(separator: "、"),
          geometry: group.geometry, fields: fields,
          featureCount: group.count, warnings: warnings, kind: group.kind, codes: group.codes,
          table: table))
    }
    for (index, table) in layout.tables.enumerated() where !used.contains(index) {
      guard table.rowCount > 0 || table.hasNoGeometry else { continue }
      var warnings = shared
      let fields = Self.fields(of: table, decoder, &warnings)
      layers.append(
        VCTFile.Layer(
          name: Self.text(table.name, decoder, or: "table \(index + 1)"), title: "",
          geometry: .none, fields: fields, featureCount: table.rowCount, warnings: warnings,
          kind: nil, codes: [], table: index))
    }
    self.layers = Self.distinct(layers)
  }

  /// The classes of one kind that share a table; each without a table stands alone.
  private struct Group {
    let kind: VCTObjects.Kind
    let table: [UInt8]
    let name: String
    var titles: [[UInt8]]
    var codes: Set<String>
    var count: Int64

    var geometry: GeometryKind {
      switch kind {
      case .point: .point
      case .line: .line
      case .polygon: .polygon
      }
    }
  }

  private static func groups(of classes: [VCTClass]) -> [Group] {
    var groups: [Group] = []
    for found in classes {
      guard let kind = found.kind else { continue }
      let place = groups.firstIndex {
        $0.kind == kind && !found.table.isEmpty && VCTText.isSame($0.table, found.table)
      }
      if let place {
        guard groups[place].codes.insert(found.code).inserted else { continue }
        groups[place].titles.append(found.title)
        groups[place].count += found.count
      } else {
        groups.append(
          Group(
            kind: kind, table: found.table, name: found.code, titles: [found.title],
            codes: [found.code], count: found.count))
      }
    }
    return groups
  }

  private static func fields(
    of table: VCTTable?, _ decoder: TextDecoder, _ warnings: inout [ReadWarning]
  ) -> [SourceField] {
    var names: Set<String> = []
    var fields: [SourceField] = []
    for (index, field) in (table?.fields ?? []).enumerated() {
      var name = text(field.name, decoder, or: "field_\(index + 1)")
      while !names.insert(name).inserted { name += "_" }
      guard let type = field.type else {
        warnings.append(ReadWarning(code: "field-skipped", facts: ["field": name]))
        continue
      }
      fields.append(SourceField(name: name, type: type))
    }
    return fields
  }

  private static func text(_ bytes: [UInt8], _ decoder: TextDecoder, or other: String) -> String {
    guard let text = decoder.decode(bytes), !text.isEmpty, text.forbiddenScalar == nil else {
      return other
    }
    return text
  }

  /// Layers of one table and several kinds are told apart by the kind.
  private static func distinct(_ layers: [VCTFile.Layer]) -> [VCTFile.Layer] {
    var names: Set<String> = []
    return layers.map { layer in
      var name = layer.name
      if names.contains(name) { name += "@" + layer.geometry.rawValue }
      while !names.insert(name).inserted { name += "_" }
      return layer.renamed(name)
    }
  }

  private static func warnings(of layout: VCTLayout) -> [ReadWarning] {
    var warnings = layout.head.unknownKeys.map {
      ReadWarning(code: "vct-head-key", facts: ["key": $0])
    }
    for (section, count) in layout.notices.skipped.sorted(by: { $0.key < $1.key }) {
      warnings.append(
        ReadWarning(
          code: "vct-section-skipped", facts: ["section": section, "count": String(count)]))
    }
    for (kind, found) in layout.notices.undeclared.sorted(by: { $0.key < $1.key }) {
      let facts = ["kind": kind, "count": String(found.count), "line": String(found.line)]
      warnings.append(ReadWarning(code: "vct-class-undeclared", facts: facts))
    }
    for table in layout.notices.unknownTables {
      warnings.append(ReadWarning(code: "vct-table-undeclared", facts: ["table": table]))
    }
    if layout.head.hasHeights { warnings.append(ReadWarning(code: "z-dropped")) }
    let shift = layout.coordinates.shift
    if shift.x != 0 || shift.y != 0 {
      warnings.append(
        ReadWarning(code: "vct-offset-added", facts: ["x": "\(shift.x)", "y": "\(shift.y)"]))
    }
    return warnings
  }
}

extension VCTFile.Layer {
  func renamed(_ name: String) -> VCTFile.Layer {
    VCTFile.Layer(
      name: name, title: title, geometry: geometry, fields: fields, featureCount: featureCount,
      warnings: warnings, kind: kind, codes: codes, table: table)
  }
}
