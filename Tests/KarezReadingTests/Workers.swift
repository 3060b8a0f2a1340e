import Foundation
import KarezReading
import TestSupport

/// The worker that was built with these tests.
enum Workers {
  static let program = Program.path(of: "karez-reader").path

  static let reader = SourceReader(program: program)

  /// All of one layer.
  static func read(
    _ file: String, _ options: ReadOptions = ReadOptions()
  ) async throws -> (layer: SourceLayer, features: [SourceFeature]) {
    var found: SourceLayer?
    var features: [SourceFeature] = []
    try await reader.read(
      file, options, onLayer: { found = $0 }, onFeatures: { features += $0 })
    guard let found else { throw ReadingError.noLayer }
    return (found, features)
  }

  /// What reading the bytes under a name gives.
  static func read(
    bytes: [UInt8], as name: String, _ options: ReadOptions = ReadOptions()
  ) async throws -> (layer: SourceLayer, features: [SourceFeature]) {
    try await Places.withTemporaryFolder { folder in
      let file = folder.appending(path: name)
      try Data(bytes).write(to: file)
      return try await read(file.path, options)
    }
  }

  static func read(
    text: String, as name: String, _ options: ReadOptions = ReadOptions()
  ) async throws -> (layer: SourceLayer, features: [SourceFeature]) {
    try await read(bytes: Array(text.utf8), as: name, options)
  }
}
