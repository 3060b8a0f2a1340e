import ArgumentParser
import KarezCore
import KarezService

/// `karez split`: one feature becomes several, with new codes and a closed account of the land.
struct SplitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "split", abstract: "分割要素，编新码，面积闭合 · split a feature into parts")

  @OptionGroup var common: CommonOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var edit: EditOptions
  @Argument(help: "数据集 · dataset") var dataset: String
  @Argument(help: "要素 · feature") var id: String
  @Argument(help: "各部分的面文件 · file of the parts") var file: String
  @Option(name: .long, help: "生效日（今天） · from this day (today)") var on: LegalDate?
  @Option(name: .long, help: "坐标系 · coordinate system") var crs: String?
  @Option(name: .long, help: "各部分的标识码，逗号分隔 · identifiers of the parts, with commas")
  var codes: String?

  func run() async throws {
    var order = SplitOrder(
      dataset: dataset, id: id, file: FileArgument(file), day: on ?? Clock.today, why: edit.why)
    order.crs = crs
    order.codes = codes?.split(separator: ",").map(String.init) ?? []
    let outcome = try await store.open().split(order, by: .operator, in: .all)
    EditOptions.show(outcome, asJSON: common.json)
  }
}

/// `karez merge`: several features that border one another become one.
struct MergeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge", abstract: "合并相邻要素，编新码，面积闭合 · merge features into one")

  @OptionGroup var common: CommonOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var edit: EditOptions
  @Argument(help: "数据集 · dataset") var dataset: String
  @Argument(help: "要素 · features") var ids: [String]
  @Option(name: .long, help: "生效日（今天） · from this day (today)") var on: LegalDate?
  @Option(name: .long, help: "合并后的标识码 · identifier of the whole") var code: String?
  @Option(name: .long, help: "沿用其属性的要素（面积最大者） · feature whose attributes stay (largest)")
  var take: String?

  func run() async throws {
    var order = MergeOrder(
      dataset: dataset, ids: ids, day: on ?? Clock.today, why: edit.why)
    order.code = code
    order.model = take
    let outcome = try await store.open().merge(order, by: .operator, in: .all)
    EditOptions.show(outcome, asJSON: common.json)
  }
}
