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
  @Option(name: .long, help: "所在网络区：public、internal、classified；定后不改 · zone it stands in")
  var zone: String?
  @Option(
    name: .customLong("grant-to"),
    help: "服务器上运行本程序的数据库角色 · the database role that karez serve connects as")
  var role: String?

  func run() async throws {
    let stated = zone.flatMap { NetworkZone(rawValue: $0) }
    guard zone == nil || stated != nil else {
      throw ValidationError("--zone: public, internal, classified")
    }
    let map = try await OneMap.initialise(
      data: store.folder, server: store.address, installation: try Installation.find(),
      by: .operator)
    if let stated { try await map.stand(in: stated, by: .operator) }
    if let role { try await map.letWork(role: role) }
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
