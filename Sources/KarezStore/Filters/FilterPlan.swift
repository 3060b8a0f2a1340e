import KarezCore
import KarezGeometry

/// How a filter is asked: what the engine judges, and what has to be held against geometries.
///
/// A part that is not about geometries is always the engine's, so that there is one meaning of
/// it: in a filter that mixes both, the engine's judgement comes along as a column.
struct FilterPlan {
  /// What the engine holds rows to.
  private(set) var conditions: [SQL] = []
  /// What it judges of each row: 1, 0, or null where it is neither.
  private(set) var columns: [SQL] = []
  private var rest: [Part] = []

  private indirect enum Part {
    case column(Int)
    case spatial(SpatialRelation, PreparedShape)
    case all([Part])
    case any([Part])
    case not(Part)
  }

  init(_ filter: FeatureFilter?, of table: ScopedTable) throws {
    guard let filter else { return }
    let compiler = FilterCompiler(table: table)
    let parts = if case .all(let parts) = filter { parts } else { [filter] }
    for part in parts {
      conditions.append(compiler.widened(part))
      if part.isSpatial { rest.append(try self.part(part, compiler)) }
    }
  }

  /// Whether the engine judges everything.
  var isWhole: Bool { rest.isEmpty }

  private mutating func part(_ filter: FeatureFilter, _ compiler: FilterCompiler) throws -> Part {
    guard filter.isSpatial else {
      columns.append(
        "(CASE WHEN \(compiler.condition(filter)) THEN 1 "
          + "WHEN NOT \(compiler.condition(filter)) THEN 0 END)")
      return .column(columns.count - 1)
    }
    switch filter {
    case .all(let parts): return .all(try parts.map { try part($0, compiler) })
    case .any(let parts): return .any(try parts.map { try part($0, compiler) })
    case .not(let inner): return .not(try part(inner, compiler))
    case .spatial(let relation, let shape):
      return .spatial(relation, try PreparedShape(shape))
    default: preconditionFailure("no other condition is spatial")
    }
  }

  /// Whether a row meets what the engine left; its judgements begin at a column.
  func admits(_ geometry: Geometry?, _ row: any SQLRow, from start: Int) throws -> Bool {
    for part in rest where try judgement(part, geometry, row, start) != true { return false }
    return true
  }

  /// True, false, or nil where it is neither.
  private func judgement(
    _ part: Part, _ geometry: Geometry?, _ row: any SQLRow, _ start: Int
  ) throws -> Bool? {
    switch part {
    case .column(let index): return row.integer(start + index).map { $0 != 0 }
    case .spatial(let relation, let shape):
      return try geometry.map { try shape.holds(relation, of: $0) }
    case .not(let inner): return try judgement(inner, geometry, row, start).map { !$0 }
    case .all(let parts):
      var isKnown = true
      for part in parts {
        guard let claim = try judgement(part, geometry, row, start) else {
          isKnown = false
          continue
        }
        if !claim { return false }
      }
      return isKnown ? true : nil
    case .any(let parts):
      var isKnown = true
      for part in parts {
        guard let claim = try judgement(part, geometry, row, start) else {
          isKnown = false
          continue
        }
        if claim { return true }
      }
      return isKnown ? false : nil
    }
  }
}
