import Foundation
import KarezCore
import KarezRules
import KarezStore
import KarezWorkflow
import TestSupport
import Testing

@testable import KarezService

/// The decision letter: drafted from the case, edited in sight of the draft, written for Word.
@Suite struct LetterTests {
  static let python = [
    Places.repository.appending(path: ".venv/bin/python").path, "/usr/bin/python3",
  ].first { FileManager.default.isExecutableFile(atPath: $0) }

  static func accepted(_ room: EffectRoom) async throws -> String {
    let number = try await room.open(0)
    try await room.make("accept", number)
    try await room.work()
    return number
  }

  @Test(arguments: MapEngine.installed)
  func `a draft says what the case says, and what is edited stands beside it`(
    engine: MapEngine
  ) async throws {
    try await EffectRoom.with(engine) { room in
      let number = try await Self.accepted(room)
      let cases = room.cases
      let letter = try await cases.draft(number, for: "grant", key: "d", by: .operator)
      let boundary = try #require(try await room.view(number).boundary)
      let answer = try #require(
        try await room.effect(.complianceCheck, number).result?["answer"]?.string)
      let text = letter.current.plain
      for part in [
        number, boundary.areaM2, answer, "《中华人民共和国土地管理法（2019年修正）》第五十七条", "2027-03-01", "a-1：",
      ] {
        #expect(text.contains(part), "\(part) is not in\n\(text)")
      }
      #expect(!text.contains("{") && !text.contains("—"), "\(text)")
      #expect(letter.revision.isNone)
      // Asked for again it is the same letter, and no event more.
      let version = try await room.view(number).version
      #expect(try await cases.draft(number, key: "e", by: .operator).current == letter.current)
      #expect(try await room.view(number).version == version)

      var paragraphs = letter.current.paragraphs
      paragraphs[0] = "某某公司："
      paragraphs.append("3. 施工前剥离表土。")
      let edited = LetterText(title: letter.current.title, paragraphs: paragraphs)
      let revised = try await cases.revise(number, to: edited, key: "r", by: .operator)
      #expect(revised.draft == letter.current && revised.current == edited)
      let changes = ([revised.revision.title] + revised.revision.paragraphs).flatMap(\.pieces)
        .filter { $0.change != .kept }
      #expect(changes.map(\.text).joined() == "a-1某某公司3. 施工前剥离表土。")
      let again = try await cases.letter(number, for: .operator)
      #expect(again == revised)
      #expect(try await room.view(number).letter == revised.mark)
      #expect(try await room.map.verifyLog { _ in }.faults == [])
    }
  }

  @Test func `which decision is meant has to be said where two are possible`() async throws {
    try await EffectRoom.with { room in
      let number = try await Self.accepted(room)
      for (step, code) in [(nil, "letter-step-needed"), ("fly", "case-letter-unknown")] {
        do {
          _ = try await room.cases.draft(number, for: step, key: "d", by: .operator)
          Issue.record("drafted \(step ?? "")")
        } catch let problem as Problem {
          #expect(problem.code == code)
        }
      }
      do {
        let text = LetterText(title: "t", paragraphs: ["p"])
        _ = try await room.cases.revise(number, to: text, key: "r", by: .operator)
        Issue.record("revised what is not there")
      } catch let problem as Problem {
        #expect(problem.code == "letter-missing")
      }
    }
  }

  @Test func `a revision gives back both texts, whatever was changed`() throws {
    let texts = [
      ["甲", "乙", "丙"], ["甲", "丙"], ["丁", "乙乙", "丙"], [], ["丙", "乙", "甲"], ["甲甲乙", "戊", "丙"],
    ]
    for old in texts {
      for new in texts {
        let revision = TextRevision(
          from: LetterText(title: "一", paragraphs: old),
          to: LetterText(title: "一二", paragraphs: new))
        func side(_ other: TextRevision.Change) -> [String] {
          revision.paragraphs.compactMap { part in
            let own = part.pieces.filter { $0.change != other }
            return own.isEmpty && !part.pieces.isEmpty ? nil : own.map(\.text).joined()
          }
        }
        #expect(side(.added) == old && side(.removed) == new, "\(old) \(new)")
      }
    }
  }

  @Test(.enabled(if: python != nil, "no Python here"))
  func `a word file is opened by another program, its edits as tracked changes`() throws {
    let draft = LetterText(title: "准予 <决定> & \"书\"", paragraphs: ["甲乙丙", "去掉", "留下"])
    let current = LetterText(title: draft.title, paragraphs: ["甲丁丙", "留下", "添上\u{1}"])
    let at = Timestamp(millisecondsSince1970: 1_740_816_000_000)
    let bytes = WordDocument.bytes(of: current, since: draft, .init(author: "li & co", at: at))
    #expect(
      bytes == WordDocument.bytes(of: current, since: draft, .init(author: "li & co", at: at)))
    // The head of a picture of 40 by 20 dots.
    let head: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82]
    let drawn = WordDocument.bytes(
      of: current, since: draft, .init(author: "li", at: at),
      picture: head + [0, 0, 0, 40, 0, 0, 0, 20])
    let shown = String(decoding: drawn, as: UTF8.self)
    #expect(shown.contains("cx=\"5580000\" cy=\"2790000\"") && shown.contains("media/map.png"))
    let script = """
      import sys, zipfile, xml.etree.ElementTree as tree
      W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
      file = zipfile.ZipFile(sys.argv[1])
      assert file.testzip() is None
      assert file.namelist()[0] == "[Content_Types].xml"
      for name in file.namelist():
          tree.fromstring(file.read(name))
      body = tree.fromstring(file.read("word/document.xml")).find(W + "body")
      def text(p, drop):
          out = ""
          for run in p.iter(W + "r"):
              out += "".join(t.text or "" for t in run.iter(W + drop))
          return out
      kept = [text(p, "t") for p in body.findall(W + "p")]
      gone = [text(p, "delText") for p in body.findall(W + "p")]
      print("|".join(kept)); print("|".join(gone))
      marks = list(body.iter(W + "ins")) + list(body.iter(W + "del"))
      print(sorted({m.get(W + "author") for m in marks}), sorted({m.get(W + "date") for m in marks}))
      ids = [m.get(W + "id") for m in marks]
      assert len(ids) == len(set(ids)), ids
      settings = tree.fromstring(file.read("word/settings.xml"))
      assert settings.find(W + "trackRevisions") is not None
      """
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "letter.docx")
    try Data(bytes).write(to: file)
    let process = Process()
    process.executableURL = URL(filePath: try #require(Self.python))
    process.arguments = ["-c", script, file.path]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = String(
      decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    #expect(
      output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) == [
        "准予 <决定> & \"书\"|甲丁丙||留下|添上\u{FFFD}", "|乙|去掉||",
        "['li & co'] ['2025-03-01T08:00:00Z']", "",
      ])
  }

  @Test func `a plain text without title or body, or too long, is no letter`() {
    #expect(LetterText(plain: "") == nil && LetterText(plain: "题目\n\n") == nil)
    #expect(LetterText(plain: "题目\n\n正文\r\n  第二段\n")?.paragraphs == ["正文", "第二段"])
    #expect(LetterText(plain: String(repeating: "一\n", count: 401)) == nil)
    #expect(LetterText(plain: "题目\n" + String(repeating: "a", count: 65 << 10)) == nil)
  }
}
