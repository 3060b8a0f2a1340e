import KarezWorkflow

/// Reads `service` of a procedure: what it is to the public.
enum ServiceFile {
  static func service(_ parent: inout PackFields) -> PublicService? {
    guard let node = parent.optional("service") else { return nil }
    var fields = PackFields(node)
    let kind = fields.choice("kind", of: PublicService.Kind.self)
    let purpose = fields.localized("purpose")
    let eligibility = fields.localized("eligibility")
    let brings = fields.texts("brings")
    let decidedBy = fields.texts("decidedBy")
    let outcomes = fields.list("outcomes").compactMap { outcome($0, &fields) }
    let isStated = fields.optional("register") != nil
    let isRegistered = fields.boolean("register", default: false)
    parent.add(fields.finish())
    guard let kind, let purpose, let eligibility else { return nil }
    return PublicService(
      kind: kind, purpose: purpose, eligibility: eligibility, brings: brings,
      decidedBy: decidedBy, outcomes: outcomes, isRegistered: isStated ? isRegistered : nil)
  }

  private static func outcome(
    _ node: PackNode, _ parent: inout PackFields
  ) -> PublicService.Outcome? {
    var fields = PackFields(node)
    let title = fields.localized("title")
    let states = fields.texts("states")
    if states.isEmpty { fields.add(.keyMissing("states")) }
    parent.add(fields.finish())
    return title.map { PublicService.Outcome(title: $0, states: states) }
  }
}
