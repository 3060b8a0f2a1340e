import KarezCore
import KarezReport

/// A page under `/ogc`: what its JSON says, for people.
struct OGCPage {
  struct Link {
    let linkTitle: String
    let linkAddress: String

    init(_ title: String, _ address: String) {
      linkTitle = title
      linkAddress = address
    }
  }

  struct Fact {
    let factName: String
    let factValue: String

    init(_ name: String, _ value: String) {
      factName = name
      factValue = value
    }
  }

  struct Cell {
    let cellText: String
    let cellAddress: String?
    let cellCode: String?
    let isNumber: Bool

    init(_ text: String, _ address: String? = nil, code: String? = nil, isNumber: Bool = false) {
      cellText = text
      cellAddress = address
      cellCode = code
      self.isNumber = isNumber
    }
  }

  struct Row {
    let cells: [Cell]

    init(_ cells: [Cell]) { self.cells = cells }
  }

  let frame: PageFrame
  let heading: String
  let code: String?
  var crumbs: [Link] = []
  var intro: String?
  var links: [Link] = []
  var facts: [Fact] = []
  var columns: [String] = [] { didSet { hasTable = !columns.isEmpty } }
  private(set) var hasTable = false
  var rows: [Row] = []
  var countWords: String?
  var nextAddress: String?

  init(_ frame: PageFrame, heading: String, code: String? = nil) {
    self.frame = frame
    self.heading = heading
    self.code = code
  }

  /// The way back: to the landing page, the collections, and a collection.
  mutating func addCrumbs(
    to schema: DatasetSchema?, _ address: OGCAddresses, _ words: MessageCatalogue
  ) {
    crumbs = [
      Link(words.text("ogc_title"), address("")),
      Link(words.text("ogc_collections"), address("/collections")),
    ]
    if let schema {
      crumbs.append(Link(schema.title[words.language], address.collection(schema.id)))
    }
  }
}
