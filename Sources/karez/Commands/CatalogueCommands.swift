import ArgumentParser
import KarezCore
import KarezService
import KarezStore

/// `karez datasets`: what the One Map holds.
struct DatasetsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "datasets", abstract: "数据集目录 · the catalogue")

  @OptionGroup var common: CommonOptions
  @OptionGroup var store: StoreOptions
  @Option(help: "检索：名称、标识、拼音、字段 · search by title, id, pinyin or attribute")
  var search: String?
  @Option(help: "主题 · a theme of the tree, with all below it") var theme: String?

  func run() async throws {
    let map = try await store.open()
    let listing = try await map.listing(
      CatalogueQuestion(search: search, theme: theme), in: .all)
    if common.json {
      Terminal.json(.array(listing.items.map(Self.json)))
      return
    }
    let language = Terminal.language
    for summary in listing.items.map(\.summary) {
      Terminal.line(
        [
          summary.schema.id.text, summary.schema.title[language],
          summary.schema.steward[language], String(summary.features), summary.commit.description,
        ].joined(separator: "\t"))
    }
  }

  /// The steward stays one text, as this verb always gave it.
  private static func json(_ item: CatalogueItem) -> JSONValue {
    guard case .object(var members) = item.json else { return item.json }
    members["steward"] = .string(item.summary.schema.steward.zh)
    return .object(members)
  }
}

/// `karez commits`: the history of a dataset or of the whole map, with the lineage of each commit.
struct CommitsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "commits", abstract: "提交记录与来源 · commits and their lineage")

  @OptionGroup var common: CommonOptions
  @OptionGroup var store: StoreOptions
  @Argument(help: "数据集（全部） · dataset (all)") var dataset: String?
  @Option(name: .long, help: "最近几次（全部） · the last so many (all)") var last: Int?

  func validate() throws {
    guard last.map({ $0 > 0 }) ?? true else { throw ValidationError("--last: > 0") }
  }

  func run() async throws {
    let map = try await store.open()
    let records = try await map.commits(of: dataset, limit: last, in: .all)
    if common.json {
      Terminal.json(.array(records.map(\.json)))
      return
    }
    for record in records { Terminal.line(line(record)) }
  }

  private func line(_ record: CommitRecord) -> String {
    let admission = record.admission
    let people = [admission?.submittedBy, admission?.signedBy].map { $0 ?? "" }
    return
      ([record.commit.description]
      + (dataset == nil ? [record.dataset.text] : [])
      + [
        record.recordedAt, record.actor.id,
        "+\(record.inserted) ~\(record.changed) -\(record.ended)", record.reason,
        record.lineage.source, String(record.lineage.sourceSM3.prefix(12)), record.lineage.reader,
        (admission?.profiles ?? []).map(\.description).joined(separator: ", "),
      ] + people).joined(separator: "\t")
  }
}
