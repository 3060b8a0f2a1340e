import KarezCore
import KarezGeometry
import KarezRules
import KarezStore

/// Features that do not lie in the feature of another dataset they belong to.
final class ContainmentCheck: GateCheck {
  let needsLayer = true
  private let frame: ProfileCheckFrame
  private let test: ContainmentTest
  private let toleranceM2: Double
  private var containers: MapLayer?
  private let search = LayerSearch()
  /// The ids of containers rows named so far, and which of them each row named; by row.
  private var names: [String] = []
  private var numbers: [String: Int32] = [:]
  private var named: [Int64: Int32] = [:]

  init(_ frame: ProfileCheckFrame, _ test: ContainmentTest, toleranceM2: Double) {
    self.frame = frame
    self.test = test
    self.toleranceM2 = toleranceM2
  }

  func prepare(_ recorded: RecordedMap, _ report: inout GateReport) async throws(GateError) {
    containers = try await recorded.layer(of: test.dataset)
    if containers == nil { report.note(frame.unchecked(test.dataset)) }
  }

  func examine(_ row: ExaminedRow, _ report: inout GateReport) throws(GateError) {
    guard let containers, row.isUsable, frame.applies(to: row) else { return }
    let id = name(of: row)
    if row.polygons != nil {
      named[row.row] = number(of: id ?? "")
      return
    }
    for place in row.places {
      let found = try Self.laying { () throws(LayerError) in try containers.ids(covering: place) }
      guard found.isEmpty || id.map({ !found.contains($0) }) ?? false else { continue }
      return report.note(outside(row.row, row.id, id, at: place, areaM2: nil, in: found.first))
    }
  }

  private func name(of row: ExaminedRow) -> String? {
    test.attribute.flatMap { row.text(of: $0, first: test.digits) }
  }

  private func number(of name: String) -> Int32 {
    if let known = numbers[name] { return known }
    let number = Int32(names.count)
    numbers[name] = number
    names.append(name)
    return number
  }

  func conclude(_ draft: ExaminedDraft, _ report: inout GateReport) async throws(GateError) {
    guard let containers, let layer = draft.layer else { return }
    for number in 0..<layer.count {
      if number % 1_000 == 0 {
        if Task.isCancelled { throw .cancelled }
        draft.progress(Gate.Progress(phase: .context, done: number, total: layer.count))
      }
      // What bounds no area properly is told of; what of it lies outside is anybody's guess.
      guard layer.isSound(number), let name = named[layer.row(of: number)] else { continue }
      let finding = try Self.laying { () throws(LayerError) in
        try self.examine(number, of: layer, named: names[Int(name)], in: containers)
      }
      if let finding { report.note(finding) }
    }
  }

  private func examine(
    _ number: Int, of layer: Layer, named name: String, in containers: MapLayer
  ) throws(LayerError) -> GateFinding? {
    let shape = try layer.shape(of: number)
    var inside = 0.0
    var widest: (id: String, area: Double)?
    try containers.overlaps(of: shape, by: search) { id, area in
      if name.isEmpty || id == name { inside += area }
      if area > widest?.area ?? 0 { widest = (id, area) }
    }
    let outside = layer.areaM2(of: number) - inside
    guard outside > toleranceM2 else { return nil }
    let box = layer.box(of: number)
    let middle = Position(x: (box.minX + box.maxX) / 2, y: (box.minY + box.maxY) / 2)
    return self.outside(
      layer.row(of: number), try layer.id(of: number), name.isEmpty ? nil : name, at: middle,
      areaM2: outside, in: widest?.id)
  }

  private func outside(
    _ row: Int64, _ feature: String, _ name: String?, at place: Position, areaM2: Double?,
    in other: String?
  ) -> GateFinding {
    let area = areaM2.map { GateWords.area($0) + " " }
    let unit = name ?? ""
    let id = "\(test.dataset)"
    let whole = containers?.schema.title ?? LocalizedText(zh: id, en: id)
    let what = LocalizedText(
      zh: (area.map { "有 \($0)平方米" } ?? "")
        + "不在\(name == nil ? "任何" : " \(unit) 的")“\(whole.zh)”范围内",
      en: (area.map { "\($0)m² of it lie" } ?? "it lies") + " outside "
        + (name == nil ? "every feature" : "feature \(unit)") + " of “\(whole.en)”")
    let remedy: LocalizedText
    if let other, let name, other != name {
      remedy = LocalizedText(
        zh: "大部分在 \(other) 内，请核对代码或界线",
        en: "most of it lies in \(other); check the code or the boundary")
    } else {
      remedy = LocalizedText(zh: "请核对界线", en: "check the boundary")
    }
    var finding = frame.finding(row, feature, at: place, what: what, remedy: remedy)
    finding.areaM2 = areaM2
    return finding
  }

  private static func laying<Result>(
    _ work: () throws(LayerError) -> Result
  ) throws(GateError) -> Result { try GateError.laying(work) }
}

extension ExaminedRow {
  /// Places that stand for a geometry that is not of polygons.
  var places: [Position] {
    switch geometry {
    case .points(let positions)?: positions
    case .lines(let lines)?: lines.flatMap(\.self)
    case .polygons?, nil: []
    }
  }
}

extension MapLayer {
  /// What a shape has in common with each feature of the state, in statutory square metres.
  func overlaps(
    of shape: PlaneShape, by search: LayerSearch,
    _ body: (String, Double) throws(LayerError) -> Void
  ) throws(LayerError) {
    for part in parts {
      try search.overlaps(of: shape, in: part.layer, where: part.shows) {
        overlap throws(LayerError) in
        try body(try part.layer.id(of: overlap.polygon), overlap.areaM2)
      }
    }
  }

  /// The features of the state that cover a place.
  func ids(covering place: Position) throws(LayerError) -> [String] {
    var ids: [String] = []
    for part in parts {
      for number in try part.layer.polygons(covering: place) where part.shows(number) {
        ids.append(try part.layer.id(of: number))
      }
    }
    return ids
  }
}
