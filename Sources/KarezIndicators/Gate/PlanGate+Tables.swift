import KarezCore

extension PlanGate {
  /// The table of indicators: units that are known and fit the name, and standard scales.
  func checkTable(_ papers: PlanPapers, _ tally: inout PlanTally) {
    for row in papers.indicators {
      let subject = LocalizedText(zh: "指标“\(row.name)”", en: "indicator “\(row.name)”")
      tally.look("unit-fit")
      guard let unit = PlanUnit(named: row.unit) else {
        tally.add(
          PlanFinding(
            "unit-unknown", at: row.place, subject,
            LocalizedText(zh: "不认识单位“\(row.unit)”", en: "the unit “\(row.unit)” is not known"),
            LocalizedText(zh: "改用法定计量单位", en: "use a unit of measurement")))
        continue
      }
      let fit = rules.fits.filter { row.name.hasSuffix($0.suffix) }
        .max { $0.suffix.count < $1.suffix.count }
      if let fit, !fit.dimensions.contains(unit.dimension) {
        tally.add(
          PlanFinding(
            "unit-fit", at: row.place, subject,
            LocalizedText(
              zh: "名称以“\(fit.suffix)”结尾，单位却是“\(row.unit)”",
              en: "its name ends in “\(fit.suffix)”, but its unit is “\(row.unit)”"),
            LocalizedText(
              zh: "改名为比率，或改用与名称相符的单位",
              en: "name it as the rate it is, or measure it in a unit of its name")))
      }
      checkScales(row.name, row.place, subject, papers, &tally)
    }
    for project in papers.projects {
      checkScales(project.prose, project.place, .project(project.number), papers, &tally)
    }
    for line in papers.text?.prose ?? [] {
      let subject = LocalizedText(zh: line.chapter, en: line.chapter)
      checkScales(line.text, line.place, subject, papers, &tally)
    }
  }

  private func checkScales(
    _ text: String, _ place: PlanPlace, _ subject: LocalizedText, _ papers: PlanPapers,
    _ tally: inout PlanTally
  ) {
    for scale in Self.scales(in: PlanProse.plain(text)) {
      tally.look("map-scale")
      guard !rules.scales.isEmpty, !rules.scales.contains(scale.denominator) else { continue }
      let near = rules.scales.min { left, right in
        let far = (abs(left - scale.denominator), abs(right - scale.denominator))
        return far.0 == far.1 ? left < right : far.0 < far.1
      }
      let used = Set(
        (papers.text?.prose ?? []).flatMap { Self.scales(in: PlanProse.plain($0.text)) }
          .filter { rules.scales.contains($0.denominator) }.map(\.printed))
      let words = used.sorted().joined(separator: "、")
      tally.add(
        PlanFinding(
          "map-scale", at: place, subject,
          LocalizedText(
            zh: "1:\(scale.printed) 不是标准比例尺；正文所用为 \(words)",
            en: "1:\(scale.printed) is no standard scale; the text uses \(words)"),
          LocalizedText(
            zh: "核对，最近的标准比例尺分母为 \(PlanNumber.text(near ?? 0))",
            en: "look at it; the nearest standard denominator is \(PlanNumber.text(near ?? 0))")))
    }
  }

  /// `1:5万`, `1:50000`.
  static func scales(in signs: [Character]) -> [(printed: String, denominator: Double)] {
    PlanFigure.all(in: signs).compactMap { figure in
      guard figure.start >= 2, signs[figure.start - 1] == ":", signs[figure.start - 2] == "1",
        figure.start < 3 || !PlanPattern.isDigit(signs[figure.start - 3])
      else { return nil }
      let isTenThousands = figure.following.first == "万"
      return (
        figure.printed + (isTenThousands ? "万" : ""),
        figure.value * (isTenThousands ? 10_000 : 1)
      )
    }
  }

  /// Quantities: parts that sum to their whole, units that are known, and a text that has them.
  func checkTargets(_ papers: PlanPapers, _ tally: inout PlanTally) {
    var whole: PlanTargetRow?
    var parts: [PlanTargetRow] = []
    for row in papers.targets + [PlanTargetRow([], at: PlanPlace(file: "", line: 0))] {
      if !row.unit.isEmpty, PlanUnit(named: row.unit) == nil {
        tally.add(
          PlanFinding(
            "unit-unknown", at: row.place, LocalizedText(zh: row.item, en: row.item),
            LocalizedText(zh: "不认识单位“\(row.unit)”", en: "the unit “\(row.unit)” is not known"),
            LocalizedText(zh: "改用法定计量单位", en: "use a unit of measurement")))
      }
      if row.item.contains("其中"), row.unit == whole?.unit {
        parts.append(row)
        continue
      }
      sum(parts, whole, &tally)
      (whole, parts) = (row, [])
    }
    let text = papers.text.map { $0.lines.map { PlanProse.plain($0.text) } } ?? []
    guard !text.isEmpty else { return }
    let printed = Set(text.flatMap { PlanFigure.all(in: $0) }.map(\.printed))
    for row in papers.targets where row.isStated && !row.quantity.isEmpty {
      tally.look("target-in-text")
      let numbers = row.quantity.split(separator: "-").map(String.init)
      guard !numbers.allSatisfy(printed.contains) else { continue }
      tally.add(
        PlanFinding(
          "target-in-text", .doubt, at: row.place, LocalizedText(zh: row.item, en: row.item),
          LocalizedText(
            zh: "规划文本中找不到 \(row.quantity)", en: "the text has no \(row.quantity)"),
          LocalizedText(zh: "核对出处", en: "look where it is from")))
    }
  }

  private func sum(
    _ parts: [PlanTargetRow], _ whole: PlanTargetRow?, _ tally: inout PlanTally
  ) {
    guard let whole, parts.count >= 2, let total = PlanNumber.value(of: whole.quantity) else {
      return
    }
    let numbers = parts.compactMap { PlanNumber.value(of: $0.quantity) }
    guard numbers.count == parts.count else { return }
    tally.look("parts")
    let sum = numbers.reduce(0, +)
    let slack = (parts + [whole]).reduce(0) { $0 + PlanNumber.halfStep(of: $1.quantity) }
    let isWhole = whole.quantity.contains(".") ? abs(sum - total) <= slack : sum == total
    guard !isWhole else { return }
    tally.add(
      PlanFinding(
        "parts", at: whole.place, LocalizedText(zh: whole.item, en: whole.item),
        Self.differs(sum, total), Self.mendSum))
  }

  static func differs(_ sum: Double, _ total: Double) -> LocalizedText {
    LocalizedText(
      zh: "分项合计 \(PlanNumber.text(sum))，总数写 \(PlanNumber.text(total))",
      en: "its parts sum to \(PlanNumber.text(sum)), the whole is printed as "
        + PlanNumber.text(total))
  }

  static let mendSum = LocalizedText(
    zh: "核对总数与各分项", en: "look at the whole and at each part")

  /// Classes of land: those of the table stand in the text, and shares of the whole are right.
  func checkLandUse(_ papers: PlanPapers, _ tally: inout PlanTally) {
    let text = papers.text?.prose ?? []
    let whole = papers.landUse.compactMap { PlanNumber.value(of: $0.hectares) }.reduce(0, +)
    guard !text.isEmpty, whole > 0 else { return }
    let plain = text.map { PlanProse.plain($0.text) }
    for row in papers.landUse {
      guard let pattern = PlanPattern(pattern: row.name + "{area}公顷") else { continue }
      let found = plain.flatMap { pattern.matches(in: $0) }.compactMap { $0.numbers["area"] }
      guard !found.isEmpty else { continue }
      tally.look("land-use")
      guard !found.contains(row.hectares) else { continue }
      tally.add(
        PlanFinding(
          "land-use", at: row.place, LocalizedText(zh: row.name, en: row.name),
          LocalizedText(
            zh: "表中为 \(row.hectares) 公顷，文本为 \(found[0]) 公顷",
            en: "the table has \(row.hectares) ha, the text \(found[0]) ha"),
          LocalizedText(zh: "核对两处", en: "look at both")))
    }
    for (line, signs) in zip(text, plain) {
      checkShares(signs, line, of: PlanUnit(named: "公顷")?.quantity(whole), &tally)
    }
  }

  /// `3.42万平方公里,占…国土面积的31.52%`.
  private func checkShares(
    _ signs: [Character], _ line: PlanText.Line, of whole: Quantity?, _ tally: inout PlanTally
  ) {
    let figures = PlanFigure.all(in: signs)
    for (figure, share) in zip(figures, figures.dropFirst()) where share.following.first == "%" {
      let between = signs[figure.end..<share.start]
      guard let unit = figure.unit, unit.dimension == .area, let whole, between.count < 30,
        String(between).contains("占"), String(between).hasSuffix("国土面积的")
      else { continue }
      tally.look("share-of-land")
      let value = unit.quantity(figure.value).value / whole.value * 100
      let step = unit.quantity(PlanNumber.halfStep(of: figure.printed)).value / whole.value * 100
      let slack = step + PlanNumber.halfStep(of: share.printed)
      guard abs(value - share.value) > slack else { continue }
      tally.add(
        PlanFinding(
          "share-of-land", at: line.place, LocalizedText(zh: line.chapter, en: line.chapter),
          LocalizedText(
            zh: "\(figure.printed)\(unit.text) 占国土面积 \(PlanNumber.text(value, decimals: 2))%，"
              + "文本写 \(share.printed)%",
            en: "\(figure.printed) \(unit.text) is \(PlanNumber.text(value, decimals: 2)) % of the "
              + "land, the text says \(share.printed) %"),
          LocalizedText(zh: "核对面积与比例", en: "look at the area and the share")))
    }
  }

  /// Two places that use one word for two things, shown beside each other.
  func checkConcepts(_ papers: PlanPapers, _ tally: inout PlanTally) {
    let text = papers.text?.prose ?? []
    for concept in rules.concepts {
      var one: (value: String, line: PlanText.Line)?
      var second: (value: String, unit: PlanUnit, place: PlanPlace)?
      for line in text {
        let signs = PlanProse.plain(line.text)
        if one == nil, let value = concept.pattern.matches(in: signs).first?.numbers["value"] {
          one = (value, line)
        }
        if second == nil, let other = concept.other, let unit = concept.otherUnit,
          let value = other.matches(in: signs).first?.numbers["value"]
        {
          second = (value, unit, line.place)
        }
      }
      if let name = concept.indicator,
        let row = papers.indicators.first(where: { $0.name == name }),
        let unit = PlanUnit(named: row.unit)
      {
        second = (row.base, unit, row.place)
      }
      guard let one, let second, let first = PlanNumber.value(of: one.value),
        let other = PlanNumber.value(of: second.value)
      else { continue }
      tally.look("definitions")
      let (left, right) = (concept.unit.quantity(first), second.unit.quantity(other))
      guard left.dimension == right.dimension, right.value > 0,
        abs(left.value / right.value - 1) > rules.tolerance
      else { continue }
      var finding = PlanFinding(
        "definitions", .definitions, at: one.line.place, concept.title,
        LocalizedText(
          zh: "一处为 \(one.value)\(concept.unit.text)，另一处为 \(second.value)\(second.unit.text)",
          en: "one place says \(one.value) \(concept.unit.text), another "
            + "\(second.value) \(second.unit.text)"),
        LocalizedText(
          zh: "两个数值口径不同，分别注明口径并同时列示，不合并",
          en: "two definitions: say which is which and show both, do not merge them"))
      finding.places.append(second.place)
      tally.add(finding)
    }
  }
}
