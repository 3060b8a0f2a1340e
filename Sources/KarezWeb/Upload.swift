import Foundation
import Hummingbird
import KarezCore
import KarezService

/// What a form brought: its fields, and its file kept beside the data until it was read.
struct Upload {
  private(set) var fields: [String: String] = [:]
  /// Each file's path here and the name the sender gave it, in the order they came.
  private(set) var files: [(path: String, name: String)] = []
  /// The field each file came in.
  private(set) var fileFields: [String] = []
  var file: (path: String, name: String)? { files.first }

  static let maximumBytes = 100 << 20
  static let maximumFieldBytes = 2 << 20

  /// Reads a request's form, streaming a file into `folder`.
  ///
  /// Whoever calls it discards it, whatever happens.
  mutating func read(
    _ request: Request, boundary: String, folder: URL, mostFiles: Int = 1,
    mostBytes: Int = Upload.maximumBytes
  ) async throws(WebError) {
    var parser: MultipartParser
    do {
      parser = try MultipartParser(boundary: boundary, mostFiles: mostFiles)
    } catch {
      throw .multipartMalformed(error)
    }
    var sink = Sink(folder: folder, mostFiles: mostFiles)
    defer { (files, fileFields) = (sink.files, sink.fileFields) }
    var total = 0
    do {
      for try await chunk in request.body {
        total += chunk.readableBytes
        guard total <= mostBytes else { throw WebError.bodyTooLarge(limitBytes: mostBytes) }
        for event in try parser.feed(chunk.readableBytesView) { try sink.take(event) }
      }
      try parser.finish()
    } catch let error as MultipartError {
      throw .multipartMalformed(error)
    } catch let error as WebError {
      throw error
    } catch {
      throw .multipartMalformed(.endsTooSoon)
    }
    fields = sink.fields
  }

  /// Removes the files, if there are any.
  func discard() {
    for file in files { try? FileManager.default.removeItem(atPath: file.path) }
  }
}

extension Upload {
  /// The boundary a form brought: the file where one was sent, else an earlier answer's, else what
  /// was drawn or typed.
  func readBoundary(_ map: OneMap, by visitor: Visitor) async throws -> ReadBoundary {
    func given(_ name: String) -> String? {
      guard let text = fields[name], text.contains(where: { !$0.isWhitespace }) else {
        return nil
      }
      return text
    }
    if let file {
      return try await map.readBoundary(
        file: FileArgument(file.path, layer: given("layer")), named: file.name, crs: given("crs"))
    }
    if let earlier = given("from") {
      return ReadBoundary(of: try await map.answer(id: earlier, in: visitor.scope))
    }
    if let drawn = given("boundary") {
      return try map.readBoundary(geoJSON: try Self.json(Array(drawn.utf8), of: "boundary"))
    }
    guard let typed = given("coordinates") else { throw WebError.boundaryMissing }
    return try map.readBoundary(geoJSON: try TypedBoundary.geoJSON(of: typed))
  }

  static func json(_ bytes: [UInt8], of field: String) throws(WebError) -> JSONValue {
    do throws(JSONError) {
      return try JSONValue(parsing: bytes)
    } catch {
      throw .notJSON(field: field, error)
    }
  }
}

/// Where the parts of a form go.
private struct Sink {
  let folder: URL
  let mostFiles: Int
  var fields: [String: String] = [:]
  var files: [(path: String, name: String)] = []
  var fileFields: [String] = []
  private var head: MultipartParser.PartHead?
  private var text: [UInt8] = []
  private var handle: FileHandle?

  init(folder: URL, mostFiles: Int) {
    self.folder = folder
    self.mostFiles = mostFiles
  }

  mutating func take(_ event: MultipartParser.Event) throws(WebError) {
    switch event {
    case .part(let head): try begin(head)
    case .data(let bytes): try write(bytes)
    case .partEnd: try endPart()
    case .end: return
    }
  }

  private mutating func begin(_ head: MultipartParser.PartHead) throws(WebError) {
    self.head = head
    text = []
    // A form whose file was not chosen sends a part with an empty name.
    guard let name = head.fileName, !name.isEmpty else { return }
    guard files.count < mostFiles else { throw .fieldInvalid(name: head.name) }
    let path = folder.appending(path: "upload-" + UUID().uuidString).path
    do {
      try FileManager.default.createDirectory(
        at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw .storageFailed
    }
    guard
      FileManager.default.createFile(
        atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]),
      let handle = FileHandle(forWritingAtPath: path)
    else { throw .storageFailed }
    files.append((path, name))
    fileFields.append(head.name)
    self.handle = handle
  }

  private mutating func write(_ bytes: [UInt8]) throws(WebError) {
    if let handle {
      do {
        try handle.write(contentsOf: bytes)
      } catch {
        throw .storageFailed
      }
      return
    }
    guard text.count + bytes.count <= Upload.maximumFieldBytes else {
      throw .bodyTooLarge(limitBytes: Upload.maximumFieldBytes)
    }
    text += bytes
  }

  private mutating func endPart() throws(WebError) {
    guard let head else { return }
    if let handle {
      try? handle.close()
      self.handle = nil
    } else if head.fileName == nil {
      guard let value = String(validating: text, as: UTF8.self), !value.contains("\0") else {
        throw .fieldInvalid(name: head.name)
      }
      fields[head.name] = value
    }
    self.head = nil
  }
}
