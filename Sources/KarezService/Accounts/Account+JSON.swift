public import KarezCore
public import KarezPacks

extension Account {
  /// What `karez user list --json` prints; never the password's hash.
  public var json: JSONValue {
    .object([
      "account": .string(id), "name": .string(name), "agency": .optional(agency),
      "roles": .texts(roles),
      "regions": regions.map(JSONValue.texts) ?? .null, "ceiling": .string(ceiling.rawValue),
      "active": .boolean(isActive), "secondFactor": .boolean(factors.isAny),
      "lockedUntil": .optional(lockedUntil?.description),
    ])
  }
}

extension Role {
  /// What `karez role list --json` prints.
  public var json: JSONValue {
    .object([
      "role": .string(id), "title": title.json, "ceiling": .string(ceiling.rawValue),
      "may": .texts(permissions.map(\.rawValue).sorted()), "apart": .texts(apart.sorted()),
    ])
  }
}
