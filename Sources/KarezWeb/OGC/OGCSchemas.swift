import KarezCore
import KarezService
import KarezStore

/// Queryables and schema of a collection as JSON Schema, of what the reader may know of it.
///
/// - Source: OGC API Features, parts 3 and 5.
enum OGCSchemas {
  /// What may stand in `filter` and `sortby`.
  static func queryables(
    _ schema: DatasetSchema, at address: String, in language: Language
  ) -> JSONValue {
    document(schema, Queryable.all(of: schema), at: address, in: language)
  }

  /// What an item says.
  static func schema(
    _ schema: DatasetSchema, at address: String, in language: Language
  ) -> JSONValue {
    guard
      case .object(var members) = document(
        schema, Queryable.all(of: schema), at: address, in: language),
      case .object(var properties)? = members["properties"]
    else { return .null }
    if case .object(var area)? = properties["statutoryAreaM2"] {
      // It is compared as the number it is, and told as a text, to be exact.
      area["type"] = .string("string")
      properties["statutoryAreaM2"] = .object(area)
    }
    members["properties"] = .object(properties)
    members["additionalProperties"] = .boolean(schema.isOpen)
    let required = schema.attributes.filter(\.isRequired).map(\.name) + ["validFrom"]
    members["required"] = .array(required.sorted().map(JSONValue.string))
    return .object(members)
  }

  private static func document(
    _ schema: DatasetSchema, _ queryables: [Queryable], at address: String, in language: Language
  ) -> JSONValue {
    var properties: [String: JSONValue] = [:]
    for (place, queryable) in queryables.enumerated() {
      properties[queryable.name] = property(queryable, place, of: schema, in: language)
    }
    return .object([
      "$schema": .string("https://json-schema.org/draft/2020-12/schema"),
      "$id": .string(address), "type": .string("object"),
      "title": .string(schema.title[language]), "properties": .object(properties),
      "additionalProperties": .boolean(false),
    ])
  }

  private static func property(
    _ queryable: Queryable, _ place: Int, of schema: DatasetSchema, in language: Language
  ) -> JSONValue {
    var members: [String: JSONValue] = [
      "title": .string(queryable.title[language]), "x-ogc-propertySeq": .integer(Int64(place + 1)),
    ]
    switch queryable.kind {
    case .geometry:
      members["x-ogc-role"] = .string("primary-geometry")
      members["format"] = .string(schema.geometry.jsonFormat)
    case .value(let property, let type):
      members["type"] = .string(type.jsonName)
      if type == .date { members["format"] = .string("date") }
      switch property {
      case .validFrom: members["x-ogc-role"] = .string("primary-interval-start")
      case .validUntil: members["x-ogc-role"] = .string("primary-interval-end")
      case .statutoryArea: members["x-ogc-unit"] = .string("m2")
      case .recordedFrom: break
      case .attribute(let name):
        if name == schema.identifier { members["x-ogc-role"] = .string("id") }
      }
    }
    if let attribute = queryable.attribute {
      if let length = attribute.limits.length { members["maxLength"] = .integer(Int64(length)) }
      if let least = attribute.limits.minimum { members["minimum"] = .number(least) }
      if let most = attribute.limits.maximum { members["maximum"] = .number(most) }
      if let unit = attribute.unit { members["x-ogc-unit"] = .string(unit) }
    }
    return .object(members)
  }
}

extension AttributeType {
  fileprivate var jsonName: String {
    switch self {
    case .text, .date: "string"
    case .integer: "integer"
    case .decimal: "number"
    case .boolean: "boolean"
    }
  }
}

extension GeometryKind {
  /// - Source: OGC API Features, part 5, formats of spatial properties.
  fileprivate var jsonFormat: String {
    switch self {
    case .point: "geometry-point-or-multipoint"
    case .line: "geometry-linestring-or-multilinestring"
    case .polygon, .none: "geometry-polygon-or-multipolygon"
    }
  }
}
