public import KarezAccounts
import KarezCore

/// Reads `chart-of-accounts.yaml`.
struct ChartFile {
  let citations: CitationReader
  private var kinds: [AccountKind] = []
  private var rules: [MoveRule] = []
  private(set) var faults: [PackFault] = []

  init(laws: [Law]) {
    citations = CitationReader(
      laws: Dictionary(laws.map { ($0.id, $0) }) { first, _ in first })
  }

  mutating func read(_ node: PackNode) -> ChartOfAccounts? {
    var fields = PackFields(node)
    let version = fields.text("version")
    if let version, PackManifest.numbers(of: version) == nil { fields.add(.notVersion(version)) }
    for item in fields.list("kinds") { if let kind = readKind(item) { kinds.append(kind) } }
    for item in fields.list("moves") { if let rule = readRule(item) { rules.append(rule) } }
    if kinds.isEmpty { fields.add(.keyMissing("kinds")) }
    faults += fields.finish()
    guard faults.isEmpty else { return nil }
    do throws(ChartOfAccounts.Fault) {
      return try ChartOfAccounts(kinds: kinds, rules: rules)
    } catch {
      faults.append(PackFault(node.origin, .chart(error)))
      return nil
    }
  }

  private mutating func readKind(_ node: PackNode) -> AccountKind? {
    var fields = PackFields(node)
    let id = fields.text("id")
    let title = fields.localized("title")
    let unit = fields.choice("unit", of: KarezCore.Unit.self)
    let decimals = fields.text("decimals")
    let mayBeNegative = fields.boolean("mayBeNegative", default: false)
    let parts = fields.choices("parts", of: AccountKind.Part.self)
    let carry = fields.choice("carry", of: AccountKind.Carry.self)
    let lapsesInto = fields.optionalText("lapsesInto")
    let basis = readBasis(&fields)
    let measure = unit.flatMap { unit in
      decimals.flatMap { Int($0) }.flatMap { Measure(unit, decimals: $0) }
    }
    if let decimals, unit != nil, measure == nil {
      fields.add(.notNumber(key: "decimals", text: decimals))
    }
    // Part of every account's name.
    if let id, AccountName(kind: id, region: "000000", year: 2000) == nil {
      fields.add(.notID(id))
    }
    faults += fields.finish()
    guard let id, let title, let measure, let carry, let basis else { return nil }
    return AccountKind(
      id: id, title: title, measure: measure, mayBeNegative: mayBeNegative, parts: parts,
      carry: carry, lapsesInto: lapsesInto, citations: basis.citations,
      certainty: basis.certainty, source: basis.source)
  }

  private mutating func readRule(_ node: PackNode) -> MoveRule? {
    var fields = PackFields(node)
    let id = fields.text("id")
    let title = fields.localized("title")
    let from = fields.text("from")
    let to = fields.text("to")
    let reach = fields.choice("reach", of: MoveRule.Reach.self)
    let ground = fields.choice("ground", of: MoveRule.Ground.self)
    let qualities = fields.choices("qualities", of: MoveRule.Quality.self)
    let needsCase = fields.boolean("needsCase", default: false)
    let paidIn = fields.optionalText("paidIn")
    let inForce = fields.validity("inForce")
    let basis = readBasis(&fields)
    faults += fields.finish()
    guard let id, let title, let from, let to, let reach, let ground, let inForce, let basis else {
      return nil
    }
    return MoveRule(
      id: id, title: title, from: from, to: to, reach: reach, ground: ground,
      qualities: qualities, needsCase: needsCase, paidIn: paidIn, inForce: inForce,
      citations: basis.citations, certainty: basis.certainty, source: basis.source)
  }

  private struct Basis {
    let citations: [Citation]
    let certainty: Certainty
    let source: LocalizedText
  }

  /// What is certain cites an article; what is not says what it rests on.
  private func readBasis(_ fields: inout PackFields) -> Basis? {
    let certainty = fields.choice("certainty", of: Certainty.self)
    let source = fields.localized("source")
    let isCited = fields.optional("cite") != nil || certainty == .certain
    let citations = isCited ? citations.citations(&fields) : []
    guard let certainty, let source else { return nil }
    return Basis(citations: citations, certainty: certainty, source: source)
  }
}

extension PackFields {
  /// A list of an enumeration's raw values; empty where the key is missing.
  mutating func choices<Choice>(
    _ key: String, of type: Choice.Type
  ) -> Set<Choice> where Choice: RawRepresentable & CaseIterable, Choice.RawValue == String {
    var choices: Set<Choice> = []
    for text in texts(key) {
      guard let choice = Choice(rawValue: text) else {
        add(.notOneOf(key: key, text: text, allowed: Choice.allCases.map(\.rawValue)))
        continue
      }
      choices.insert(choice)
    }
    return choices
  }
}

extension PackLibrary {
  /// What the chart of accounts is called in the packs' folder.
  public static let chartFile = "chart-of-accounts.yaml"

  /// Reads the chart of accounts of the packs' folder; its articles are those of the packs' laws.
  ///
  /// - Errors: `RulePackError.refused` with every fault found.
  public func chart(from folder: String) throws(RulePackError) -> ChartOfAccounts {
    let bytes: [UInt8]
    do throws(PackFault) {
      bytes = try PackFolder.read(folder + "/" + Self.chartFile, named: Self.chartFile).bytes
    } catch {
      throw .refused([error])
    }
    return try chart(reading: bytes)
  }

  /// The chart of a text.
  public func chart(reading bytes: [UInt8]) throws(RulePackError) -> ChartOfAccounts {
    var reader = ChartFile(laws: laws)
    let chart = reader.read(try PackNode.read(bytes, file: Self.chartFile))
    guard let chart else { throw .refused(reader.faults) }
    return chart
  }
}
