import ArgumentParser
import KarezCore
import KarezReport
import KarezService

/// `karez metadata`: what the catalogue knows of a dataset, as ISO 19115-3.
struct MetadataCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "metadata", abstract: "元数据（ISO 19115-3） · metadata of a dataset, as ISO 19115-3")

  @OptionGroup var common: CommonOptions
  @OptionGroup var store: StoreOptions
  @Argument(help: "数据集 · dataset") var dataset: String
  @Option(name: .long, help: "哪一天的状态 · valid on (today)") var on: LegalDate?
  @Option(name: .long, help: "截至第几次提交 · as recorded at this commit (the last)")
  var recorded: Int?
  @Option(name: .long, help: "输出文件 .xml · file to write") var out: String?

  func validate() throws {
    if let recorded, CommitNumber(recorded) == nil {
      throw ValidationError("--recorded: \(recorded)")
    }
  }

  func run() async throws {
    let map = try await store.open()
    let today = try await map.today()
    let commit = recorded.flatMap(CommitNumber.init) ?? today.recorded
    let asOf = AsOf(validOn: on ?? today.validOn, recorded: min(commit, today.recorded))
    let record = try await map.record(of: dataset, asOf: asOf, in: .all)
    if common.json { return Terminal.json(record.json) }
    let text = MetadataDocument(record).text
    guard let out else { return Terminal.line(String(text.dropLast())) }
    try OutputFile.write(text, to: out)
  }
}
