public import KarezCore

/// What a style (MapLibre style layers) asks features for.
public enum StyleAttributes {
  /// Names that `get` expressions in any `paint` name.
  public static func names(in style: JSONValue) -> Set<String> {
    var names: Set<String> = []
    for layer in style.array ?? style["layers"]?.array ?? [] {
      if let paint = layer["paint"] { collect(in: paint, into: &names) }
    }
    return names
  }

  private static func collect(in expression: JSONValue, into names: inout Set<String>) {
    switch expression {
    case .array(let parts):
      if parts.first?.string == "get", parts.count > 1, let name = parts[1].string {
        names.insert(name)
      }
      for part in parts { collect(in: part, into: &names) }
    case .object(let members):
      for member in members.values { collect(in: member, into: &names) }
    default: return
    }
  }
}
