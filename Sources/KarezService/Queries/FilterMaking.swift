import KarezCore
import KarezGeometry
import KarezStore

/// Makes a filter of what a query says, of a dataset as its reader may know it.
///
/// A name that is hidden and a name that never was are the same fault.
struct FilterMaking {
  private let queryables: [String: Queryable]
  private let crs: OfferedCRS

  init(_ schema: DatasetSchema, crs: OfferedCRS) {
    queryables = Dictionary(
      Queryable.all(of: schema).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    self.crs = crs
  }

  func filter(_ node: QueryNode) throws(QueryFault) -> FeatureFilter {
    switch node {
    case .boolean(let claim): return .constant(claim)
    case .call(let name, let parts): return try filter(name, parts)
    default: throw .unfit("filter")
    }
  }

  private func filter(_ name: String, _ parts: [QueryNode]) throws(QueryFault) -> FeatureFilter {
    if let comparison = FilterComparison(rawValue: name) {
      return try compared(comparison, parts, name)
    }
    if name.hasPrefix("s_") { return try spatial(String(name.dropFirst(2)), parts) }
    if name.hasPrefix("t_") { return try temporal(String(name.dropFirst(2)), parts) }
    switch name {
    case "and", "or":
      guard parts.count >= 2 else { throw .unfit(name) }
      var filters: [FeatureFilter] = []
      for part in parts { filters.append(try filter(part)) }
      return name == "and" ? .all(filters) : .any(filters)
    case "not":
      guard parts.count == 1 else { throw .unfit(name) }
      return .not(try filter(parts[0]))
    case "isnull":
      guard parts.count == 1, case .property(let property) = parts[0] else { throw .unfit(name) }
      let queryable = try known(property)
      guard case .value(let property, _) = queryable.kind else { return .hasNoGeometry }
      return .isNull(.property(property))
    case "like":
      guard parts.count == 2, case .text(let pattern) = parts[1] else { throw .unfit(name) }
      let (side, type) = try value(parts[0], name)
      let made = TextPattern(pattern)
      guard type == .text else { throw .unfit(name) }
      guard made.pieces.count(where: { $0 == .anyText }) <= QueryBounds.wildcards else {
        throw .tooLarge(.wildcards)
      }
      return .like(side, made)
    case "between":
      guard parts.count == 3 else { throw .unfit(name) }
      let values = try alike(parts, name)
      return .between(values[0], values[1], values[2])
    case "in":
      guard parts.count == 2, case .list(let listed) = parts[1], !listed.isEmpty else {
        throw .unfit(name)
      }
      let values = try alike([parts[0]] + listed, name)
      return .isIn(values[0], Array(values.dropFirst()))
    default: throw .unknownOperator(String(name.prefix(40)))
    }
  }

  // MARK: Values

  private func known(_ name: String) throws(QueryFault) -> Queryable {
    guard let queryable = queryables[name] else {
      throw .unknownProperty(String(name.prefix(64)))
    }
    return queryable
  }

  private enum Sort: Hashable {
    case text
    case number
    case boolean
    case date

    init(_ type: AttributeType) {
      switch type {
      case .text: self = .text
      case .integer, .decimal: self = .number
      case .boolean: self = .boolean
      case .date: self = .date
      }
    }
  }

  private func value(
    _ node: QueryNode, _ name: String
  ) throws(QueryFault) -> (FilterValue, AttributeType) {
    switch node {
    case .property(let property):
      guard case .value(let found, let type) = try known(property).kind else { throw .unfit(name) }
      return (.property(found), type)
    case .text(let text): return (.literal(.text(text)), .text)
    case .integer(let number): return (.literal(.integer(number)), .integer)
    case .decimal(let number): return (.literal(.decimal(number)), .decimal)
    case .boolean(let claim): return (.literal(.boolean(claim)), .boolean)
    case .day(let day): return (.literal(.date(day)), .date)
    case .moment(let moment):
      guard let day = LegalDate(at: moment) else { throw .unfit(name) }
      return (.literal(.date(day)), .date)
    case .call(let inner, _): throw .unknownOperator(String(inner.prefix(40)))
    case .open, .period, .shape, .box, .list: throw .unfit(name)
    }
  }

  /// Values of one sort, which can be compared.
  private func alike(
    _ nodes: [QueryNode], _ name: String
  ) throws(QueryFault) -> [FilterValue] {
    var values: [FilterValue] = []
    var sorts: Set<Sort> = []
    for node in nodes {
      let (value, type) = try value(node, name)
      values.append(value)
      sorts.insert(Sort(type))
    }
    guard sorts.count == 1 else { throw .unfit(name) }
    return values
  }

  private func compared(
    _ comparison: FilterComparison, _ parts: [QueryNode], _ name: String
  ) throws(QueryFault) -> FeatureFilter {
    guard parts.count == 2 else { throw .unfit(name) }
    let values = try alike(parts, name)
    return .compare(values[0], comparison, values[1])
  }

  // MARK: Places and times

  private func spatial(
    _ name: String, _ parts: [QueryNode]
  ) throws(QueryFault) -> FeatureFilter {
    guard let relation = SpatialRelation(rawValue: name) else {
      throw .unknownOperator("s_" + name.prefix(40))
    }
    guard parts.count == 2 else { throw .unfit("s_" + name) }
    let isTurned = if case .property = parts[0] { false } else { true }
    guard case .property(let property) = parts[isTurned ? 1 : 0] else { throw .unfit("s_" + name) }
    guard case .geometry = try known(property).kind else { throw .unfit("s_" + name) }
    let given = parts[isTurned ? 0 : 1]
    switch given {
    case .shape, .box: break
    default: throw .unfit("s_" + name)
    }
    let shape: Geometry
    do throws(GeometryError) {
      switch given {
      case .shape(let literal): shape = try crs.degrees(of: literal)
      case .box(let box): shape = .polygons(try crs.polygon(of: box))
      default: shape = .points([])
      }
      _ = try PreparedShape(shape)
    } catch {
      throw .shape(error)
    }
    return .spatial(isTurned ? relation.turned : relation, shape)
  }

  private func temporal(
    _ name: String, _ parts: [QueryNode]
  ) throws(QueryFault) -> FeatureFilter {
    let relation = TemporalRelation.allCases.first { $0.rawValue.lowercased() == name }
    guard let relation else { throw .unknownOperator("t_" + name.prefix(40)) }
    guard parts.count == 2 else { throw .unfit("t_" + name) }
    let arePeriods = parts.allSatisfy { if case .period = $0 { true } else { false } }
    guard arePeriods || !relation.isOfPeriods else { throw .unfit("t_" + name) }
    return .temporal(
      relation, try period(parts[0], "t_" + name), try period(parts[1], "t_" + name))
  }

  private func period(_ node: QueryNode, _ name: String) throws(QueryFault) -> FilterPeriod {
    guard case .period(let first, let last) = node else {
      let day = try end(node, name)
      guard day != .open else { throw .unfit(name) }
      return FilterPeriod(first: day, last: day)
    }
    return FilterPeriod(first: try end(first, name), last: try end(last, name))
  }

  private func end(_ node: QueryNode, _ name: String) throws(QueryFault) -> FilterDay {
    switch node {
    case .open: return .open
    case .day(let day): return .day(day)
    case .moment(let moment):
      guard let day = LegalDate(at: moment) else { throw .unfit(name) }
      return .day(day)
    case .property(let property):
      guard case .value(let found, .date) = try known(property).kind else { throw .unfit(name) }
      return .property(found)
    default: throw .unfit(name)
    }
  }
}
