public import KarezCore
import KarezGeometry
public import KarezStore

/// 分割: one feature becomes several, from a day on.
public struct SplitOrder: Hashable, Sendable {
  public let dataset: String
  public let id: String
  /// The parts: a file of polygons.
  public let file: FileArgument
  public let day: LegalDate
  public var crs: String?
  /// Identifiers of the parts, in the order of the file; issued by the dataset's rule if empty.
  public var codes: [String] = []
  public let why: EditReason

  public init(
    dataset: String, id: String, file: FileArgument, day: LegalDate, why: EditReason
  ) {
    self.dataset = dataset
    self.id = id
    self.file = file
    self.day = day
    self.why = why
  }
}

/// What a split is made of, once its file is read.
private struct SplitParts {
  let id: String
  let parts: [PartFile.Part]
  let codes: [String]
  let day: LegalDate
}

/// A split or a merge before it is recorded.
struct PlannedReshape {
  let edit: FeatureEdit
  let parents: [String]
  let children: [String]
  let closure: AreaClosure

  func commit(
    to map: OneMap, by actor: Actor, in scope: Scope
  ) async throws(Problem) -> ReshapeOutcome {
    let receipt = try await edit.commit(to: map, by: actor, in: scope)
    return ReshapeOutcome(
      receipt: receipt, parents: parents, children: children, closure: closure)
  }
}

/// What became of a split or a merge.
public struct ReshapeOutcome: Sendable {
  public let receipt: CommitReceipt
  public let parents: [String]
  public let children: [String]
  public let closure: AreaClosure

  public var json: JSONValue {
    .object([
      "commit": receipt.commit.map { .integer(Int64($0.value)) } ?? .null,
      "parents": .array(parents.map(JSONValue.string)),
      "children": .array(children.map(JSONValue.string)), "closure": closure.json,
    ])
  }

  public func lines(in language: Language) -> [String] {
    let number = receipt.commit?.description ?? "-"
    let became = "\(parents.joined(separator: ", ")) → \(children.joined(separator: ", "))"
    return [
      language == .en ? "commit \(number): \(became)" : "第 \(number) 次提交：\(became)",
      closure.line(in: language),
    ]
  }
}

extension OneMap {
  /// Splits a feature into the polygons of a file.
  public func split(
    _ order: SplitOrder, by actor: Actor, in scope: Scope
  ) async throws(Problem) -> ReshapeOutcome {
    try await splitting(order, in: scope).commit(to: self, by: actor, in: scope)
  }

  func split(
    _ schema: DatasetSchema, _ id: String, into parts: [PartFile.Part], codes: [String],
    on day: LegalDate, _ why: EditReason, by actor: Actor, in scope: Scope
  ) async throws(Problem) -> ReshapeOutcome {
    let split = try await splitting(
      schema, SplitParts(id: id, parts: parts, codes: codes, day: day), why, in: scope)
    return try await split.commit(to: self, by: actor, in: scope)
  }

  func splitting(
    _ order: SplitOrder, in scope: Scope
  ) async throws(Problem) -> PlannedReshape {
    let schema = try await schema(of: order.dataset, in: scope)
    let parts = try await PartFile(map: self, schema: schema).parts(
      in: order.file, crs: order.crs)
    return try await splitting(
      schema, SplitParts(id: order.id, parts: parts, codes: order.codes, day: order.day),
      order.why, in: scope)
  }

  private func splitting(
    _ schema: DatasetSchema, _ order: SplitParts, _ why: EditReason, in scope: Scope
  ) async throws(Problem) -> PlannedReshape {
    let (id, parts, codes, day) = (order.id, order.parts, order.codes, order.day)
    let base = try await lastCommit(of: schema.id, in: scope)
    let whole = try await version(of: id, in: schema.id, on: day, scope)
    let shapes = parts.compactMap(\.feature.geometry?.polygons)
    guard let land = whole.feature.geometry?.polygons, parts.count > 1,
      shapes.count == parts.count, codes.isEmpty || codes.count == parts.count
    else {
      throw Wording(
        "split-shape", "分割须有两个以上的面，--codes 须与面数相同",
        "a split needs two polygons or more, and as many --codes",
        do: "检查文件", "check the file"
      ).problem(at: id)
    }
    let closure = try closure(of: [land], by: shapes, at: id)
    let named = parts.allSatisfy(\.isNamed) ? parts.map(\.feature.id) : []
    let issuing = CodeIssuing(map: self, schema: schema, scope: scope)
    let given = codes.isEmpty ? named : codes
    let keepsParent = given.contains(id) && !schema.retiresIdentifiers
    let children =
      given.isEmpty ? try await issuing.issue(parts.count, like: id) : given
    try await issuing.refuseUsed(children.filter { !(keepsParent && $0 == id) })
    guard let validity = Validity(from: day),
      let succession = Succession(.split, of: [id], into: children, on: day)
    else {
      throw Wording(
        "split-codes", "各部分的标识码不得重复", "the parts' identifiers must differ",
        do: "更正标识码", "mend the identifiers"
      ).problem(at: id)
    }
    var edit = FeatureEdit(
      schema: schema, verb: "split", validity: validity, base: base, why: why)
    edit.successions = [succession]
    for (index, part) in parts.enumerated() {
      let attributes = whole.feature.attributes.merging(
        part.feature.attributes
      ) { $1 }
      edit.add(
        Feature(
          id: children[index], geometry: part.feature.geometry,
          attributes: schema.reshaped(
            attributes, id: children[index], areaM2: closure.levelledM2[index])))
    }
    if !keepsParent { edit.end(id) }
    return PlannedReshape(edit: edit, parents: [id], children: children, closure: closure)
  }

  func closure(
    of whole: [MultiPolygon], by parts: [MultiPolygon], at place: String
  ) throws(Problem) -> AreaClosure {
    let closure: AreaClosure
    do throws(GeometryError) {
      closure = try AreaClosure(of: whole, by: parts)
    } catch {
      throw .geometry(error, of: place)
    }
    try closure.refuse(at: place)
    return closure
  }
}

extension FeatureEdit {
  mutating func add(_ feature: Feature, _ validity: Validity? = nil) {
    rows.append(DraftRow(row: Int64(rows.count + 1), feature: feature, validity: validity))
  }

  mutating func end(_ id: String, _ validity: Validity? = nil) {
    rows.append(
      DraftRow(
        row: Int64(rows.count + 1), feature: Feature(id: id, geometry: nil, attributes: [:]),
        ends: true, validity: validity))
  }
}

extension Geometry {
  var polygons: MultiPolygon? {
    guard case .polygons(let polygons) = self else { return nil }
    return polygons
  }
}
