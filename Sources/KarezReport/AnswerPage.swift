import Foundation
import Mustache

/// The templates of the portal's folder, parsed once.
public struct PageTemplates: Sendable {
  private let library: MustacheLibrary

  /// Reads `*.mustache` of a folder; a template is named by its file without the ending.
  public init(folder: String) throws(ReportError) {
    var library = MustacheLibrary()
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: folder)
    } catch {
      throw .templateUnreadable(file: "templates", reason: "absent")
    }
    for name in names.sorted() where name.hasSuffix(".mustache") {
      guard let data = FileManager.default.contents(atPath: folder + "/" + name) else {
        throw .templateUnreadable(file: name, reason: "absent")
      }
      do {
        let text = String(decoding: data, as: UTF8.self)
        try library.register(text, named: String(name.dropLast(".mustache".count)))
      } catch {
        throw .templateUnreadable(file: name, reason: "\(error)")
      }
    }
    self.library = library
  }

  public func render(_ model: Any, with name: String) throws(ReportError) -> String {
    guard let text = library.render(model, withTemplate: name) else {
      throw .templateMissing(name: name)
    }
    return text
  }
}

/// An answer as one self-contained HTML file: its style and map are inside, it loads nothing.
public enum AnswerPage {
  private struct Model {
    let view: AnswerView
    let styleText: String?
    /// A sheet shows every provision open: paper has nothing to click.
    let isSheet = true
  }

  /// The style a self-contained file carries: `tokens.css` and `answer.css`.
  public static func style(portal: String) throws(ReportError) -> String {
    var text = ""
    for name in ["tokens.css", "answer.css"] {
      guard let data = FileManager.default.contents(atPath: portal + "/assets/" + name) else {
        throw .templateUnreadable(file: name, reason: "absent")
      }
      text += String(decoding: data, as: UTF8.self)
    }
    return text
  }

  /// The file's text; the style is what `style(portal:)` read, or nil to link to the files instead,
  /// for a server whose policy allows no inline style.
  public static func html(
    _ view: AnswerView, templates: PageTemplates, style: String?
  ) throws(ReportError) -> String {
    try templates.render(Model(view: view, styleText: style), with: "answer-page")
  }
}
