import ArgumentParser
import Foundation
import KarezCore
import KarezService

/// `karez init`: an empty One Map with the standard packs.
struct InitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init", abstract: "建立空的一张图 · make an empty One Map")

  @OptionGroup var common: CommonOptions
  @OptionGroup var store: StoreOptions

  func run() async throws {
    let map = try await OneMap.initialise(
      data: store.folder, server: store.address, installation: try Installation.find(),
      by: .operator)
    let datasets = try await map.schemas(in: .all).count
    if common.json {
      Terminal.json(.object(["datasets": .integer(Int64(datasets))]))
    } else {
      Terminal.say(
        "已建立一张图：\(store.place)，\(datasets) 个数据集",
        "One Map ready: \(store.place), \(datasets) datasets")
    }
  }
}
