import Foundation
public import KarezCore
import KarezGeometry
import KarezStore
import KarezTables
import KarezTiles

/// What an export of tiles wrote.
public struct TileExportOutcome: Sendable {
  public let dataset: String
  public let asOf: AsOf
  public let tiles: Int
  /// SM3 of the file, hexadecimal.
  public let sm3: String

  /// What the log keeps, and `--json` prints.
  public var json: JSONValue {
    .object([
      "dataset": .string(dataset), "validOn": .string(asOf.validOn.description),
      "recorded": .integer(Int64(asOf.recorded.value)), "format": .string("pmtiles"),
      "tiles": .integer(Int64(tiles)), "sm3": .string(sm3),
    ])
  }

  public func line(in language: Language) -> String {
    language == .en
      ? "\(dataset): \(tiles) tiles on \(asOf.validOn), commit \(asOf.recorded); \(sm3)"
      : "\(dataset)：\(asOf.validOn) 第 \(asOf.recorded) 次提交，已输出 \(tiles) 块瓦片；\(sm3)"
  }
}

extension OneMap {
  /// Levels of tiles in a file; finer ones are drawn from the last.
  private static let exportedLevels = 0...12

  /// Writes one state of a dataset of polygons as a PMTiles file of vector tiles, and says so in the
  /// log.
  ///
  /// - Errors: `Problem` of kind usage for a dataset without polygons; of kind unavailable where the
  ///   file cannot be written.
  public func exportTiles(
    _ order: ExportOrder, by actor: Actor, in scope: Scope, progress: @Sendable (Int) -> Void
  ) async throws(Problem) -> TileExportOutcome {
    let today = try await today()
    let asOf = AsOf(
      validOn: order.validOn ?? today.validOn,
      recorded: min(order.recorded ?? today.recorded, today.recorded))
    let schema = try await schema(of: order.dataset, in: scope)
    guard let layer = try await layer(of: schema.id, asOf: asOf, columns: [], in: scope) else {
      throw Wording(
        "tiles-not-polygons", "只有面数据集可以输出为 PMTiles",
        "only datasets of polygons are written as PMTiles",
        do: "换用其他格式", "choose another format"
      ).problem(.usage, at: order.dataset)
    }
    try await count(order.dataset, asOf, to: actor, in: scope)
    let scratch = data.appending(path: "tiles-\(UUID().uuidString).part")
    defer { try? FileManager.default.removeItem(at: scratch) }
    let archive = try await write(layer, asOf, to: scratch, in: scope, progress: progress)
    let box = layer.extent ?? BoundingBox(minX: -180, minY: -85, maxX: 180, maxY: 85)
    let head = archive.head(
      metadata: Self.metadata(of: schema, tileFields(of: schema)), levels: Self.exportedLevels,
      around: box)
    try Self.join(head, scratch, at: order.path)
    let outcome = TileExportOutcome(
      dataset: order.dataset, asOf: asOf, tiles: archive.count,
      sm3: try FileFingerprint.sm3(ofFileAt: order.path))
    try await asked { store throws(StoreError) in
      try await store.record(kind: "export", body: outcome.json, by: actor)
    }
    return outcome
  }

  /// Ground that leaves as tiles counts like any other.
  private func count(
    _ name: String, _ asOf: AsOf, to actor: Actor, in scope: Scope
  ) async throws(Problem) {
    let dataset = try Self.dataset(named: name)
    var delivery = try await delivery(of: dataset, to: actor)
    guard delivery != nil else { return }
    let query = FeatureQuery(dataset: dataset, asOf: asOf)
    var cursor: FeatureCursor?
    repeat {
      let after = cursor
      let page = try await asked { store throws(StoreError) in
        try await store.features(query, after: after, limit: 2_000, in: scope)
      }
      do throws(Problem) {
        for version in page.versions { try delivery?.take(version.feature.geometry) }
      } catch {
        try await noteRefused(error, by: actor)
        throw error
      }
      cursor = page.next
    } while cursor != nil
    try await count(delivery, by: actor)
  }

  private func write(
    _ layer: MapLayer, _ asOf: AsOf, to scratch: URL, in scope: Scope,
    progress: @Sendable (Int) -> Void
  ) async throws(Problem) -> PMTilesArchive {
    let fields = tileFields(of: layer.schema)
    var archive = PMTilesArchive()
    guard let extent = layer.extent else { return archive }
    guard FileManager.default.createFile(atPath: scratch.path, contents: nil),
      let file = try? FileHandle(forWritingTo: scratch)
    else { throw Self.unwritable(scratch) }
    defer { try? file.close() }
    for level in Self.exportedLevels {
      let addresses = TileAddress.all(of: .webMercatorQuad, level: level, meeting: extent)
        .map { (id: PMTilesArchive.id(of: $0), address: $0) }.sorted { $0.id < $1.id }
      for (_, address) in addresses {
        let content = try await drawn(
          layer, on: TilePlane(address), fields, asOf: asOf, in: scope)
        guard !content.bytes.isEmpty else { continue }
        do { try file.write(contentsOf: Data(content.bytes)) } catch {
          throw Self.unwritable(scratch)
        }
        archive.add(address, bytes: content.bytes.count)
        progress(archive.count)
      }
    }
    return archive
  }

  /// Whole or not at all, as all files we write.
  private static func join(_ head: [UInt8], _ tiles: URL, at path: String) throws(Problem) {
    do {
      let whole = try WholeFile(path: URL(filePath: path).path)
      try whole.write(head)
      if let file = try? FileHandle(forReadingFrom: tiles) {
        defer { try? file.close() }
        while let piece = try file.read(upToCount: 1 << 20), !piece.isEmpty {
          try whole.write(Array(piece))
        }
      }
      try whole.publish()
    } catch {
      throw unwritable(URL(filePath: path))
    }
  }

  private static func unwritable(_ file: URL) -> Problem {
    Wording(
      "output-not-writable", "无法写入文件", "the file cannot be written",
      do: "检查文件夹权限与磁盘空间", "check the folder's permissions and the free space"
    ).problem(.unavailable, at: file.lastPathComponent)
  }

  private static func metadata(of schema: DatasetSchema, _ fields: TileFields) -> JSONValue {
    .object([
      "name": .string(schema.title.zh), "description": .string(schema.title.en),
      "vector_layers": .array([
        .object([
          "id": .string(schema.id.text),
          "minzoom": .integer(Int64(exportedLevels.lowerBound)),
          "maxzoom": .integer(Int64(exportedLevels.upperBound)),
          "fields": .object(
            Dictionary((["id"] + fields.all).map { ($0, .string("String")) }) { first, _ in first }
          ),
        ])
      ]),
    ])
  }
}
