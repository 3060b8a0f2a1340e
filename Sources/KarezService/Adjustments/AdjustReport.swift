public import KarezCore
import KarezGeometry
import KarezRules
import KarezTables

/// 平差结果: every polygon's area as measured and as adjusted, by control figure.
public struct AdjustReport: Sendable {
  /// One polygon.
  public struct Patch: Sendable {
    public let id: String
    public let measuredM2: Double
    /// Hundredths of a square metre; nil where the group was not adjusted.
    public internal(set) var adjusted: Int64?

    init(id: String, measuredM2: Double) {
      self.id = id
      self.measuredM2 = measuredM2
    }

    /// Millionths of a square metre.
    var adjustment: Int128? {
      adjusted.map { Int128($0) * 10_000 - AreaAdjustment.millionths(measuredM2) }
    }
  }

  /// The polygons of one control figure.
  public struct Group: Sendable {
    public enum State: String, CaseIterable, Sendable {
      case adjusted
      /// The sum is farther from the control figure than the profile allows.
      case tooFarOff = "too-far-off"
      case withoutControl = "without-control"
    }

    public let control: String
    public let state: State
    /// The control figure in hundredths of a square metre.
    public let figure: Int64?
    /// The sum as measured, in millionths of a square metre.
    let measured: Int128
    /// In the order of their ids.
    public let patches: [Patch]

    init(_ control: String, _ patches: [Patch], figure: Double?, allowance: AreaAllowance) {
      self.control = control
      var sorted = patches.sorted { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) }
      let areas = sorted.map(\.measuredM2)
      measured = areas.map(AreaAdjustment.millionths).reduce(0, +)
      self.figure = figure.flatMap { DecimalText.units(of: $0, decimals: 2) }
      guard let figure, let units = self.figure else {
        state = .withoutControl
        self.patches = sorted
        return
      }
      let allowed = AreaAdjustment.millionths(allowance.squareMetres(beside: figure))
      let apart = Int128(units) * 10_000 - measured
      if apart.magnitude <= allowed.magnitude,
        let adjusted = AreaAdjustment.adjusted(areas, toHundredths: units)
      {
        for index in sorted.indices { sorted[index].adjusted = adjusted[index] }
        state = .adjusted
      } else {
        state = .tooFarOff
      }
      self.patches = sorted
    }

    /// The control figure less the sum as measured, in square metres.
    public var differenceM2: Double? {
      figure.map { Double(Int128($0) * 10_000 - measured) / 1e6 }
    }
  }

  public let schema: DatasetSchema
  public let rule: String
  let test: ClosureTest
  public let day: LegalDate
  /// In the order of their control features.
  public let groups: [Group]

  init(
    schema: DatasetSchema, rule: String, test: ClosureTest, day: LegalDate, groups: [Group]
  ) {
    self.schema = schema
    self.rule = rule
    self.test = test
    self.day = day
    self.groups = groups.sorted { $0.control < $1.control }
  }

  /// Whether every polygon was adjusted.
  public var isComplete: Bool { groups.allSatisfy { $0.state == .adjusted } }

  /// What `karez adjust --json` prints; without the polygons where they have gone into a file.
  public func json(withPatches: Bool = true) -> JSONValue {
    .object([
      "dataset": .string(schema.id.text), "rule": .string(rule),
      "control": .string(test.dataset.text), "on": .string(day.description),
      "isComplete": .boolean(isComplete),
      "groups": .array(groups.map { $0.json(withPatches: withPatches) }),
    ])
  }

  /// A line a polygon and one a control figure, columns set apart by tabs.
  ///
  /// Without the polygons where they have gone into a file.
  public func lines(in language: Language, withPatches: Bool = true) -> [String] {
    groups.flatMap { group in
      (withPatches ? group.patches.map(\.line) : []) + [group.line(in: language)]
    } + [conclusion(language == .en)]
  }

  private func conclusion(_ isEnglish: Bool) -> String {
    let count = groups.reduce(0) { $0 + $1.patches.count }
    let left = groups.count { $0.state != .adjusted }
    guard left > 0 else {
      return isEnglish
        ? "\(count) polygons adjusted to \(groups.count) control figures by \(rule)"
        : "按 \(rule) 将 \(count) 个图斑平差到 \(groups.count) 个控制面积"
    }
    return isEnglish
      ? "\(left) of \(groups.count) groups were not adjusted; look for gaps, overlaps and wrong codes"
      : "\(groups.count) 组中 \(left) 组未平差；请查缝隙、重叠与归属"
  }

  /// Writes the polygons as `.csv` or `.parquet`, whole or not at all.
  public func write(to path: String) throws(Problem) {
    guard let format = TableFormat(path: path) else {
      throw Wording(
        "output-format-unknown", "输出文件须为 .csv 或 .parquet",
        "the output is a .csv or a .parquet file",
        do: "更正 --out", "mend --out"
      ).problem(.usage, at: "--out")
    }
    do throws(TableError) {
      let schema = try TableSchema([
        TableColumn("id", .text), TableColumn("control", .text),
        TableColumn("measured_m2", .decimal(places: 4)),
        TableColumn("adjusted_m2", .decimal(places: 2), isNullable: true),
        TableColumn("adjustment_m2", .decimal(places: 4), isNullable: true),
      ])
      let table = try format.writer(to: path, schema: schema)
      for group in groups {
        var rows = TableBatch(schema, capacity: group.patches.count)
        for patch in group.patches {
          rows[0].append(text: patch.id)
          rows[1].append(text: group.control)
          rows[2].append(number: patch.measuredM2)
          rows[3].append(number: patch.adjusted.map { Double($0) / 100 })
          rows[4].append(number: patch.adjustment.map { Double($0) / 1e6 })
        }
        try table.append(rows)
      }
      try table.finish()
    } catch {
      throw .table(error)
    }
  }
}

extension AdjustReport.Patch {
  private var texts: (measured: String, adjusted: String?, adjustment: String?) {
    (
      DecimalText.fixed(measuredM2, decimals: 4),
      adjusted.map { DecimalText.fixed(Double($0) / 100, decimals: 2) },
      adjustment.map { DecimalText.fixed(Double($0) / 1e6, decimals: 4) }
    )
  }

  var line: String {
    let texts = texts
    return [id, texts.measured, texts.adjusted ?? "–", texts.adjustment ?? "–"]
      .joined(separator: "\t")
  }

  var json: JSONValue {
    let texts = texts
    return .object([
      "id": .string(id), "measuredM2": .string(texts.measured),
      "adjustedM2": .optional(texts.adjusted), "adjustmentM2": .optional(texts.adjustment),
    ])
  }
}

extension AdjustReport.Group {
  private var figureText: String? {
    figure.map { DecimalText.fixed(Double($0) / 100, decimals: 2) }
  }
  private var measuredText: String { DecimalText.fixed(Double(measured) / 1e6, decimals: 4) }
  private var differenceText: String? {
    differenceM2.map { DecimalText.fixed($0, decimals: 4) }
  }

  func line(in language: Language) -> String {
    let isEnglish = language == .en
    let name = control.isEmpty ? "–" : control
    guard let figureText, let differenceText else {
      return isEnglish
        ? "! \(name): no control figure; sum \(measuredText) m²"
        : "! \(name)：没有控制面积；合计 \(measuredText) 平方米"
    }
    let alarm = state == .tooFarOff ? (isEnglish ? "; not adjusted" : "；未平差") : ""
    return (state == .tooFarOff ? "! " : "= ")
      + (isEnglish
        ? "\(name): control \(figureText) m², sum \(measuredText), difference \(differenceText)"
        : "\(name)：控制面积 \(figureText) 平方米，合计 \(measuredText)，相差 \(differenceText)") + alarm
  }

  func json(withPatches: Bool) -> JSONValue {
    .object([
      "control": .string(control), "state": .string(state.rawValue),
      "figureM2": .optional(figureText), "measuredM2": .string(measuredText),
      "differenceM2": .optional(differenceText), "count": .integer(Int64(patches.count)),
      "patches": .array(withPatches ? patches.map(\.json) : []),
    ])
  }
}
