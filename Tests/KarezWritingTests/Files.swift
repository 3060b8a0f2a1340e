import Foundation
import KarezCore
import KarezGeometry
import KarezReading
import KarezWriting
import TestSupport
import Testing

/// Writes layers to files and reads them back.
enum Files {
  static let reader = SourceReader(program: Program.path(of: "karez-reader").path)

  static let output = LayerOutput(
    worker: LibraryWriter(program: Program.path(of: "karez-reader").path))

  static func write(
    _ features: [OutputFeature], of layer: OutputLayer = Layers.layer(), as format: OutputFormat,
    to file: URL, options: WritingOptions = WritingOptions()
  ) async throws {
    _ = try await written(features, of: layer, as: format, to: file, options: options)
  }

  /// Writes, and gives what is to be told.
  static func written(
    _ features: [OutputFeature], of layer: OutputLayer = Layers.layer(), as format: OutputFormat,
    to file: URL, options: WritingOptions = WritingOptions()
  ) async throws -> [OutputNote] {
    let writer = try output.writer(format, to: file.path, layer: layer, options: options)
    // In two goes, because nothing may depend on how features come.
    try await writer.append(Array(features.prefix(1)))
    try await writer.append(Array(features.dropFirst()))
    try await writer.finish()
    return writer.notes
  }

  static func read(
    _ file: URL, _ options: ReadOptions = ReadOptions()
  ) async throws -> (layer: SourceLayer, features: [SourceFeature]) {
    var found: SourceLayer?
    var features: [SourceFeature] = []
    try await reader.read(
      file.path, options, onLayer: { found = $0 }, onFeatures: { features += $0 })
    return (try #require(found), features)
  }

  /// What another program prints.
  static func shown(_ program: String, _ arguments: [String]) throws -> String {
    let outcome = try Program.run("/usr/bin/" + program, arguments)
    #expect(outcome.status == 0, "\(program): \(outcome.problems)")
    return outcome.output
  }

  static let areOthersInstalled = FileManager.default.isExecutableFile(atPath: "/usr/bin/ogrinfo")

  /// What lies in a folder, hidden files too.
  static func names(in folder: URL) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
  }
}

extension OutputFeature {
  /// The attributes by name, as a reader gives them.
  func attributes(of layer: OutputLayer) -> [String: AttributeValue] {
    Dictionary(
      zip(layer.fields.map(\.name), values), uniquingKeysWith: { first, _ in first })
  }
}

/// The Python environment of the tests, with programs of others that read what we write.
enum Python {
  static let program = Places.repository.appending(path: ".venv/bin/python")
  static let isInstalled = FileManager.default.isExecutableFile(atPath: program.path)

  /// What a script says of a file, as JSON.
  static func run<Found: Decodable>(_ script: String, on file: URL) throws -> Found {
    let outcome = try Program.run(program.path, ["-c", script, file.path])
    try #require(outcome.status == 0, "\(outcome.problems.suffix(1_200))")
    return try JSONDecoder().decode(Found.self, from: Data(outcome.output.utf8))
  }
}
