import Foundation
public import KarezCore
import KarezGeometry
import KarezStore

/// 合并: several features become one, from a day on.
public struct MergeOrder: Hashable, Sendable {
  public let dataset: String
  public let ids: [String]
  public let day: LegalDate
  /// The identifier of the whole; issued by the dataset's rule if nil.
  public var code: String?
  /// The feature whose attributes the whole takes over; the largest if nil.
  public var model: String?
  public let why: EditReason

  public init(dataset: String, ids: [String], day: LegalDate, why: EditReason) {
    self.dataset = dataset
    self.ids = ids
    self.day = day
    self.why = why
  }
}

extension OneMap {
  /// Merges features that border one another; their common borders go.
  public func merge(
    _ order: MergeOrder, by actor: Actor, in scope: Scope
  ) async throws(Problem) -> ReshapeOutcome {
    try await merging(order, in: scope).commit(to: self, by: actor, in: scope)
  }

  func merging(
    _ order: MergeOrder, in scope: Scope
  ) async throws(Problem) -> PlannedReshape {
    let schema = try await schema(of: order.dataset, in: scope)
    let base = try await lastCommit(of: schema.id, in: scope)
    guard Set(order.ids).count == order.ids.count, order.ids.count > 1,
      order.model.map(order.ids.contains) ?? true
    else {
      throw Wording(
        "merge-members", "合并须有两个以上不同的要素，--take 须为其中之一",
        "a merge needs two features or more, and --take one of them",
        do: "更正标识码", "mend the identifiers"
      ).problem(.usage, at: order.dataset)
    }
    var members: [FeatureVersion] = []
    for id in order.ids {
      members.append(try await version(of: id, in: schema.id, on: order.day, scope))
    }
    let shapes = members.compactMap(\.feature.geometry?.polygons)
    let whole = try await Self.united(shapes, of: order)
    let closure = try closure(of: [whole], by: shapes, at: order.ids.joined(separator: ", "))
    let largest = members.max {
      ($0.statutoryArea ?? .zero, $1.feature.id) < ($1.statutoryArea ?? .zero, $0.feature.id)
    }
    let model = members.first { $0.feature.id == order.model } ?? largest
    guard let model, let validity = Validity(from: order.day) else {
      preconditionFailure("a merge of members has one to go by")
    }
    let issuing = CodeIssuing(map: self, schema: schema, scope: scope)
    let keeps = order.code.map(order.ids.contains) ?? false
    let code: String
    if let given = order.code {
      code = given
      if !keeps || schema.retiresIdentifiers { try await issuing.refuseUsed([given]) }
    } else {
      code = try await issuing.issue(1, like: model.feature.id)[0]
    }
    guard let succession = Succession(.merge, of: order.ids, into: [code], on: order.day) else {
      preconditionFailure("members that differ merge into one")
    }
    var edit = FeatureEdit(
      schema: schema, verb: "merge", validity: validity, base: base, why: order.why)
    edit.successions = [succession]
    edit.add(
      Feature(
        id: code, geometry: .polygons(whole),
        attributes: schema.reshaped(
          model.feature.attributes, id: code, areaM2: (closure.wholeM2 * 100).rounded() / 100)))
    for id in order.ids where id != code { edit.end(id) }
    return PlannedReshape(
      edit: edit, parents: order.ids, children: [code], closure: closure)
  }

  /// One polygon of all, if they border one another.
  private static func united(
    _ shapes: [MultiPolygon], of order: MergeOrder
  ) async throws(Problem) -> MultiPolygon {
    var united: MultiPolygon?
    do {
      let writer = LayerWriter(columns: ["whole"], spoolingIn: NSTemporaryDirectory())
      for (number, shape) in shapes.enumerated() {
        try writer.append(row: Int64(number), values: ["whole"], shape)
      }
      united = try await CoverageUnion(of: writer.finish(), by: [0], tasks: 1).groups.first?
        .geometry
      // Borders that other programs wrote may be one and differ in their last digits.
      if united?.polygons.count != 1 { united = try CoverageUnion.united(shapes) }
    } catch let error as LayerError {
      throw .layer(error, of: order.dataset)
    } catch {
      throw Problem.from(error, file: order.dataset)
    }
    guard let united, united.polygons.count == 1 else {
      throw Wording(
        "merge-apart", "要素互不相邻，不能合并成一个面", "the features do not border one another",
        do: "只合并相邻的要素", "merge features that share a border"
      ).problem(at: order.ids.joined(separator: ", "))
    }
    return united
  }
}
