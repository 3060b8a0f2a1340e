import KarezCore
import TestSupport
import Testing

@testable import KarezTables

@Suite struct BatchTests {
  @Test func `text that lies in memory is appended as text`() throws {
    let schema = try TableSchema([TableColumn("t", .text), TableColumn("b", .bytes)])
    var batch = TableBatch(schema)
    let memory = Array("图斑 A".utf8)
    batch[0].append(text: try UTF8Span(validating: memory.span))
    batch[0].append(text: "图斑 A")
    batch[1].append(bytes: memory.span)
    batch[1].append(bytes: memory)
    #expect(batch.rowCount == 2)
    for column in 0..<2 {
      #expect(batch[column].bytes == memory + memory)
      #expect(batch[column].range(of: 1) == memory.count..<(2 * memory.count))
    }
  }

  @Test func `which rows are null is kept from the first null on`() throws {
    let schema = try TableSchema([TableColumn("n", .number, isNullable: true)])
    var batch = TableBatch(schema)
    batch[0].append(numbers: [1, 2])
    #expect(batch[0].presence.isEmpty)
    batch[0].append(number: nil)
    batch[0].append(numbers: [3, 4])
    batch[0].append(number: 5)
    #expect((0..<6).map(batch[0].isNull) == [false, false, true, false, false, false])
    batch.removeAll()
    batch[0].appendNull()
    batch[0].append(number: 1)
    #expect((0..<2).map(batch[0].isNull) == [true, false])
  }

  @Test func `a batch filled again has only its new rows`() throws {
    let schema = try TableSchema([
      TableColumn("t", .text), TableColumn("d", .day), TableColumn("i", .integer),
    ])
    var batch = TableBatch(schema, capacity: 4)
    for text in ["one", "two"] {
      batch[0].append(text: text)
      batch[1].append(day: LegalDate("2025-10-01"))
      batch[2].append(integer: 1)
      #expect(batch.rowCount == 1)
      #expect(batch[0].bytes == Array(text.utf8))
      batch.removeAll()
      #expect(batch.rowCount == 0)
    }
  }
}
