import KarezCore
import KarezGeometry

/// Reads a filter of the Filter Encoding Standard: one predicate.
///
/// Its literals are texts; what they are is said by the property they stand beside.
///
/// - Source: OGC 09-026r2 (FES 2.0).
struct QueryMarkup {
  private let types: [String: AttributeType]

  private static let comparisons = [
    "PropertyIsEqualTo": "=", "PropertyIsNotEqualTo": "<>", "PropertyIsLessThan": "<",
    "PropertyIsGreaterThan": ">", "PropertyIsLessThanOrEqualTo": "<=",
    "PropertyIsGreaterThanOrEqualTo": ">=",
  ]
  private static let relations = [
    "Intersects": "s_intersects", "Within": "s_within", "Contains": "s_contains",
    "Disjoint": "s_disjoint", "Touches": "s_touches", "Overlaps": "s_overlaps",
    "Crosses": "s_crosses", "Equals": "s_equals",
  ]

  /// `types` are those of the values there are, by name.
  ///
  /// - Errors: `malformed` with the byte, `malformedMember`, `tooLarge`, `shape`, `unknownOperator`.
  static func node(
    of text: String, types: [String: AttributeType]
  ) throws(QueryFault) -> QueryNode {
    let root = try QueryElement.root(of: text)
    guard root.name == "Filter", root.children.count == 1 else {
      throw .malformedMember(String(root.name.prefix(40)))
    }
    let node = try QueryMarkup(types: types).predicate(root.children[0], depth: 1)
    try node.checkBounds()
    return node
  }

  private func predicate(_ element: QueryElement, depth: Int) throws(QueryFault) -> QueryNode {
    guard depth <= QueryBounds.depth else { throw .tooLarge(.depth) }
    if let comparison = Self.comparisons[element.name] {
      guard element.children.count == 2 else { throw Self.unfit(element) }
      return .call(comparison, try operands(element.children))
    }
    if let relation = Self.relations[element.name] {
      guard element.children.count == 2 else { throw Self.unfit(element) }
      return .call(
        relation,
        [.property(try Self.reference(element.children[0])), try shape(element.children[1])])
    }
    switch element.name {
    case "And", "Or":
      var parts: [QueryNode] = []
      for child in element.children { parts.append(try predicate(child, depth: depth + 1)) }
      return .call(element.name.lowercased(), parts)
    case "Not":
      guard element.children.count == 1 else { throw Self.unfit(element) }
      return .call("not", [try predicate(element.children[0], depth: depth + 1)])
    case "PropertyIsNull", "PropertyIsNil":
      guard element.children.count == 1 else { throw Self.unfit(element) }
      return .call("isnull", [.property(try Self.reference(element.children[0]))])
    case "PropertyIsBetween":
      guard element.children.count == 3, let low = element.children[1].children.first,
        let high = element.children[2].children.first
      else { throw Self.unfit(element) }
      return .call("between", try operands([element.children[0], low, high]))
    case "PropertyIsLike": return try like(element)
    case "BBOX":
      guard let box = element.children.last, element.children.count <= 2 else {
        throw Self.unfit(element)
      }
      let name =
        element.children.count == 2 ? try Self.reference(element.children[0]) : "geometry"
      return .call("s_intersects", [.property(name), try shape(box)])
    default: throw .unknownOperator(String(element.name.prefix(40)))
    }
  }

  private static func unfit(_ element: QueryElement) -> QueryFault {
    .unfit(String(element.name.prefix(40)))
  }

  // MARK: Values

  /// The name of a property, without a prefix or the type before it.
  private static func reference(_ element: QueryElement) throws(QueryFault) -> String {
    guard element.name == "ValueReference" || element.name == "PropertyName",
      let name = element.trimmed.split(whereSeparator: { $0 == ":" || $0 == "/" }).last
    else { throw unfit(element) }
    return String(name)
  }

  private func operands(_ elements: [QueryElement]) throws(QueryFault) -> [QueryNode] {
    var type: AttributeType?
    for element in elements where element.name != "Literal" {
      type = types[try Self.reference(element)]
    }
    var nodes: [QueryNode] = []
    for element in elements {
      nodes.append(
        element.name == "Literal"
          ? try Self.literal(element.trimmed, as: type ?? .text)
          : .property(try Self.reference(element)))
    }
    return nodes
  }

  private static func literal(
    _ text: String, as type: AttributeType
  ) throws(QueryFault) -> QueryNode {
    let node: QueryNode? =
      switch type {
      case .text: .text(text)
      case .integer, .decimal:
        Int64(text).map(QueryNode.integer)
          ?? NumberText.value(of: Array(text.utf8)[...]).map(QueryNode.decimal)
      case .boolean:
        [
          "true": .boolean(true), "1": .boolean(true), "false": .boolean(false),
          "0": .boolean(false),
        ][
          text]
      case .date:
        LegalDate(text).map(QueryNode.day) ?? Timestamp(text).map(QueryNode.moment)
      }
    guard let node else { throw .unfit("Literal") }
    return node
  }

  /// The pattern's own signs become `%`, `_` and `\`.
  private func like(_ element: QueryElement) throws(QueryFault) -> QueryNode {
    guard element.children.count == 2, element.children[1].name == "Literal" else {
      throw Self.unfit(element)
    }
    let wild = element.attributes["wildCard"].flatMap(\.first) ?? "*"
    let single = element.attributes["singleChar"].flatMap(\.first) ?? "."
    let escape =
      (element.attributes["escapeChar"] ?? element.attributes["escape"]).flatMap(\.first) ?? "!"
    var pattern = ""
    var isPlain = false
    for character in element.children[1].text {
      if !isPlain, character == escape {
        isPlain = true
        continue
      }
      if !isPlain, character == wild {
        pattern.append("%")
      } else if !isPlain, character == single {
        pattern.append("_")
      } else {
        if ["%", "_", "\\"].contains(character) { pattern.append("\\") }
        pattern.append(character)
      }
      isPlain = false
    }
    return .call(
      "like", [.property(try Self.reference(element.children[0])), .text(pattern)])
  }

  // MARK: Places

  /// A shape of degrees, longitude first, of an envelope, a point or a polygon.
  private func shape(_ element: QueryElement) throws(QueryFault) -> QueryNode {
    let crs: OfferedCRS
    if let name = element.attributes["srsName"] {
      guard let named = OfferedCRS(named: name) else {
        throw .malformedMember(String(name.prefix(40)))
      }
      crs = named
    } else {
      crs = .cgcs2000
    }
    switch element.name {
    case "Envelope":
      guard element.children.count == 2 else { throw Self.unfit(element) }
      let corners = try Self.numbers(element.children[0]) + Self.numbers(element.children[1])
      guard corners.count == 4, let box = BoundingBox(corners) else { throw Self.unfit(element) }
      return try Self.node { () throws(GeometryError) in .polygons(try crs.polygon(of: box)) }
    case "Point":
      guard let pos = element.children.first else { throw Self.unfit(element) }
      let places = try Self.positions(pos)
      return try Self.node { () throws(GeometryError) in try crs.degrees(of: .points(places)) }
    case "Polygon":
      var rings: [[Position]] = []
      for side in element.children {
        guard let ring = side.children.first, let list = ring.children.first else {
          throw Self.unfit(element)
        }
        rings.append(try Self.positions(list))
      }
      guard !rings.isEmpty else { throw Self.unfit(element) }
      let found = rings
      return try Self.node { () throws(GeometryError) in
        let shell = try Ring(found[0])
        var holes: [Ring] = []
        for hole in found.dropFirst() { holes.append(try Ring(hole)) }
        return try crs.degrees(of: .polygons(MultiPolygon([Polygon(shell: shell, holes: holes)])))
      }
    default: throw .unknownOperator(String(element.name.prefix(40)))
    }
  }

  private static func node(
    _ shape: () throws(GeometryError) -> Geometry
  ) throws(QueryFault) -> QueryNode {
    do throws(GeometryError) { return .shape(try shape()) } catch { throw .shape(error) }
  }

  private static func positions(_ element: QueryElement) throws(QueryFault) -> [Position] {
    let numbers = try numbers(element)
    guard !numbers.isEmpty, numbers.count.isMultiple(of: 2) else { throw unfit(element) }
    return stride(from: 0, to: numbers.count, by: 2).map {
      Position(x: numbers[$0], y: numbers[$0 + 1])
    }
  }

  private static func numbers(_ element: QueryElement) throws(QueryFault) -> [Double] {
    var numbers: [Double] = []
    for part in element.trimmed.split(whereSeparator: { " \n\t\r".contains($0) }) {
      guard let number = NumberText.value(of: Array(part.utf8)[...]) else {
        throw .malformedMember(String(element.name.prefix(40)))
      }
      numbers.append(number)
    }
    return numbers
  }
}
