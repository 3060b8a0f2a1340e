import Foundation
import KarezCore

/// An answer as an A4 sheet: PDF/A-2b, made by `karez-print` in a sandbox.
public enum AnswerPDF {
  /// The file's bytes.
  ///
  /// - Errors: `printerMissing`, `printerFailed`, `printerTooSlow`.
  public static func bytes(
    of view: AnswerView, printer: Printer
  ) async throws(ReportError) -> [UInt8] {
    let input: Data
    do {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys]
      input = try encoder.encode(view)
    } catch {
      throw .printerFailed(status: 0, reason: "\(error)")
    }
    return try await printer.print(input)
  }
}
