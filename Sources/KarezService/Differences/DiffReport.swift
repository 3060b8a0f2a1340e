public import KarezCore
import KarezStore

/// What changed between two states of a dataset: features, and the account of the land.
public struct DiffReport: Sendable {
  let order: DiffOrder
  public let schema: DatasetSchema
  /// The attribute of the classes; nil where the dataset has none with a code table.
  public let attribute: String?
  public let from: AsOf
  public let to: AsOf
  /// In the order of their ids.
  public internal(set) var changes: [PatchChange] = []
  /// Without lines where the dataset is not of polygons.
  public internal(set) var ledger = AreaLedger(from: [:], to: [:], old: [:], new: [:], kept: [:])

  init(order: DiffOrder, schema: DatasetSchema, attribute: String?, from: AsOf, to: AsOf) {
    self.order = order
    self.schema = schema
    self.attribute = attribute
    self.from = from
    self.to = to
  }

  public var counts: [(kind: PatchChange.Kind, count: Int)] {
    let counts = Dictionary(grouping: changes, by: \.kind).mapValues(\.count)
    return PatchChange.Kind.allCases.map { ($0, counts[$0] ?? 0) }
  }

  /// What `karez diff --json` prints.
  public func json(atMost limit: Int = .max) -> JSONValue {
    .object([
      "dataset": .string(order.dataset), "by": .optional(attribute),
      "from": Self.json(from), "to": Self.json(to),
      "units": .optional(order.units),
      "unitsOn": .optional(order.units.map { _ in (order.unitsOn ?? order.to).description }),
      "regionDigits": .integer(Int64(order.regionDigits)),
      "toleranceM2": .string(DecimalText.fixed(order.toleranceM2, decimals: 2)),
      "counts": .object(
        Dictionary(
          uniqueKeysWithValues: counts.map { ($0.kind.rawValue, .integer(Int64($0.count))) })),
      "isComplete": .boolean(changes.count <= limit),
      "patches": .array(changes.prefix(limit).map(\.json)),
      "ledger": .array(ledger.lines.map(\.json)),
      "regions": .array(ledger.regions.map(\.json)),
      "classes": .array(ledger.classes.map(\.json)), "total": ledger.total.json,
    ])
  }

  private static func json(_ asOf: AsOf) -> JSONValue {
    .object([
      "validOn": .string(asOf.validOn.description),
      "recorded": .integer(Int64(asOf.recorded.value)),
    ])
  }

  /// The ledger as a table of tabs with its sums, and how many features of each kind.
  public func lines(in language: Language) -> [String] {
    let isEnglish = language == .en
    var lines = counts.filter { $0.count > 0 }.map { "\($0.kind.title[language])\t\($0.count)" }
    if changes.isEmpty { lines.append(isEnglish ? "nothing differs" : "没有差异") }
    guard !ledger.lines.isEmpty else { return lines }
    lines.append(
      (isEnglish
        ? ["region", "class", "from", "gain", "loss", "to"] : ["区划", "类别", "期初", "增加", "减少", "期末"])
        .joined(separator: "\t"))
    let sum = isEnglish ? "sum" : "合计"
    for region in ledger.regions {
      lines += ledger.lines.filter { $0.region == region.region }.map {
        Self.line($0, [$0.region, $0.className])
      }
      lines.append(Self.line(region, [region.region, sum]))
    }
    let total = ledger.total
    lines.append(Self.line(total, [sum, ""]))
    let closure = LedgerUnits.text(total.closure)
    lines.append(
      isEnglish
        ? "\(total.fromM2) + \(total.gainM2) − \(total.lossM2) = \(total.toM2) m², closure \(closure)"
        : "\(total.fromM2) + \(total.gainM2) − \(total.lossM2) = \(total.toM2) 平方米，闭合差 \(closure)")
    return lines
  }

  private static func line(_ line: AreaLedger.Line, _ names: [String]) -> String {
    (names + [line.fromM2, line.gainM2, line.lossM2, line.toM2]).joined(separator: "\t")
  }
}

extension PatchChange.Kind {
  /// What people call it.
  public var title: LocalizedText {
    switch self {
    case .inserted: LocalizedText(zh: "新增", en: "inserted")
    case .ended: LocalizedText(zh: "终止", en: "ended")
    case .changed: LocalizedText(zh: "变更", en: "changed")
    case .split: LocalizedText(zh: "分割", en: "split")
    case .merged: LocalizedText(zh: "合并", en: "merged")
    }
  }
}
