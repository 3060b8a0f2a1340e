import KarezCore

extension PlanGate {
  /// Sentences: two prints of one area, parts that sum to their whole, counts of rows.
  func checkProse(_ papers: PlanPapers, _ tally: inout PlanTally) {
    for line in papers.text?.prose ?? [] {
      let signs = PlanProse.plain(line.text)
      let subject = line.box ?? line.chapter
      checkSentences(signs, line.place, LocalizedText(zh: subject, en: subject), &tally)
    }
    for project in papers.projects {
      checkSentences(
        PlanProse.plain(project.content), project.place, .project(project.number), &tally)
    }
    for rows in rules.rows {
      for line in papers.text?.prose ?? [] {
        for match in rows.pattern.matches(in: line.text) {
          guard let count = match.value(rows.count) else { continue }
          tally.look("row-count")
          let found = papers.projects.count { $0.subcategory == rows.subcategory }
          guard found > 0, Double(found) != count else { continue }
          tally.add(
            PlanFinding(
              "row-count", at: line.place, LocalizedText(zh: line.chapter, en: line.chapter),
              LocalizedText(
                zh: "写 \(PlanNumber.text(count)) 个，项目清单“\(rows.subcategory)”列 \(found) 项",
                en: "says \(PlanNumber.text(count)), the list has \(found) under "
                  + rows.subcategory),
              LocalizedText(zh: "核对两处", en: "look at both")))
        }
      }
    }
  }

  private func checkSentences(
    _ signs: [Character], _ place: PlanPlace, _ subject: LocalizedText, _ tally: inout PlanTally
  ) {
    let figures = PlanFigure.all(in: signs)
    checkPairs(signs, figures, place, subject, &tally)
    checkParts(signs, figures, place, subject, &tally)
  }

  /// `98.02万公顷(1470.27万亩)`.
  private func checkPairs(
    _ signs: [Character], _ figures: [PlanFigure], _ place: PlanPlace, _ subject: LocalizedText,
    _ tally: inout PlanTally
  ) {
    for (one, other) in zip(figures, figures.dropFirst()) {
      guard let unit = one.unit, let second = other.unit, unit.dimension == .area,
        second.dimension == .area, unit.unit != second.unit,
        one.end + unit.text.count + 1 == other.start, signs[other.start - 1] == "("
      else { continue }
      tally.look("area-pair")
      let (left, right) = (unit.quantity(one.value), second.quantity(other.value))
      guard right.value > 0, abs(left.value / right.value - 1) > rules.tolerance else { continue }
      let exact = second.number(of: left) ?? 0
      tally.add(
        PlanFinding(
          "area-pair", at: place, subject,
          LocalizedText(
            zh: "\(one.printed)\(unit.text) 与 \(other.printed)\(second.text) 不相等",
            en: "\(one.printed) \(unit.text) is not \(other.printed) \(second.text)"),
          LocalizedText(
            zh:
              "\(one.printed)\(unit.text) 折合 \(PlanNumber.text(exact, decimals: 2))\(second.text)",
            en: "it is \(PlanNumber.text(exact, decimals: 2)) \(second.text)")))
    }
  }

  /// A whole, and after it parts in the same unit: in brackets, or after 其中.
  private func checkParts(
    _ signs: [Character], _ figures: [PlanFigure], _ place: PlanPlace, _ subject: LocalizedText,
    _ tally: inout PlanTally
  ) {
    for scope in Self.scopes(in: signs) {
      let inside = figures.filter { scope.contains($0.start) }
      for (text, parts) in Dictionary(grouping: inside, by: { $0.unit?.text ?? "" })
      where !text.isEmpty && parts.count >= 2 {
        // In brackets inside the scope the same is told again in another unit.
        let own = parts.filter { part in
          !signs[scope.lowerBound..<part.start].contains("(")
            || signs[scope.lowerBound..<part.start].last { "()".contains($0) } == ")"
        }
        guard own.count >= 2,
          let whole = figures.last(where: {
            $0.start < scope.lowerBound && $0.unit?.text == text
          }), Self.belongs(signs[whole.end..<scope.lowerBound])
        else { continue }
        tally.look("parts")
        let sum = own.reduce(0) { $0 + $1.value }
        let isPrinted = own.contains { $0.printed.contains(".") }
        let slack =
          isPrinted
          ? (own + [whole]).reduce(0) { $0 + PlanNumber.halfStep(of: $1.printed) } : 0.0
        guard abs(sum - whole.value) > slack else { continue }
        add(sum, whole, figures, place, subject, &tally)
      }
    }
  }

  private func add(
    _ sum: Double, _ whole: PlanFigure, _ figures: [PlanFigure], _ place: PlanPlace,
    _ subject: LocalizedText, _ tally: inout PlanTally
  ) {
    // Often the parts are those of another number of the same sentence.
    let other = figures.first { $0.value == sum && $0.start != whole.start }
    let words = other.map { String($0.following.drop { $0 == "个" }) }
    let remedy =
      words.map {
        LocalizedText(
          zh: "分项之和等于“\(PlanNumber.text(sum))个\($0)”，核对分项按哪个单位计",
          en: "the parts sum to the \(PlanNumber.text(sum)) of “\($0)”; look what they count")
      } ?? Self.mendSum
    tally.add(
      PlanFinding("parts", at: place, subject, Self.differs(sum, whole.value), remedy))
  }

  /// Whether parts belong to the whole before them, by the signs between the two.
  ///
  /// Brackets belong to the word they follow; 其中 to its sentence.
  private static func belongs(_ between: ArraySlice<Character>) -> Bool {
    if between.contains("。") { return false }
    return between.last != "(" || !between.dropLast().contains { ",;()、".contains($0) }
  }

  /// Where parts of a whole are told: from `(` to `)`, and from 其中 to the end of its sentence.
  private static func scopes(in signs: [Character]) -> [Range<Int>] {
    var scopes: [Range<Int>] = []
    for index in signs.indices {
      if signs[index] == "(", let end = signs[index...].firstIndex(of: ")") {
        scopes.append(index + 1..<end)
      }
      guard signs[index...].starts(with: "其中"), index > 0, signs[index - 1] != "(" else { continue }
      let end = signs[index...].firstIndex { "。".contains($0) } ?? signs.count
      scopes.append(index..<end)
    }
    return scopes
  }

  /// Boxes: what their titles promise, what they list, and their numbers.
  func checkBoxes(_ papers: PlanPapers, _ tally: inout PlanTally) {
    guard let text = papers.text else { return }
    let titles = text.lines.filter { $0.isCell && $0.box == $0.text && !$0.text.isEmpty }
    for (index, title) in titles.enumerated() {
      let signs = PlanProse.plain(title.text)
      tally.look("box")
      if let number = PlanFigure.all(in: signs).first, number.value != Double(index + 1) {
        tally.add(
          PlanFinding(
            "box-number", at: title.place, LocalizedText(zh: title.text, en: title.text),
            LocalizedText(
              zh: "是第 \(index + 1) 个专栏，编号为 \(number.printed)",
              en: "is box \(index + 1), and numbered \(number.printed)"),
            LocalizedText(zh: "更正编号", en: "mend the number")))
      }
      let body = text.lines.filter { $0.box == title.text && $0.text != title.text }
      checkPromise(of: title, signs, body, &tally)
      for line in body { checkListed(PlanProse.plain(line.text), line, &tally) }
    }
  }

  /// Each matter a title joins by 、 and 及 must occur in the box.
  private func checkPromise(
    of title: PlanText.Line, _ signs: [Character], _ body: [PlanText.Line],
    _ tally: inout PlanTally
  ) {
    guard let colon = signs.firstIndex(of: ":"), !body.isEmpty else { return }
    var words = String(signs[(colon + 1)...])
    while let end = rules.boxTitleEnds.first(where: { words.hasSuffix($0) && words != $0 }) {
      words.removeLast(end.count)
    }
    let matters = words.split { "、及和与".contains($0) }.filter { $0.count >= 2 }
    guard matters.count >= 2 else { return }
    let said = String(body.flatMap { PlanProse.plain($0.text) })
    for matter in matters {
      tally.look("box-title")
      let word = String(matter.suffix(2))
      guard !said.contains(word) else { continue }
      tally.add(
        PlanFinding(
          "box-title", at: title.place, LocalizedText(zh: title.text, en: title.text),
          LocalizedText(
            zh: "标题有“\(word)”，内容中没有这一项", en: "its title names “\(word)”, its text has none"),
          LocalizedText(
            zh: "补充“\(word)”任务，或改标题", en: "add what is to be done of it, or change the title")))
    }
  }

  /// `14个重点矿山。煤矿3个:甲、乙、丙;…`: the counts sum to the whole, and each to its list.
  private func checkListed(
    _ signs: [Character], _ line: PlanText.Line, _ tally: inout PlanTally
  ) {
    let counted = PlanFigure.all(in: signs).filter { $0.following.first == "个" }
    let parts = counted.filter { figure in
      let colon = figure.end + 1
      return colon < signs.count && signs[colon] == ":"
    }
    let subject = LocalizedText(zh: line.box ?? line.chapter, en: line.box ?? line.chapter)
    guard parts.count >= 2, let whole = counted.first, !parts.contains(whole) else { return }
    tally.look("box-list", parts.count + 1)
    for (index, part) in parts.enumerated() {
      let next = index + 1 < parts.count ? parts[index + 1].start : signs.count
      let end = signs[part.end..<next].firstIndex { ";。".contains($0) } ?? next
      let names = signs[(part.end + 2)..<max(part.end + 2, end)].split { "、,和".contains($0) }
      guard !names.isEmpty, Double(names.count) != part.value else { continue }
      tally.add(
        PlanFinding(
          "box-list", at: line.place, subject,
          LocalizedText(
            zh: "写 \(part.printed) 个，列出 \(names.count) 个：\(String(names.joined(separator: ["、"])))",
            en: "says \(part.printed), and lists \(names.count)"),
          LocalizedText(zh: "核对个数与名单", en: "look at the count and the list")))
    }
    let sum = parts.reduce(0) { $0 + $1.value }
    guard sum != whole.value else { return }
    tally.add(
      PlanFinding("box-list", at: line.place, subject, Self.differs(sum, whole.value), Self.mendSum)
    )
  }
}
