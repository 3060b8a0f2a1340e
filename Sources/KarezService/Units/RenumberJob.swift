public import KarezCore
public import KarezStore

/// 更码: a feature goes on under another identifier, from a day on; a township moved to another
/// county, a unit given another code.
public struct RenumberOrder: Hashable, Sendable {
  public let dataset: String
  public let id: String
  public let code: String
  public let day: LegalDate
  /// Texts of attributes that change with it; an empty text takes the value away.
  public var values: [String: String] = [:]
  public let why: EditReason

  public init(dataset: String, id: String, code: String, day: LegalDate, why: EditReason) {
    self.dataset = dataset
    self.id = id
    self.code = code
    self.day = day
    self.why = why
  }
}

extension OneMap {
  /// Ends a feature and begins it anew under another identifier, with the succession between.
  public func renumber(
    _ order: RenumberOrder, by actor: Actor, in scope: Scope
  ) async throws(Problem) -> CommitReceipt {
    let schema = try await schema(of: order.dataset, in: scope)
    let base = try await lastCommit(of: schema.id, in: scope)
    let known = try await version(of: order.id, in: schema.id, on: order.day, scope)
    guard
      let succession = Succession(
        .renumber, of: [order.id], into: [order.code], on: order.day),
      let validity = Validity(from: order.day)
    else {
      throw Wording(
        "renumber-same", "新旧标识码相同", "the new identifier is the old one",
        do: "给出新的标识码", "give another identifier"
      ).problem(.usage, at: order.id)
    }
    try await CodeIssuing(map: self, schema: schema, scope: scope).refuseUsed([order.code])
    var attributes = known.feature.attributes
    for (name, text) in order.values {
      attributes[name] = try Self.value(text, of: name, in: schema)
    }
    if let identifying = schema.attributes.first(where: { $0.name == schema.identifier }) {
      attributes[schema.identifier] =
        identifying.type == .integer
        ? Int64(order.code).map(AttributeValue.integer) : .text(order.code)
    }
    var edit = FeatureEdit(
      schema: schema, verb: "renumber", validity: validity, base: base, why: order.why)
    edit.successions = [succession]
    edit.add(
      Feature(id: order.code, geometry: known.feature.geometry, attributes: attributes))
    edit.end(order.id)
    return try await edit.commit(to: self, by: actor, in: scope)
  }
}
