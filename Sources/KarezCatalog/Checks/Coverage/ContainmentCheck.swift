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
  private let attribute: AttributePlace?
  private var containers: MapLayer?
  /// The ids of containers rows named so far, and which of them each row named; by row.
  private var names: [String] = []
  private var numbers: [String: Int32] = [:]
  /// What the row before named.
  private var last: (name: String, number: Int32)?
  private var named = RowNumbers()

  init(_ frame: ProfileCheckFrame, _ test: ContainmentTest, toleranceM2: Double) {
    self.frame = frame
    self.test = test
    self.toleranceM2 = toleranceM2
    attribute = test.attribute.map { frame.place(of: $0) }
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
    attribute.flatMap { row.text(of: $0, first: test.digits) }
  }

  private func number(of name: String) -> Int32 {
    if let last, last.name == name { return last.number }
    let number = numbers[name] ?? Int32(names.count)
    if number == Int32(names.count) {
      numbers[name] = number
      names.append(name)
    }
    last = (name, number)
    return number
  }

  func conclude(_ draft: ExaminedDraft, _ report: inout GateReport) async throws(GateError) {
    guard let containers, let layer = draft.layer else { return }
    let measure = ContainmentMeasure(
      layer: layer, containers: containers, names: names, named: named, toleranceM2: toleranceM2)
    var next = 0
    while next < layer.count {
      if Task.isCancelled { throw .cancelled }
      draft.progress(Gate.Progress(phase: .context, done: next, total: layer.count))
      // A few stretches at a time, told in their order, so that what was found stays little and
      // does not hang on which was first.
      let stretches = ContainmentMeasure.stretches(from: next, to: layer.count)
      for found in await measure.found(in: stretches) {
        let parts = try Self.laying { () throws(LayerError) in try found.get() }
        for part in parts { report.note(try finding(of: part, in: layer)) }
      }
      next = stretches.last?.upperBound ?? layer.count
    }
  }

  private func finding(
    of part: ContainmentMeasure.Outside, in layer: Layer
  ) throws(GateError) -> GateFinding {
    let box = layer.box(of: part.number)
    let middle = Position(x: (box.minX + box.maxX) / 2, y: (box.minY + box.maxY) / 2)
    let id = try Self.laying { () throws(LayerError) in try layer.id(of: part.number) }
    return outside(
      layer.row(of: part.number), id, part.name.isEmpty ? nil : part.name, at: middle,
      areaM2: part.areaM2, in: part.other)
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
