import Foundation
import KarezCore
import KarezGeometry
import KarezStore

/// A state as GeoJSON, one feature a line, so that it can be looked through without holding it.
///
/// - Shape: the head of a FeatureCollection with what is said of it as `karez`; the features, each
///   on a line of its own and with a comma but the last; the end. Values are those of the schema:
///   days as `YYYY-MM-DD`.
final class StateLines {
  private let output: ByteOutput
  private let handle: FileHandle
  private let name: String
  private var count: Int64 = 0

  private static let tail = "]}\n"

  init(to file: URL, said: JSONValue) throws(Problem) {
    name = file.lastPathComponent
    guard
      FileManager.default.createFile(
        atPath: file.path, contents: nil, attributes: [.posixPermissions: 0o600]),
      let handle = try? FileHandle(forWritingTo: file)
    else { throw .exchangeDisk(name) }
    self.handle = handle
    output = ByteOutput(descriptor: handle.fileDescriptor, name: name)
    try write(
      "{\"type\":\"FeatureCollection\",\"karez\":\(said.canonicalText),\"features\":[")
  }

  private func write(_ text: String) throws(Problem) { try output.write { $0 += text.utf8 } }

  func add(
    _ geometry: Geometry?, _ attributes: [String: AttributeValue]
  ) throws(Problem) {
    let feature = JSONValue.object([
      "type": .string("Feature"), "geometry": geometry?.geoJSON ?? .null,
      "properties": .object(attributes.mapValues(\.plainJSON)),
    ])
    try write((count == 0 ? "\n" : ",\n") + feature.canonicalText)
    count += 1
  }

  /// Closes the file; what is returned is the number of features.
  func finish() throws(Problem) -> Int64 {
    try write("\n" + Self.tail)
    try output.flush()
    do { try handle.close() } catch { throw .exchangeDisk(name) }
    return count
  }

  /// The names of all attributes that some feature states, and how many features there are.
  ///
  /// - Errors: `Problem` that names the line where the file is not of the form.
  static func names(in file: URL) throws(Problem) -> (names: Set<String>, features: Int64) {
    let lines = LineInput(try ByteInput(path: file.path))
    var names: Set<String> = []
    var features: Int64 = 0
    var isOver = false
    while let line = try lines.next() {
      let bytes = Array(line)
      if lines.number == 1 {
        guard bytes.last == UInt8(ascii: "["),
          let head = try? JSONValue(parsing: bytes + Array("]}".utf8)),
          head["type"]?.string == "FeatureCollection"
        else { throw malformed(file, lines.number) }
        continue
      }
      if bytes == Array("]}".utf8) {
        isOver = true
        continue
      }
      let feature = try? JSONValue(
        parsing: bytes.last == UInt8(ascii: ",") ? Array(bytes.dropLast()) : bytes)
      guard !isOver, case .object(let properties)? = feature?["properties"] else {
        throw malformed(file, lines.number)
      }
      features += 1
      for (name, value) in properties where value != .null { names.insert(name) }
    }
    guard isOver else { throw malformed(file, lines.number) }
    return (names, features)
  }

  private static func malformed(_ file: URL, _ line: Int) -> Problem {
    .exchangeAltered("state, line \(line)", at: file.lastPathComponent)
  }
}

extension AttributeValue {
  /// As GeoJSON has it.
  fileprivate var plainJSON: JSONValue {
    switch self {
    case .null: .null
    case .text(let text): .string(text)
    case .integer(let number): .integer(number)
    case .decimal(let number): .number(number)
    case .boolean(let flag): .boolean(flag)
    case .date(let day): .string(day.description)
    }
  }
}
