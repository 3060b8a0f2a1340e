import KarezCore
import KarezGeometry
import Testing

@testable import KarezService

/// Filters of FES are read as CQL2's are, and nothing but a filter is.
@Suite struct QueryMarkupTests {
  static let types: [String: AttributeType] = [
    "number": .text, "share": .decimal, "floors": .integer, "kept": .boolean, "since": .date,
  ]

  static func node(_ inner: String) throws -> QueryNode {
    try QueryMarkup.node(of: "<fes:Filter xmlns:fes='f'>\(inner)</fes:Filter>", types: types)
  }

  static func compare(_ name: String, _ property: String, _ literal: String) -> String {
    "<fes:\(name)><fes:ValueReference>\(property)</fes:ValueReference>"
      + "<fes:Literal>\(literal)</fes:Literal></fes:\(name)>"
  }

  static let pairs: [(String, String)] = [
    (compare("PropertyIsEqualTo", "number", "a&amp;b &#x56fe;"), "number = 'a&b 图'"),
    (compare("PropertyIsNotEqualTo", "karez:number", "5"), "number <> '5'"),
    (compare("PropertyIsLessThan", "floors", "5"), "floors < 5"),
    (compare("PropertyIsGreaterThan", "share", " 1.5 "), "share > 1.5"),
    (compare("PropertyIsEqualTo", "kept", "true"), "kept = TRUE"),
    (
      compare("PropertyIsGreaterThanOrEqualTo", "since", "2025-01-01"),
      "since >= DATE('2025-01-01')"
    ),
    (
      "<And>\(compare("PropertyIsLessThanOrEqualTo", "floors", "5"))"
        + "<Or>\(compare("PropertyIsEqualTo", "floors", "1"))"
        + "<Not>\(compare("PropertyIsEqualTo", "floors", "2"))</Not></Or></And>",
      "floors <= 5 AND (floors = 1 OR NOT floors = 2)"
    ),
    (
      "<PropertyIsNull><ValueReference>t/since</ValueReference></PropertyIsNull>",
      "since IS NULL"
    ),
    (
      "<PropertyIsBetween><ValueReference>floors</ValueReference><LowerBoundary><Literal>1"
        + "</Literal></LowerBoundary><UpperBoundary><Literal>3</Literal></UpperBoundary>"
        + "</PropertyIsBetween>", "floors BETWEEN 1 AND 3"
    ),
    (
      "<PropertyIsLike wildCard='*' singleChar='?' escapeChar='!'><ValueReference>number"
        + "</ValueReference><Literal>a*b?!*%</Literal></PropertyIsLike>",
      "number LIKE 'a%b_*\\%'"
    ),
  ]

  @Test(arguments: pairs)
  func `a predicate is what CQL2 says`(markup: String, text: String) throws {
    #expect(try Self.node(markup) == QueryText.node(of: text))
  }

  @Test func `a box has the order of its system's name`() throws {
    func box(_ srs: String, _ low: String, _ high: String) throws -> BoundingBox? {
      let node = try Self.node(
        "<BBOX><ValueReference>geometry</ValueReference><Envelope srsName='\(srs)'><lowerCorner>"
          + "\(low)</lowerCorner><upperCorner>\(high)</upperCorner></Envelope></BBOX>")
      guard case .call("s_intersects", let parts) = node, case .shape(let shape) = parts[1] else {
        return nil
      }
      return shape.boundingBox
    }
    let expected = BoundingBox(minX: 100, minY: 30, maxX: 101, maxY: 31)
    #expect(try box("urn:ogc:def:crs:EPSG::4490", "30 100", "31 101") == expected)
    #expect(try box("EPSG:4326", "30 100", "31 101") == expected)
    #expect(try box("CRS:84", "100 30", "101 31") == expected)
    #expect(throws: QueryFault.self) { try box("EPSG:9999", "30 100", "31 101") }
  }

  @Test(arguments: [
    "", "<Filter/>", "<Filter>a</Filter>", "<Other><And/></Other>", "<Filter><And></Filter>",
    "<Filter><Nothing/></Filter>", "<Filter><PropertyIsEqualTo/></Filter>",
    "<!DOCTYPE a [<!ENTITY b 'c'>]><Filter><Not/></Filter>",
    "<Filter><PropertyIsEqualTo><ValueReference>number</ValueReference><Literal>&b;</Literal>"
      + "</PropertyIsEqualTo></Filter>",
    "<Filter><PropertyIsEqualTo><ValueReference>floors</ValueReference><Literal>many</Literal>"
      + "</PropertyIsEqualTo></Filter>",
    "<Filter a='1' a='2'><Not/></Filter>", "<Filter>\u{1}</Filter>",
    "<Filter><![CDATA[a]]></Filter>",
    String(repeating: "<Not>", count: 40), "<Filter>" + String(repeating: " ", count: 9_000),
  ])
  func `nothing else is read`(text: String) {
    #expect(throws: QueryFault.self) { try QueryMarkup.node(of: text, types: Self.types) }
  }
}
