import Foundation
import KarezCatalog
public import KarezCore
import KarezGeometry
import KarezReading
import KarezRules
import KarezWriting

/// A list or a report as a table of one sheet, for people: titles in Chinese, numbers as numbers,
/// codes and identifiers as text.
public struct Spreadsheet: Sendable {
  public struct Column: Sendable {
    public let title: LocalizedText
    public let type: AttributeType

    public init(_ zh: String, _ en: String, _ type: AttributeType) {
      title = LocalizedText(zh: zh, en: en)
      self.type = type
    }
  }

  public let title: LocalizedText
  public let columns: [Column]
  /// Each as many values as there are columns.
  public var rows: [[AttributeValue]] = []

  public init(title: LocalizedText, columns: [Column]) {
    self.title = title
    self.columns = columns
  }

  /// Whether a file of this name is to be a spreadsheet.
  public static func isMeant(by path: String) -> Bool { path.lowercased().hasSuffix(".xlsx") }

  /// Writes the table, whole or not at all, by the worker of the installation.
  public func write(to path: String, by installation: Installation) async throws(Problem) {
    let layer = OutputLayer(
      name: "list", title: title, geometry: .none, crs: .cgcs2000,
      fields: columns.enumerated().map { index, column in
        OutputField(name: "column_\(index + 1)", type: column.type, title: column.title)
      }, identifier: "column_1")
    let file = URL(filePath: path).lastPathComponent
    do throws(WritingError) {
      let worker = LibraryWriter(program: installation.reader.path)
      let writer = try LayerOutput(worker: worker).writer(.xlsx, to: path, layer: layer)
      try await writer.append(
        rows.enumerated().map { index, values in
          OutputFeature(id: String(index + 1), geometry: nil, values: values)
        })
      try await writer.finish()
    } catch {
      throw .writing(error, to: file)
    }
  }
}

extension ImportOutcome {
  /// 质检报告 as a list of what was found.
  public var spreadsheet: Spreadsheet {
    var sheet = Spreadsheet(
      title: LocalizedText(zh: "质检结果", en: "Findings"),
      columns: [
        .init("规则", "rule", .text), .init("级别", "severity", .text),
        .init("行号", "row", .integer), .init("要素标识", "feature", .text),
        .init("相关要素", "others", .text), .init("经度", "longitude", .decimal),
        .init("纬度", "latitude", .decimal), .init("面积（平方米）", "area, m2", .decimal),
        .init("问题", "what is wrong", .text), .init("处理建议", "what to do", .text),
        .init("问题（英文）", "what is wrong, in English", .text),
      ])
    sheet.rows = report.findings.map(Self.row)
    return sheet
  }

  private static func row(_ finding: GateFinding) -> [AttributeValue] {
    func text(_ text: String) -> AttributeValue { text.isEmpty ? .null : .text(text) }
    func number(_ number: Double?) -> AttributeValue { number.map(AttributeValue.decimal) ?? .null }
    var row: [AttributeValue] = [.text(finding.rule), .text(finding.severity.rawValue)]
    row.append(finding.row.map(AttributeValue.integer) ?? .null)
    row += [text(finding.feature), text(finding.others.joined(separator: "、"))]
    row += [number(finding.place?.x), number(finding.place?.y), number(finding.areaM2)]
    row += [text(finding.what.zh), text(finding.remedy.zh), text(finding.what.en)]
    return row
  }
}

extension DiffReport {
  /// 面积账 as a list.
  public var spreadsheet: Spreadsheet {
    var sheet = Spreadsheet(
      title: LocalizedText(zh: "面积账", en: "Area ledger"),
      columns: [
        .init("行政区", "region", .text), .init("类别", "class", .text),
        .init("期初（平方米）", "from, m2", .decimal), .init("增加（平方米）", "gain, m2", .decimal),
        .init("减少（平方米）", "loss, m2", .decimal), .init("期末（平方米）", "to, m2", .decimal),
      ])
    sheet.rows = ledger.lines.map { line in
      var row: [AttributeValue] = [.text(line.region), .text(line.className)]
      for units in [line.from, line.gain, line.loss, line.to] {
        row.append(.decimal(LedgerUnits.squareMetres(units)))
      }
      return row
    }
    return sheet
  }
}
