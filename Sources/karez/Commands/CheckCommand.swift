import ArgumentParser
import Foundation
import KarezCore
import KarezReport
import KarezService

/// `karez check`: the compliance answer for a boundary.
struct CheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "合规性审查 · check a boundary against map and law")

  enum Format: String, CaseIterable, ExpressibleByArgument {
    case text
    case json
    case html
    case pdf
  }

  @OptionGroup var common: CommonOptions
  @OptionGroup var store: StoreOptions
  @Argument(help: "边界文件，或 文件:图层 · boundary file, or FILE:LAYER") var file: String
  @Option(name: .long, help: "用途代码，如 transport/road · purpose code") var purpose: String?
  @Option(name: .long, help: "审查日期 · day of the check (today)") var on: LegalDate?
  @Option(name: .long, help: "截至第几次提交 · as recorded at commit (the last)") var recorded: Int?
  @Option(name: .long, help: "按第几版规则包 · under which publication of the packs (the one in force)")
  var publication: Int?
  @Option(name: .long, help: "已有材料代码，可重复 · documents already held")
  var have: [String] = []
  @Option(name: .long, help: "建设方案的数值，如 proposed_height=60，可重复 · a number of the proposal")
  var proposed: [String] = []
  @Option(name: .long, help: "坐标系 · coordinate system, where the file names none")
  var crs: String?
  @Option(name: .long, help: "text | json | html | pdf") var format: Format = .text
  @Option(name: .long, help: "输出文件 · output file") var out: String?
  @Flag(name: .long, help: "结论为禁止时退出码 10 · exit 10 if the answer prohibits")
  var failOnProhibited = false
  @Flag(name: .long, help: "逐地块审查，--out 可为 .xlsx .csv .gpkg · each parcel by itself")
  var batch = false
  @Flag(name: .long, help: "怎样避让 · what would avoid the lines in its way") var avoid = false
  @Option(
    name: .long, help: "并排比较的另一边界，可重复 · another boundary to compare with; may be repeated")
  var compare: [String] = []
  @Option(name: .long, help: "与另一日期比较 · compare with another day") var compareOn: LegalDate?

  func validate() throws {
    let isComparing = !compare.isEmpty || compareOn != nil
    guard [batch, avoid, isComparing].count(where: { $0 }) <= 1 else {
      throw ValidationError("--batch | --avoid | --compare")
    }
  }

  func run() async throws {
    let map = try await store.open()
    if batch { return try await runBatch(map) }
    let boundary = try await map.readBoundary(file: FileArgument(file), named: nil, crs: crs)
    let request = CheckRequest(
      boundary: boundary, purpose: purpose, documents: have,
      proposed: try Self.proposal(proposed), validOn: on ?? Clock.today,
      recorded: try recorded.map { try CommitNumber(argument: $0) }, publication: publication)
    let answer = try await map.check(request, by: .operator, in: .all)
    if avoid { return try await tellAvoidance(of: answer, map) }
    if !compare.isEmpty || compareOn != nil { return try await tellComparison(of: answer, map) }
    let views = AnswerViews(answer: answer, map: map, language: Terminal.language)
    try await write(views)
    if failOnProhibited, answer.verdict == .prohibited { throw ExitCode(10) }
  }

  /// `fact=number`, each fact once.
  static func proposal(_ texts: [String]) throws -> [String: String] {
    var proposed: [String: String] = [:]
    for text in texts {
      let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2, proposed.updateValue(parts[1], forKey: parts[0]) == nil else {
        throw ValidationError("--proposed FACT=NUMBER: \(text)")
      }
    }
    return proposed
  }

  private func write(_ views: AnswerViews) async throws {
    switch common.json ? .json : format {
    case .text: try emit(Array(try views.text().utf8))
    case .json: try emit(Array(views.json().utf8))
    case .html: try emit(Array(try await views.html().utf8))
    case .pdf: try emit(try await views.pdf())
    }
  }

  func emit(_ bytes: [UInt8]) throws(Problem) {
    guard let out else {
      FileHandle.standardOutput.write(Data(bytes))
      return
    }
    try OutputFile.write(bytes, to: out)
  }
}

extension CommitNumber {
  init(argument: Int) throws {
    guard let number = CommitNumber(argument) else {
      throw ValidationError("--recorded: \(argument)")
    }
    self = number
  }
}
