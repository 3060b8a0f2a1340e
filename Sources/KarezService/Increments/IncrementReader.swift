import Foundation
import KarezCore
import KarezCrypto
import KarezGeometry
import KarezReading
import KarezStore

/// Reads a package's file, strictly: what is not as `IncrementLines` writes it is refused by line.
struct IncrementReader {
  /// What is larger goes as a whole state.
  static let mostBytes = 512 << 20

  private enum Fault: Error {
    case malformed
    case otherFormat
  }

  private let name: String
  private var head: JSONValue?
  private var changes: [IncrementPackage.Change] = []
  private var ground: [IncrementPackage.Neighbour] = []
  private var successions: [Succession] = []
  private var withdrawn: [Succession] = []
  private var ids: Set<String> = []

  private init(_ name: String) { self.name = name }

  /// The package of a file.
  ///
  /// - Errors: `Problem` that names the line; of kind not found without a file.
  static func read(_ path: String, named name: String) throws(Problem) -> IncrementPackage {
    let file = URL(filePath: path)
    let size = (try? file.resourceValues(forKeys: [.fileSizeKey]).fileSize) ?? 0
    guard size <= mostBytes else {
      throw Wording(
        "increment-too-large", "增量包超过 \(mostBytes >> 20) MB",
        "the package has more than \(mostBytes >> 20) MB",
        do: "以整体状态汇交", "submit a whole state"
      ).problem(at: name)
    }
    guard let bytes = try? Data(contentsOf: file, options: .mappedIfSafe) else {
      throw .reading(.fileMissing, of: name)
    }
    return try package(of: bytes, named: name)
  }

  /// The package that bytes are.
  static func package(of bytes: Data, named name: String) throws(Problem) -> IncrementPackage {
    var reader = IncrementReader(name)
    return try reader.package(of: bytes)
  }

  private mutating func package(of bytes: Data) throws(Problem) -> IncrementPackage {
    let newline = UInt8(ascii: "\n")
    let ends = bytes.indices.filter { bytes[$0] == newline }
    guard let last = ends.last, last == bytes.count - 1, ends.count > 1 else { throw cutShort }
    let body = bytes[..<(ends[ends.count - 2] + 1)]
    try checkEnd(Array(bytes[body.endIndex..<last]), of: body, lines: ends.count - 1)
    var start = 0
    for (number, end) in ends.dropLast().enumerated() {
      do throws(Fault) {
        try take(Array(bytes[start..<end]))
      } catch {
        throw problem(error, line: number + 1)
      }
      start = end + 1
    }
    guard let package = finished() else { throw problem(.malformed, line: 1) }
    return package
  }

  private func checkEnd(
    _ line: [UInt8], of body: Data, lines: Int
  ) throws(Problem) {
    guard let end = (try? JSONValue(parsing: line))?["end"],
      end["lines"]?.integer == Int64(lines)
    else { throw cutShort }
    guard end["sm3"]?.string == SM3.digest(body).description else {
      throw Wording(
        "increment-altered", "增量包内容与其摘要不符", "the package is not what its digest says",
        do: "请制作方重新发送", "have it sent again"
      ).problem(at: name)
    }
  }

  private mutating func take(_ line: [UInt8]) throws(Fault) {
    guard case .object(let members)? = try? JSONValue(parsing: line), members.count == 1,
      let (kind, value) = members.first, (kind == "head") == (head == nil)
    else { throw .malformed }
    switch kind {
    case "head":
      guard value["format"]?.string == IncrementLines.format else { throw .otherFormat }
      head = value
    case "feature":
      guard let change = Self.change(value), ids.insert(change.id).inserted else {
        throw .malformed
      }
      changes.append(change)
    case "ground":
      guard let id = value["id"]?.string, let sm3 = value["sm3"]?.string else { throw .malformed }
      ground.append(IncrementPackage.Neighbour(id: id, sm3: sm3))
    case "succession": successions.append(try Self.succession(value))
    case "withdrawn": withdrawn.append(try Self.succession(value))
    default: throw .malformed
    }
  }

  private func finished() -> IncrementPackage? {
    guard let head, let dataset = head["dataset"]?.string.flatMap({ DatasetID($0) }),
      let base = head["base"].flatMap(IncrementPackage.State.init),
      let result = head["result"], result == .null || IncrementPackage.State(result) != nil,
      let regions = head["regions"], regions == .null || regions.texts != nil
    else { return nil }
    return IncrementPackage(
      dataset: dataset, regions: regions.texts, base: base,
      result: IncrementPackage.State(result), changes: changes,
      ground: ground, successions: successions, withdrawn: withdrawn)
  }

  // MARK: Lines

  private static func change(_ value: JSONValue) -> IncrementPackage.Change? {
    guard let id = value["id"]?.string, !id.isEmpty, let base = value["base"].flatMap(versions),
      let result = value["result"].flatMap(versions), let rows = value["rows"]?.array
    else { return nil }
    let read = rows.compactMap { row(of: id, $0) }
    guard read.count == rows.count else { return nil }
    return IncrementPackage.Change(id: id, base: base, result: result, rows: read)
  }

  private static func versions(_ value: JSONValue) -> [IncrementPackage.Version]? {
    guard let array = value.array else { return nil }
    let versions = array.compactMap { version -> IncrementPackage.Version? in
      guard let validity = validity(version), let sm3 = version["sm3"]?.string else { return nil }
      return IncrementPackage.Version(validity: validity, sm3: sm3)
    }
    return versions.count == array.count ? versions : nil
  }

  private static func row(of id: String, _ value: JSONValue) -> IncrementPackage.Row? {
    guard let validity = validity(value) else { return nil }
    guard let given = value["attributes"] else {
      return IncrementPackage.Row(validity: validity, content: nil)
    }
    guard case .object(let members) = given else { return nil }
    let attributes = members.compactMapValues { AttributeValue(typedJSON: $0) }
    guard attributes.count == members.count else { return nil }
    var geometry: Geometry?
    if let text = value["wkb"]?.string {
      guard let bytes = Data(base64Encoded: text), let read = try? Geometry(wkb: Array(bytes))
      else { return nil }
      geometry = read
    }
    return IncrementPackage.Row(
      validity: validity, content: Feature(id: id, geometry: geometry, attributes: attributes))
  }

  private static func validity(_ value: JSONValue) -> Validity? {
    guard let from = value["from"]?.string.flatMap({ LegalDate($0) }),
      let until = value["until"]
    else { return nil }
    if until == .null { return Validity(from: from) }
    return until.string.flatMap { LegalDate($0) }.flatMap { Validity(from: from, until: $0) }
  }

  private static func succession(_ value: JSONValue) throws(Fault) -> Succession {
    guard let kind = value["kind"]?.string.flatMap({ Succession.Kind(rawValue: $0) }),
      let parents = value["parents"]?.texts, let children = value["children"]?.texts,
      let day = value["validOn"]?.string.flatMap({ LegalDate($0) }),
      let succession = Succession(kind, of: parents, into: children, on: day)
    else { throw .malformed }
    return succession
  }

  // MARK: Problems

  private var cutShort: Problem {
    Wording(
      "increment-cut", "增量包不完整", "the package ends too soon",
      do: "请制作方重新发送", "have it sent again"
    ).problem(at: name)
  }

  private func problem(_ fault: Fault, line: Int) -> Problem {
    let place = "\(name): \(line)"
    return switch fault {
    case .malformed:
      Wording(
        "increment-malformed", "这一行不是增量包的内容", "the line is not one of a package",
        do: "用 karez increment 重新制作", "make it again with karez increment"
      ).problem(at: place)
    case .otherFormat:
      Wording(
        "increment-format", "不是 \(IncrementLines.format) 格式", "it is not \(IncrementLines.format)",
        do: "用同一版本的程序制作", "make it with a program of this version"
      ).problem(at: place)
    }
  }
}

extension IncrementPackage.State {
  init?(_ json: JSONValue) {
    guard let commit = json["commit"]?.integer.flatMap({ CommitNumber(Int(clamping: $0)) }),
      let sm3 = json["sm3"]?.string
    else { return nil }
    self.init(commit: commit, sm3: sm3)
  }
}
