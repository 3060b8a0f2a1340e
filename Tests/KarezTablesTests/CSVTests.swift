import Foundation
import KarezCore
import KarezTables
import TestSupport
import Testing

@Suite struct CSVTests {
  static let plain = CSVOptions(byteOrderMark: false)

  @Test func `every kind of value has its form`() async throws {
    let schema = try TableSchema([
      TableColumn("id", .text), TableColumn("地类", .text, isNullable: true),
      TableColumn("count", .integer, isNullable: true),
      TableColumn("number", .number, isNullable: true),
      TableColumn("areaM2", .decimal(places: 2), isNullable: true),
      TableColumn("on", .day, isNullable: true), TableColumn("wkb", .bytes, isNullable: true),
    ])
    let text = try await written(schema, Self.plain) { batch in
      for id in ["a", "含,逗号", "含\"引号", "两\n行", " 空格", "", "0103"] {
        batch[0].append(text: id)
        batch[1].append(text: "旱地")
        batch[2].append(integer: id.isEmpty ? .min : Int64(id.count))
        batch[3].append(number: id.isEmpty ? .leastNonzeroMagnitude : 1 / 3)
        batch[4].append(number: id.isEmpty ? -0.001 : 1234.565)
        batch[5].append(day: LegalDate("0001-02-03"))
        batch[6].append(bytes: id.isEmpty ? [] : [0x0A, 0xFF])
      }
      batch[0].append(text: "nothing")
      for column in 1..<7 { batch[column].appendNull() }
    }
    try expectGolden(text, named: "kinds.csv")
  }

  @Test(arguments: [
    ("=1+1", "\"'=1+1\""), ("+86", "\"'+86\""), ("-1", "\"'-1\""), ("@x", "\"'@x\""),
    ("\tx", "\"'\tx\""), ("\rx", "\"'\rx\""), ("\nx", "\"'\nx\""), ("＝1", "\"'＝1\""),
    ("＋1", "\"'＋1\""), ("－1", "\"'－1\""), ("＠x", "\"'＠x\""), ("'=1", "\"''=1\""),
    ("1=1", "1=1"), ("'s", "'s"), ("'", "'"), ("''", "''"), ("－", "\"'－\""), ("﹣", "﹣"),
    ("", "\"\""), ("=\"x\"", "\"'=\"\"x\"\"\""),
  ])
  func `a text that a spreadsheet would run is kept from it`(
    text: String, field: String
  ) async throws {
    let schema = try TableSchema([TableColumn("t", .text)])
    let lines = try await written(schema, Self.plain) { $0[0].append(text: text) }
    #expect(Array(lines.utf8) == Array("t\n\(field)\n".utf8))
  }

  @Test func `for other programs the guard can be left out`() async throws {
    let schema = try TableSchema([TableColumn("=t", .text)])
    let options = CSVOptions(byteOrderMark: false, guardsFormulas: false)
    #expect(try await written(schema, options) { $0[0].append(text: "=1") } == "=t\n=1\n")
    #expect(try await written(schema, Self.plain) { _ in } == "\"'=t\"\n")
  }

  @Test func `numbers are not texts, and are not guarded`() async throws {
    let schema = try TableSchema([TableColumn("n", .number), TableColumn("i", .integer)])
    let text = try await written(schema, Self.plain) { batch in
      batch[0].append(numbers: [-1.5, 1e300])
      batch[1].append(integers: [-7, 7])
    }
    #expect(text == "n,i\n-1.5,-7\n1e+300,7\n")
  }

  @Test func `a null is an empty field, alone on its line an empty text`() async throws {
    let two = try TableSchema(["a", "b"].map { TableColumn($0, .text, isNullable: true) })
    let text = try await written(two, Self.plain) { batch in
      for column in 0..<2 { batch[column].append(text: nil) }
      for column in 0..<2 { batch[column].append(text: "") }
    }
    #expect(text == "a,b\n,\n\"\",\"\"\n")
    let one = try TableSchema([TableColumn("n", .number, isNullable: true)])
    #expect(try await written(one, Self.plain) { $0[0].append(number: nil) } == "n\n\"\"\n")
  }

  @Test func `a file begins with the mark that spreadsheets look for`() async throws {
    let schema = try TableSchema([TableColumn("图斑", .text)])
    try await Places.withTemporaryFolder { folder in
      let file = folder.appending(path: "t.csv")
      try CSVWriter(path: file.path, schema: schema).finish()
      #expect(try Data(contentsOf: file) == Data([0xEF, 0xBB, 0xBF]) + Data("图斑\n".utf8))
    }
  }

  @Test(arguments: 0..<200 as Range<UInt64>)
  func `decimals are written as answers print them`(seed: UInt64) async throws {
    var random = SplitMix64(seed: seed)
    let places = Int.random(in: 0...9, using: &random)
    let values = (0..<20).map { _ in
      let whole = Double.random(in: -1e8...1e8, using: &random)
      // Halves of the last place, where rounding is decided.
      return Bool.random(using: &random) ? whole : (whole * 8).rounded() / 16
    }
    let schema = try TableSchema([TableColumn("d", .decimal(places: places))])
    let text = try await written(schema, Self.plain) { $0[0].append(numbers: values) }
    let expected = values.map { DecimalText.fixed($0, decimals: places) }
    #expect(text == (["d"] + expected).joined(separator: "\n") + "\n")
  }

  private func written(
    _ schema: TableSchema, _ options: CSVOptions, _ fill: (inout TableBatch) -> Void
  ) async throws -> String {
    try await Places.withTemporaryFolder { folder in
      let file = folder.appending(path: "t.csv")
      let writer = try CSVWriter(path: file.path, schema: schema, options: options)
      var batch = TableBatch(schema)
      fill(&batch)
      try writer.append(batch)
      try writer.finish()
      return String(decoding: try Data(contentsOf: file), as: UTF8.self)
    }
  }
}
