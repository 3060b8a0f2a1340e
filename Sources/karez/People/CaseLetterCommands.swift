import ArgumentParser
import Foundation
import KarezCore
import KarezCrypto
import KarezService
import KarezWorkflow

/// `karez case retry`: has an effect that was refused tried again.
struct CaseRetryCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retry", abstract: "重试自动事项 · try an effect again")

  @OptionGroup var acting: CaseCommand.Acting
  @Argument(help: "办件编号 · number") var number: String
  @Argument(help: "事项序号 · order of the effect") var order: Int

  func run() async throws {
    let map = try await acting.store.open()
    let principal = try await acting.acting.principal(on: map)
    let view = try await map.cases.retry(
      order, in: number, expecting: acting.expecting, key: acting.key, by: principal)
    CaseCommand.show(view, acting.common)
  }
}

/// `karez case draft`: the decision letter, drafted from the case.
struct CaseDraftCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "draft", abstract: "起草决定书：.docx、.pdf 或 .txt · draft the letter")

  @OptionGroup var acting: CaseCommand.Acting
  @Argument(help: "办件编号 · number") var number: String
  @Option(name: .long, help: "哪一项决定 · for which step") var step: String?
  @Option(name: .customLong("for"), help: "代谁办理 · for whom you stand in") var absent: String?
  @Option(name: .long, help: "输出文件 · output file") var out: String

  func validate() throws {
    guard ["docx", "pdf", "txt"].contains(URL(filePath: out).pathExtension.lowercased()) else {
      throw ValidationError("--out: .docx | .pdf | .txt")
    }
  }

  func run() async throws {
    let map = try await acting.store.open()
    let principal = try await acting.acting.principal(on: map)
    let letter = try await map.cases.draft(
      number, for: step, key: acting.key, deputyFor: absent, by: principal)
    let bytes: [UInt8] =
      switch URL(filePath: out).pathExtension.lowercased() {
      case "docx": try await map.cases.word(letter, for: principal)
      case "pdf": try await map.cases.print(letter, for: principal)
      default: Array(letter.current.plain.utf8)
      }
    try OutputFile.write(bytes, to: out)
    Terminal.line("\(out)\t\(letter.mark.step)\t\(bytes.count)")
  }
}

/// `karez case revise`: the letter as somebody edited it, tracked against the draft.
struct CaseReviseCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revise", abstract: "修改决定书，与草稿对照 · edit the letter")

  @OptionGroup var acting: CaseCommand.Acting
  @Argument(help: "办件编号 · number") var number: String
  @Argument(help: "文本文件，首行为标题 · text file, the title first") var file: String
  @Option(name: .customLong("for"), help: "代谁办理 · for whom you stand in") var absent: String?

  func run() async throws {
    guard let data = FileManager.default.contents(atPath: file),
      let plain = String(data: data, encoding: .utf8), let text = LetterText(plain: plain)
    else { throw ValidationError("\(file): UTF-8，标题与正文 · a title and paragraphs") }
    let map = try await acting.store.open()
    let principal = try await acting.acting.principal(on: map)
    let letter = try await map.cases.revise(
      number, to: text, expecting: acting.expecting, key: acting.key, deputyFor: absent,
      by: principal)
    for paragraph in [letter.revision.title] + letter.revision.paragraphs {
      Terminal.line(
        paragraph.pieces.map { piece in
          switch piece.change {
          case .kept: piece.text
          case .removed: "[-\(piece.text)-]"
          case .added: "{+\(piece.text)+}"
          }
        }.joined())
    }
  }
}

/// `karez case sign-off`: the letter as it is now becomes the case's document.
struct CaseSignOffCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sign-off", abstract: "签发决定书 · sign the letter off")

  @OptionGroup var acting: CaseCommand.Acting
  @Argument(help: "办件编号 · number") var number: String
  @Option(name: .customLong("for"), help: "代谁办理 · for whom you stand in") var absent: String?

  func run() async throws {
    let map = try await acting.store.open()
    let principal = try await acting.acting.principal(on: map)
    let view = try await map.cases.signOff(
      number, key: acting.key, deputyFor: absent, by: principal)
    CaseCommand.show(view, acting.common)
  }
}

/// `karez case bundle`: a case with all it rests on, in one signed file.
struct CaseBundleCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bundle", abstract: "封存办件 · seal a case")

  @OptionGroup var acting: CaseCommand.Acting
  @Argument(help: "办件编号 · number") var number: String
  @Option(name: .long, help: "输出文件 · output file") var out: String
  @Option(
    name: .customLong("signing-key"), help: "签名私钥（KAREZ_SIGNING_KEY）· private key, PEM")
  var signingKey: String?

  func run() async throws {
    let named = signingKey ?? ProcessInfo.processInfo.environment["KAREZ_SIGNING_KEY"]
    guard let named else { throw ValidationError("--signing-key …") }
    let signer = try KeyFile.signer(URL(filePath: named), passPhrase: WitnessOptions.passPhrase)
    let map = try await acting.store.open()
    let principal = try await acting.acting.principal(on: map)
    let bytes = try await map.seal(case: number, by: signer, for: principal).bytes()
    try OutputFile.write(bytes, to: out)
    Terminal.line("\(out)\t\(bytes.count)\t\(SM3.digest(bytes))")
  }
}
