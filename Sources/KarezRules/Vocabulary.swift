public import KarezCore

/// A dated number a rule names: `parameter("…")`.
public struct Parameter: Hashable, Sendable {
  /// One value, for as long as it was in force.
  public struct Version: Hashable, Sendable {
    public let validity: Validity
    public let value: Quantity
    /// As written in the pack: `35 ha`.
    public let text: String
    public let certainty: Certainty
    public let citations: [Citation]

    public init(
      validity: Validity, value: Quantity, text: String, certainty: Certainty,
      citations: [Citation]
    ) {
      self.validity = validity
      self.value = value
      self.text = text
      self.certainty = certainty
      self.citations = citations
    }
  }

  /// snake_case, unique over all packs.
  public let id: String
  public let title: LocalizedText
  /// Newest first, without overlap or gap.
  public let versions: [Version]

  public init(id: String, title: LocalizedText, versions: [Version]) {
    self.id = id
    self.title = title
    self.versions = versions
  }

  public func version(on day: LegalDate) -> Version? {
    versions.first { $0.validity.contains(day) }
  }
}

/// A function a rule may call by name, with the types it takes and gives.
public struct NativeFunction: Sendable {
  public let name: String
  public let parameters: [FactType]
  public let result: FactType
  /// Gets values of exactly the declared types; nil where they have no result, as a share of none.
  public let body: @Sendable ([FactValue]) -> FactValue?

  public init(
    name: String, parameters: [FactType], result: FactType,
    body: @escaping @Sendable ([FactValue]) -> FactValue?
  ) {
    self.name = name
    self.parameters = parameters
    self.result = result
    self.body = body
  }
}

/// What an expression may name.
public struct Vocabulary: Sendable {
  public let facts: [FactID: FactDeclaration]
  /// The code table a fact's codes come from, where it has one.
  public let tableOfFact: [FactID: String]
  public let parameters: [String: Parameter]
  public let tables: [String: CodeTable]
  public let functions: [String: NativeFunction]

  public init(
    facts: [FactDeclaration], tableOfFact: [FactID: String] = [:], parameters: [Parameter] = [],
    tables: [CodeTable] = [], functions: [NativeFunction] = []
  ) {
    self.facts = Dictionary(facts.map { ($0.id, $0) }) { first, _ in first }
    self.tableOfFact = tableOfFact
    self.parameters = Dictionary(parameters.map { ($0.id, $0) }) { first, _ in first }
    self.tables = Dictionary(tables.map { ($0.id, $0) }) { first, _ in first }
    self.functions = Dictionary(functions.map { ($0.name, $0) }) { first, _ in first }
  }
}
