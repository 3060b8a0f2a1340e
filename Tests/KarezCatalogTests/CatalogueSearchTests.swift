import KarezCatalog
import KarezCore
import Testing

@Suite struct CatalogueSearchTests {
  static let search = CatalogueSearch(
    pinyin: PinyinTable(readings: [
      "永": ["yong"], "久": ["jiu"], "基": ["ji"], "本": ["ben"], "农": ["nong"], "田": ["tian"],
      "地": ["di", "de"], "类": ["lei"], "图": ["tu"], "斑": ["ban"], "宗": ["zong"],
    ]),
    themeTitles: [
      "survey": [
        LocalizedText(zh: "调查监测", en: "Survey and monitoring"),
        LocalizedText(zh: "国土调查", en: "Land survey"),
      ]
    ])

  static func schema(
    _ id: String, _ zh: String, _ en: String, theme: String = "x",
    attributes: [(name: String, zh: String, en: String, source: String?)] = []
  ) throws -> DatasetSchema {
    let text = LocalizedText(zh: zh, en: en)
    return DatasetSchema(
      id: try #require(DatasetID(id)), title: text, steward: text, theme: theme,
      classification: .internal, geometry: .polygon, isCoverage: true, identifier: "number",
      attributes: attributes.map {
        Attribute(
          name: $0.name, title: LocalizedText(zh: $0.zh, en: $0.en), type: .text,
          source: $0.source)
      },
      entry: CatalogueEntry(
        summary: LocalizedText(zh: "\(zh)的一句话。", en: "A sentence."), cycle: .yearly, basis: []))
  }

  static func schemas() throws -> [DatasetSchema] {
    [
      try schema(
        "land-patches", "地类图斑", "Land patches", theme: "survey",
        attributes: [("land_class", "地类编码", "Land class", "DLBM")]),
      try schema("parcels", "宗地", "Parcels"),
      try schema("permanent-basic-farmland", "永久基本农田", "Permanent basic farmland"),
      try schema(
        "farmland-reserve", "永久基本农田储备区", "Permanent basic farmland reserve",
        attributes: [("land_class", "地类编码", "Land class", "DLBM")]),
    ]
  }

  private func found(_ question: String) throws -> [String] {
    Self.search.hits(for: question, among: try Self.schemas()).map(\.dataset.text)
  }

  @Test(arguments: [
    ("永久基本农田", ["permanent-basic-farmland", "farmland-reserve"]),
    ("yjjbnt", ["permanent-basic-farmland", "farmland-reserve"]),
    ("yongjiujibennongtian", ["permanent-basic-farmland", "farmland-reserve"]),
    ("储备", ["farmland-reserve"]),
    ("Permanent Basic", ["permanent-basic-farmland", "farmland-reserve"]),
    ("parcels", ["parcels"]),
    ("zd", ["parcels"]),
    ("dltb", ["land-patches"]),
    ("调查", ["land-patches"]),
    ("monitoring", ["land-patches"]),
    ("dlbm", ["land-patches", "farmland-reserve"]),
    ("地类编码", ["land-patches", "farmland-reserve"]),
    ("land_class 储备", ["farmland-reserve"]),
    ("一句话", ["parcels", "land-patches", "permanent-basic-farmland", "farmland-reserve"]),
    ("湿地", []), ("  ", []), ("", []), ("q", []), ("永久 湿地", []),
  ])
  func `a question finds datasets, the best first`(question: String, expected: [String]) throws {
    #expect(try found(question) == expected)
  }

  @Test func `an identifier typed whole comes before all that contain it`() throws {
    let more = try Self.schemas() + [Self.schema("parcels-old", "旧宗地 parcels", "parcels past")]
    let hits = Self.search.hits(for: "parcels", among: more.reversed())
    #expect(hits.map(\.dataset.text) == ["parcels", "parcels-old"])
  }

  @Test func `attributes are named where the title does not say the word`() throws {
    let hits = Self.search.hits(for: "dlbm", among: try Self.schemas())
    #expect(hits.allSatisfy { $0.attributes == ["land_class"] })
    let titled = Self.search.hits(for: "图斑", among: try Self.schemas())
    #expect(titled.map(\.attributes) == [[]])
  }

  @Test func `the order of the schemas does not matter`() throws {
    let schemas = try Self.schemas()
    let forward = Self.search.hits(for: "land", among: schemas)
    #expect(forward == Self.search.hits(for: "land", among: schemas.reversed()))
    #expect(!forward.isEmpty)
  }
}
