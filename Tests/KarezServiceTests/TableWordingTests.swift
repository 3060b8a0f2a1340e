import KarezCore
import KarezTables
import Testing

@testable import KarezService

@Suite struct TableWordingTests {
  static let errors: [(error: TableError, code: String, place: String, facts: [String])] = [
    (.columnsMissing, "table-column-missing", "", []),
    (.columnNameEmpty(column: 3), "table-column-unnamed", "", ["3"]),
    (.columnNameRepeated(name: "DLBM"), "table-column-repeated", "DLBM", []),
    (.notFinite(column: "areaM2", row: 17), "table-not-finite", "areaM2", ["17"]),
    (
      .tooLargeForDecimals(column: "areaM2", row: 17, value: 1e17, places: 2),
      "table-number-too-large", "areaM2", ["17", "1e+17", "18", "2"]
    ),
    (
      .valueTooLong(column: "geometry", row: 17, bytes: 900, limit: 800), "table-value-too-long",
      "geometry", ["17", "900", "800"]
    ),
    (.pathNotWritable(path: "out/t.csv", errorNumber: 13), "output-not-writable", "t.csv", ["13"]),
    (.writeFailed(path: "out/t.csv", errorNumber: 5), "output-not-writable", "t.csv", ["5"]),
    (.diskFull(path: "out/t.csv"), "disk-full", "t.csv", []),
  ]

  @Test(arguments: errors)
  func `what kept a table from being written is said in both languages`(
    error: TableError, code: String, place: String, facts: [String]
  ) {
    let problem = Problem.table(error)
    #expect(problem.code == code)
    #expect(problem.place == place)
    for language in [Language.zh, .en] {
      let line = problem.line(in: language)
      for fact in facts { #expect(line.contains(fact), "\(line)") }
    }
    #expect(problem.what.zh != problem.what.en)
  }
}
