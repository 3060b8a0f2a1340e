import KarezCore

/// Reads `offices.yaml`.
struct OfficesFile {
  private(set) var offices: Offices?
  private(set) var faults: [PackFault] = []

  mutating func read(_ node: PackNode) {
    var fields = PackFields(node)
    let version = fields.text("version")
    if let version, PackManifest.numbers(of: version) == nil { fields.add(.notVersion(version)) }
    let policy = fields.required("accounts").flatMap { readPolicy($0) }
    let signWithin = fields.required("submissions").flatMap { readSubmissions($0) }
    var roles: [Role] = []
    for item in fields.list("roles") {
      guard let role = readRole(item) else { continue }
      if roles.contains(where: { $0.id == role.id }) {
        fields.add(.idTwice(role.id), at: item.origin)
      }
      roles.append(role)
    }
    if roles.isEmpty { fields.add(.keyMissing("roles")) }
    for role in roles {
      for other in role.apart where !roles.contains(where: { $0.id == other }) {
        fields.add(.notOneOf(key: "apart", text: other, allowed: roles.map(\.id)))
      }
    }
    faults += fields.finish()
    guard faults.isEmpty, let policy, let signWithin else { return }
    offices = Offices(roles: roles, policy: policy, signWithinSeconds: signWithin)
  }

  private mutating func readPolicy(_ node: PackNode) -> AccountPolicy? {
    var fields = PackFields(node)
    let shortest = fields.count("shortestPassword")
    let kinds = fields.count("kindsOfCharacters")
    let failures = fields.count("failuresBeforeLock")
    let lock = fields.seconds("lock")
    let idle = fields.seconds("idle")
    let longest = fields.seconds("longest")
    _ = fields.choice("certainty", of: Certainty.self)
    _ = fields.localized("source")
    let found = fields.finish()
    faults += found
    guard let shortest, let kinds, let failures, let lock, let idle, let longest else { return nil }
    return AccountPolicy(
      shortestPassword: shortest, kindsOfCharacters: kinds, failuresBeforeLock: failures,
      lockSeconds: lock, idleSeconds: idle, longestSeconds: longest)
  }

  private mutating func readSubmissions(_ node: PackNode) -> Int? {
    var fields = PackFields(node)
    let seconds = fields.seconds("signWithin")
    faults += fields.finish()
    return seconds
  }

  private mutating func readRole(_ node: PackNode) -> Role? {
    var fields = PackFields(node)
    let id = fields.text("id")
    let title = fields.localized("title")
    let ceiling = fields.choice("ceiling", of: Classification.self)
    var permissions: Set<Permission> = []
    for text in fields.texts("may") {
      guard let permission = Permission(rawValue: text) else {
        fields.add(
          .notOneOf(key: "may", text: text, allowed: Permission.allCases.map(\.rawValue)))
        continue
      }
      permissions.insert(permission)
    }
    let apart = Set(fields.texts("apart"))
    faults += fields.finish()
    guard let id, let title, let ceiling else { return nil }
    return Role(id: id, title: title, permissions: permissions, ceiling: ceiling, apart: apart)
  }
}

extension PackFields {
  /// A whole number, written with the unit `1`.
  mutating func count(_ key: String) -> Int? {
    guard let quantity = quantity(key) else { return nil }
    guard quantity.dimension == .count, let number = Int(exactly: quantity.value) else {
      add(.dimensionsDiffer)
      return nil
    }
    return number
  }

  /// A span of time, written in `min`, `h` or `d`.
  mutating func seconds(_ key: String) -> Int? {
    guard let text = text(key) else { return nil }
    let units = ["min": 60, "h": 3_600, "d": 86_400]
    let parts = text.split(separator: " ", omittingEmptySubsequences: false)
    guard parts.count == 2, let number = Int(parts[0]), (1...1_000).contains(number),
      let unit = units[String(parts[1])]
    else {
      add(.notQuantity(key: key, text: text))
      return nil
    }
    return number * unit
  }
}
