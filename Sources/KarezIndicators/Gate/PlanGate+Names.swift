import KarezCore

extension PlanGate {
  /// 十二县市: a count of the counties that most of the papers agree on.
  func checkCountyCounts(_ papers: PlanPapers, _ tally: inout PlanTally) {
    var found: [(count: Int, printed: String, place: PlanPlace, subject: LocalizedText)] = []
    func read(_ text: String, _ place: PlanPlace, _ subject: LocalizedText) {
      let signs = PlanProse.plain(text)
      for index in signs.indices where index > 0 {
        guard let word = rules.countyWords.first(where: { signs[index...].starts(with: $0) })
        else { continue }
        let numeral = signs[..<index].reversed().prefix { PlanNumeral.isSign($0) }.reversed()
        guard let count = PlanNumeral.value(of: String(numeral)), count > 1 else { continue }
        found.append((count, String(numeral) + word, place, subject))
      }
    }
    for project in papers.projects {
      read(project.unit, project.place, .project(project.number))
      read(project.funding, project.place, .project(project.number))
      read(project.name + "\n" + project.content, project.place, .project(project.number))
    }
    for line in papers.text?.prose ?? [] {
      read(line.text, line.place, LocalizedText(zh: line.chapter, en: line.chapter))
    }
    tally.look("county-count", found.count)
    guard found.count >= rules.fewest else { return }
    let counts = Dictionary(grouping: found, by: \.count).mapValues(\.count)
    guard let usual = counts.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }),
      Double(usual.value) >= rules.agreement * Double(found.count)
    else { return }
    for one in found where one.count != usual.key {
      tally.add(
        PlanFinding(
          "county-count", at: one.place, one.subject,
          LocalizedText(
            zh: "写“\(one.printed)”，其他各处均为 \(usual.key) 个",
            en: "says “\(one.printed)”, all other places count \(usual.key)"),
          LocalizedText(
            zh: "改为 \(usual.key) 个，或列明不含哪些县市",
            en: "make it \(usual.key), or name those that are left out")))
    }
  }

  /// Names in a list: two of them run together, one that lost its end, or spelt in two ways.
  func checkTownships(_ projects: [PlanProject], _ tally: inout PlanTally) {
    var known: [String: [(name: [Character], list: Int, project: PlanProject)]] = [:]
    var number = 0
    for project in projects {
      let division =
        rules.divisions.filter { project.unit.hasPrefix($0) }
        .max { $0.count < $1.count } ?? project.unit
      for list in lists(of: PlanProse.plain(project.content)) {
        number += 1
        for name in list {
          tally.look("township")
          if let parts = runTogether(name) {
            tally.add(runTogether(name, parts, project, in: list))
          } else if isTownship(name) {
            known[division, default: []].append((bare(name, division), number, project))
          }
        }
      }
    }
    for division in known.keys.sorted() { checkSpellings(known[division] ?? [], &tally) }
    checkLostEnds(projects, known.mapValues { $0.map(\.name) }, &tally)
  }

  private func isTownship(_ name: [Character]) -> Bool {
    rules.townshipEnds.contains { name.ends(with: $0) } && (3...12).contains(name.count)
  }

  /// A name without the words before it that belong to the sentence.
  private func bare(_ name: [Character], _ division: String) -> [Character] {
    guard let place = Self.firstPlace(of: Array(division), in: name) else { return name }
    return Array(name[(place + division.count)...])
  }

  static func firstPlace(of words: [Character], in signs: [Character]) -> Int? {
    guard !words.isEmpty, words.count <= signs.count else { return nil }
    return (0...(signs.count - words.count)).first { signs[$0...].starts(with: words) }
  }

  /// Runs of at least three names between 、, most of which end as townships do.
  private func lists(of signs: [Character]) -> [[[Character]]] {
    signs.split { "。,;:()".contains($0) }.compactMap { part in
      var names = part.split(separator: "、").flatMap { piece in
        // The last two are often joined by 和, and 等n个 closes the list.
        piece.split(separator: "和").map { name in
          let cut = Self.firstPlace(of: ["等"], in: Array(name))
          return Array(name)[..<(cut ?? name.count)].map { $0 }
        }
      }
      // The sentence goes on after the last one.
      if let last = names.last, !isTownship(last),
        let end = last.firstIndex(where: { rules.townshipEnds.contains(String($0)) }), end >= 2
      {
        names[names.count - 1] = Array(last[...end])
      }
      let townships = names.count { isTownship($0) }
      return names.count >= 3 && townships >= 3 ? names : nil
    }
  }

  /// Two names without a sign between them; nil for one.
  private func runTogether(_ name: [Character]) -> ([Character], [Character])? {
    guard isTownship(name) else { return nil }
    for end in rules.townshipEnds {
      let mark = Array(end)
      guard let place = Self.firstPlace(of: mark, in: name) else { continue }
      let (first, second) = (name[..<(place + mark.count)], name[(place + mark.count)...])
      guard first.count >= 3, second.count >= 3, !rules.townshipEnds.contains(String(second)),
        isTownship(Array(second))
      else { continue }
      return (Array(first), Array(second))
    }
    return nil
  }

  private func runTogether(
    _ name: [Character], _ parts: ([Character], [Character]), _ project: PlanProject,
    in list: [[Character]]
  ) -> PlanFinding {
    let (one, other) = (String(parts.0), String(parts.1))
    return PlanFinding(
      "names-run-together", at: project.place, .project(project.number),
      LocalizedText(
        zh: "“\(String(name))”是两个名称连写（本清单列 \(list.count) 项）",
        en: "“\(String(name))” is two names without a sign between (\(list.count) are listed)"),
      LocalizedText(
        zh: "拆为“\(one)、\(other)”", en: "write “\(one)、\(other)”"))
  }

  /// Names of one county that differ in one sign and are never listed together.
  private func checkSpellings(
    _ names: [(name: [Character], list: Int, project: PlanProject)], _ tally: inout PlanTally
  ) {
    for (index, one) in names.enumerated() where one.name.count >= 4 {
      for other in names[..<index] where other.name.count >= 4 && other.name != one.name {
        let together =
          names.contains { $0.list == one.list && $0.name == other.name }
          || names.contains { $0.list == other.list && $0.name == one.name }
        guard !together, PlanProse.distance(one.name, other.name) == 1 else { continue }
        tally.add(
          PlanFinding(
            "name-spelling", .doubt, at: one.project.place, .project(one.project.number),
            LocalizedText(
              zh: "“\(String(one.name))”与项目 \(other.project.number) 的“\(String(other.name))”只差一字",
              en: "“\(String(one.name))” differs in one sign from “\(String(other.name))” of "
                + "project \(other.project.number)"),
            LocalizedText(zh: "核对后统一写法", en: "look which is right and write it so in both")))
      }
    }
  }

  /// An item among townships that ends in another sign, and would be a known one with theirs.
  private func checkLostEnds(
    _ projects: [PlanProject], _ known: [String: [[Character]]], _ tally: inout PlanTally
  ) {
    let all = Set(known.values.joined())
    for project in projects {
      for list in lists(of: PlanProse.plain(project.content)) {
        for name in list where !isTownship(name) && name.count >= 3 {
          let stem = Array(name.dropLast())
          guard let meant = rules.townshipEnds.map({ stem + Array($0) }).first(where: all.contains)
          else { continue }
          tally.add(
            PlanFinding(
              "name-spelling", .doubt, at: project.place, .project(project.number),
              LocalizedText(
                zh: "“\(String(name))”不是乡镇名称", en: "“\(String(name))” is no name of a township"),
              LocalizedText(zh: "疑为“\(String(meant))”", en: "“\(String(meant))” may be meant")))
        }
      }
    }
  }

  /// Who pays and who does: a division's name that is nearly, but not quite, one of the region.
  func checkAgencies(_ projects: [PlanProject], _ tally: inout PlanTally) {
    let divisions = rules.divisions.map(Array.init)
    func look(_ printed: String, _ project: PlanProject, _ tally: inout PlanTally) {
      let name = Array(printed)
      guard name.count >= 3, !rules.divisions.contains(printed),
        !rules.agencyNames.contains(printed),
        !rules.countyWords.contains(where: { printed.hasSuffix($0) })
      else { return }
      tally.look("agency")
      let near = divisions.map { ($0, PlanProse.distance(name, $0)) }.min { $0.1 < $1.1 }
      guard let near, near.1 <= max(1, name.count / 3) else { return }
      tally.add(
        PlanFinding(
          "agency", at: project.place, .project(project.number),
          LocalizedText(
            zh: "“\(printed)”不是本地区的行政区名称", en: "“\(printed)” is no division of the region"),
          LocalizedText(
            zh: "疑为“\(String(near.0))”", en: "“\(String(near.0))” may be meant")))
    }
    for project in projects {
      for item in (project.funding + "、" + project.unit).split(separator: "、") {
        guard let end = rules.agencyEnds.first(where: { item.hasSuffix($0) }) else { continue }
        look(String(item.dropLast(end.count)), project, &tally)
      }
      // A name often begins with its county.
      guard let end = project.name.firstIndex(where: { "县市".contains($0) }) else { continue }
      let head = String(project.name[...end])
      if head.count <= 12 { look(head, project, &tally) }
    }
  }
}

extension [Character] {
  func ends(with words: String) -> Bool { Array(suffix(words.count)) == Array(words) }
}
