import KarezCore

/// Reads `offices.yaml`.
struct OfficesFile {
  private(set) var offices: Offices?
  private(set) var faults: [PackFault] = []
  private var common: Set<String> = []

  /// Takes the list of common passwords, one a line under a comment.
  mutating func readCommon(_ bytes: [UInt8]) {
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    common = Set(lines.lazy.filter { !$0.hasPrefix("#") }.map { $0.lowercased() })
    guard common.isEmpty else { return }
    faults.append(PackFault(PackOrigin(file: "common-passwords.txt", line: 1), .empty))
  }

  mutating func read(_ node: PackNode) {
    var fields = PackFields(node)
    let version = fields.text("version")
    if let version, PackManifest.numbers(of: version) == nil { fields.add(.notVersion(version)) }
    let zones = distinct(fields.list("zones").compactMap { readZone($0) }, \.id, in: &fields)
    let named = fields.text("zone")
    let secondFactor = fields.required("secondFactor").flatMap { readSecondFactor($0) }
    let tokens = fields.required("tokens").flatMap { readTokens($0) }
    let signWithin = fields.required("submissions").flatMap { readSubmissions($0) }
    let roles = distinct(fields.list("roles").compactMap { readRole($0) }, \.id, in: &fields)
    if roles.isEmpty { fields.add(.keyMissing("roles")) }
    if zones.isEmpty { fields.add(.keyMissing("zones")) }
    let ids = roles.map(\.id)
    for role in roles { link(role.apart, "apart", to: ids, in: &fields) }
    for zone in zones { link(zone.policy.secondFactor, "secondFactor", to: ids, in: &fields) }
    let zone = zones.first { $0.id == named }
    if let named, zone == nil { link([named], "zone", to: zones.map(\.id), in: &fields) }
    faults += fields.finish()
    guard faults.isEmpty, let zone, let secondFactor, let tokens, let signWithin else { return }
    offices = Offices(
      roles: roles, zones: zones, zone: zone, secondFactor: secondFactor, tokens: tokens,
      signWithinSeconds: signWithin)
  }

  /// The items, of which no two may have one id.
  private func distinct<Item>(
    _ items: [Item], _ id: (Item) -> String, in fields: inout PackFields
  ) -> [Item] {
    var seen: Set<String> = []
    for item in items where !seen.insert(id(item)).inserted { fields.add(.idTwice(id(item))) }
    return items
  }

  private func link(
    _ names: Set<String>, _ key: String, to known: [String], in fields: inout PackFields
  ) {
    for name in names.sorted() where !known.contains(name) {
      fields.add(.notOneOf(key: key, text: name, allowed: known))
    }
  }

  private mutating func readZone(_ node: PackNode) -> Zone? {
    var fields = PackFields(node)
    let id = fields.text("id")
    let title = fields.localized("title")
    let certainty = fields.choice("certainty", of: Certainty.self)
    let source = fields.localized("source")
    let policy = readPolicy(&fields)
    let takesApplicants = fields.boolean("registration", default: false)
    let isOpen = fields.optional("publicEdition") != nil
    let edition = isOpen ? fields.choice("publicEdition", of: PublicEdition.self) : nil
    faults += fields.finish()
    guard let id, let title, let certainty, let source, let policy else { return nil }
    return Zone(
      id: id, title: title, policy: policy, takesApplicants: takesApplicants,
      publicEdition: edition, certainty: certainty, source: source)
  }

  private func readPolicy(_ fields: inout PackFields) -> AccountPolicy? {
    let shortest = fields.count("shortestPassword")
    let kinds = fields.count("kindsOfCharacters")
    let refusesCommon = fields.boolean("refuseCommon", default: true)
    let lasts = fields.optionalSeconds("passwordLasts")
    let remembered = fields.optional("remembered") == nil ? 0 : fields.count("remembered")
    let failures = fields.count("failuresBeforeLock")
    let lock = fields.seconds("lock")
    let idle = fields.seconds("idle")
    let longest = fields.seconds("longest")
    let hasOneSession = fields.boolean("oneSession", default: true)
    let secondFactor = Set(fields.texts("secondFactor"))
    guard let shortest, let kinds, let remembered, let failures, let lock, let idle, let longest
    else { return nil }
    return AccountPolicy(
      shortestPassword: shortest, kindsOfCharacters: kinds, common: refusesCommon ? common : [],
      passwordSeconds: lasts, remembered: remembered, failuresBeforeLock: failures,
      lockSeconds: lock, idleSeconds: idle, longestSeconds: longest,
      hasOneSession: hasOneSession, secondFactor: secondFactor)
  }

  private mutating func readSecondFactor(_ node: PackNode) -> SecondFactorPolicy? {
    var fields = PackFields(node)
    let codes = fields.count("recoveryCodes")
    let within = fields.seconds("within")
    faults += fields.finish()
    guard let codes, let within else { return nil }
    return SecondFactorPolicy(recoveryCodes: codes, withinSeconds: within)
  }

  private mutating func readTokens(_ node: PackNode) -> TokenPolicy? {
    var fields = PackFields(node)
    let permissions = fields.permissions("may")
    let longest = fields.seconds("longest")
    let most = fields.count("most")
    faults += fields.finish()
    guard let longest, let most else { return nil }
    return TokenPolicy(permissions: permissions, longestSeconds: longest, most: most)
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
    let permissions = fields.permissions("may")
    let apart = Set(fields.texts("apart"))
    let cases = Set(fields.texts("cases"))
    let withholds = Set(fields.texts("withholds"))
    faults += fields.finish()
    guard let id, let title, let ceiling else { return nil }
    return Role(
      id: id, title: title, permissions: permissions, ceiling: ceiling, apart: apart, cases: cases,
      withholds: withholds)
  }
}

extension PackFields {
  /// A list of permissions; empty where the key is missing.
  mutating func permissions(_ key: String) -> Set<Permission> {
    var permissions: Set<Permission> = []
    for text in texts(key) {
      guard let permission = Permission(rawValue: text) else {
        add(.notOneOf(key: key, text: text, allowed: Permission.allCases.map(\.rawValue)))
        continue
      }
      permissions.insert(permission)
    }
    return permissions
  }

  /// A whole number, written with the unit `1`.
  mutating func count(_ key: String) -> Int? {
    guard let quantity = quantity(key) else { return nil }
    guard quantity.dimension == .count, let number = Int(exactly: quantity.value) else {
      add(.dimensionsDiffer)
      return nil
    }
    return number
  }

  /// A span of time, written in `s`, `min`, `h` or `d`.
  mutating func seconds(_ key: String) -> Int? {
    text(key).flatMap { seconds(of: $0, key) }
  }

  fileprivate mutating func optionalSeconds(_ key: String) -> Int? {
    optionalText(key).flatMap { seconds(of: $0, key) }
  }

  private mutating func seconds(of text: String, _ key: String) -> Int? {
    let units = ["s": 1, "min": 60, "h": 3_600, "d": 86_400]
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
