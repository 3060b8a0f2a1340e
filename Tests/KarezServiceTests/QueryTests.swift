import KarezCore
import KarezGeometry
import KarezStore
import Testing

@testable import KarezService

/// CQL2: text and JSON say the same, and neither says more than it may.
@Suite struct QueryTests {
  static func schema() throws -> DatasetSchema {
    let text = LocalizedText(zh: "图斑", en: "land patches")
    func attribute(_ name: String, _ type: AttributeType) -> Attribute {
      Attribute(name: name, title: text, type: type)
    }
    return DatasetSchema(
      id: try #require(DatasetID("land-patches")), title: text, steward: text, theme: "survey",
      classification: .public, geometry: .polygon, isCoverage: false, identifier: "number",
      attributes: [
        attribute("number", .text), attribute("share", .decimal), attribute("kept", .boolean),
        attribute("since", .date),
      ])
  }

  @Test(arguments: [
    ("share >= 1.5", #"{"op":">=","args":[{"property":"share"},1.5]}"#),
    ("\"share\"<>-3", #"{"op":"<>","args":[{"property":"share"},-3]}"#),
    ("number = 'it''s'", #"{"op":"=","args":[{"property":"number"},"it's"]}"#),
    ("kept = TRUE", #"{"op":"=","args":[{"property":"kept"},true]}"#),
    (
      "number not like 'a%'",
      #"{"op":"not","args":[{"op":"like","args":[{"property":"number"},"a%"]}]}"#
    ),
    (
      "share BETWEEN 1 AND 2 AND since IS NULL",
      #"{"op":"and","args":[{"op":"between","args":[{"property":"share"},1,2]},{"op":"isNull","args":[{"property":"since"}]}]}"#
    ),
    (
      "NOT (share IN (1, 2) OR since < DATE('2020-01-01'))",
      #"{"op":"not","args":[{"op":"or","args":[{"op":"in","args":[{"property":"share"},[1,2]]},{"op":"<","args":[{"property":"since"},{"date":"2020-01-01"}]}]}]}"#
    ),
    (
      "S_INTERSECTS(geometry, POINT(76 39))",
      #"{"op":"s_intersects","args":[{"property":"geometry"},{"type":"Point","coordinates":[76,39]}]}"#
    ),
    (
      "s_within(BBOX(70,30,80,40), geometry)",
      #"{"op":"s_within","args":[{"bbox":[70,30,80,40]},{"property":"geometry"}]}"#
    ),
    (
      "T_DURING(INTERVAL(validFrom, validUntil), INTERVAL('2020-01-01', '..'))",
      #"{"op":"t_during","args":[{"interval":[{"property":"validFrom"},{"property":"validUntil"}]},{"interval":["2020-01-01",".."]}]}"#
    ),
    (
      "T_AFTER(since, TIMESTAMP('2020-01-01T20:00:00Z'))",
      #"{"op":"t_after","args":[{"property":"since"},{"timestamp":"2020-01-01T20:00:00Z"}]}"#
    ),
  ])
  func `text and JSON say the same`(text: String, json: String) throws {
    let node = try QueryText.node(of: text)
    #expect(try QueryJSON.node(of: json) == node)
    _ = try FilterMaking(try Self.schema(), crs: .crs84).filter(node)
  }

  @Test func `a moment is the legal day it falls on`() throws {
    let making = FilterMaking(try Self.schema(), crs: .crs84)
    let filter = try making.filter(
      QueryText.node(of: "since = TIMESTAMP('2020-01-01T20:00:00Z')"))
    let day = try #require(LegalDate("2020-01-02"))
    #expect(
      filter == .compare(.property(.attribute("since")), .equal, .literal(.date(day))))
  }

  @Test func `EPSG's codes have north first, CRS84 the longitude`() throws {
    func shape(_ text: String, _ crs: OfferedCRS) throws -> FeatureFilter {
      try FilterMaking(try Self.schema(), crs: crs).filter(QueryText.node(of: text))
    }
    let here = try shape("S_INTERSECTS(geometry, POINT(76 39))", .crs84)
    #expect(try shape("S_INTERSECTS(geometry, POINT(39 76))", .cgcs2000) == here)
    #expect(OfferedCRS.all.count == 66)
    #expect(OfferedCRS(uri: "http://www.opengis.net/def/crs/EPSG/0/4326") == nil)
  }

  @Test(arguments: [
    "", "share", "share =", "share = = 1", "(share = 1", "share = 1)", "number = 'open", "share 1",
    "S_INTERSECTS(geometry)", "since = DATE('2020-02-30')", "NOT", "share IN ()", "AND", "1 =",
    "S_INTERSECTS(geometry, POINT(1", "number LIKE", "share IS 1", "BBOX(1,2,3)", "share = 1e999",
    "INTERVAL('x','y')",
  ])
  func `what is malformed is said where it is`(text: String) {
    #expect(throws: QueryFault.self) { try QueryText.node(of: text) }
    #expect(throws: QueryFault.self) { try QueryJSON.node(of: text) }
  }

  @Test(arguments: [
    ("nothing = 1", QueryFault.unknownProperty("nothing")), ("share = 'a'", .unfit("=")),
    ("kept LIKE 'a'", .unfit("like")), ("geometry = 1", .unfit("=")),
    ("S_NEAR(geometry, POINT(1 2))", .unknownOperator("s_near")),
    ("S_EQUALS(share, POINT(1 2))", .unfit("s_equals")),
    ("T_MEETS(since, since)", .unfit("t_meets")), ("since = share", .unfit("=")),
    ("number LIKE '%1%2%3%4%5%6%7%8%'", .tooLarge(.wildcards)),
    (
      "S_EQUALS(geometry, GEOMETRYCOLLECTION(POINT(1 2)))",
      .shape(.located(InputPlace(byte: 19), .unsupportedGeometry("GEOMETRYCOLLECTION")))
    ),
  ])
  func `what does not fit is refused`(text: String, fault: QueryFault) throws {
    let making = FilterMaking(try Self.schema(), crs: .crs84)
    #expect(throws: fault) { try making.filter(QueryText.node(of: text)) }
  }

  @Test func `a filter has bounds`() throws {
    func fault(_ text: String) -> QueryFault? {
      do throws(QueryFault) { _ = try QueryText.node(of: text) } catch { return error }
      return nil
    }
    let many = Array(repeating: "share = 1", count: 30).joined(separator: " OR ")
    #expect(fault(many) == .tooLarge(.nodes))
    #expect(
      fault(String(repeating: "(", count: 20) + "share = 1" + String(repeating: ")", count: 20))
        == .tooLarge(.depth))
    #expect(fault(String(repeating: "NOT ", count: 20) + "share = 1") == .tooLarge(.depth))
    #expect(fault("number = '" + String(repeating: "a", count: 5_000) + "'") == .tooLarge(.bytes))
    let points = (0..<1_001).map { "\(10 + $0 % 90) 1" }.joined(separator: ",")
    #expect(fault("S_EQUALS(geometry, MULTIPOINT(\(points)))") == .tooLarge(.bytes))
    let short = (0..<1_001).map { _ in "1 1" }.joined(separator: ",")
    #expect(short.utf8.count < QueryBounds.bytes)
    #expect(fault("S_EQUALS(geometry, MULTIPOINT(\(short)))") == .tooLarge(.vertices))
    let deep = String(repeating: #"{"op":"not","args":["#, count: 30)
    #expect(throws: QueryFault.self) { try QueryJSON.node(of: deep) }
  }
}
