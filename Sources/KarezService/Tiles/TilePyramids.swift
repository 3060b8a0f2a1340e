import Foundation
import KarezCore
import KarezCrypto
import KarezGeometry
import KarezStore
import KarezTiles

/// 瓦片金字塔: the coarse tiles of a dataset's newest state, drawn once after its commit.
///
/// - Shape: `tiles/<dataset>/<digest of the key>/<level>-<row>-<column>`, the owner's alone. A file
///   is a line of JSON, which says among other things the SM3 of what follows, and the tile.
///   It is a cache: what is not as it says is not there.
struct TilePyramids: Sendable {
  /// Levels from 0 on that are drawn beforehand.
  static let levels = 0...8

  let folder: URL

  func content(of key: TileKey, at address: TileAddress) -> TileContent? {
    guard address.set == .webMercatorQuad, Self.levels.contains(address.level) else { return nil }
    let file = file(of: key, address)
    guard let data = FileManager.default.contents(atPath: file.path) else { return nil }
    return Self.content(Array(data))
  }

  static func content(_ bytes: [UInt8]) -> TileContent? {
    guard let end = bytes.firstIndex(of: 0x0A),
      let head = try? JSONValue(parsing: Array(bytes[..<end])),
      let features = head["features"]?.integer, let cells = head["cells"]?.integer,
      let cell = head["cell"]?.integer, let names = head["named"]?.array
    else { return nil }
    let tile = Array(bytes[(end + 1)...])
    guard head["sm3"]?.string == SM3.digest(tile).description else { return nil }
    return TileContent(
      bytes: tile, form: cells > 0 ? .cells(Int(cells)) : .shapes(cell: Int(clamping: cell)),
      features: Int(clamping: features), named: names.compactMap(\.string))
  }

  private func file(of key: TileKey, _ address: TileAddress) -> URL {
    folder.appending(path: key.dataset.text).appending(path: key.digest)
      .appending(path: "\(address.level)-\(address.row)-\(address.column)")
  }

  func keep(_ content: TileContent, of key: TileKey, at address: TileAddress) throws(Problem) {
    var (cells, cell) = (0, 0)
    switch content.form {
    case .cells(let count): cells = count
    case .shapes(let size): cell = size
    }
    let head = JSONValue.object([
      "features": .integer(Int64(content.features)), "cells": .integer(Int64(cells)),
      "cell": .integer(Int64(cell)), "named": .texts(content.named),
      "sm3": .string(SM3.digest(content.bytes).description),
    ])
    let file = file(of: key, address)
    do {
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700])
    } catch {
      throw Self.unwritable(file)
    }
    try OutputFile.write(Array(head.canonicalText.utf8) + [0x0A] + content.bytes, to: file.path)
  }

  private static func unwritable(_ file: URL) -> Problem {
    Wording(
      "tiles-not-writable", "无法写入瓦片缓存", "the cache of tiles cannot be written",
      do: "检查数据文件夹的权限与磁盘空间", "check the data folder's permissions and the free space"
    ).problem(.unavailable, at: file.lastPathComponent)
  }

  /// Removes the tiles of a dataset's other states.
  func sweep(keeping key: TileKey) {
    let own = folder.appending(path: key.dataset.text)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: own.path)) ?? []
    for name in names where name != key.digest {
      try? FileManager.default.removeItem(at: own.appending(path: name))
    }
  }
}

extension OneMap {
  var pyramids: TilePyramids { TilePyramids(folder: data.appending(path: "tiles")) }
}

/// After a commit: draws the coarse tiles of the dataset's newest state, as who sees all of it sees
/// them; so does everybody whose scope hides nothing that tiles carry.
struct TileHandler: JobHandler {
  static let name = "tiles"
  let map: OneMap

  var name: String { Self.name }

  func run(_ run: JobRun) async throws(Problem) -> JobEnd? {
    guard let dataset = try run.dataset() else { return JobEnd(by: run.actor) }
    let today = try await map.today()
    let layers = try await map.asked { store throws(StoreError) in
      try await store.layers(of: [dataset], asOf: today, near: nil, in: .all)
    }
    guard let layer = layers[dataset], let extent = layer.extent else {
      return JobEnd(by: run.actor)
    }
    let fields = map.tileFields(of: layer.schema)
    let key = TileKey(of: layer, fields, asOf: today, in: .all)
    let addresses = TilePyramids.levels.flatMap {
      TileAddress.all(of: .webMercatorQuad, level: $0, meeting: extent)
    }
    for (number, address) in addresses.enumerated() {
      if Task.isCancelled { throw JobRun.lost }
      run.report("tiles", number, of: addresses.count)
      let content = try await map.drawn(
        layer, on: TilePlane(address), fields, asOf: today, in: .all)
      try map.pyramids.keep(content, of: key, at: address)
    }
    map.pyramids.sweep(keeping: key)
    return JobEnd(
      result: .object(["tiles": .integer(Int64(addresses.count))]), by: run.actor)
  }
}
