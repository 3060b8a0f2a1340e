import Foundation
import KarezCatalog
import KarezCore
import KarezGeometry
import KarezRules
import TestSupport
import Testing

@Suite struct GateTests {
  static let name = LocalizedText(zh: "名称", en: "name")

  static var schema: DatasetSchema {
    get throws {
      DatasetSchema(
        id: try #require(DatasetID("parcels")), title: name, steward: name, theme: "t",
        classification: .internal, geometry: .polygon, isCoverage: true, identifier: "code",
        attributes: [
          Attribute(
            name: "code", title: name, type: .text, isRequired: true, isUnique: true,
            format: "parcel-code", source: "ZDDM"),
          Attribute(
            name: "land_class", title: name, type: .text, isRequired: true, codes: "classes",
            source: "DLBM"),
          Attribute(name: "serial", title: name, type: .text, isUnique: true),
          Attribute(name: "county", title: name, type: .text, format: "administrative-code"),
          Attribute(name: "kind", title: name, type: .text, codes: "kinds"),
        ])
    }
  }

  static let codes: [String: Set<String>] = ["classes": ["0101", "0103"]]

  static func code(_ number: Int) -> AttributeValue {
    .text("110101001001GB0000\(number)")
  }

  /// Findings of one rule as text, from rows of plain attributes and side-by-side squares.
  static func findings(
    _ rule: GateRule, _ rows: [[String: AttributeValue]], shapes: [Geometry?]? = nil,
    extent: BoundingBox? = nil
  ) async throws -> [String] {
    let fields = ["ZDDM", "dlbm", "serial", "county", "kind"]
    let report = try await Drafting.examine(
      try schema, fields: fields, codes: codes, extent: extent
    ) { mapping in
      try rows.enumerated().map { index, values in
        let square = try Drafting.square(x: 76 + Double(index) * 0.01, y: 39, side: 0.005)
        return mapping.row(
          Int64(index + 1), fallback: "", geometry: shapes.map { $0[index] } ?? square,
          values: NamedValues(values))
      }
    }
    #expect(report.examined == rows.count)
    let found = report.findings.filter { $0.rule == rule.rawValue }
    #expect(found.count == report.counts[rule.rawValue, default: 0])
    return found.map { "\($0.row ?? 0) \($0.message.en)" }
  }

  static let good: [[String: AttributeValue]] = [
    ["ZDDM": code(1), "dlbm": .text("0103"), "serial": .text("a"), "county": .text("110101")],
    ["ZDDM": code(2), "dlbm": .text("0101"), "serial": .text("b")],
  ]

  @Test func `good rows pass every rule but the table that is not there`() async throws {
    let report = try await Drafting.examine(
      try Self.schema, fields: ["ZDDM", "dlbm", "serial", "county", "kind"], codes: Self.codes
    ) { mapping in
      try Self.good.enumerated().map { index, values in
        mapping.row(
          Int64(index + 1), fallback: "",
          geometry: try Drafting.square(x: 76 + Double(index) * 0.005, y: 39, side: 0.005),
          values: NamedValues(values))
      }
    }
    #expect(report.counts == ["code-table-missing": 1])
    #expect(report.blocking() == [])
  }

  @Test func `a required value that is missing is named with its row`() async throws {
    var rows = Self.good
    rows[1]["dlbm"] = .text("  ")
    #expect(
      try await Self.findings(.attributeRequired, rows) == ["2 name is empty; it is required"])
  }

  @Test func `a code outside its table is quoted`() async throws {
    var rows = Self.good
    rows[0]["dlbm"] = .text("103")
    let found = try await Self.findings(.codeUnknown, rows)
    #expect(found == ["1 name “103” is not in table classes; use a code of it"])
  }

  @Test func `an integer where the schema says text becomes its digits, no more`() async throws {
    var rows = Self.good
    rows[0]["dlbm"] = .integer(103)
    let found = try await Self.findings(.codeUnknown, rows)
    #expect(found == ["1 name “103” is not in table classes; use a code of it"])
  }

  @Test(arguments: [
    ("11010100100GB00001", false), ("110101001001GB00001", true), ("110101001001XX00001", false),
  ])
  func `a parcel code is checked by its rules`(code: String, isGood: Bool) async throws {
    var rows = Self.good
    rows[0]["ZDDM"] = .text(code)
    #expect(try await Self.findings(.formatWrong, rows).isEmpty == isGood)
  }

  @Test(arguments: [("110101", true), ("11010", false), ("110101001", true), ("11010a", false)])
  func `an administrative code has the digits of its level`(
    code: String, isGood: Bool
  ) async throws {
    var rows = Self.good
    rows[0]["county"] = .text(code)
    #expect(try await Self.findings(.formatWrong, rows).isEmpty == isGood)
  }

  @Test func `an identifier twice names the first row`() async throws {
    var rows = Self.good
    rows[1]["ZDDM"] = Self.code(1)
    let found = try await Self.findings(.identifierDuplicate, rows)
    #expect(
      found == ["2 identifier 110101001001GB00001 repeats row 1; remove or correct one of them"])
  }

  @Test func `a unique value twice names the first row`() async throws {
    var rows = Self.good
    rows[1]["serial"] = .text("a")
    let found = try await Self.findings(.attributeUnique, rows)
    #expect(found == ["2 name repeats row 1; remove or correct one of them"])
  }

  @Test func `a row without identifier is named by its number`() async throws {
    var rows = Self.good
    rows[1]["ZDDM"] = nil
    #expect(
      try await Self.findings(.identifierMissing, rows)
        == ["2 row 2 has no identifier (code); give it one"])
  }

  @Test func `characters that do not print are refused`() async throws {
    var rows = Self.good
    rows[0]["serial"] = .text("a\u{202E}b")
    #expect(try await Self.findings(.attributeText, rows).count == 1)
  }

  @Test func `a row without geometry and one of another kind are told apart`() async throws {
    let point = Geometry.points([Position(x: 76, y: 39)])
    let shapes: [Geometry?] = [nil, point]
    #expect(try await Self.findings(.geometryMissing, Self.good, shapes: shapes).count == 1)
    #expect(
      try await Self.findings(.geometryKind, Self.good, shapes: shapes)
        == [
          "2 the geometry is of another kind, the dataset holds polygons; choose another layer"
        ])
  }

  @Test func `metres where degrees belong are out of range`() async throws {
    let shapes: [Geometry?] = [
      try Drafting.square(x: 500_000, y: 4_300_000, side: 10),
      try Drafting.square(x: 181, y: 39, side: 1),
    ]
    let found = try await Self.findings(.geometryOutOfRange, Self.good, shapes: shapes)
    #expect(found.count == 2)
  }

  @Test func `a polygon outside the region is a warning`() async throws {
    let region = BoundingBox(minX: 75, minY: 38, maxX: 76.006, maxY: 40)
    let found = try await Self.findings(.outsideRegion, Self.good, extent: region)
    #expect(found.count == 1 && found[0].hasPrefix("2 "))
    #expect(GateRule.outsideRegion.severity == .warning)
  }

  @Test func `fields missing and fields not used are said once for the file`() async throws {
    let mapping = FeatureMapping(schema: try Self.schema, fields: ["zddm", "OWNER"])
    #expect(mapping.findings.map(\.rule) == ["field-missing", "field-unused"])
    #expect(mapping.findings[0].message.en == "no field DLBM (name); add it to the data")
  }

  @Test func `findings beyond what is kept are counted all the same`() async throws {
    let report = try await Drafting.examine(try Self.schema, findingsPerRule: 3) { mapping in
      try (0..<20).map { index in
        mapping.row(
          Int64(index + 1), fallback: "",
          geometry: try Drafting.square(x: 76 + Double(index) * 0.01, y: 39, side: 0.005),
          values: [:])
      }
    }
    #expect(report.counts["identifier-missing"] == 20)
    #expect(report.findings.count { $0.rule == "identifier-missing" } == 3)
    #expect(
      report.blocking(accepting: ["identifier-missing"]) == ["attribute-required", "field-missing"])
  }

  @Test func `every error rule blocks until it is accepted by name`() {
    for rule in GateRule.allCases {
      var report = GateReport()
      report.note(GateFinding(rule, what: Self.name, remedy: Self.name))
      let isError = rule.severity == .error
      #expect(report.blocking() == (isError ? [rule.rawValue] : []))
      #expect(report.blocking(accepting: [rule.rawValue]) == [])
    }
  }
}
