import KarezCore
import KarezGeometry

/// Reads CQL2 JSON: one Boolean expression.
///
/// - Source: OGC 21-065r2, annex C.
enum QueryJSON {
  /// - Errors: `notJSON`, `malformedMember`, `tooLarge`, `shape`.
  static func node(of text: String) throws(QueryFault) -> QueryNode {
    guard text.utf8.count <= QueryBounds.bytes else { throw .tooLarge(.bytes) }
    let value: JSONValue
    // Each operator is two levels of JSON, a polygon five.
    do throws(JSONError) {
      value = try JSONValue(parsing: Array(text.utf8), maximumDepth: QueryBounds.depth * 2 + 6)
    } catch {
      if case .tooDeep = error { throw .tooLarge(.depth) }
      throw .notJSON(error)
    }
    let node = try expression(value, depth: 0)
    try node.checkBounds()
    return node
  }

  private static func expression(
    _ value: JSONValue, depth: Int
  ) throws(QueryFault) -> QueryNode {
    guard depth <= QueryBounds.depth else { throw .tooLarge(.depth) }
    switch value {
    case .boolean(let claim): return .boolean(claim)
    case .integer(let number): return .integer(number)
    case .number(let number): return .decimal(number)
    case .string(let text): return .text(text)
    case .array(let elements):
      guard elements.count <= QueryBounds.nodes else { throw .tooLarge(.nodes) }
      var list: [QueryNode] = []
      for element in elements { list.append(try expression(element, depth: depth + 1)) }
      return .list(list)
    case .object(let members): return try object(members, value, depth: depth)
    case .null: throw .malformedMember("null")
    }
  }

  private static func object(
    _ members: [String: JSONValue], _ value: JSONValue, depth: Int
  ) throws(QueryFault) -> QueryNode {
    if let name = members["op"] {
      guard let name = name.string, let arguments = members["args"]?.array, members.count == 2
      else { throw .malformedMember("op") }
      guard case .list(let parts) = try expression(.array(arguments), depth: depth) else {
        throw .malformedMember("args")
      }
      return .call(name.lowercased(), parts)
    }
    if members["type"] != nil {
      do throws(GeometryError) { return .shape(try Geometry(geoJSON: value)) } catch {
        throw .shape(error)
      }
    }
    guard members.count == 1, let (name, content) = members.first else {
      throw .malformedMember(members.keys.sorted().first ?? "{}")
    }
    switch name {
    case "property":
      if let property = content.string { return .property(property) }
    case "date":
      if let day = content.string.flatMap({ LegalDate($0) }) { return .day(day) }
    case "timestamp":
      if let moment = content.string.flatMap({ Timestamp($0) }) { return .moment(moment) }
    case "interval":
      if let ends = content.array, ends.count == 2 {
        return .period(try end(ends[0]), try end(ends[1]))
      }
    case "bbox":
      let numbers = content.array?.compactMap(\.double)
      if let numbers, numbers.count == content.array?.count, let box = BoundingBox(numbers) {
        return .box(box)
      }
    default: break
    }
    throw .malformedMember(name)
  }

  private static func end(_ value: JSONValue) throws(QueryFault) -> QueryNode {
    if let text = value.string {
      guard let end = QueryNode(end: text) else { throw .malformedMember("interval") }
      return end
    }
    guard let property = value["property"]?.string else { throw .malformedMember("interval") }
    return .property(property)
  }
}
