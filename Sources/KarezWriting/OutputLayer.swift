public import KarezCore
public import KarezGeometry

/// One attribute as a file is to have it.
public struct OutputField: Hashable, Sendable {
  /// The attribute's own name, snake_case; other names in an open dataset.
  public let name: String
  /// The field of the exchange standard (`DLBM`); what formats with short names use.
  public let source: String?
  public let title: LocalizedText
  public let type: AttributeType
  public let unit: String?

  public init(
    name: String, type: AttributeType, source: String? = nil, title: LocalizedText? = nil,
    unit: String? = nil
  ) {
    self.name = name
    self.type = type
    self.source = source
    self.title = title ?? LocalizedText(zh: name, en: name)
    self.unit = unit
  }

  /// The field of an attribute of a dataset.
  public init(_ attribute: Attribute) {
    self.init(
      name: attribute.name, type: attribute.type, source: attribute.source,
      title: attribute.title, unit: attribute.unit)
  }
}

/// 输出图层: what a file is told before its features.
public struct OutputLayer: Hashable, Sendable {
  /// The layer's name in formats that have names; the dataset's id unless said otherwise.
  public var name: String
  public var title: LocalizedText
  public var geometry: GeometryKind
  public var crs: CoordinateReferenceSystem
  public var fields: [OutputField]
  /// Name of the field that identifies a feature.
  public var identifier: String

  public init(
    name: String, title: LocalizedText, geometry: GeometryKind, crs: CoordinateReferenceSystem,
    fields: [OutputField], identifier: String
  ) {
    self.name = name
    self.title = title
    self.geometry = geometry
    self.crs = crs
    self.fields = fields
    self.identifier = identifier
  }
}
