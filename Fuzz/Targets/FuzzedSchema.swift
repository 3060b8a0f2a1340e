import KarezCore
import KarezStore

/// The dataset that questions and bodies are about: one attribute of each sort.
enum FuzzedSchema {
  static let landPatches: DatasetSchema? = DatasetID("land-patches").map { id in
    let text = LocalizedText(zh: "图斑", en: "land patches")
    func attribute(_ name: String, _ type: AttributeType) -> Attribute {
      Attribute(name: name, title: text, type: type)
    }
    return DatasetSchema(
      id: id, title: text, steward: text, theme: "survey", classification: .public,
      geometry: .polygon, isCoverage: false, identifier: "number",
      attributes: [
        attribute("number", .text), attribute("share", .decimal), attribute("floors", .integer),
        attribute("kept", .boolean), attribute("since", .date),
      ])
  }
}
