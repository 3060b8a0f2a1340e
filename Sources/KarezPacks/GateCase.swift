public import KarezCore

/// 质检案例: rows handed in on a day, and what the quality gate must say of them; from a pack.
///
/// Good ones name rules that must be silent; bad ones every finding of the rules they name.
public struct GateCase: Hashable, Sendable {
  /// One row of a file: texts by attribute, and what it looks like on the ground.
  public struct Row: Hashable, Sendable {
    public let values: [String: String]
    public let shape: Shape?
  }

  /// A polygon in a few words; degrees of EPSG:4490, metres on the ground.
  public enum Shape: Hashable, Sendable {
    /// `rectangle 2 m 600 m at 76 39`: east, north and the lower left corner. Its statutory area
    /// is the product of its sides.
    case rectangle(east: Double, north: Double, x: Double, y: Double)
    /// `box 76 39 76.01 39.01`.
    case box(minX: Double, minY: Double, maxX: Double, maxY: Double)

    /// The shape, if the text is one; `square 200 m2 at 76 39` is a rectangle, too.
    public init?(_ text: String) {
      let words = text.split(separator: " ").map(String.init)
      let numbers = words.compactMap(Double.init)
      guard numbers.allSatisfy(\.isFinite) else { return nil }
      let frame = words.filter { Double($0) == nil }
      switch (frame, numbers.count) {
      case (["square", "m2", "at"], 3) where numbers[0] > 0:
        let side = numbers[0].squareRoot()
        self = .rectangle(east: side, north: side, x: numbers[1], y: numbers[2])
      case (["rectangle", "m", "m", "at"], 4) where numbers[0] > 0 && numbers[1] > 0:
        self = .rectangle(east: numbers[0], north: numbers[1], x: numbers[2], y: numbers[3])
      case (["box"], 4) where numbers[0] < numbers[2] && numbers[1] < numbers[3]:
        self = .box(minX: numbers[0], minY: numbers[1], maxX: numbers[2], maxY: numbers[3])
      default: return nil
      }
    }
  }

  /// What a dataset was recorded as, before the rows were handed in.
  public struct State: Hashable, Sendable {
    public let dataset: DatasetID
    public let from: LegalDate
    public let rows: [Row]
  }

  /// One finding that must be there.
  public struct Expectation: Hashable, Sendable {
    public let rule: String
    /// From 1; nil where the finding is of the whole file.
    public let row: Int?
    /// 中文, what is wrong, word for word.
    public let message: String
  }

  public let pack: String
  public let place: PackOrigin
  public let name: String
  public let dataset: DatasetID
  public let day: LegalDate
  public let rows: [Row]
  /// In the order they were recorded in.
  public let recorded: [State]
  /// Rules that must not find anything.
  public let silent: [String]
  public let expectations: [Expectation]

  /// `pack/file/name`.
  public var path: String {
    let file = place.file.split(separator: "/").last.map { String($0.dropLast(5)) } ?? ""
    return "\(pack)/\(file)/\(name)"
  }

  /// How the case went, from what the gate found: rule, row and message of every finding.
  public func outcome(of found: [Expectation]) -> CaseOutcome {
    var differences: [String] = []
    for rule in silent {
      for finding in found where finding.rule == rule {
        differences.append("\(rule): found \(finding.text), expected nothing")
      }
    }
    for rule in Set(expectations.map(\.rule)).sorted() {
      let here = found.filter { $0.rule == rule }
      let wanted = expectations.filter { $0.rule == rule }
      differences += here.filter { !wanted.contains($0) }.map {
        "\(rule): found \($0.text), which is not expected"
      }
      differences += wanted.filter { !here.contains($0) }.map {
        "\(rule): did not find \($0.text)"
      }
    }
    return CaseOutcome(
      path: path, place: place, passed: differences.isEmpty, differences: differences)
  }
}

extension GateCase.Expectation {
  public init(_ rule: String, row: Int?, message: String) {
    self.rule = rule
    self.row = row
    self.message = message
  }

  var text: String { "row \(row.map(String.init) ?? "–"), “\(message)”" }
}
