import KarezCore
import TestSupport
import Testing

@testable import KarezWeb

@Suite struct MultipartParserTests {
  static let form =
    "--x1\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\ntransport/road\r\n"
    + "--x1\r\nContent-Disposition: form-data; name=\"file\"; filename=\"..\\dir/样例 a.txt\"\r\n"
    + "Content-Type: text/plain\r\n\r\nline\r\n--x\r\n\r\n--x1 not the end\r\n--x1\r\n"
    + "Content-Disposition: form-data; name=\"empty\"\r\n\r\n\r\n--x1--\r\nepilogue"

  /// The events with neighbouring pieces of data joined, so that chunks leave no trace.
  static func events(
    _ body: [UInt8], chunk: Int, boundary: String = "x1"
  ) throws -> [MultipartParser.Event] {
    var parser = try MultipartParser(boundary: boundary)
    var joined: [MultipartParser.Event] = []
    var index = 0
    while index < body.count {
      let next = min(index + chunk, body.count)
      for event in try parser.feed(body[index..<next]) {
        if case .data(let more) = event, case .data(let held)? = joined.last {
          joined[joined.count - 1] = .data(held + more)
        } else {
          joined.append(event)
        }
      }
      index = next
    }
    try parser.finish()
    return joined
  }

  static func error(_ body: String, boundary: String = "x1") -> MultipartError? {
    do {
      _ = try events(Array(body.utf8), chunk: 7, boundary: boundary)
      return nil
    } catch {
      return error as? MultipartError
    }
  }

  @Test func `a form is its parts, and a file's name loses its folders`() throws {
    let expected: [MultipartParser.Event] = [
      .part(MultipartParser.PartHead(name: "purpose", fileName: nil)),
      .data(Array("transport/road".utf8)), .partEnd,
      .part(MultipartParser.PartHead(name: "file", fileName: "样例 a.txt")),
      .data(Array("line\r\n--x\r\n\r\n--x1 not the end".utf8)), .partEnd,
      .part(MultipartParser.PartHead(name: "empty", fileName: nil)), .partEnd, .end,
    ]
    let body = Self.form.replacing("\r\n--x1 not the end", with: "\r\n --x1 not the end")
    let wanted = expected.map { event -> MultipartParser.Event in
      guard case .data(let bytes) = event else { return event }
      let text = String(decoding: bytes, as: UTF8.self)
      return .data(Array(text.replacing("\r\n--x1 not", with: "\r\n --x1 not").utf8))
    }
    #expect(try Self.events(Array(body.utf8), chunk: body.utf8.count) == wanted)
  }

  @Test func `where the chunks are cut makes no difference`() throws {
    let body = Array(Self.form.replacing("\r\n--x1 not", with: "\r\n --x1 not").utf8)
    let whole = try Self.events(body, chunk: body.count)
    for chunk in 1...body.count { #expect(try Self.events(body, chunk: chunk) == whole) }
  }

  @Test func `several files may share a name where several may come, and nothing else may`()
    throws
  {
    func events(_ kinds: [String], mostFiles: Int) throws -> Int {
      let body =
        kinds.map { "--x1\r\nContent-Disposition: form-data; name=\"a\"\($0)\r\n\r\n1\r\n" }
        .joined() + "--x1--"
      var parser = try MultipartParser(boundary: "x1", mostFiles: mostFiles)
      let found = try parser.feed(Array(body.utf8))
      try parser.finish()
      return found.count { if case .part = $0 { true } else { false } }
    }
    let (file, text) = ("; filename=\"f\"", "")
    #expect(try events([file, file, file], mostFiles: 20) == 3)
    for kinds in [[file, text], [text, file], [text, text]] {
      #expect(throws: MultipartError.duplicateName("a"), "\(kinds)") {
        try events(kinds, mostFiles: 20)
      }
    }
    #expect(throws: MultipartError.duplicateName("a")) { try events([file, file], mostFiles: 1) }
  }

  @Test func `what is not a form is refused for its reason`() {
    let head = "--x1\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n"
    #expect(Self.error("") == .endsTooSoon)
    #expect(Self.error(head + "text without an end") == .endsTooSoon)
    #expect(
      Self.error("--x1\r\nContent-Type: text/plain\r\n\r\nx\r\n--x1--")
        == .headersMalformed(part: 1))
    #expect(
      Self.error("--x1\r\nContent-Disposition: form-data\r\n\r\nx\r\n--x1--")
        == .headersMalformed(part: 1))
    #expect(Self.error("--x1junk" + head) == .headersMalformed(part: 1))
    #expect(
      Self.error("--x1\r\nX: " + String(repeating: "y", count: 9_000) + "\r\n\r\n")
        == .headersTooLong(part: 1))
    #expect(Self.error(head + "1\r\n" + head + "2\r\n--x1--") == .duplicateName("a"))
    let many = (0..<30).map {
      "--x1\r\nContent-Disposition: form-data; name=\"p\($0)\"\r\n\r\n\r\n"
    }
    #expect(Self.error(many.joined() + "--x1--") == .tooManyParts)
    for boundary in ["", String(repeating: "b", count: 71), "a\"b", "a\r\nb", "ends "] {
      #expect(Self.error(head, boundary: boundary) == .noBoundary)
    }
  }

  @Test func `the boundary is read from the content type, quoted or not`() {
    let read = MultipartParser.boundary(ofContentType:)
    #expect(read("multipart/form-data; boundary=abc") == "abc")
    #expect(read("Multipart/Form-Data; charset=utf-8; Boundary=\"a b\"") == "a b")
    #expect(read("multipart/mixed; boundary=abc") == nil)
    #expect(read("multipart/form-data") == nil)
  }

  @Test(arguments: 0..<300)
  func `a damaged form ends in events or an error, never in a trap`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var body = Array(Self.form.utf8)
    for _ in 0..<Int.random(in: 1...12, using: &random) {
      let at = Int.random(in: 0..<body.count, using: &random)
      switch Int.random(in: 0..<4, using: &random) {
      case 0: body[at] = UInt8.random(in: 0...255, using: &random)
      case 1: body.remove(at: at)
      case 2: body.insert(contentsOf: Array("\r\n--x1".utf8), at: at)
      default: body.removeLast(min(body.count - 1, Int.random(in: 0...9, using: &random)))
      }
    }
    let small = Result { try Self.events(body, chunk: 3) }
    let large = Result { try Self.events(body, chunk: 64) }
    switch (small, large) {
    case (.success(let left), .success(let right)): #expect(left == right)
    case (.failure, .failure): break
    default: Issue.record("chunks decided the outcome")
    }
  }
}

@Suite struct TypedBoundaryTests {
  @Test func `lines of corners and well-known text are the same polygon`() throws {
    let lines = try TypedBoundary.geoJSON(of: "10 20\n10.5,20\r\n\n 10.5，20.5 \n")
    let text = try TypedBoundary.geoJSON(of: " polygon((10 20, 10.5 20, 10.5 20.5, 10 20))")
    #expect(lines == text)
    #expect(
      lines.canonicalText
        == "{\"coordinates\":[[[10,20],[10.5,20],[10.5,20.5],[10,20]]],\"type\":\"Polygon\"}")
  }

  @Test(arguments: [
    "", "10 20", "10 20\n11 20", "a b\n1 2\n3 4", "1 2 3\n4 5 6\n7 8 9", "POLYGON", "POLYGON((",
    "POLYGON(())", "POLYGON((1 2,3 4))", "1 nan\n2 3\n4 5", "1 inf\n2 3\n4 5",
  ])
  func `what is no polygon is refused`(text: String) {
    #expect(throws: WebError.coordinatesMalformed) {
      try TypedBoundary.geoJSON(of: text)
    }
  }
}
