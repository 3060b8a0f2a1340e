import KarezCore
import KarezPacks
import KarezReport
import KarezService
import KarezStore

/// The forms of a feature's page by which it is corrected, ended, split or merged.
struct EditForm {
  /// A table of more codes is typed, not chosen from.
  private static let mostCodes = 300

  /// What was typed before, and what was wrong with it.
  struct State {
    var fields: [String: String] = [:]
    var problem: Problem?
  }

  struct Option {
    let code: String
    let label: String
    let isChosen: Bool
  }

  struct Field {
    let fieldName: String
    let fieldTitle: String
    let fieldUnit: String?
    let fieldValue: String
    let fieldType: String
    let options: [Option]
    let isChoice: Bool
    let isTyped: Bool
  }

  let action: String
  let problem: String?
  let day: String
  let until: String
  let reason: String
  let others: String
  let code: String
  let codes: String
  let crs: String
  let attributes: [Field]
  let isPolygon: Bool
  let isCorrect: Bool
  let isEnd: Bool
  let isSplit: Bool
  let isMerge: Bool

  init(
    _ version: FeatureVersion, of schema: DatasetSchema, on day: LegalDate, _ state: State,
    _ words: CatalogueWords
  ) {
    let fields = state.fields
    action = "/catalogue/\(schema.id)/features/" + Asked.escaped(version.feature.id)
    problem = state.problem?.line(in: words.language)
    self.day = fields["day"] ?? day.description
    until = fields["until"] ?? ""
    reason = fields["reason"] ?? ""
    others = fields["others"] ?? ""
    code = fields["code"] ?? ""
    codes = fields["codes"] ?? ""
    crs = fields["crs"] ?? ""
    isPolygon = schema.geometry == .polygon
    let verb = fields["verb"]
    isCorrect = verb == "correct"
    isEnd = verb == "end"
    isSplit = verb == "split"
    isMerge = verb == "merge"
    attributes = schema.attributes.filter { $0.name != schema.identifier }.map { attribute in
      let now = Self.text(version.feature.attributes[attribute.name] ?? .null)
      return Self.field(attribute, fields["set." + attribute.name] ?? now, words)
    }
  }

  private static func field(
    _ attribute: Attribute, _ value: String, _ words: CatalogueWords
  ) -> Field {
    let options = options(of: attribute, value, words)
    return Field(
      fieldName: "set." + attribute.name, fieldTitle: attribute.title[words.language],
      fieldUnit: words.unit(attribute), fieldValue: value,
      fieldType: attribute.type == .date ? "date" : "text", options: options,
      isChoice: !options.isEmpty, isTyped: options.isEmpty)
  }

  private static func options(
    of attribute: Attribute, _ value: String, _ words: CatalogueWords
  ) -> [Option] {
    var choices: [(String, String)]
    if attribute.type == .boolean {
      choices = [("true", words.messages.text("yes")), ("false", words.messages.text("no"))]
    } else if let table = attribute.codes.flatMap({ words.packs.codeTables[$0] }),
      table.rows.count <= mostCodes
    {
      choices = table.rows.map { ($0.code, "\($0.code) \($0.name[words.language])") }
    } else {
      return []
    }
    if !choices.contains(where: { $0.0 == value }), !value.isEmpty {
      choices.insert((value, value), at: 0)
    }
    return [Option(code: "", label: "–", isChosen: value.isEmpty)]
      + choices.map { Option(code: $0.0, label: $0.1, isChosen: $0.0 == value) }
  }

  /// A value as it is typed.
  static func text(_ value: AttributeValue) -> String {
    switch value {
    case .null: ""
    case .text(let text): text
    case .integer(let number): String(number)
    case .decimal(let number): number.description
    case .boolean(let flag): flag ? "true" : "false"
    case .date(let day): day.description
    }
  }
}
