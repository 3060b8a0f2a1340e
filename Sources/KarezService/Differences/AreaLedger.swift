import KarezCore

/// What a line of the ledger is of: a region, a class of it.
struct LedgerKey: Hashable, Comparable, Sendable {
  let region: String
  let className: String

  static func < (left: LedgerKey, right: LedgerKey) -> Bool {
    (left.region, left.className) < (right.region, right.className)
  }
}

/// 面积账: what each class of each region had, gained, lost and has.
///
/// - Shape: in every line, and in every sum of lines, from + gain − loss = to, to the last digit
///   printed. Land that was of the line before and after is neither gain nor loss, whatever became
///   of the patches it lay in.
/// - Accuracy: from and to are the exact sums, rounded once; what closes the line, at most two
///   ten-thousandths of a square metre, is in the gain or the loss.
public struct AreaLedger: Hashable, Sendable {
  public struct Line: Hashable, Sendable {
    public let region: String
    public let className: String
    var from: Int64 = 0
    var gain: Int64 = 0
    var loss: Int64 = 0
    var to: Int64 = 0

    /// What is left when the line is added up; nothing, always.
    public var closure: Int64 { from + gain - loss - to }

    /// Whether nothing was gained and nothing lost.
    public var isStill: Bool { gain == 0 && loss == 0 }
  }

  /// By region and class.
  public let lines: [Line]

  /// - `from`, `to`: all land of the two states. `old`, `new`: that of the patches that differ.
  ///   `kept`: what of these is in the same line before and after.
  init(
    from: [LedgerKey: ExactArea], to: [LedgerKey: ExactArea], old: [LedgerKey: ExactArea],
    new: [LedgerKey: ExactArea], kept: [LedgerKey: ExactArea]
  ) {
    lines = Set(from.keys).union(to.keys).sorted().map { key in
      var line = Line(region: key.region, className: key.className)
      line.from = (from[key] ?? .zero).printed
      line.to = (to[key] ?? .zero).printed
      let gain = ((new[key] ?? .zero) - (kept[key] ?? .zero)).printed
      let loss = ((old[key] ?? .zero) - (kept[key] ?? .zero)).printed
      line.close(gain: gain, loss: loss)
      return line
    }
  }

  /// Lines that were added up before.
  init(lines: [Line]) { self.lines = lines }

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
}

extension AreaLedger.Line {
  /// Takes over a gain and a loss so that the line adds up; where there is none of the one, what
  /// rounding leaves is in the other.
  fileprivate mutating func close(gain: Int64, loss: Int64) {
    self.gain = loss == 0 ? max(0, to - from) : gain
    self.loss = from + self.gain - to
    guard self.loss < 0 else { return }
    self.gain -= self.loss
    self.loss = 0
  }

  fileprivate func adding(_ lines: [AreaLedger.Line]) -> AreaLedger.Line {
    lines.reduce(into: self) { sum, line in
      sum.from += line.from
      sum.gain += line.gain
      sum.loss += line.loss
      sum.to += line.to
    }
  }

  public var fromM2: String { LedgerUnits.text(from) }
  public var gainM2: String { LedgerUnits.text(gain) }
  public var lossM2: String { LedgerUnits.text(loss) }
  public var toM2: String { LedgerUnits.text(to) }
  public var closureM2: String { LedgerUnits.text(closure) }
  public var changeM2: String { LedgerUnits.text(to - from) }

  /// Nil for what is no line of a ledger.
  init?(_ json: JSONValue) {
    guard let region = json["region"]?.string, let className = json["class"]?.string,
      let from = json["fromM2"]?.string.flatMap(LedgerUnits.units),
      let gain = json["gainM2"]?.string.flatMap(LedgerUnits.units),
      let loss = json["lossM2"]?.string.flatMap(LedgerUnits.units),
      let to = json["toM2"]?.string.flatMap(LedgerUnits.units)
    else { return nil }
    self.init(region: region, className: className)
    self.from = from
    self.gain = gain
    self.loss = loss
    self.to = to
  }

  var json: JSONValue {
    var members: [String: JSONValue] = [
      "fromM2": .string(fromM2), "gainM2": .string(gainM2), "lossM2": .string(lossM2),
      "toM2": .string(toM2),
    ]
    members["region"] = .string(region)
    members["class"] = .string(className)
    return .object(members)
  }
}
