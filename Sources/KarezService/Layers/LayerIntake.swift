import Foundation
public import KarezCore
public import KarezGeometry
public import KarezPacks
import KarezReading

/// A file's polygons as a layer, and what was found on the way.
public struct FileLayer: Sendable {
  public let layer: Layer
  /// The CRS the file was found to be in; nil for a file without coordinates.
  public let crs: CoordinateReferenceSystem?
  public let warnings: [BoundaryWarning]
  /// Rows without a geometry, which take no part.
  public let withoutGeometry: Int
}

extension FileLayer {
  public var json: JSONValue {
    .object([
      "polygons": .integer(Int64(layer.count)),
      "vertices": .integer(Int64(layer.vertexCount)),
      "withoutGeometry": .integer(Int64(withoutGeometry)),
      "crs": .optional(crs?.description),
      "warnings": .array(warnings.map(\.json)),
    ])
  }

  public func lines(in language: Language) -> [String] {
    let (polygons, vertices) = (layer.count, layer.vertexCount)
    return [
      language == .en
        ? "\(polygons) polygons, \(vertices) vertices; \(withoutGeometry) rows have no geometry"
        : "面 \(polygons) 个，顶点 \(vertices) 个；无图形的行 \(withoutGeometry)"
    ]
  }
}

/// Reads a file into a layer: in the sandbox, streaming, with the attributes asked for.
///
/// What cannot be read is refused with its row: an area that silently lacks a polygon is wrong.
public struct LayerIntake: Sendable {
  let reader: SourceReader
  let region: Region?

  public init(installation: Installation, region: Region?) {
    reader = SourceReader(program: installation.reader.path)
    self.region = region
  }

  /// What of a file is wanted.
  public struct Order: Sendable {
    public let file: FileArgument
    public var crs: String?
    /// Attributes to keep, in the file's spelling or another's case.
    public var columns: [String]
    /// The attribute that names a polygon; the file's own row id if nil.
    public var identifier: String?
    /// A file to keep the layer in; it is gone with its reader if nil.
    public var output: String?

    public init(
      file: FileArgument, crs: String? = nil, columns: [String] = [],
      identifier: String? = nil, output: String? = nil
    ) {
      self.file = file
      self.crs = crs
      self.columns = columns
      self.identifier = identifier
      self.output = output
    }
  }

  /// Reads the file.
  ///
  /// - Errors: `Problem` of kind refused, with row and place; `usage` for an attribute the file
  ///   does not have.
  public func layer(
    _ order: Order, progress: @escaping @Sendable (Int) -> Void = { _ in }
  ) async throws(Problem) -> FileLayer {
    let name = order.file.name
    let filling = try LayerFilling(order, region: region)
    let options = ReadOptions(
      layer: order.file.layer, profile: .bulk, declared: filling.placement.stated)
    do {
      try await reader.read(order.file.path, options) { layer in
        try filling.begin(layer)
      } onFeatures: { features in
        try filling.take(features)
        progress(filling.rows)
      }
      return try filling.finish()
    } catch let error as LayerError {
      throw .layer(error, of: name)
    } catch {
      throw Problem.from(error, file: name)
    }
  }
}

/// One file on its way into a layer.
private final class LayerFilling {
  private let order: LayerIntake.Order
  let placement: SourcePlacement
  private let writer: LayerWriter
  private let folder = FileManager.default.temporaryDirectory.path
  private var source: SourceLayer?
  /// The file's spelling of the columns and the identifier.
  private var columns: [String] = []
  private var identifier: String?
  private(set) var rows = 0
  private var withoutGeometry = 0

  init(_ order: LayerIntake.Order, region: Region?) throws(Problem) {
    self.order = order
    placement = try SourcePlacement(crs: order.crs, region: region, name: order.file.name)
    writer = LayerWriter(columns: order.columns, spoolingIn: folder)
  }

  func begin(_ layer: SourceLayer) throws(Problem) {
    source = layer
    let fields = layer.fields.map(\.name)
    columns = try order.columns.map { name throws(Problem) in
      try field(name, among: fields)
    }
    identifier = try order.identifier.map { name throws(Problem) in
      try field(name, among: fields)
    }
  }

  private func field(_ name: String, among fields: [String]) throws(Problem) -> String {
    let found =
      fields.first { $0 == name } ?? fields.first { $0.lowercased() == name.lowercased() }
    if let found { return found }
    throw Wording.attributeUnknown(name, known: fields.joined(separator: ", "))
      .problem(.usage, at: order.file.name)
  }

  func take(_ features: [SourceFeature]) throws {
    guard let source else { throw ReadingError.badFrame(.outOfOrder) }
    try placement.settle(by: features, of: source)
    for feature in features {
      rows += 1
      if let fault = feature.fault, fault != .empty {
        throw SourceFaultWording.problem(fault, feature, in: order.file.name)
      }
      let geometry: Geometry?
      do throws(GeometryError) {
        geometry = try placement.degrees(of: feature)
      } catch {
        throw Problem.geometry(error, of: "\(order.file.name): \(feature.row)")
      }
      switch geometry {
      case .polygons(let polygons) where !polygons.polygons.isEmpty:
        try writer.append(
          row: feature.row, id: identifier.map { text($0, of: feature) } ?? feature.fid,
          values: columns.map { text($0, of: feature) }, polygons)
      case .polygons, nil: withoutGeometry += 1
      case .points, .lines:
        throw Wording(
          "geometry-not-polygon", "不是面图形", "it is not a polygon",
          do: "请提供面图层", "give a layer of polygons"
        ).problem(at: "\(order.file.name): \(feature.row)")
      }
    }
  }

  private func text(_ field: String, of feature: SourceFeature) -> String {
    feature.attributes[field]?.plainText ?? ""
  }

  func finish() throws -> FileLayer {
    let layer: Layer
    if let output = order.output {
      layer = try writer.finish(at: output)
    } else {
      let path = "\(folder)/karez-\(UUID().uuidString).layer"
      layer = try writer.finish(at: path)
      // The map stays while it is read; without a name nothing is left behind.
      unlink(path)
    }
    return FileLayer(
      layer: layer, crs: placement.system?.crs,
      warnings: (source?.warnings.map(BoundaryWarningWording.warning) ?? [])
        + (placement.system?.warnings ?? []),
      withoutGeometry: withoutGeometry)
  }
}

extension AttributeValue {
  /// The value as tables and groups show it; nil for none.
  var plainText: String? {
    switch self {
    case .text(let text): text
    case .integer(let number): String(number)
    case .boolean(let flag): String(flag)
    case .decimal(let number): "\(number)"
    case .date(let day): day.description
    case .null: nil
    }
  }
}
