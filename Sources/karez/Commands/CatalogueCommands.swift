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

  func run() async throws {
    let map = try await store.open()
    let summaries = try await map.catalogue(asOf: nil, in: .all)
    if common.json {
      Terminal.json(
        .array(
          summaries.map { summary in
            .object([
              "id": .string(summary.schema.id.text),
              "title": .object([
                "zh": .string(summary.schema.title.zh), "en": .string(summary.schema.title.en),
              ]),
              "steward": .string(summary.schema.steward.zh),
              "features": .integer(Int64(summary.features)),
              "commit": .integer(Int64(summary.commit.value)),
            ])
          }))
      return
    }
    let language = Terminal.language
    for summary in summaries {
      Terminal.line(
        [
          summary.schema.id.text, summary.schema.title[language],
          summary.schema.steward[language], String(summary.features), summary.commit.description,
        ].joined(separator: "\t"))
    }
  }
}

/// `karez commits`: the history of a dataset.
struct CommitsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "commits", abstract: "数据集的提交记录 · the history of a dataset")

  @OptionGroup var common: CommonOptions
  @OptionGroup var store: StoreOptions
  @Argument(help: "数据集 · dataset") var dataset: String

  func run() async throws {
    let map = try await store.open()
    let records = try await map.commits(of: dataset, in: .all)
    if common.json {
      Terminal.json(.array(records.map(\.json)))
      return
    }
    for record in records {
      Terminal.line(
        [
          record.commit.description, record.recordedAt, record.actor.id,
          "+\(record.inserted) ~\(record.changed) -\(record.ended)", record.reason,
        ].joined(separator: "\t"))
    }
  }
}
