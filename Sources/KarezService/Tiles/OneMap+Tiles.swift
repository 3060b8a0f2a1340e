public import KarezCore
import KarezCrypto
public import KarezGeometry
import KarezPacks
import KarezStore
public import KarezTiles
import Synchronization

/// A tile as it is given to a reader.
public struct ServedTile: Sendable {
  public let dataset: DatasetID
  /// Names what the tile is made of; two tiles of one name are the same to the last byte.
  public let tag: String
  /// Nil where the reader has the tile of that name already.
  public let content: TileContent?
  /// Whether everything it shows is for everybody.
  public let isPublic: Bool
  /// The land it may show something of; nil where it shows nothing.
  public let ground: Geometry?
}

extension OneMap {
  /// One tile of a dataset's state, as far as the reader's scope shows it.
  ///
  /// `known` are names of tiles the reader has.
  ///
  /// - Errors: `Problem` of kind notFound where there is no such dataset in scope.
  public func tile(
    _ address: TileAddress, of named: String, asOf: AsOf, known: [String] = [], in scope: Scope
  ) async throws(Problem) -> ServedTile {
    let dataset = try Self.dataset(named: named)
    let window = TilePlane.window(of: address)
    let layers = try await asked { store throws(StoreError) in
      try await store.layers(of: [dataset], asOf: asOf, near: window, in: scope)
    }
    guard let layer = layers[dataset], layer.schema.geometry != .none else {
      throw .store(.noSuchDataset(dataset))
    }
    let fields = tileFields(of: layer.schema)
    let key = TileKey(of: layer, fields, asOf: asOf, in: scope)
    let isPublic = Self.isPublic(layer.schema, fields, in: scope)
    let name = key.name(of: address)
    let served: TileContent
    if let held = tiles.content(name) {
      served = held
      tiles.note(\.memory)
    } else if let kept = pyramids.content(of: key, at: address) {
      served = kept
      tiles.note(\.files)
    } else {
      tiles.note(\.drawn)
      served = try await drawn(layer, on: TilePlane(address), fields, asOf: asOf, in: scope)
    }
    tiles.keep(served, name)
    // Commits that touched other regions only are none of this reader's business.
    let tag =
      scope.regionPrefixes == nil
      ? name : String(SM3.digest(served.bytes).description.prefix(32))
    try await noteRead(of: layer.schema, features: served.named, count: served.features)
    return ServedTile(
      dataset: dataset, tag: tag, content: known.contains(tag) ? nil : served, isPublic: isPublic,
      ground: served.bytes.isEmpty ? nil : Self.ground(of: window, layer))
  }

  /// A window, as far as the dataset goes.
  static func ground(of window: BoundingBox, _ layer: MapLayer) -> Geometry? {
    var box = window
    if let extent = layer.extent {
      box = BoundingBox(
        minX: max(box.minX, extent.minX), minY: max(box.minY, extent.minY),
        maxX: min(box.maxX, extent.maxX), maxY: min(box.maxY, extent.maxY))
    }
    let corners = [
      (box.minX, box.minY), (box.maxX, box.minY), (box.maxX, box.maxY), (box.minX, box.maxY),
      (box.minX, box.minY),
    ]
    guard box.minX < box.maxX, box.minY < box.maxY,
      let shell = try? Ring(corners.map { Position(x: $0.0, y: $0.1) })
    else { return nil }
    return .polygons(MultiPolygon([Polygon(shell: shell)]))
  }

  /// The attributes tiles of a dataset may carry, of those the reader may know.
  public func tileFields(of schema: DatasetSchema) -> TileFields {
    let wanted = looks.names(of: schema.id) {
      packs.styles[schema.id].flatMap { try? JSONValue(parsing: $0) }.map(StyleAttributes.names)
    }
    let names = schema.attributes.map(\.name)
    let looks = names.filter(wanted.contains)
    return TileFields(
      looks: looks,
      codes: schema.attributes.filter { $0.codes != nil && !wanted.contains($0.name) }
        .prefix(Self.mostCodes).map(\.name),
      names: names.filter { ($0 == "name" || $0.hasPrefix("name_")) && !wanted.contains($0) })
  }

  /// Coded attributes of one feature of a tile, beside those it looks like.
  private static let mostCodes = 8

  static func isPublic(
    _ schema: DatasetSchema, _ fields: TileFields, in scope: Scope
  ) -> Bool {
    scope.regionPrefixes == nil && schema.classification == .public
      && schema.attributes.allSatisfy {
        $0.classification == .public
          || !(fields.all.contains($0.name) || $0.name == schema.identifier)
      }
  }

  /// Draws a tile anew.
  func drawn(
    _ layer: MapLayer, on plane: TilePlane, _ fields: TileFields, asOf: AsOf, in scope: Scope
  ) async throws(Problem) -> TileContent {
    guard layer.schema.geometry == .polygon else {
      return try await drawnFeatures(of: layer.schema, on: plane, fields, asOf: asOf, in: scope)
    }
    let tile = PolygonTile(layer, on: plane, fields: fields)
    let rows = tile.namedRows
    var names: [Int64: [String: TileValue]] = [:]
    if !rows.isEmpty {
      let query = FeatureQuery(dataset: layer.schema.id, asOf: asOf, rows: rows)
      let page = try await asked { store throws(StoreError) in
        try await store.features(query, after: nil, limit: rows.count, in: scope)
      }
      for version in page.versions {
        let values = version.feature.attributes.filter { fields.names.contains($0.key) }
        names[version.row] = values.compactMapValues(TileValue.init)
      }
    }
    do throws(LayerError) { return try tile.draw(names: names) } catch {
      // A layer file that is damaged is let go; the next request is served from the rows.
      await store.forgetSnapshots(of: layer.schema.id)
      throw .layer(error, of: layer.schema.id.text)
    }
  }

  private func drawnFeatures(
    of schema: DatasetSchema, on plane: TilePlane, _ fields: TileFields, asOf: AsOf,
    in scope: Scope
  ) async throws(Problem) -> TileContent {
    var tile = FeatureTile(schema.id, on: plane, fields: fields)
    let query = FeatureQuery(dataset: schema.id, asOf: asOf, window: plane.window)
    var cursor: FeatureCursor?
    repeat {
      let after = cursor
      let page = try await asked { store throws(StoreError) in
        try await store.features(query, after: after, limit: 2_000, in: scope)
      }
      for version in page.versions { tile.add(version.feature) }
      cursor = page.next
    } while cursor != nil
    return tile.draw()
  }
}

/// What the packs' styles ask features for, worked out once a dataset.
final class StyleLooks: Sendable {
  private let known = Mutex<[DatasetID: Set<String>]>([:])

  func names(of dataset: DatasetID, _ read: () -> Set<String>?) -> Set<String> {
    if let names = known.withLock({ $0[dataset] }) { return names }
    let names = read() ?? []
    known.withLock { $0[dataset] = names }
    return names
  }
}

/// What tiles of one state are made of, as one name.
///
/// - Shape: SM3 over the form of the tiles, the dataset, its last commit, the spans of validity the day
///   lies in, and what of the dataset the scope shows: the attributes tiles carry, and the regions.
struct TileKey: Hashable, Sendable {
  /// Changed whenever the same state is drawn otherwise.
  private static let form = 2

  let dataset: DatasetID
  let digest: String

  init(of layer: MapLayer, _ fields: TileFields, asOf: AsOf, in scope: Scope) {
    dataset = layer.schema.id
    let days = layer.daysDigest ?? asOf.validOn.description
    let regions = scope.regionPrefixes.map { $0.sorted().joined(separator: ",") } ?? "*"
    let parts = [
      String(Self.form), dataset.text, layer.commit.description, days, regions,
      fields.looks.joined(separator: ","), fields.codes.joined(separator: ","),
      fields.names.joined(separator: ","),
    ]
    digest = String(
      SM3.digest(Array(parts.joined(separator: "\n").utf8)).description.prefix(32))
  }

  func name(of address: TileAddress) -> String {
    "\(digest)-\(address.set.id)-\(address.level)-\(address.row)-\(address.column)"
  }
}
