import Foundation
import KarezCore
import TestSupport
import Testing

@testable import KarezReport

/// The printer needs the Python environment that set-up makes; without it these are skipped.
@Suite(.serialized) struct PrinterTests {
  static let environment = Places.repository.appending(path: ".venv").path
  static let canPrint = FileManager.default.fileExists(atPath: environment + "/bin/python")
  static let printer = Printer(
    folder: Places.repository.appending(path: "Print").path, environment: environment)

  @Test(.enabled(if: canPrint), arguments: Language.allCases)
  func `an answer prints as PDF and A-2b`(language: Language) async throws {
    let view = try SampleAnswer.view(in: language)
    let bytes = try await AnswerPDF.bytes(of: view, printer: Self.printer)
    #expect(bytes.count > 10_000)
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(text.hasPrefix("%PDF-1.7"))
    #expect(text.contains("pdfaid:part"))
    #expect(try await AnswerPDF.bytes(of: view, printer: Self.printer) == bytes)
  }

  @Test(.enabled(if: canPrint))
  func `what is not an answer is refused with the printer's last words`() async {
    await #expect(throws: ReportError.self) { try await Self.printer.print(Data("{}".utf8)) }
  }

  @Test(.enabled(if: canPrint))
  func `a printer out of memory fails, and says so`() async {
    let small = Printer(
      folder: Self.printer.folder, environment: Self.environment, memoryLimitBytes: 64 << 20)
    await #expect(throws: ReportError.self) { try await small.print(Data("{}".utf8)) }
  }

  @Test func `a printer that is not there is unavailable, not a defect`() async {
    let absent = Printer(folder: "/nowhere", environment: "/nowhere")
    await #expect(throws: ReportError.printerMissing(part: "karez_print.py")) {
      try await absent.print(Data())
    }
    #expect(ReportError.printerMissing(part: "x").problem.kind == .unavailable)
  }
}
