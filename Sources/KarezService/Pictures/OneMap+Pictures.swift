public import KarezCore
import KarezCrypto
public import KarezGeometry
import KarezPacks
import KarezStore
public import KarezTiles

/// What a picture is to show.
public struct PictureOrder: Hashable, Sendable {
  /// Datasets, the lowest first.
  public var layers: [String]
  public var frame: PictureFrame
  public var asOf: AsOf
  /// `#rrggbb`; see-through without one.
  public var background: String?
  /// Of the names on it.
  public var language = Language.zh

  public init(_ layers: [String], _ frame: PictureFrame, asOf: AsOf) {
    self.layers = layers
    self.frame = frame
    self.asOf = asOf
  }
}

/// A picture's bytes, and what went into them.
struct PictureContent: Shelved {
  var png: [UInt8] = []
  var drawn: [DatasetID: DrawnFeatures] = [:]

  var size: Int {
    png.count + drawn.values.reduce(512) { $0 + $1.named.reduce(64) { $0 + $1.utf8.count + 16 } }
  }
}

/// A picture as it is given to a reader.
public struct ServedPicture: Sendable {
  /// Names what the picture is made of; two of one name are the same to the last byte.
  public let tag: String
  /// Nil where the reader has the picture of that name already.
  public let png: [UInt8]?
  /// Whether everything it may show is for everybody.
  public let isPublic: Bool
  /// The land it may show something of, by dataset.
  public let grounds: [(dataset: DatasetID, ground: Geometry)]
}

extension OneMap {
  /// Bytes of a picture that is kept for who asks next.
  private static let mostKeptBytes = 500_000

  /// A picture of some datasets' states, as far as the reader's scope shows them, drawn as the packs'
  /// styles say.
  ///
  /// `known` are names of pictures the reader has.
  ///
  /// - Errors: `Problem` of kind notFound where one of the datasets is not in scope; of kind usage
  ///   where the frame lies outside its system.
  public func picture(
    _ order: PictureOrder, known: [String] = [], in scope: Scope
  ) async throws(Problem) -> ServedPicture {
    let box = try Self.window(of: order.frame)
    let layers = try await layers(of: order, near: box, in: scope)
    let names = layers.map { layer in
      TileKey(of: layer, tileFields(of: layer.schema), asOf: order.asOf, in: scope).digest
        + (packs.styles[layer.schema.id] ?? "")
    }
    let name = Self.name(of: order, names)
    let content: PictureContent
    if let held = pictures.content(name) {
      content = held
    } else {
      content = try await drawn(layers, order, in: scope)
      if content.png.count <= Self.mostKeptBytes { pictures.keep(content, name) }
    }
    for layer in layers {
      guard let drawn = content.drawn[layer.schema.id] else { continue }
      try await noteRead(of: layer.schema, features: drawn.named, count: drawn.count)
    }
    // Commits that touched other regions only are none of this reader's business.
    let tag =
      scope.regionPrefixes == nil
      ? name : String(SM3.digest(content.png).description.prefix(32))
    return ServedPicture(
      tag: tag, png: known.contains(tag) ? nil : content.png,
      isPublic: layers.allSatisfy {
        Self.isPublic($0.schema, tileFields(of: $0.schema), in: scope)
      },
      grounds: layers.compactMap { layer in
        Self.ground(of: box, layer).map { (layer.schema.id, $0) }
      })
  }

  /// The land of a picture in degrees.
  private static func window(of frame: PictureFrame) throws(Problem) -> BoundingBox {
    do throws(GeometryError) {
      return try frame.window()
    } catch {
      throw .geometry(error, of: "bbox")
    }
  }

  private func layers(
    of order: PictureOrder, near box: BoundingBox, in scope: Scope
  ) async throws(Problem) -> [MapLayer] {
    var datasets: [DatasetID] = []
    for name in order.layers { datasets.append(try Self.dataset(named: name)) }
    let wanted = datasets
    let found = try await asked { store throws(StoreError) in
      try await store.layers(of: wanted, asOf: order.asOf, near: box, in: scope)
    }
    var layers: [MapLayer] = []
    for dataset in datasets {
      guard let layer = found[dataset], layer.schema.geometry != .none else {
        throw .store(.noSuchDataset(dataset))
      }
      layers.append(layer)
    }
    return layers
  }

  private static func name(of order: PictureOrder, _ layers: [String]) -> String {
    let frame = order.frame
    let sides = [frame.box.minX, frame.box.minY, frame.box.maxX, frame.box.maxY]
    let parts =
      [
        "picture 1", "\(frame.system)", sides.map(\.description).joined(separator: ","),
        "\(frame.width)x\(frame.height)", order.background ?? "", order.language.rawValue,
      ] + layers
    return String(SM3.digest(Array(parts.joined(separator: "\n").utf8)).description.prefix(32))
  }

  // MARK: Drawing

  private func drawn(
    _ layers: [MapLayer], _ order: PictureOrder, in scope: Scope
  ) async throws(Problem) -> PictureContent {
    let picture: MapPicture?
    do throws(GeometryError) {
      picture = try MapPicture(order.frame, background: order.background)
    } catch {
      throw .geometry(error, of: "bbox")
    }
    guard let picture else { throw Self.noPicture }
    var content = PictureContent()
    for layer in layers {
      let style = packs.styles[layer.schema.id].flatMap(LayerStyle.init)
      // As the portal has it: what is meant for nearer maps is not drawn from afar.
      guard order.frame.zoom >= (style?.minimumZoom ?? 0) - Self.zoomTolerance else { continue }
      let look = look(of: layer.schema, style, order.language)
      content.drawn[layer.schema.id] =
        layer.schema.geometry == .polygon
        ? try await drawPolygons(of: layer, look, order.asOf, on: picture, in: scope)
        : try await drawFeatures(of: layer.schema, look, order.asOf, on: picture, in: scope)
    }
    content.png = picture.finish()
    // What was cut short must be neither kept nor shown.
    guard !content.png.isEmpty, !Task.isCancelled else { throw Self.noPicture }
    return content
  }

  private static let zoomTolerance = 0.01

  private static let noPicture = Wording(
    "picture-not-drawn", "图片未能画成", "the picture could not be drawn", do: "缩小图片后再试",
    "ask for a smaller one"
  ).problem(.unavailable, at: "")

  private func look(
    of schema: DatasetSchema, _ style: LayerStyle?, _ language: Language
  ) -> PictureLook {
    let fields = tileFields(of: schema)
    let own = "name_" + language.rawValue
    // The portal names places of boundaries, and nothing else.
    let name =
      schema.theme == "boundaries" ? fields.names.first { $0 == own } ?? fields.names.first : nil
    return PictureLook(style: style, geometry: schema.geometry, fields: fields, name: name)
  }

  private func drawPolygons(
    of layer: MapLayer, _ look: PictureLook, _ asOf: AsOf, on picture: MapPicture, in scope: Scope
  ) async throws(Problem) -> DrawnFeatures {
    var polygons = PolygonPicture(layer, on: picture, look: look)
    let rows = polygons.namedRows
    var names: [Int64: String] = [:]
    if !rows.isEmpty, let attribute = look.name {
      let query = FeatureQuery(dataset: layer.schema.id, asOf: asOf, rows: rows)
      let page = try await asked { store throws(StoreError) in
        try await store.features(query, after: nil, limit: rows.count, in: scope)
      }
      for version in page.versions {
        let values = version.feature.attributes
        let stated = [values[attribute], values["name"]].compactMap { value -> String? in
          if case .text(let text)? = value, !text.isEmpty { text } else { nil }
        }
        names[version.row] = stated.first
      }
    }
    do throws(LayerError) { return try polygons.draw(on: picture, names: names) } catch {
      // A layer file that is damaged is let go; the next request is served from the rows.
      await store.forgetSnapshots(of: layer.schema.id)
      throw .layer(error, of: layer.schema.id.text)
    }
  }

  private func drawFeatures(
    of schema: DatasetSchema, _ look: PictureLook, _ asOf: AsOf, on picture: MapPicture,
    in scope: Scope
  ) async throws(Problem) -> DrawnFeatures {
    guard var features = FeaturePicture(on: picture, look: look) else { throw Self.noPicture }
    let query = FeatureQuery(dataset: schema.id, asOf: asOf, window: picture.window)
    var cursor: FeatureCursor?
    repeat {
      let after = cursor
      let page = try await asked { store throws(StoreError) in
        try await store.features(query, after: after, limit: 2_000, in: scope)
      }
      for version in page.versions { features.add(version.feature) }
      cursor = Task.isCancelled ? nil : page.next
    } while cursor != nil
    return features.finish(on: picture)
  }
}
