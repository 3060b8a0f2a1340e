import Foundation
import KarezCore
import TestSupport
import Testing

/// What bad input gets: exit 3, one line with place, reason and remedy, nothing half-done.
@Suite struct BadInputTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let content: [UInt8]
    let code: String
    var testDescription: String { name }
  }

  static let ring = "[[75.9,39.4],[75.91,39.4],[75.91,39.41],[75.9,39.41],[75.9,39.4]]"

  static let cases: [Case] = [
    Case(name: "empty.geojson", content: [], code: "file-empty"),
    Case(name: "noise.shp", content: Array("neither fish nor fowl".utf8), code: "format-unknown"),
    Case(
      name: "bow-tie.geojson",
      content: geoJSON("[[75.9,39.4],[75.91,39.41],[75.91,39.4],[75.9,39.41],[75.9,39.4]]"),
      code: "geometry-self-intersection"),
    Case(
      name: "open.geojson",
      content: geoJSON("[[75.9,39.4],[75.91,39.4],[75.91,39.41],[75.9,39.41]]"),
      code: "ring-not-closed"),
    Case(
      name: "not-a-number.geojson",
      content: geoJSON("[[75.9,39.4],[NaN,39.4],[75.91,39.41],[75.9,39.4]]"), code: ""),
    Case(
      name: "infinite.geojson",
      content: geoJSON("[[75.9,39.4],[1e999,39.4],[75.91,39.41],[75.9,39.4]]"), code: ""),
    Case(
      name: "virtual.geojson",
      content: Array(
        """
        <OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>/etc/passwd</SrcDataSource>\
        </OGRVRTLayer></OGRVRTDataSource>
        """.utf8), code: ""),
    Case(
      name: "contradiction.txt",
      content: Array(
        """
        [属性描述]
        格式版本号=1.01版本
        坐标系=2000国家大地坐标系
        几度分带=3
        投影类型=高斯克吕格
        计量单位=米
        带号=25
        精度=0.001
        转换参数=,,,,,,
        [地块坐标]
        4,1.0000,1,甲,面,,,,@
        J1,1,4370000.000,26585000.000
        J2,1,4370100.000,26585000.000
        J3,1,4370100.000,26585100.000
        J1,1,4370000.000,26585000.000
        """.utf8), code: ""),
  ]

  static func geoJSON(_ ring: String) -> [UInt8] {
    Array("{\"type\":\"Polygon\",\"coordinates\":[\(ring)]}".utf8)
  }

  @Test(arguments: cases)
  func `a bad boundary is refused with one line that says where, what and what to do`(
    bad: Case
  ) async throws {
    try await Places.withTemporaryFolder { folder in
      let file = folder.appending(path: bad.name)
      try Data(bad.content).write(to: file)
      _ = try karez("init", "--data", folder.appending(path: "data").path)
      let outcome = try karez(
        "check", file.path, "--data", folder.appending(path: "data").path, "--json")
      #expect(outcome.status == 3, "\(outcome.problems)")
      #expect(outcome.output.isEmpty)
      let problem = try JSONValue(parsing: outcome.problems)
      let text = try #require(problem["message"]?["zh"]?.string)
      #expect(text.contains(bad.name), "\(text)")
      #expect(text.contains("；"), "no remedy: \(text)")
      #expect(problem["message"]?["en"]?.string?.isEmpty == false)
      if !bad.code.isEmpty { #expect(problem["code"]?.string == bad.code) }
      #expect(!outcome.problems.contains(folder.path), "a path of the server leaked")
    }
  }

  @Test func `a person gets the same line in plain words, in either language`() async throws {
    try await Places.withTemporaryFolder { folder in
      let file = folder.appending(path: "empty.kml")
      try Data().write(to: file)
      let chinese = try karez("area", file.path)
      #expect(chinese.status == 3)
      #expect(chinese.problems == "empty.kml：文件为空；重新导出后再试\n")
      let english = try karez("area", file.path, "--lang", "en")
      #expect(english.problems == "empty.kml: the file is empty; export it again\n")
    }
  }

  @Test func `wrong usage is exit 2, a missing map exit 5`() async throws {
    #expect(try karez("check").status == 2)
    #expect(try karez("no-such-verb").status == 2)
    try await Places.withTemporaryFolder { folder in
      let outcome = try karez("datasets", "--data", folder.appending(path: "none").path)
      #expect(outcome.status == 5, "\(outcome.problems)")
      #expect(outcome.problems.split(separator: "\n").count == 1)
    }
  }
}
