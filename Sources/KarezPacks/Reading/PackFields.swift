public import KarezCore

/// Takes a mapping apart, key by key, and remembers what was wrong.
///
/// Ask for every key the file may have, then call `finish()`: it returns the faults, among them
/// every key nobody asked for. A getter that finds a fault returns nil and goes on, so that one
/// run tells all.
public struct PackFields {
  public let origin: PackOrigin
  private let entries: [PackEntry]
  private var asked: Set<String> = []
  private var faults: [PackFault] = []

  public init(_ node: PackNode) {
    origin = node.origin
    entries = node.entries ?? []
    if node.entries == nil { faults.append(PackFault(node.origin, .notMap(key: ""))) }
  }

  /// The value under a key, or nil if the key is missing or null.
  public mutating func optional(_ key: String) -> PackNode? {
    asked.insert(key)
    guard let node = entries.first(where: { $0.key == key })?.value, node.kind != .null else {
      return nil
    }
    return node
  }

  /// The value under a key that must be there and not null.
  public mutating func required(_ key: String) -> PackNode? {
    guard let node = optional(key) else {
      faults.append(PackFault(origin, .keyMissing(key)))
      return nil
    }
    return node
  }

  /// Adds a fault found by the caller.
  public mutating func add(_ what: PackFault.What, at place: PackOrigin? = nil) {
    faults.append(PackFault(place ?? origin, what))
  }

  public mutating func add(_ others: [PackFault]) { faults.append(contentsOf: others) }

  /// Every fault so far, and every key that was not asked for.
  public mutating func finish() -> [PackFault] {
    for entry in entries where !asked.contains(entry.key) {
      faults.append(PackFault(entry.origin, .keyUnknown(entry.key)))
    }
    return faults
  }

  // MARK: Typed values

  private mutating func text(of node: PackNode?, _ key: String) -> String? {
    guard let node else { return nil }
    guard let text = node.text, !text.isEmpty else {
      add(.notText(key: key), at: node.origin)
      return nil
    }
    return text
  }

  public mutating func text(_ key: String) -> String? { text(of: required(key), key) }
  public mutating func optionalText(_ key: String) -> String? { text(of: optional(key), key) }

  /// A list of texts; empty where the key is missing.
  public mutating func texts(_ key: String) -> [String] {
    list(key).compactMap { text(of: $0, key) }
  }

  /// A list; empty where the key is missing.
  public mutating func list(_ key: String) -> [PackNode] {
    guard let node = optional(key) else { return [] }
    guard let list = node.list else {
      add(.notList(key: key), at: node.origin)
      return []
    }
    return list
  }

  public mutating func boolean(_ key: String, default standard: Bool) -> Bool {
    guard let node = optional(key) else { return standard }
    guard case .boolean(let value) = node.kind else {
      add(.notBoolean(key: key), at: node.origin)
      return standard
    }
    return value
  }

  /// `{ zh: …, en: …, ug: … }`; Chinese and English must be there.
  public mutating func localized(_ key: String) -> LocalizedText? {
    required(key).flatMap { localized(of: $0) }
  }

  public mutating func optionalLocalized(_ key: String) -> LocalizedText? {
    optional(key).flatMap { localized(of: $0) }
  }

  private mutating func localized(of node: PackNode) -> LocalizedText? {
    var fields = PackFields(node)
    let zh = fields.text("zh")
    let en = fields.text("en")
    let ug = fields.optionalText("ug")
    add(fields.finish())
    guard let zh, let en else { return nil }
    return LocalizedText(zh: zh, en: en, ug: ug)
  }

  private mutating func date(of node: PackNode?, _ key: String) -> LegalDate? {
    guard let node, let text = text(of: node, key) else { return nil }
    guard let date = LegalDate(text) else {
      add(.notDate(key: key, text: text), at: node.origin)
      return nil
    }
    return date
  }

  public mutating func date(_ key: String) -> LegalDate? { date(of: required(key), key) }
  public mutating func optionalDate(_ key: String) -> LegalDate? { date(of: optional(key), key) }

  /// `{ from: "YYYY-MM-DD", until: null }`; `until` must be written, null where none is known.
  public mutating func validity(_ key: String) -> Validity? {
    guard let node = required(key) else { return nil }
    var fields = PackFields(node)
    let from = fields.date("from")
    let until = fields.optionalDate("until")
    if node["until"] == nil { fields.add(.keyMissing("until")) }
    let own = fields.finish()
    add(own)
    guard let from, own.isEmpty else { return nil }
    guard let validity = Validity(from: from, until: until) else {
      add(.notDate(key: key, text: "\(from) – \(until.map(\.description) ?? "")"), at: node.origin)
      return nil
    }
    return validity
  }

  /// A whole number from one on, written as text: `"60"`.
  public mutating func optionalCount(_ key: String) -> Int? {
    guard let node = optional(key), let text = text(of: node, key) else { return nil }
    guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(text), number > 0
    else {
      add(.notNumber(key: key, text: text), at: node.origin)
      return nil
    }
    return number
  }

  /// A plain decimal number, written as text: `"-0.5"`.
  public mutating func optionalDecimal(_ key: String) -> Double? {
    guard let node = optional(key), let text = text(of: node, key) else { return nil }
    let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
    let isPlain = digits.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2E }
    guard isPlain, let number = Double(text), number.isFinite else {
      add(.notNumber(key: key, text: text), at: node.origin)
      return nil
    }
    return number
  }

  /// A quantity with its unit: `"35 ha"`.
  public mutating func quantity(_ key: String) -> Quantity? { quantity(of: required(key), key) }

  public mutating func optionalQuantity(_ key: String) -> Quantity? {
    quantity(of: optional(key), key)
  }

  private mutating func quantity(of node: PackNode?, _ key: String) -> Quantity? {
    guard let node, let text = text(of: node, key) else { return nil }
    guard let quantity = Quantity(text) else {
      add(.notQuantity(key: key, text: text), at: node.origin)
      return nil
    }
    return quantity
  }

  /// One of the raw values of an enumeration.
  public mutating func choice<Choice>(
    _ key: String, of type: Choice.Type
  ) -> Choice? where Choice: RawRepresentable & CaseIterable, Choice.RawValue == String {
    guard let node = required(key), let text = text(of: node, key) else { return nil }
    guard let choice = Choice(rawValue: text) else {
      let allowed = Choice.allCases.map(\.rawValue)
      add(.notOneOf(key: key, text: text, allowed: allowed), at: node.origin)
      return nil
    }
    return choice
  }
}
