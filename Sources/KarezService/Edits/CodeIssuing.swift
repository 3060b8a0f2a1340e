import KarezCore
import KarezStore

/// 编码: gives new features the identifiers that follow the greatest ever given in their series.
///
/// Everything ever recorded counts, also what was ended or taken back, in whatever region: a code
/// that was given once is never given again.
struct CodeIssuing {
  let map: OneMap
  let schema: DatasetSchema
  let scope: Scope

  /// So many new identifiers of the series that another one is of.
  func issue(_ count: Int, like id: String) async throws(Problem) -> [String] {
    guard let rule = schema.coding, id.count >= rule.series, id.count > rule.digits else {
      throw Wording(
        "code-rule-missing", "数据集没有编码规则，须给出新标识码",
        "the dataset has no code rule; new identifiers must be given",
        do: "用 --codes 给出，或写在文件的标识字段里", "give them with --codes, or in the file"
      ).problem(.usage, at: schema.id.text)
    }
    let series = String(id.prefix(rule.series))
    let greatest = try await map.asked { store throws(StoreError) in
      try await store.greatestNumber(
        of: schema.id, beginning: series, digits: rule.digits, in: scope)
    }
    let first = (greatest ?? 0) + 1
    let head = String(id.dropLast(rule.digits))
    let codes = (first..<first + count).map { number in
      let digits = String(number)
      return head + String(repeating: "0", count: max(0, rule.digits - digits.count)) + digits
    }
    guard codes.allSatisfy({ $0.count == id.count }) else {
      throw Wording(
        "code-series-full", "\(series) 的顺序号已用尽", "the numbers of \(series) are used up",
        do: "另设地籍子区", "set up another sub-district"
      ).problem(.conflict, at: schema.id.text)
    }
    try await refuseUsed(codes)
    return codes
  }

  /// Refuses identifiers that were ever given, where the dataset never gives one twice.
  func refuseUsed(_ codes: [String]) async throws(Problem) {
    let uses = try await map.asked { store throws(StoreError) in
      try await store.uses(of: codes, in: schema.id, scope: scope)
    }
    guard let (code, use) = uses.min(by: { $0.key < $1.key }) else { return }
    if use != .inForce, !schema.retiresIdentifiers { return }
    throw Wording(
      "code-used", "标识码 \(code) 已用过，不得再用", "identifier \(code) was given before",
      do: "换一个标识码，或省略以自动编码", "choose another, or leave it out to have one issued"
    ).problem(.conflict, at: schema.id.text)
  }
}

extension DatasetSchema {
  /// A feature of another shape: what was measured of the old one is not of it.
  ///
  /// Attributes in square metres are left out, but for the recorded area, which is what is given.
  func reshaped(
    _ attributes: [String: AttributeValue], id: String, areaM2: Double
  ) -> [String: AttributeValue] {
    var reshaped = attributes
    for attribute in self.attributes where attribute.unit == "m2" {
      reshaped[attribute.name] = nil
      if attribute.name == "recorded_area", attribute.type == .decimal {
        reshaped[attribute.name] = .decimal(areaM2)
      }
    }
    if let identifying = self.attributes.first(where: { $0.name == identifier }) {
      reshaped[identifier] =
        identifying.type == .integer
        ? Int64(id).map(AttributeValue.integer) : .text(id)
    }
    return reshaped
  }
}
