import Foundation
public import KarezCore
public import KarezService

/// Writes a quality report in the format its file name asks for: `.json`, `.html`, `.gpkg` or
/// `.xlsx`.
public struct QualityReportFile: Sendable {
  enum Format: String, CaseIterable {
    case json
    case html
    case gpkg
    case xlsx
  }

  private let path: String
  private let format: Format

  /// - Errors: `Problem` of kind usage for a file name without a known ending.
  public init(_ path: String) throws(Problem) {
    self.path = path
    guard let format = Format(rawValue: URL(filePath: path).pathExtension.lowercased()) else {
      let known = Format.allCases.map { "." + $0.rawValue }.joined(separator: ", ")
      throw Problem(
        .usage, code: "report-format-unknown", place: path,
        what: LocalizedText(zh: "不认识的报告格式", en: "the report's format is not known"),
        remedy: LocalizedText(zh: "文件名以 \(known) 结尾", en: "let its name end in \(known)"))
    }
    self.format = format
  }

  /// Makes sure the file can be written, before anything is recorded that it should tell of.
  public func reserve() throws(Problem) { try OutputFile.write("", to: path) }

  /// Writes the report; a page is made of the installation's templates and messages.
  public func write(
    _ outcome: ImportOutcome, in language: Language, by installation: Installation
  ) async throws(Problem) {
    switch format {
    case .json: try OutputFile.write(outcome.json.prettyText, to: path)
    case .gpkg: try QualityPlaces.write(outcome, to: path)
    case .xlsx: try await outcome.spreadsheet.write(to: path, by: installation)
    case .html:
      let page = try page(of: outcome, in: language, installation.portal.path)
      try OutputFile.write(page, to: path)
    }
  }

  private func page(
    of outcome: ImportOutcome, in language: Language, _ portal: String
  ) throws(Problem) -> String {
    do throws(ReportError) {
      let messages = try MessageCatalogues(folder: portal + "/messages")[language]
      return try QualityPage.html(
        QualityView(outcome, in: messages),
        templates: try PageTemplates(folder: portal + "/templates"),
        style: try AnswerPage.style(portal: portal))
    } catch {
      throw error.problem
    }
  }
}
