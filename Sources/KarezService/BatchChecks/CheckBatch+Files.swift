import Foundation
public import KarezCore
public import KarezGeometry
import KarezReading
public import KarezWriting

extension OneMap {
  /// The formats a batch's table can be had in.
  public static let batchFormats: [OutputFormat] = [.xlsx, .csv, .geopackage]

  /// Writes the lines of a batch as a table, or as a layer with the parcels' outlines.
  ///
  /// - Errors: usage for a format it is not written in.
  public func write(
    _ rows: [BatchRow], outlines: [MultiPolygon?], titled title: LocalizedText,
    to path: String, as format: OutputFormat
  ) async throws(Problem) {
    guard Self.batchFormats.contains(format) else {
      throw Wording(
        "output-format-unknown", "输出文件须为 .xlsx、.csv 或 .gpkg",
        "the output is a .xlsx, a .csv or a .gpkg file", do: "更正文件名", "mend the name"
      ).problem(.usage, at: "format")
    }
    let isDrawn = format == .geopackage
    let layer = OutputLayer(
      name: "checks", title: title, geometry: isDrawn ? .polygon : .none, crs: .cgcs2000,
      fields: Self.batchFields, identifier: "number")
    do throws(WritingError) {
      let worker = LibraryWriter(program: installation.reader.path)
      let writer = try LayerOutput(worker: worker).writer(format, to: path, layer: layer)
      try await writer.append(
        rows.enumerated().map { index, row in
          let shape = isDrawn && index < outlines.count ? outlines[index] : nil
          return OutputFeature(
            id: String(row.number), geometry: shape.map(Geometry.polygons), values: row.values)
        })
      try await writer.finish()
    } catch {
      throw .writing(error, to: path.split(separator: "/").last.map(String.init) ?? path)
    }
  }

  private static var batchFields: [OutputField] {
    func field(_ name: String, _ type: AttributeType, _ zh: String, _ en: String) -> OutputField {
      OutputField(name: name, type: type, title: LocalizedText(zh: zh, en: en))
    }
    return [
      field("number", .integer, "序号", "number"), field("file", .text, "文件", "file"),
      field("parcel", .text, "地块编号", "parcel"), field("name", .text, "地块名称", "name"),
      field("verdict", .text, "结论代码", "verdict"),
      field("area_m2", .decimal, "椭球面积（平方米）", "ellipsoidal area, m2"),
      field("area_ha", .decimal, "椭球面积（公顷）", "ellipsoidal area, ha"),
      field("area_mu", .decimal, "椭球面积（亩）", "ellipsoidal area, mu"),
      field("prohibits", .integer, "禁止", "prohibits"),
      field("requires", .integer, "须办理", "requires"),
      field("informs", .integer, "提示", "informs"),
      field("undecided", .integer, "待认定", "undecided"),
      field("lead", .text, "主要问题", "main finding"),
      field("lead_en", .text, "主要问题（英文）", "main finding, in English"),
      field("answer", .text, "审查结果编号", "answer"),
    ]
  }
}

extension BatchRow {
  /// In the order of the fields.
  fileprivate var values: [AttributeValue] {
    func text(_ text: String?) -> AttributeValue {
      text.flatMap { $0.isEmpty ? nil : .text($0) } ?? .null
    }
    func number(_ number: Int) -> AttributeValue { .integer(Int64(number)) }
    func decimal(_ number: Double?, _ places: Int) -> AttributeValue {
      number.flatMap { Double(DecimalText.fixed($0, decimals: places)) }.map(AttributeValue.decimal)
        ?? .null
    }
    return [
      number(self.number), text(file), text(parcel), text(name), text(verdict?.rawValue),
      decimal(area?.squareMetres, 2), decimal(area?.hectares, 4), decimal(area?.mu, 2),
      number(prohibits), number(requires), number(informs), number(undecided), text(lead?.zh),
      text(lead?.en), text(answer),
    ]
  }
}
