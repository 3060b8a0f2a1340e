import Foundation
import Testing

/// Every parser of bytes from outside has a fuzz target, or a reason why it has none.
///
/// A parser is what may refuse (`init?`, `throws`, or an optional result), is not private, and takes
/// first: bytes, a source of bytes, JSON, a tree of a pack's file, or any text; or it is an
/// initialiser or a static function that takes a `String` under no label of its own, or under one
/// that says what kind of text it is (`ParserScan.inputLabels`).
@Suite struct ParserTests {
  /// A line of `Fuzz/parsers.txt`: a parser, then the targets that reach it, or `-` and the reason.
  struct Entry {
    let parser: String
    let targets: [String]
    let reason: String?
  }

  static func register() throws -> [Entry] {
    try Repository.text("Fuzz/parsers.txt").split(separator: "\n")
      .filter { !$0.hasPrefix("#") }
      .map { line in
        let words = line.split(separator: " ", maxSplits: 1).map(String.init)
        let rest = words.count == 2 ? words[1].trimmingCharacters(in: .whitespaces) : ""
        let isLeftOut = rest.hasPrefix("- ")
        return Entry(
          parser: words[0],
          targets: isLeftOut ? [] : rest.split(separator: " ").map(String.init),
          reason: isLeftOut ? String(rest.dropFirst(2)) : nil)
      }
  }

  @Test func `every parser is in the register, and every line of the register a parser`() throws {
    var found: Set<String> = []
    for file in try Repository.files(under: "Sources", ending: ".swift") {
      found.formUnion(ParserScan.parsers(in: file.lines))
    }
    try #require(found.count > 80, "too few parsers found: a gate that cannot fail")
    let listed = try Self.register().map(\.parser)
    #expect(Set(listed).count == listed.count, "a parser stands twice")
    for parser in found.subtracting(listed).sorted() {
      Issue.record("\(parser): no fuzz target; add one in Fuzz/ and a line in Fuzz/parsers.txt")
    }
    for parser in Set(listed).subtracting(found).sorted() {
      Issue.record("\(parser): is no parser any more; take the line out of Fuzz/parsers.txt")
    }
  }

  @Test func `every target of the register has a corpus, and every corpus a parser`() throws {
    let corpus = Repository.root.appending(path: "Fuzz/Corpus")
    let folders = Set(try FileManager.default.contentsOfDirectory(atPath: corpus.path))
    let register = try Self.register()
    for entry in register {
      #expect(entry.reason != nil || !entry.targets.isEmpty, "\(entry.parser): neither")
      if let reason = entry.reason { #expect(reason.count > 10, "\(entry.parser): why?") }
      for target in entry.targets { #expect(folders.contains(target), "\(entry.parser)") }
    }
    #expect(folders == Set(register.flatMap(\.targets)))
    for folder in folders {
      for seed in try FileManager.default.contentsOfDirectory(
        atPath: corpus.appending(path: folder).path)
      {
        let path = corpus.appending(path: folder).appending(path: seed).path
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        let size = (attributes[.size] as? NSNumber)?.intValue ?? .max
        #expect(size <= 16_384, "\(folder)/\(seed): a seed is small")
      }
    }
  }

  @Test func `a new parser would be seen`() {
    let source = """
      extension Parcel {
        public init?(
          parsing bytes: [UInt8], strictly: Bool = true
        ) {
        }
        struct Head {
          static func read(_ node: PackNode, file: String) throws(Fault) -> Head { fault }
          mutating func take(_ line: ArraySlice<UInt8>) -> Int? { nil }
          private init(_ text: String) throws {}
        }
        init(_ text: String) throws(Fault) { self.text = text }
        init(name: String) throws(Fault) { self.name = name }
        func write(_ bytes: [UInt8]) throws {}
        static func text(of bytes: [UInt8]) -> String { "" }
        static func units(_ text: String) -> Int64? { nil }
        static func parse(_ text: Substring, in file: String) throws(Problem) -> Head { head }
        static func line(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? { nil }
        init?(submitted text: String) { nil }
        init?(uri: String) { nil }
        static func title(for name: String) -> String? { nil }
        func look(_ text: String) -> String? { nil }
      }
      """
    let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(
      ParserScan.parsers(in: lines) == [
        "Parcel.init?(parsing:strictly:)", "Parcel.Head.read(_:file:)", "Parcel.Head.take(_:)",
        "Parcel.init(_:)", "Parcel.units(_:)", "Parcel.parse(_:in:)", "Parcel.line(_:)",
        "Parcel.init?(submitted:)", "Parcel.init?(uri:)",
      ])
  }
}

/// Finds parsers in a file by their declarations, as the formatter lays them out.
enum ParserScan {
  private static let bytes =
    #"(?:\[UInt8\]|ArraySlice<UInt8>|UnsafeRawBufferPointer|UnsafeBufferPointer<UInt8>|Data|"#
    + #"(?:some|any) ByteSource|some (?:Collection|Sequence)<UInt8>|Source|JSONValue\??|PackNode|"#
    + #"some StringProtocol)"#
  private static let text = "(?:String|Substring)"
  /// Labels under which text is given to be taken apart, and not to be looked up or shown.
  private static let inputLabels =
    "_|parsing|reading|wkt|pem|encoded|plain|submitted|uri|named|printed|pattern|set|argument"
    + "|encoding"

  static func parsers(in lines: [Substring]) -> [String] {
    var found: [String] = []
    var types: [(indent: Int, name: Substring)] = []
    for (index, line) in lines.enumerated() {
      let indent = line.prefix { $0 == " " }.count
      let content = line.dropFirst(indent)
      guard !content.isEmpty, !content.hasPrefix("//"), !content.hasPrefix(")") else { continue }
      while let last = types.last, indent <= last.indent { types.removeLast() }
      if let type = content.firstMatch(
        of: /^(?:@\S+ )*(?:[a-z]+ )*(?:struct|enum|class|extension|actor|protocol) (\[?[\w.]+\]?)/)
      {
        types.append((indent, type.output.1))
      } else if let parser = parser(in: lines, at: index) {
        found.append((types.map(\.name) + [parser[...]]).joined(separator: "."))
      }
    }
    return found
  }

  /// The name of the parser declared in a line, if one is.
  private static func parser(in lines: [Substring], at index: Int) -> String? {
    guard
      let opening = lines[index].firstMatch(
        of: /^ *((?:@\S+ )*(?:[a-z]+(?:\(set\))? )*)(init\??|func (\w+))(?:<.*?>)?\(/)
    else { return nil }
    let modifiers = opening.output.1.split(separator: " ")
    let name = opening.output.3.map(String.init)
    guard !modifiers.contains("private"), !modifiers.contains("fileprivate"),
      name.map({ !$0.hasPrefix("write") && !$0.hasPrefix("append") && !$0.hasPrefix("sign") })
        ?? true
    else { return nil }
    var head = String(lines[index][opening.range.upperBound...])
    var next = index + 1
    while !head.contains("{"), next < lines.count {
      head += " " + lines[next].trimmingCharacters(in: .whitespaces)
      next += 1
    }
    head = String(head.prefix { $0 != "{" }).trimmingCharacters(in: .whitespaces)
    let isInitialiser = name == nil
    let mayRefuse =
      opening.output.2 == "init?" || head.contains("throws") || head.contains(/-> .*\?/)
    let isOwn =
      isInitialiser || modifiers.contains("static") || modifiers.contains("mutating")
      || ["decode", "check"].contains { name?.hasPrefix($0) == true }
    let textLabels =
      isInitialiser
      ? inputLabels : modifiers.contains("static") ? inputLabels + "|from|of|ofContentType" : ""
    guard mayRefuse, isOwn, takesInput(head, textLabels) else { return nil }
    return (name ?? String(opening.output.2)) + "(" + labels(of: head) + ")"
  }

  private static func takesInput(_ head: String, _ textLabels: String) -> Bool {
    func begins(_ pattern: String) -> Bool {
      head.range(of: "^\(pattern)(?:[,) ]|$)", options: .regularExpression) != nil
    }
    return begins("(?:\\w+ )?\\w+: \(bytes)")
      || !textLabels.isEmpty && begins("(?:\(textLabels)) ?\\w*: \(text)")
  }

  /// The labels of the parameters, up to the bracket that closes them.
  private static func labels(of head: String) -> String {
    var depth = 0
    var parameters = [""]
    for character in head {
      switch character {
      case "(", "[", "<": depth += 1
      case ")" where depth == 0: return parameters.map(label).joined()
      case ")", "]", ">": depth -= depth > 0 ? 1 : 0
      case "," where depth == 0:
        parameters.append("")
        continue
      default: break
      }
      parameters[parameters.count - 1].append(character)
    }
    return parameters.map(label).joined()
  }

  private static func label(_ parameter: String) -> String {
    let words = parameter.prefix { $0 != ":" }.split(separator: " ")
    return (words.first.map(String.init) ?? "") + ":"
  }
}
