import Foundation
import KarezCore
import TestSupport
import Testing

/// A VCT file goes the whole way: worker, mapping, gate, commit; and is a boundary too.
@Suite struct VCTTests {
  static let head = """
    HeadBegin
    DataMark:LANDUSE-VCT
    Version:3.0
    CoordinateSystemType:P
    Spheroid:CGCS2000,6378137.0,298.257222101
    Projection:高斯-克吕格投影
    Parameters:75,1,25500000,0,3,25
    Separator:,
    HeadEnd
    FeatureCodeBegin
    2001010100,地类图斑,Polygon,DLTB
    FeatureCodeEnd
    TableStructureBegin
    DLTB,5
    BSM,Char,18
    DLBM,Char,5
    ZLDWDM,Char,19
    TBMJ,Float,15,2
    GDPDJB,Char,2
    0
    TableStructureEnd

    """

  /// Two squares of 100 m that share a line.
  static let body = """
    LineBegin
    11
    1099000000
    Unknown
    1
    1
    11
    2
    25585100.0,4370000.0
    25585100.0,4370100.0
    0
    12
    1099000000
    Unknown
    1
    1
    11
    4
    25585100.0,4370100.0
    25585000.0,4370100.0
    25585000.0,4370000.0
    25585100.0,4370000.0
    0
    13
    1099000000
    Unknown
    1
    1
    11
    4
    25585100.0,4370000.0
    25585200.0,4370000.0
    25585200.0,4370100.0
    25585100.0,4370100.0
    0
    LineEnd
    PolygonBegin
    1
    2001010100
    Unknown
    100
    25585050.0,4370050.0
    21
    2
    11,12
    0
    2
    2001010100
    Unknown
    100
    25585150.0,4370050.0
    21
    2
    13,-11
    0
    PolygonEnd
    AttributeBegin
    DLTB
    1,650000000000000001,0103,653101001001,9998.22,1
    2,650000000000000002,0301,653101001001,9998.22,
    TableEnd
    AttributeEnd

    """

  @Test func `a VCT file is imported through the gate, and checked as a boundary`() async throws {
    try await Places.withTemporaryFolder { folder in
      let data = folder.appending(path: "data").path
      let file = folder.appending(path: "patches.vct")
      try Data((Self.head + Self.body).utf8).write(to: file)
      #expect(try karez("init", "--data", data).status == 0)
      let outcome = try karez(
        "import", "land-patches", file.path, "--data", data, "--valid-from", "2025-01-01", "--json")
      #expect(outcome.status == 0, "\(outcome.output)\(outcome.problems)")
      let report = try json(outcome)
      #expect(report["inserted"] == .integer(2))
      let area = try karez("area", file.path, "--json")
      #expect(area.status == 0, "\(area.problems)")
      let again = try karez(
        "import", "land-patches", file.path, "--data", data, "--valid-from", "2025-01-01", "--json")
      #expect(try json(again)["commit"] == .null)
    }
  }

  @Test func `a VCT file cut in the middle leaves nothing, and says where it ends`() async throws {
    try await Places.withTemporaryFolder { folder in
      let data = folder.appending(path: "data").path
      let file = folder.appending(path: "cut.vct")
      let whole = Array((Self.head + Self.body).utf8)
      try Data(whole.prefix(whole.count - 60)).write(to: file)
      #expect(try karez("init", "--data", data).status == 0)
      let outcome = try karez(
        "import", "land-patches", file.path, "--data", data, "--valid-from", "2025-01-01", "--json")
      #expect(outcome.status == 3)
      let problem = try JSONValue(parsing: outcome.problems)
      #expect(problem["code"] == .string("vct-ends-too-soon"))
      let message = try #require(problem["message"]?["en"]?.string)
      #expect(message.contains("cut.vct: line ") && message.contains("section Attribute"))
    }
  }
}
