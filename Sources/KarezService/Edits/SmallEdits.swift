public import KarezCore
import KarezGeometry
public import KarezStore

/// 终止: features that are no more, from a day on.
public struct EndOrder: Hashable, Sendable {
  public let dataset: String
  public let ids: [String]
  public let day: LegalDate
  public let why: EditReason

  public init(dataset: String, ids: [String], day: LegalDate, why: EditReason) {
    self.dataset = dataset
    self.ids = ids
    self.day = day
    self.why = why
  }
}

/// 更正: a feature was, or is, otherwise than recorded, on some days.
public struct CorrectionOrder: Hashable, Sendable {
  public let dataset: String
  public let id: String
  public let from: LegalDate
  /// Until its next recorded change if nil.
  public var until: LegalDate?
  /// Texts of attributes by name; an empty text takes the value away.
  public var values: [String: String] = [:]
  /// A file with the one polygon it is.
  public var shape: FileArgument?
  public var crs: String?
  public let why: EditReason

  public init(dataset: String, id: String, from: LegalDate, why: EditReason) {
    self.dataset = dataset
    self.id = id
    self.from = from
    self.why = why
  }
}

extension OneMap {
  /// Ends features; each must be there on the day.
  public func end(
    _ order: EndOrder, by actor: Actor, in scope: Scope
  ) async throws(Problem) -> CommitReceipt {
    try await ending(order, in: scope).commit(to: self, by: actor, in: scope)
  }

  func ending(_ order: EndOrder, in scope: Scope) async throws(Problem) -> FeatureEdit {
    let schema = try await schema(of: order.dataset, in: scope)
    let base = try await lastCommit(of: schema.id, in: scope)
    guard let validity = Validity(from: order.day) else {
      preconditionFailure("a validity without an end")
    }
    var edit = FeatureEdit(
      schema: schema, verb: "end", validity: validity, base: base, why: order.why)
    for id in order.ids {
      _ = try await version(of: id, in: schema.id, on: order.day, scope)
      edit.end(id)
    }
    return edit
  }

  /// Records what a feature was on some days, whatever was recorded of them before.
  public func correct(
    _ order: CorrectionOrder, by actor: Actor, in scope: Scope
  ) async throws(Problem) -> CommitReceipt {
    try await correction(order, in: scope).commit(to: self, by: actor, in: scope)
  }

  func correction(
    _ order: CorrectionOrder, in scope: Scope
  ) async throws(Problem) -> FeatureEdit {
    let schema = try await schema(of: order.dataset, in: scope)
    let base = try await lastCommit(of: schema.id, in: scope)
    guard let validity = Validity(from: order.from, until: order.until) else {
      throw Wording(
        "validity-empty", "有效终止日不晚于起始日", "the validity ends before it begins",
        do: "更正 --from 与 --until", "mend --from and --until"
      ).problem(.usage, at: "--until")
    }
    let known = try await version(of: order.id, in: schema.id, on: order.from, scope)
    var attributes = known.feature.attributes
    for (name, text) in order.values {
      attributes[name] = try Self.value(text, of: name, in: schema)
    }
    var geometry = known.feature.geometry
    if let file = order.shape {
      let parts = try await PartFile(map: self, schema: schema).parts(in: file, crs: order.crs)
      guard parts.count == 1, let shape = parts[0].feature.geometry else {
        throw Wording(
          "correction-shape", "更正界线的文件须恰有一个要素", "a corrected shape is a file of one feature",
          do: "检查文件", "check the file"
        ).problem(at: file.name)
      }
      geometry = shape
    }
    var edit = FeatureEdit(
      schema: schema, verb: "correct", validity: validity, base: base, why: order.why)
    edit.add(Feature(id: order.id, geometry: geometry, attributes: attributes))
    return edit
  }

  static func value(
    _ text: String, of name: String, in schema: DatasetSchema
  ) throws(Problem) -> AttributeValue? {
    guard let attribute = schema.attributes.first(where: { $0.name == name }) else {
      let known = schema.attributes.map(\.name).joined(separator: ", ")
      throw Wording.attributeUnknown(name, known: known).problem(.usage, at: schema.id.text)
    }
    guard name != schema.identifier else {
      throw Wording(
        "identifier-fixed", "标识码不能更正", "an identifier cannot be corrected",
        do: "界线变化用 karez split 或 merge 编新码", "a changed border gets a new one by split or merge"
      ).problem(.usage, at: name)
    }
    if text.isEmpty { return nil }
    let value: AttributeValue? =
      switch attribute.type {
      case .text: .text(text)
      case .integer: Int64(text).map(AttributeValue.integer)
      case .decimal: Double(text).flatMap { $0.isFinite ? .decimal($0) : nil }
      case .boolean: Bool(text).map(AttributeValue.boolean)
      case .date: LegalDate(text).map(AttributeValue.date)
      }
    guard let value else {
      throw Wording(
        "value-malformed", "\(text) 不是 \(attribute.type.rawValue)",
        "\(text) is no \(attribute.type.rawValue)", do: "更正该值", "mend the value"
      ).problem(.usage, at: name)
    }
    return value
  }
}
