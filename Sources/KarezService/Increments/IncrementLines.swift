import Foundation
import KarezCore
import KarezCrypto
import KarezGeometry
import KarezStore

/// The lines of a package's file: canonical JSON, one object a line, the head first.
///
/// - Shape: `head`, then a `feature` a change, a `ground` a neighbour, `succession` and
///   `withdrawn`; last `end`, with the number of lines before it and the SM3 over them. The same
///   states give the same bytes.
enum IncrementLines {
  static let format = "karez-increment/1"

  static func text(of package: IncrementPackage) -> String {
    var text = ""
    var count = 0
    func add(_ name: String, _ value: JSONValue) {
      text += JSONValue.object([name: value]).canonicalText + "\n"
      count += 1
    }
    add("head", head(of: package))
    for change in package.changes { add("feature", json(of: change)) }
    for neighbour in package.ground {
      add("ground", .object(["id": .string(neighbour.id), "sm3": .string(neighbour.sm3)]))
    }
    for succession in package.successions { add("succession", json(of: succession)) }
    for succession in package.withdrawn { add("withdrawn", json(of: succession)) }
    let sm3 = SM3.digest(text).description
    add("end", .object(["lines": .integer(Int64(count)), "sm3": .string(sm3)]))
    return text
  }

  private static func head(of package: IncrementPackage) -> JSONValue {
    .object([
      "format": .string(format), "dataset": .string(package.dataset.text),
      "regions": package.regions.map(JSONValue.texts) ?? .null, "base": package.base.json,
      "result": package.result?.json ?? .null,
    ])
  }

  private static func json(of change: IncrementPackage.Change) -> JSONValue {
    func versions(_ versions: [IncrementPackage.Version]) -> JSONValue {
      .array(versions.map { .object(days($0.validity).merging(["sm3": .string($0.sm3)]) { $1 }) })
    }
    return .object([
      "id": .string(change.id), "base": versions(change.base),
      "result": versions(change.result), "rows": .array(change.rows.map(json)),
    ])
  }

  private static func json(of row: IncrementPackage.Row) -> JSONValue {
    var members = days(row.validity)
    if let content = row.content {
      members["attributes"] = .object(content.attributes.compactMapValues(\.typedJSON))
      members["wkb"] = .optional(content.geometry.map { Data($0.wkb()).base64EncodedString() })
    }
    return .object(members)
  }

  private static func days(_ validity: Validity) -> [String: JSONValue] {
    [
      "from": .string(validity.from.description),
      "until": .optional(validity.until?.description),
    ]
  }

  private static func json(of succession: Succession) -> JSONValue {
    .object([
      "kind": .string(succession.kind.rawValue), "parents": .texts(succession.parents),
      "children": .texts(succession.children),
      "validOn": .string(succession.validOn.description),
    ])
  }
}

extension IncrementPackage {
  /// What its file holds.
  public var text: String { IncrementLines.text(of: self) }
}
