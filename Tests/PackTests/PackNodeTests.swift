import KarezPacks
import TestSupport
import Testing

@Suite struct PackNodeTests {
  static let head = "# 测试\n"

  func read(_ text: String) throws -> PackNode {
    try PackNode.read(Self.head + text, file: "p.yaml")
  }

  func fault(of text: String) throws -> PackFault {
    let error = try #require(throws: RulePackError.self) { try read(text) }
    guard case .refused(let faults) = error else { throw error }
    return try #require(faults.first)
  }

  @Test func `nested lists and mappings keep their lines`() throws {
    let node = try read(
      """
      id: "a/b" # why
      items:
        - name: "one # not a comment"
          given: { area: "35 ha", known: null, on: true }
        - "two"
        - [ "x", plain-word, [] ]
      more:
        -
          k: "\\"quoted\\" \\\\ \\n"

      """)
    #expect(node["id"]?.text == "a/b")
    let items = try #require(node["items"]?.list)
    #expect(items.count == 3)
    #expect(items[0]["name"]?.text == "one # not a comment")
    #expect(items[0]["name"]?.origin == PackOrigin(file: "p.yaml", line: 4))
    #expect(items[0]["given"]?["area"]?.text == "35 ha")
    #expect(items[0]["given"]?["known"]?.kind == .null)
    #expect(items[0]["given"]?["on"]?.kind == .boolean(true))
    #expect(items[1].text == "two")
    #expect(items[2].list?.map(\.text) == ["x", "plain-word", nil])
    #expect(node["more"]?.list?.first?["k"]?.text == "\"quoted\" \\ \n")
  }

  @Test(arguments: [
    ("a: 35\n", PackFault.What.bareNumber("35"), 2),
    ("a: 2024-05-01\n", .bareNumber("2024-05-01"), 2),
    ("a: .5\n", .bareNumber(".5"), 2),
    ("46: \"x\"\n", .bareNumber("46"), 2),
    ("a: yes\n", .quotesMissing("yes"), 2),
    ("a: Null\n", .quotesMissing("Null"), 2),
    ("a: 耕地\n", .quotesMissing("耕地"), 2),
    ("a: two words\n", .trailing, 2),
    ("a: &x \"b\"\n", .anchorOrTag, 2),
    ("a: *x\n", .anchorOrTag, 2),
    ("a: !!str \"b\"\n", .anchorOrTag, 2),
    ("a: |\n  b\n", .blockText, 2),
    ("a: \"x\"\n---\nb: \"y\"\n", .secondDocument, 3),
    ("a: \"x\"\r\n", .carriageReturn, 2),
    ("a:\n\tb: \"x\"\n", .controlCharacter(code: 9), 3),
    ("a:\n   b: \"x\"\n", .wrongIndent, 3),
    ("a:\n    b: \"x\"\n", .wrongIndent, 3),
    ("a: \"x\"\n  b: \"y\"\n", .wrongIndent, 3),
    ("a: \"x\"\nb: \"y\"\na: \"z\"\n", .keyTwice("a"), 4),
    ("a: { b: true, b: true }\n", .keyTwice("b"), 2),
    ("a:\nb: \"x\"\n", .valueMissing, 2),
    ("a: \"x\n", .quoteNotClosed, 2),
    ("a: \"\\u0041\"\n", .unknownEscape("u"), 2),
    ("a: [ \"x\"\n", .bracketNotClosed, 2),
    ("a: { b: \"x\" ]\n", .bracketNotClosed, 2),
    ("a: \"x\" \"y\"\n", .trailing, 2),
    ("just words\n", .keyExpected, 2),
    ("- a: \"x\"\nb: \"y\"\n", .wrongIndent, 3),
    ("\n", .empty, 1),
  ])
  func `what the subset leaves out is refused with its line`(
    text: String, what: PackFault.What, line: Int
  ) throws {
    #expect(try fault(of: text) == PackFault(PackOrigin(file: "p.yaml", line: line), what))
  }

  @Test func `a file begins with a Chinese comment`() throws {
    for text in ["a: \"x\"\n", "# english\na: \"x\"\n", "\n# 测试\na: \"x\"\n", ""] {
      let error = try #require(throws: RulePackError.self) {
        try PackNode.read(text, file: "p.yaml")
      }
      let place = PackOrigin(file: "p.yaml", line: 1)
      #expect(error == .refused([PackFault(place, .noChineseComment)]))
    }
  }

  @Test func `depth is limited, in blocks and in brackets`() throws {
    var blocks = ""
    for depth in 0..<40 { blocks += String(repeating: "  ", count: depth) + "a:\n" }
    #expect(try fault(of: blocks).fact == .tooDeep(allowed: 16))
    let brackets = "a: " + String(repeating: "[", count: 100_000) + "\n"
    #expect(try fault(of: brackets).fact == .tooDeep(allowed: 16))
  }

  @Test func `bytes that are not UTF-8 are refused`() throws {
    let bytes = Array(Self.head.utf8) + Array("a: \"".utf8) + [0xD6, 0xD0] + Array("\"\n".utf8)
    let place = PackOrigin(file: "p.yaml", line: 1)
    #expect(throws: RulePackError.refused([PackFault(place, .notUTF8)])) {
      try PackNode.read(bytes, file: "p.yaml")
    }
  }

  static let seedText = """
    # 测试
    - id: "a/b"
      title: { zh: "甲", en: "A" }
      inForce: { from: "2020-01-01", until: null }
      list:
        - [ "x", y, { z: true } ]
        - k: "v" # note
    """

  @Test(arguments: 0..<300)
  func `a mutated file is read or refused, never a trap`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var bytes = Array(Self.seedText.utf8)
    let alphabet = Array("\"[]{},:-# \n\\|&*!a1\t".utf8) + [0, 0xFF]
    for _ in 0..<Int.random(in: 1...8, using: &random) {
      let place = Int.random(in: 0..<bytes.count, using: &random)
      switch Int.random(in: 0..<3, using: &random) {
      case 0: bytes.remove(at: place)
      case 1: bytes.insert(alphabet.randomElement(using: &random) ?? 0, at: place)
      default: bytes[place] = alphabet.randomElement(using: &random) ?? 0
      }
    }
    do throws(RulePackError) {
      let node = try PackNode.read(bytes, file: "p.yaml")
      #expect(node.origin.line <= 8)
    } catch {
      guard case .refused(let faults) = error else { throw error }
      #expect(faults.count == 1)
    }
  }
}
