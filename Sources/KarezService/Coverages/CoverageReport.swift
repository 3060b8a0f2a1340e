public import KarezCore
import KarezGeometry

/// What an examination found, as programs and people read it.
public struct CoverageReport: Sendable {
  struct Entry: Sendable {
    let fault: CoverageFault
    /// Ids of the features, in the fault's order.
    let ids: [String]
  }

  private let order: CoverageJob.Order
  private let examined: Int
  private let entries: [Entry]
  private let wideGaps: Int
  /// Ids of polygons that bound no area properly.
  private let invalid: [String]
  private let warnings: [BoundaryWarning]
  /// Features a repair names that are not among the fault's own are not possible.
  private let idOf: [Int: String]

  init(
    _ examination: CoverageExamination, of layer: Layer, _ order: CoverageJob.Order,
    warnings: [BoundaryWarning]
  ) throws(LayerError) {
    self.order = order
    self.warnings = warnings
    examined = examination.examined
    wideGaps = examination.wideGaps
    invalid = try examination.unsound.map { number throws(LayerError) in
      try layer.id(of: number)
    }
    var idOf: [Int: String] = [:]
    for fault in examination.faults {
      for number in fault.features where idOf[number] == nil {
        idOf[number] = try layer.id(of: number)
      }
    }
    self.idOf = idOf
    entries = examination.faults.map { fault in
      Entry(fault: fault, ids: fault.features.map { idOf[$0] ?? "" })
    }
  }

  /// The features that have anything to do with a fault.
  var named: [String] { Set(entries.flatMap(\.ids) + invalid).sorted() }

  /// The land of the faults, as far as it was drawn.
  var shapes: [Geometry] { entries.compactMap(\.fault.geometry).map(Geometry.polygons) }

  // MARK: JSON

  public var json: JSONValue {
    let noise = entries.filter(\.fault.isNoise)
    var counts: [String: JSONValue] = [:]
    for kind in CoverageFault.Kind.allCases {
      counts[kind.rawValue] = .integer(Int64(entries.count { $0.fault.kind == kind }))
    }
    return .object([
      "examined": .integer(Int64(examined)),
      "faults": .array(entries.map(json)),
      "counts": .object(counts),
      "toleranceM2": .string(DecimalText.fixed(order.toleranceM2, decimals: 6)),
      "noise": .object([
        "faults": .integer(Int64(noise.count)),
        "areaM2": .string(Self.area(noise.reduce(0) { $0 + $1.fault.areaM2 })),
      ]),
      "wideGaps": .integer(Int64(wideGaps)),
      "invalid": .array(invalid.map { .string($0) }),
      "warnings": .array(warnings.map(\.json)),
    ])
  }

  private static func area(_ area: Double) -> String { DecimalText.fixed(area, decimals: 6) }

  private static func json(_ place: Position) -> JSONValue {
    .array([.number(place.x), .number(place.y)])
  }

  private func json(_ entry: Entry) -> JSONValue {
    let fault = entry.fault
    let suggestion = suggestion(fault.repair)
    return .object([
      "kind": .string(fault.kind.rawValue), "areaM2": .string(Self.area(fault.areaM2)),
      "place": Self.json(fault.place), "features": .array(entry.ids.map { .string($0) }),
      "noise": .boolean(fault.isNoise), "repair": json(fault.repair),
      "suggestion": .object(["zh": .string(suggestion.zh), "en": .string(suggestion.en)]),
      "geometry": fault.geometry?.geoJSON ?? .null,
    ])
  }

  private func json(_ repair: CoverageRepair) -> JSONValue {
    func action(_ name: String, _ feature: Int, _ more: [String: JSONValue] = [:]) -> JSONValue {
      .object(
        ["action": .string(name), "feature": .string(idOf[feature] ?? "")]
          .merging(more) { own, _ in own })
    }
    return switch repair {
    case .give(let feature): action("give", feature)
    case .take(let feature, let other):
      action("take", feature, ["other": .string(idOf[other] ?? "")])
    case .drop(let feature): action("drop", feature)
    case .cutOut(let inner, let feature):
      action("cut-out", feature, ["other": .string(idOf[inner] ?? "")])
    case .insert(let vertex, let feature):
      action("insert", feature, ["vertex": Self.json(vertex)])
    }
  }

  // MARK: Text

  private func suggestion(_ repair: CoverageRepair) -> LocalizedText {
    func id(_ feature: Int) -> String { idOf[feature] ?? "" }
    return switch repair {
    case .give(let to): LocalizedText(zh: "并入 \(id(to))", en: "give it to \(id(to))")
    case .take(let from, let other):
      LocalizedText(
        zh: "从 \(id(from)) 中扣除，归 \(id(other))",
        en: "take it from \(id(from)), leave it to \(id(other))")
    case .drop(let feature): LocalizedText(zh: "删除 \(id(feature))", en: "drop \(id(feature))")
    case .cutOut(let inner, let from):
      LocalizedText(
        zh: "从 \(id(from)) 中挖去 \(id(inner))", en: "cut \(id(inner)) out of \(id(from))")
    case .insert(let vertex, let into):
      LocalizedText(
        zh: "在 \(id(into)) 边界上加节点 \(Self.text(vertex))",
        en: "insert vertex \(Self.text(vertex)) into \(id(into))")
    }
  }

  private static func text(_ place: Position) -> String {
    DecimalText.fixed(place.x, decimals: 9) + "," + DecimalText.fixed(place.y, decimals: 9)
  }

  private static func name(of kind: CoverageFault.Kind) -> LocalizedText {
    switch kind {
    case .gap: LocalizedText(zh: "缝隙", en: "gap")
    case .overlap: LocalizedText(zh: "重叠", en: "overlap")
    case .duplicate: LocalizedText(zh: "重复", en: "duplicate")
    case .contained: LocalizedText(zh: "包含", en: "contained")
    case .mismatch: LocalizedText(zh: "节点不一致", en: "mismatch")
    }
  }

  /// Features shown in a line; the JSON has all.
  private static let shown = 6

  /// A line a fault, tab-separated: kind, area, place, features, suggestion; then the sums.
  public func lines(in language: Language) -> [String] {
    let isEnglish = language == .en
    var lines = entries.map { entry in
      let fault = entry.fault
      let noise = fault.isNoise ? (isEnglish ? " (noise)" : "（误差）") : ""
      let more = entry.ids.count > Self.shown ? " …" : ""
      return [
        Self.name(of: fault.kind)[language] + noise,
        DecimalText.fixed(fault.areaM2, decimals: fault.isNoise ? 6 : 2) + " m²",
        Self.text(fault.place), entry.ids.prefix(Self.shown).joined(separator: " ") + more,
        suggestion(fault.repair)[language],
      ].joined(separator: "\t")
    }
    lines.append(summary(in: isEnglish))
    if wideGaps > 0, let width = order.gapWidthMetres {
      let text = DecimalText.fixed(width, decimals: 2)
      lines.append(
        isEnglish
          ? "\(wideGaps) gaps wider than \(text) m, taken as intended"
          : "宽于 \(text) m 的空白 \(wideGaps) 处，视为有意留空")
    }
    if !invalid.isEmpty {
      let ids = invalid.prefix(Self.shown).joined(separator: " ")
      lines.append(
        isEnglish
          ? "\(invalid.count) polygons cross themselves and were counted by what they bound: \(ids)"
          : "\(invalid.count) 个图斑自相交，按其实际围成的面积计：\(ids)")
    }
    return lines + warnings.map { "! " + $0.message[language] }
  }

  private func summary(in isEnglish: Bool) -> String {
    let noise = entries.filter(\.fault.isNoise)
    let occupation = entries.count - noise.count
    let tolerance = DecimalText.fixed(order.toleranceM2, decimals: 4)
    let area = DecimalText.fixed(
      entries.reduce(0) { $0 + ($1.fault.isNoise ? 0 : $1.fault.areaM2) }, decimals: 2)
    return isEnglish
      ? "\(examined) polygons examined: \(occupation) faults, \(area) m²; "
        + "\(noise.count) more of at most \(tolerance) m², noise of drawing"
      : "检查图斑 \(examined) 个：问题 \(occupation) 处，\(area) m²；"
        + "另有不超过 \(tolerance) m² 的误差 \(noise.count) 处"
  }
}
