public import KarezCore
import KarezStore

/// 分类面积统计: how many features, and how much land, each class of each region has in one state.
///
/// - Shape: every sum is the sum of the lines it stands for, to the last digit printed.
/// - Units: statutory ellipsoidal area in ten-thousandths of a square metre, rounded once a line.
public struct StatisticsTable: Hashable, Sendable {
  public struct Line: Hashable, Sendable {
    public let region: String
    public let className: String
    public internal(set) var count = 0
    var units: Int64 = 0

    public var areaM2: Double { LedgerUnits.squareMetres(units) }
    public var areaText: String { LedgerUnits.text(units) }

    init(region: String, className: String, count: Int = 0, units: Int64 = 0) {
      self.region = region
      self.className = className
      self.count = count
      self.units = units
    }

    fileprivate func adding(_ lines: [Line]) -> Line {
      lines.reduce(into: self) { sum, line in
        sum.count += line.count
        sum.units += line.units
      }
    }
  }

  /// How a feature's region is known.
  public enum Regions: String, CaseIterable, Hashable, Sendable {
    /// By the borders of the day; a feature belongs whole to the unit that has most of it.
    case borders
    /// By the administrative code recorded with the feature.
    case code
    /// The dataset says nothing of regions.
    case none
  }

  public let dataset: String
  public let attribute: String?
  public let level: StatisticsOrder.Level
  public let regionsBy: Regions
  public let asOf: AsOf
  /// Whether there are areas; points and lines are only counted.
  public let isMeasured: Bool
  /// By region and class.
  public internal(set) var lines: [Line] = []
  /// What regions are called, where their borders say it.
  public internal(set) var names: [String: String] = [:]
  /// The land that was looked at; nil for all.
  public internal(set) var area: StatisticsArea?

  init(
    _ order: StatisticsOrder, asOf: AsOf, attribute: String?, regionsBy: Regions, isMeasured: Bool
  ) {
    dataset = order.dataset
    level = order.level
    self.asOf = asOf
    self.attribute = attribute
    self.regionsBy = regionsBy
    self.isMeasured = isMeasured
  }

  /// Sums over classes, by region.
  public var regions: [Line] {
    Self.sums(of: lines, by: \.region).map { Line(region: $0, className: "").adding($1) }
  }

  /// Sums over regions, by class.
  public var classes: [Line] {
    Self.sums(of: lines, by: \.className).map { Line(region: "", className: $0).adding($1) }
  }

  public var total: Line { Line(region: "", className: "").adding(lines) }

  private static func sums(
    of lines: [Line], by name: (Line) -> String
  ) -> [(String, [Line])] {
    Dictionary(grouping: lines, by: name).sorted { $0.key < $1.key }
  }

  /// Areas in a coarser unit, which sum to the rounded whole: what rounding leaves goes to the
  /// largest remainders, as in the levelling of control areas.
  public static func levelled(_ lines: [Line], to unit: Unit) -> [String] {
    let (factor, step) = unit.ratio
    let amounts = lines.map { $0.units * factor }
    var rounded = amounts.map { $0 / step }
    var rest = (amounts.reduce(0, +) + step / 2) / step - rounded.reduce(0, +)
    let order = lines.indices.sorted { left, right in
      let (one, other) = (amounts[left] % step, amounts[right] % step)
      return one == other ? left < right : one > other
    }
    for index in order where rest > 0 {
      rounded[index] += 1
      rest -= 1
    }
    return rounded.map { unit.text($0) }
  }

  /// A unit as tables print it.
  public enum Unit: Sendable {
    /// Two decimals.
    case squareMetres
    /// Four decimals, whole square metres.
    case hectares
    /// Two decimals.
    case mu

    /// A printed last digit is `step` of the ten-thousandths of a square metre times `factor`.
    fileprivate var ratio: (factor: Int64, step: Int64) {
      switch self {
      case .squareMetres: (1, 100)
      case .hectares: (1, 10_000)
      // 亩 are 2000/3 m².
      case .mu: (3, 200_000)
      }
    }

    fileprivate func text(_ units: Int64) -> String {
      let decimals = if case .hectares = self { 4 } else { 2 }
      let digits = String(units)
      let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
      return padded.dropLast(decimals) + "." + padded.suffix(decimals)
    }
  }
}

extension StatisticsTable {
  /// What `/api/v1/statistics` answers.
  public var json: JSONValue {
    .object([
      "dataset": .string(dataset), "by": .optional(attribute),
      "asOf": .object([
        "validOn": .string(asOf.validOn.description),
        "recorded": .integer(Int64(asOf.recorded.value)),
      ]),
      "level": .string(level.rawValue), "regionsBy": .string(regionsBy.rawValue),
      "method": .optional(isMeasured ? "statutory-ellipsoidal" : nil),
      "area": area?.json ?? .null,
      "names": .object(names.mapValues(JSONValue.string)),
      "lines": .array(lines.map { json($0, ["region", "class"]) }),
      "regions": .array(regions.map { json($0, ["region"]) }),
      "classes": .array(classes.map { json($0, ["class"]) }), "total": json(total, []),
    ])
  }

  private func json(_ line: Line, _ keys: [String]) -> JSONValue {
    var members: [String: JSONValue] = [
      "features": .integer(Int64(line.count)),
      "statutoryAreaM2": .optional(isMeasured ? line.areaText : nil),
    ]
    if keys.contains("region") { members["region"] = .string(line.region) }
    if keys.contains("class") { members["class"] = .string(line.className) }
    return .object(members)
  }

  /// What `json` wrote; nil for anything else.
  init?(_ json: JSONValue) {
    guard let dataset = json["dataset"]?.string, let lines = json["lines"]?.array,
      let level = json["level"]?.string.flatMap(StatisticsOrder.Level.init),
      let regionsBy = json["regionsBy"]?.string.flatMap(Regions.init),
      let day = json["asOf"]?["validOn"]?.string.flatMap({ LegalDate($0) }),
      let commit = json["asOf"]?["recorded"]?.integer.flatMap({
        CommitNumber(Int(clamping: $0))
      })
    else { return nil }
    var order = StatisticsOrder(dataset: dataset)
    order.level = level
    self.init(
      order, asOf: AsOf(validOn: day, recorded: commit), attribute: json["by"]?.string,
      regionsBy: regionsBy, isMeasured: json["method"]?.string != nil)
    self.lines = lines.compactMap(Line.init)
    guard self.lines.count == lines.count else { return nil }
    if case .object(let members)? = json["names"] { names = members.compactMapValues(\.string) }
    area = json["area"].flatMap(StatisticsArea.init)
  }
}

extension StatisticsTable.Line {
  /// Nil for what is no line of a table.
  init?(_ json: JSONValue) {
    guard let region = json["region"]?.string, let className = json["class"]?.string,
      let count = json["features"]?.integer, count >= 0
    else { return nil }
    let text = json["statutoryAreaM2"]?.string
    let units = text.map(LedgerUnits.units) ?? 0
    // Sums of lines must not overflow, whatever a file says.
    guard let units, (0...(1 << 56)).contains(units) else { return nil }
    self.init(
      region: region, className: className, count: Int(clamping: min(count, 1 << 40)),
      units: units)
  }
}
