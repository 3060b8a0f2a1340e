public import KarezCore
import KarezGeometry
import KarezPacks
import KarezStore

extension DatasetRecord {
  /// The catalogue's line, and the schema with its code tables, the last commits and the basis.
  public var json: JSONValue {
    guard case .object(var members) = item.json else { return item.json }
    members["asOf"] = .object([
      "validOn": .string(asOf.validOn.description),
      "recorded": .integer(Int64(asOf.recorded.value)),
    ])
    members["themes"] = .array(
      themes.map { .object(["id": .string($0.id), "title": $0.title.json]) })
    members["identifier"] = .string(schema.identifier)
    members["region"] = .optional(schema.region)
    members["coverage"] = .boolean(schema.isCoverage)
    members["retiresIdentifiers"] = .boolean(schema.retiresIdentifiers)
    members["attributes"] = .array(schema.attributes.map(\.json))
    members["codeTables"] = .array(codeTables.map(\.json))
    members["commits"] = .array(commits.map(\.json))
    members["classifications"] = .array(decisions.map(\.json))
    members["dependants"] = .array(dependants.map { .string($0.text) })
    if let extent = item.summary.extent {
      members["extent"] = .array(
        [extent.minX, extent.minY, extent.maxX, extent.maxY].map(JSONValue.number))
    }
    return .object(members)
  }
}

extension Attribute {
  fileprivate var json: JSONValue {
    .object([
      "name": .string(name), "title": title.json, "type": .string(type.rawValue),
      "required": .boolean(isRequired), "unique": .boolean(isUnique),
      "codes": .optional(codes), "format": .optional(format), "unit": .optional(unit),
      "classification": .string(classification.rawValue), "source": .optional(source),
      "length": limits.length.map { .integer(Int64($0)) } ?? .null,
      "minimum": limits.minimum.map(JSONValue.number) ?? .null,
      "maximum": limits.maximum.map(JSONValue.number) ?? .null,
      "references": references.map { reference in
        .object([
          "dataset": .string(reference.dataset.text),
          "digits": reference.digits.map { .integer(Int64($0)) } ?? .null,
        ])
      } ?? .null,
    ])
  }
}

extension CodeTable {
  fileprivate var json: JSONValue {
    .object([
      "id": .string(id), "title": title.json, "source": .string(source),
      "certainty": .string(certainty.rawValue),
      "edition": edition.map {
        .object(["family": .string($0.family), "name": .string($0.name)])
      } ?? .null,
      "rows": .array(
        rows.map { row in
          .object([
            "code": .string(row.code), "name": row.name.json,
            "validFrom": .optional(row.validity?.from.description),
            "validUntil": .optional(row.validity?.until?.description),
          ])
        }),
    ])
  }
}
