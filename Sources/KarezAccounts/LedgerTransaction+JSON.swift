public import KarezCore

/// Transactions as they are kept and sealed: canonical JSON, amounts as whole last decimals.
extension LedgerTransaction {
  public var json: JSONValue {
    var members: [String: JSONValue] = [
      "number": .integer(number), "key": .string(key), "sort": .string(sort.rawValue),
      "day": .string(day.description), "reason": .string(reason),
      "case": .optional(caseNumber),
    ]
    if !moves.isEmpty { members["moves"] = .array(moves.map(\.json)) }
    if !holds.isEmpty { members["holds"] = .array(holds.map(\.json)) }
    if let reverses { members["reverses"] = .integer(reverses) }
    if let opens { members["opens"] = .string(opens.description) }
    return .object(members)
  }

  /// Nil where the JSON is not that of a transaction.
  public init?(_ json: JSONValue) {
    guard let number = json["number"]?.integer, let key = json["key"]?.string,
      let sort = json["sort"]?.string.flatMap(Sort.init(rawValue:)),
      let day = json["day"]?.string.flatMap({ LegalDate($0) }),
      let reason = json["reason"]?.string,
      let moves = Self.all(json["moves"], Move.init),
      let holds = Self.all(json["holds"], HoldChange.init)
    else { return nil }
    var opens: AccountName?
    if let text = json["opens"] {
      guard let name = text.string.flatMap({ AccountName($0) }) else { return nil }
      opens = name
    }
    self.init(
      number: number, key: key, sort: sort, day: day, reason: reason,
      caseNumber: json["case"]?.string, moves: moves, holds: holds,
      reverses: json["reverses"]?.integer, opens: opens)
  }

  /// Every element read, or nil; none where there is no list.
  fileprivate static func all<Element>(
    _ json: JSONValue?, _ read: (JSONValue) -> Element?
  ) -> [Element]? {
    guard let json else { return [] }
    guard let list = json.array else { return nil }
    let elements = list.compactMap(read)
    return elements.count == list.count ? elements : nil
  }
}

extension Move {
  public var json: JSONValue {
    var members: [String: JSONValue] = [
      "rule": .string(rule), "from": .string(from.description), "to": .string(to.description),
      "units": .integer(units),
    ]
    if let made { members["made"] = made.json }
    if !pairings.isEmpty { members["pairings"] = .array(pairings.map(\.json)) }
    return .object(members)
  }

  public init?(_ json: JSONValue) {
    guard let rule = json["rule"]?.string,
      let from = json["from"]?.string.flatMap({ AccountName($0) }),
      let to = json["to"]?.string.flatMap({ AccountName($0) }), let units = json["units"]?.integer,
      let pairings = LedgerTransaction.all(json["pairings"], Pairing.init)
    else { return nil }
    var made: VersionReference?
    if let json = json["made"] {
      guard let read = VersionReference(json) else { return nil }
      made = read
    }
    self.init(rule: rule, from: from, to: to, units: units, made: made, pairings: pairings)
  }
}

extension HoldChange {
  public var json: JSONValue {
    .object([
      "account": .string(account.description), "hold": .integer(hold), "units": .integer(units),
    ])
  }

  public init?(_ json: JSONValue) {
    guard let account = json["account"]?.string.flatMap({ AccountName($0) }),
      let hold = json["hold"]?.integer, let units = json["units"]?.integer
    else { return nil }
    self.init(account: account, hold: hold, units: units)
  }
}

extension VersionReference {
  public var json: JSONValue {
    .object([
      "dataset": .string(dataset), "id": .string(id), "commit": .integer(Int64(commit)),
    ])
  }

  public init?(_ json: JSONValue) {
    guard let dataset = json["dataset"]?.string, let id = json["id"]?.string,
      let commit = json["commit"]?.integer.flatMap({ Int(exactly: $0) }), commit > 0
    else { return nil }
    self.init(dataset: dataset, id: id, commit: commit)
  }
}

extension Pairing {
  public var json: JSONValue {
    .object([
      "occupied": occupied.json, "part": .string(part.description),
      "lot": .string(lot.description), "units": .integer(units),
    ])
  }

  public init?(_ json: JSONValue) {
    guard let occupied = json["occupied"].flatMap(VersionReference.init),
      let part = json["part"]?.string.flatMap({ AccountPart($0) }),
      let lot = json["lot"]?.string.flatMap({ LotName($0) }), let units = json["units"]?.integer
    else { return nil }
    self.init(occupied: occupied, part: part, lot: lot, units: units)
  }
}
