/// The triggers a GeoPackage may have on a table: those that keep its spatial index and its counter,
/// and those that only refuse rows.
///
/// Compared without case, quotes and white space, in which writers differ. No trigger ever runs
/// here, for nothing is written; a foreign one shows that the file was made for another purpose.
///
/// - Source: OGC 12-128r18, F.3 (R-tree spatial indexes); GDAL's feature counters.
package struct GeoPackageTriggers {
  private let allowed: Set<String>

  package init(table: String, geometry: String?, key: String?) {
    var allowed = Self.counters(table)
    if let geometry, let key { allowed += Self.index(table, geometry, key) }
    self.allowed = Set(allowed.map(Self.plain))
  }

  package func contains(_ sql: String) -> Bool {
    allowed.contains(Self.plain(sql)) || Self.onlyRefuses(sql)
  }

  package static func isVirtual(_ sql: String) -> Bool {
    plain(sql).hasPrefix("createvirtualtable")
  }

  package static func isSpatialIndex(_ sql: String) -> Bool {
    let sql = plain(sql)
    return sql.hasPrefix("createvirtualtablertree_")
      && sql.hasSuffix("usingrtree(id,minx,maxx,miny,maxy)")
  }

  static func plain(_ sql: String) -> String {
    var text = sql.lowercased().filter { !$0.isWhitespace && $0 != "\"" && $0 != "`" }
    while text.hasSuffix(";") { text.removeLast() }
    return text
  }

  /// Whether all the trigger does is `SELECT RAISE(ABORT, …)` under a condition.
  private static func onlyRefuses(_ sql: String) -> Bool {
    let parts = statements(sql.lowercased())
    guard let first = parts.first, let begin = first.range(of: " begin ") else { return false }
    let body = [String(first[begin.upperBound...])] + parts.dropFirst()
    guard plain(body.last ?? "") == "end" else { return false }
    return body.dropLast().allSatisfy { plain($0).hasPrefix("selectraise(abort,") }
      && body.count > 1
  }

  /// The parts between semicolons that are not in a text.
  private static func statements(_ sql: String) -> [String] {
    var parts: [String] = []
    var part = ""
    var isText = false
    for character in sql {
      if character == "'" { isText.toggle() }
      if character == ";" && !isText {
        parts.append(part)
        part = ""
      } else {
        part.append(character.isWhitespace ? " " : character)
      }
    }
    if !part.allSatisfy({ $0 == " " }) { parts.append(part) }
    return parts
  }

  private static func counters(_ table: String) -> [String] {
    [("insert", "+"), ("delete", "-")].map { event, sign in
      "create trigger trigger_\(event)_feature_count_\(table) after \(event) on \(table) begin "
        + "update gpkg_ogr_contents set feature_count = feature_count \(sign) 1 where "
        + "lower(table_name) = lower('\(table)'); end"
    }
  }

  private static func index(_ table: String, _ column: String, _ key: String) -> [String] {
    let name = "rtree_\(table)_\(column)"
    let bounds = ["st_minx", "st_maxx", "st_miny", "st_maxy"].map { "\($0)(new.\(column))" }
    let values = "values (new.\(key)," + bounds.joined(separator: ",") + ");"
    let replaces = "insert or replace into \(name) " + values
    let inserts = "insert into \(name) " + values
    let names = ["minx", "maxx", "miny", "maxy"]
    let settings = zip(names, bounds).map { "\($0) = \($1)" }.joined(separator: ",")
    let updates = "update \(name) set \(settings) where id = new.\(key);"
    let deletes = "delete from \(name) where id = old.\(key);"
    let deletesBoth = "delete from \(name) where id in (old.\(key), new.\(key));"
    func filled(_ row: String) -> String {
      "(\(row).\(column) notnull and not st_isempty(\(row).\(column)))"
    }
    func lacking(_ row: String) -> String {
      "(\(row).\(column) isnull or st_isempty(\(row).\(column)))"
    }
    let same = "when old.\(key) = new.\(key) and "
    let other = "when old.\(key) != new.\(key) and "
    let isNew = "when (new.\(column) not null and not st_isempty(new.\(column)))"
    let ofColumn = "update of \(column)"
    let triggers = [
      ("insert", "insert", isNew, replaces),
      ("update1", ofColumn, same + filled("new"), replaces),
      ("update2", ofColumn, same + lacking("new"), deletes),
      ("update3", "update", other + filled("new"), deletes + replaces),
      ("update3", ofColumn, other + filled("new"), deletes + replaces),
      ("update4", "update", other + lacking("new"), deletesBoth),
      ("update5", "update", other + filled("new"), deletes + replaces),
      ("update6", ofColumn, same + filled("new") + " and " + filled("old"), updates),
      ("update7", ofColumn, same + filled("new") + " and " + lacking("old"), inserts),
      ("delete", "delete", "when old.\(column) not null", deletes),
    ]
    return triggers.map { suffix, event, condition, action in
      "create trigger \(name)_\(suffix) after \(event) on \(table) \(condition) "
        + "begin \(action) end"
    }
  }
}
