import Foundation
import KarezCore
import KarezStore
import KarezTables

/// The folder one installation keeps its data in.
struct DataFolder {
  /// What the folder says of itself.
  struct Settings: Codable, Equatable {
    /// 行政区划代码 of the region pack the map is of.
    var region: String?
  }

  let folder: URL

  init(_ folder: URL) { self.folder = folder }

  private var settingsFile: URL { folder.appending(path: "karez.json") }

  /// Makes the folder, readable by its owner only, and durable; settings already there stay.
  func create(_ settings: Settings) throws(Problem) {
    do {
      let isNew = !FileManager.default.fileExists(atPath: folder.path)
      try FileManager.default.createDirectory(
        at: folder, withIntermediateDirectories: true)
      if isNew { try DurableNames.sync(folder.deletingLastPathComponent()) }
      // Also where the folder was there: what is in it is nobody else's.
      try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder.path)
      guard !FileManager.default.fileExists(atPath: settingsFile.path) else { return }
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
      let file = try WholeFile(path: settingsFile.path)
      try file.write(Array(try encoder.encode(settings)))
      try file.publish()
    } catch {
      throw Wording(
        "data-folder-not-writable", "无法建立数据文件夹", "the data folder cannot be made",
        do: "检查路径、权限与磁盘空间", "check the path, its permissions and the free space"
      ).problem(.unavailable, at: folder.lastPathComponent)
    }
  }

  func readSettings() throws(Problem) -> Settings {
    guard let data = try? Data(contentsOf: settingsFile),
      let settings = try? JSONDecoder().decode(Settings.self, from: data)
    else {
      throw Wording(
        "data-folder-missing", "这里没有一张图", "there is no One Map here",
        do: "先运行 karez init，或用 --data 指明文件夹", "run karez init first, or name the folder with --data"
      ).problem(.unavailable, at: folder.lastPathComponent)
    }
    return settings
  }
}
