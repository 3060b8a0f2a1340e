import Foundation
public import Testing

/// Compares text with `Goldens/<name>`, next to the calling test.
///
/// With `GOLDEN=record` it writes the file and fails, so a recording run can never be green.
public func expectGolden(
  _ actual: String, named name: String, path: String = #filePath,
  location: SourceLocation = #_sourceLocation
) throws {
  let folder = URL(filePath: path).deletingLastPathComponent().appending(path: "Goldens")
  let file = folder.appending(path: name)
  if ProcessInfo.processInfo.environment["GOLDEN"] == "record" {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try actual.write(to: file, atomically: true, encoding: .utf8)
    Issue.record("recorded \(name); read its diff, rerun without GOLDEN", sourceLocation: location)
    return
  }
  let expected = try String(contentsOf: file, encoding: .utf8)
  #expect(actual == expected, "\(name) differs from its golden", sourceLocation: location)
}
