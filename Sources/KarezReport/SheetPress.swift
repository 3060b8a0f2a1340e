import Foundation
public import KarezCore
import KarezGeometry
public import KarezService
import KarezStore
import KarezTiles

/// Letters and certificates of cases as A4 sheets: PDF/A-2b, by `karez-print` in its sandbox.
public struct SheetPress: CasePress {
  /// What the template `case.typ` reads.
  private struct Sheet: Encodable {
    struct Line: Encodable {
      let label: String
      let value: String
    }

    let sheet = "case"
    let language = "zh"
    let title: String
    let number: String
    let lines: [Line]
    let paragraphs: [String]
    let conditions: [String]
    let day: String
    let hasMap: Bool
    let mapSVG: String
    /// What the QR code says.
    let digest: String
    let foot: String
  }

  public init() {}

  public func pdf(of sheet: CaseSheet, on map: OneMap) async throws(Problem) -> [UInt8] {
    let drawing = try await drawing(of: sheet, on: map)
    let model = Sheet(
      title: sheet.title, number: sheet.number,
      lines: sheet.lines.map { .init(label: $0.label, value: $0.value) },
      paragraphs: sheet.paragraphs, conditions: sheet.conditions,
      day: sheet.day.description, hasMap: drawing != nil, mapSVG: drawing ?? "",
      digest: sheet.code, foot: "\(sheet.number) · \(sheet.day)")
    let printer = Self.printer(of: map)
    do throws(ReportError) { return try await printer.print(sheet: model, as: .pdf) } catch {
      throw error.problem
    }
  }

  private struct MapSheet: Encodable {
    let sheet = "casemap"
    let output = "png"
    let dots = 150.0
    let language = "zh"
    let mapSVG: String
  }

  public func picture(of sheet: CaseSheet, on map: OneMap) async throws(Problem) -> [UInt8]? {
    guard let drawing = try await drawing(of: sheet, on: map) else { return nil }
    let printer = Self.printer(of: map)
    do throws(ReportError) {
      return try await printer.print(sheet: MapSheet(mapSVG: drawing), as: .png)
    } catch {
      throw error.problem
    }
  }

  private static func printer(of map: OneMap) -> Printer {
    let environment = map.installation.python.deletingLastPathComponent()
      .deletingLastPathComponent()
    return Printer(folder: map.installation.print.path, environment: environment.path)
  }

  /// The land and what lies around it, as on the sheet of an answer.
  private func drawing(of sheet: CaseSheet, on map: OneMap) async throws(Problem) -> String? {
    guard let boundary = sheet.boundary?.geometry, let box = boundary.boundingBox else {
      return nil
    }
    var canvas = MapCanvas(frame: MapFrame(around: box))
    canvas.open()
    let asOf = AsOf(validOn: sheet.day, recorded: try await map.today().recorded)
    // A paper leaves the office, whoever prints it: of the surroundings it shows what everybody may see.
    let everybody = Scope(ceiling: .public)
    let layers = try await AnswerViews.surroundings(
      of: boundary, asOf: asOf, on: map, in: everybody
    ) { $0.theme == "boundaries" || $0.theme == "survey" }
    for layer in layers {
      for shape in layer.shapes { canvas.draw(shape.geometry, shape.paint) }
    }
    canvas.graticule()
    canvas.draw(.polygons(boundary), MapPaint(line: "#ffffff", lineWidth: 4.5))
    canvas.draw(.polygons(boundary), MapDrawing.boundaryPaint)
    canvas.close(northLetter: "北")
    return canvas.text
  }
}
