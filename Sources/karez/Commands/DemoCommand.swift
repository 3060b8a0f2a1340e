import ArgumentParser
import Foundation
import KarezCore
import KarezReport
import KarezService

/// `karez demo`: the demo prefecture, imported like anyone's files, and a checked boundary.
struct DemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo", abstract: "演示：合成地区、导入、审查、出报告 · the demo prefecture")

  @OptionGroup var common: CommonOptions
  @OptionGroup var store: StoreOptions
  @Option(name: .long, help: "输出文件夹 · folder for the answer") var out = "demo"
  @Option(name: .long, help: "图斑数 · land patches") var patches = 30_000
  @Option(name: .long, help: "随机种子 · seed") var seed: UInt64 = 7
  @Option(name: .long, help: "审查日期 · day of the check (today)") var on: LegalDate?
  @Flag(name: .long, help: "完成后启动门户 · go on to serve") var serve = false
  @Option(name: .long, help: "端口 · port") var port = 8080

  func run() async throws {
    let demo = Demo(
      installation: try Installation.find(), data: store.folder, server: store.address,
      out: URL(filePath: out), patches: patches, seed: seed)
    let progress = ProgressLine("演示", "demo")
    let map = try await demo.prepare(
      say: { Terminal.say($0.zh, $0.en) }, progress: { progress.show($0) })
    progress.finish()
    let answer = try await demo.checkSample(on: map, validOn: on ?? Clock.today)
    let views = AnswerViews(answer: answer, map: map, language: Terminal.language)
    let text = try views.text()
    try OutputFile.write(views.json(), to: "\(out)/answer.json")
    try OutputFile.write(try await views.html(), to: "\(out)/answer.html")
    try OutputFile.write(try await views.pdf(), to: "\(out)/answer.pdf")
    Terminal.write(text)
    Terminal.say(
      "已写入 \(out)/answer.json、answer.html、answer.pdf",
      "written: \(out)/answer.json, answer.html, answer.pdf")
    if serve { try await Serving.run(map, host: "127.0.0.1", port: port) }
  }
}

/// `karez synth`: the synthetic prefecture as GeoPackages, and everything planted in it.
struct SynthCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "synth", abstract: "生成合成地区 · write the synthetic prefecture")

  @OptionGroup var common: CommonOptions
  @Option(name: .long, help: "图斑数 · land patches") var patches = 30_000
  @Option(name: .long, help: "随机种子 · seed") var seed: UInt64 = 7
  @Option(name: .long, help: "输出文件夹 · folder to write") var out: String
  @Option(name: .long, help: "地区包 · region pack (the only one)") var region: String?

  func run() async throws {
    let progress = ProgressLine("生成", "generating")
    let report = try Synthesis.run(
      SynthesisOrder(
        installation: try Installation.find(), region: region, patches: patches, seed: seed,
        out: URL(filePath: out))
    ) { progress.show($0, of: $1) }
    progress.finish()
    if common.json {
      Terminal.json(report.json)
    } else {
      for line in report.lines(in: Terminal.language) { Terminal.line(line) }
    }
  }
}
