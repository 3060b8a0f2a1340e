import KarezCore
import KarezGeometry

/// Makes the conditions of a filter, on the history table `h`, of what a scope shows of it.
///
/// Only `ScopedTable` knows the columns, so a condition on what is hidden cannot be written: it is
/// as one on what no feature states.
struct FilterCompiler {
  let table: ScopedTable

  private var dialect: Dialect { table.table.dialect }

  /// The condition, for a filter that asks nothing of geometries but whether they are there.
  func condition(_ filter: FeatureFilter) -> SQL {
    switch filter {
    case .all(let parts): return "(\(SQL.and(parts.map(condition))))"
    case .any(let parts):
      return parts.isEmpty ? .never : "(\(SQL.joined(parts.map(condition), by: " OR ")))"
    case .not(let part): return "(NOT \(condition(part)))"
    case .constant(let claim): return claim ? "(1 = 1)" : "(1 = 0)"
    case .compare(let left, let comparison, let right):
      return "(\(value(left)) \(raw: comparison.rawValue) \(value(right)))"
    case .like(let side, let pattern): return dialect.isLike(value(side), pattern)
    case .between(let side, let low, let high):
      return "(\(value(side)) BETWEEN \(value(low)) AND \(value(high)))"
    case .isIn(let side, let values):
      guard !values.isEmpty else { return .never }
      return "(\(value(side)) IN (\(SQL.joined(values.map(value), by: ", "))))"
    case .isNull(let side): return "(\(value(side)) IS NULL)"
    case .hasNoGeometry: return table.table.hasGeometry ? "(h.geom IS NULL)" : "(1 = 1)"
    case .temporal(let relation, let left, let right): return temporal(relation, left, right)
    case .spatial: preconditionFailure("a spatial condition is not the engine's to judge")
    }
  }

  /// A condition every row meets that meets the filter; others may meet it, too.
  func widened(_ filter: FeatureFilter) -> SQL {
    guard filter.isSpatial else { return condition(filter) }
    switch filter {
    case .all(let parts): return "(\(SQL.and(parts.map(widened))))"
    case .any(let parts): return "(\(SQL.joined(parts.map(widened), by: " OR ")))"
    case .spatial(let relation, let shape):
      guard table.table.hasGeometry, let box = shape.boundingBox else { return .never }
      return relation.needsMeetingBoxes
        ? "(\(dialect.isNear(table.table, box)))" : "(h.geom IS NOT NULL)"
    default: return "(1 = 1)"
    }
  }

  // MARK: Values

  func value(_ value: FilterValue) -> SQL {
    switch value {
    case .literal(let literal): "\(literal)"
    case .property(let property): column(property)
    }
  }

  /// The column of a property, in a form both engines compare alike: days as text, claims as numbers.
  func column(_ property: FilterProperty) -> SQL {
    switch property {
    case .validFrom: return "h.valid_from"
    case .validUntil: return "h.valid_until"
    case .recordedFrom: return "h.recorded_from"
    case .statutoryArea: return "h.area_m2"
    case .attribute(let name):
      guard let attribute = table.schema.attributes.first(where: { $0.name == name }) else {
        return "NULL"
      }
      let column: SQL = "h.\(name: table.table.column(of: name))"
      switch attribute.type {
      case .date: return "CAST(\(column) AS TEXT)"
      case .boolean: return "CAST(\(column) AS INTEGER)"
      case .text, .integer, .decimal: return column
      }
    }
  }

  // MARK: Periods

  private func day(_ day: FilterDay, isLast: Bool) -> SQL {
    switch day {
    case .property(let property): return column(property)
    case .day(let day): return "\(day)"
    case .open:
      // Before or after all days there are.
      let bound: String = isLast ? "9999-99-99" : "0000-00-00"
      return "\(bound)"
    }
  }

  private func temporal(
    _ relation: TemporalRelation, _ left: FilterPeriod, _ right: FilterPeriod
  ) -> SQL {
    let (s, e) = (day(left.first, isLast: false), day(left.last, isLast: true))
    let (b, f) = (day(right.first, isLast: false), day(right.last, isLast: true))
    let condition: SQL =
      switch relation {
      case .after: "\(s) > \(f)"
      case .before: "\(e) < \(b)"
      case .contains: "\(s) < \(b) AND \(e) > \(f)"
      case .disjoint: "\(s) > \(f) OR \(e) < \(b)"
      case .during: "\(s) > \(b) AND \(e) < \(f)"
      case .equals: "\(s) = \(b) AND \(e) = \(f)"
      case .finishedBy: "\(s) < \(b) AND \(e) = \(f)"
      case .finishes: "\(s) > \(b) AND \(e) = \(f)"
      case .intersects: "\(s) <= \(f) AND \(e) >= \(b)"
      case .meets: "\(e) = \(b)"
      case .metBy: "\(s) = \(f)"
      case .overlappedBy: "\(s) > \(b) AND \(s) < \(f) AND \(e) > \(f)"
      case .overlaps: "\(s) < \(b) AND \(e) > \(b) AND \(e) < \(f)"
      case .startedBy: "\(s) = \(b) AND \(e) > \(f)"
      case .starts: "\(s) = \(b) AND \(e) < \(f)"
      }
    return "(\(condition))"
  }
}

extension FeatureFilter {
  /// Whether it asks how geometries lie.
  var isSpatial: Bool {
    switch self {
    case .spatial: true
    case .all(let parts), .any(let parts): parts.contains(where: \.isSpatial)
    case .not(let part): part.isSpatial
    default: false
    }
  }
}

extension DaySpan {
  /// Versions in force on one of the days, the last of each feature.
  func clause(recorded: CommitNumber, of table: ScopedTable) -> SQL {
    func known(_ name: SQL) -> SQL {
      """
      \(name).recorded_from <= \(recorded) \
      AND (\(name).recorded_until IS NULL OR \(name).recorded_until > \(recorded))
      """
    }
    var conditions = [known("h")]
    var later: [SQL] = ["l.id = h.id", "l.valid_from > h.valid_from", known("l")]
    if let last {
      conditions.append("h.valid_from <= \(last)")
      later.append("l.valid_from <= \(last)")
    }
    if let first {
      conditions.append("(h.valid_until IS NULL OR h.valid_until > \(first))")
    }
    // A later version out of scope is none.
    later += table.rows(on: "l")
    conditions.append(
      "NOT EXISTS (SELECT 1 FROM \(table.history) l WHERE \(SQL.and(later)))")
    return .and(conditions)
  }
}
