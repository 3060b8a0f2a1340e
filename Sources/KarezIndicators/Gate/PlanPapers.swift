/// 规划文件: what was read of a plan, before anything is believed of it.
public struct PlanPapers: Sendable {
  public var projects: [PlanProject]
  public var indicators: [PlanIndicatorRow]
  public var targets: [PlanTargetRow]
  public var landUse: [PlanLandRow]
  public var text: PlanText?

  public init(
    projects: [PlanProject] = [], indicators: [PlanIndicatorRow] = [],
    targets: [PlanTargetRow] = [], landUse: [PlanLandRow] = [], text: PlanText? = nil
  ) {
    self.projects = projects
    self.indicators = indicators
    self.targets = targets
    self.landUse = landUse
    self.text = text
  }
}

/// Where in a plan's papers something stands.
public struct PlanPlace: Hashable, Sendable, Comparable {
  public let file: String
  /// From one.
  public let line: Int

  public init(file: String, line: Int) {
    self.file = file
    self.line = line
  }

  public static func < (left: PlanPlace, right: PlanPlace) -> Bool {
    (left.file, left.line) < (right.file, right.line)
  }
}

/// 规划项目: a row of a plan's list of projects, as printed.
public struct PlanProject: Hashable, Sendable {
  public let place: PlanPlace
  public let number: String
  public let category: String
  public let subcategory: String
  public let name: String
  public let unit: String
  public let content: String
  public let budget: String
  public let funding: String
  public let note: String

  /// - Shape: number, category, subcategory, name, unit, content, budget, funding, note.
  public init(_ cells: [String], at place: PlanPlace) {
    func cell(_ index: Int) -> String { index < cells.count ? cells[index] : "" }
    self.place = place
    number = cell(0)
    category = cell(1)
    subcategory = cell(2)
    name = cell(3)
    unit = cell(4)
    content = cell(5)
    budget = cell(6)
    funding = cell(7)
    note = cell(8)
  }

  /// What is compared between two prints of the same list.
  var printed: [String] { [subcategory, name, unit, content, budget, funding, note] }
  /// Everything in it that is prose.
  var prose: String { [name, unit, content, funding, note].joined(separator: "\n") }
}

/// A row of a plan's table of indicators.
public struct PlanIndicatorRow: Hashable, Sendable {
  public let place: PlanPlace
  public let group: String
  public let name: String
  public let unit: String
  public let base: String
  public let target: String
  public let nature: String

  /// - Shape: group, name, unit, base, target, nature.
  public init(_ cells: [String], at place: PlanPlace) {
    func cell(_ index: Int) -> String { index < cells.count ? cells[index] : "" }
    self.place = place
    group = cell(0)
    name = cell(1)
    unit = cell(2)
    base = cell(3)
    target = cell(4)
    nature = cell(5)
  }
}

/// A quantity or a day that a plan commits itself to.
public struct PlanTargetRow: Hashable, Sendable {
  public let place: PlanPlace
  public let chapter: String
  public let item: String
  public let quantity: String
  public let unit: String
  public let isStated: Bool

  /// - Shape: chapter, item, quantity, unit, whether the text states its day.
  public init(_ cells: [String], at place: PlanPlace) {
    func cell(_ index: Int) -> String { index < cells.count ? cells[index] : "" }
    self.place = place
    chapter = cell(0)
    item = cell(1)
    quantity = cell(2)
    unit = cell(3)
    isStated = cell(4) == "yes"
  }
}

/// The area of a class of land, in hectares, as printed.
public struct PlanLandRow: Hashable, Sendable {
  public let place: PlanPlace
  public let name: String
  public let hectares: String

  public init(name: String, hectares: String, at place: PlanPlace) {
    self.place = place
    self.name = name
    self.hectares = hectares
  }
}

/// 规划文本: the lines of a plan, with the chapter each is in; cells of tables begin with a tab.
public struct PlanText: Sendable {
  public struct Line: Hashable, Sendable {
    public let place: PlanPlace
    public let text: String
    /// The heading it stands under; empty before the first.
    public let chapter: String
    /// 专栏: the title of the box it is in; nil outside.
    public let box: String?
    /// A cell of a table.
    public let isCell: Bool
  }

  public let file: String
  public let lines: [Line]

  /// - Shape: `第…章` and `第…节` begin a line; `专栏` begins a cell, and its box ends at a blank line.
  public init(_ text: String, file: String) {
    self.file = file
    var lines: [Line] = []
    var (chapter, section) = ("", "")
    var box: String?
    var number = 0
    for raw in text.split(separator: "\n", omittingEmptySubsequences: false) {
      number += 1
      let isCell = raw.first == "\t"
      let content = String(PlanProse.trimmed(raw))
      if content.isEmpty {
        box = nil
      } else if PlanProse.isHeading(content, "章") {
        (chapter, section, box) = (content, "", nil)
      } else if PlanProse.isHeading(content, "节") {
        (section, box) = (content, nil)
      } else if isCell, content.hasPrefix("专栏") {
        box = content
      }
      let heading = section.isEmpty ? chapter : chapter + " " + section
      lines.append(
        Line(
          place: PlanPlace(file: file, line: number), text: content, chapter: heading, box: box,
          isCell: isCell))
    }
    self.lines = lines
  }

  /// Lines of prose and of boxes, not those of tables.
  var prose: [Line] { lines.filter { !$0.text.isEmpty && !$0.isCell } }

  /// The rows of the list of projects at its end.
  ///
  /// - Shape: a row is eight cells with a blank line after it; a row of one cell is a category.
  public func projects(under heading: String) -> [PlanProject] {
    guard let start = lines.lastIndex(where: { $0.text.contains(heading) }) else { return [] }
    var projects: [PlanProject] = []
    var cells: [Line] = []
    var category = ""
    for line in lines[(start + 1)...] + [Line.blank] {
      guard line.isCell || !line.text.isEmpty else {
        if cells.count == 1 { category = cells[0].text }
        if cells.count >= 6, Int(cells[0].text) != nil {
          let texts = cells.map(\.text)
          projects.append(
            PlanProject(
              [texts[0], category] + texts.dropFirst(), at: cells[0].place))
        }
        cells = []
        continue
      }
      cells.append(line)
    }
    return projects
  }
}

extension PlanText.Line {
  fileprivate static let blank = PlanText.Line(
    place: PlanPlace(file: "", line: 0), text: "", chapter: "", box: nil, isCell: false)
}
