import KarezCore

extension PlanGate {
  /// Two prints of one list must say the same, row by row.
  func compare(_ list: [PlanProject], with annex: [PlanProject], _ tally: inout PlanTally) {
    let printed = Dictionary(annex.map { ($0.number, $0) }) { first, _ in first }
    for project in list {
      tally.look("project-copy")
      guard let other = printed[project.number] else {
        tally.add(
          PlanFinding(
            "project-copy", at: project.place, .project(project.number),
            LocalizedText(zh: "规划文本的项目清单中没有这一项", en: "the text's list does not have it"),
            LocalizedText(zh: "核对两份清单", en: "look at both lists")))
        continue
      }
      let same = zip(project.printed, other.printed).allSatisfy {
        PlanProse.plain($0) == PlanProse.plain($1)
      }
      guard !same else { continue }
      tally.add(
        PlanFinding(
          "project-copy", .doubt, at: project.place, .project(project.number),
          LocalizedText(
            zh: "与规划文本第 \(other.place.line) 行所列不一致",
            en: "is not what line \(other.place.line) of the text prints"),
          LocalizedText(zh: "以原文为准核对", en: "look at the original")))
    }
  }

  /// Numbers run on by one; one that does not fit between its neighbours is a misprint.
  func checkNumbers(_ projects: [PlanProject], _ tally: inout PlanTally) {
    let numbers = projects.map { Int($0.number) }
    var held: Set<Int> = []
    for (index, project) in projects.enumerated() {
      tally.look("project-number")
      guard let number = numbers[index] else {
        tally.add(
          PlanFinding(
            "project-number", at: project.place, .project(project.number),
            LocalizedText(zh: "序号不是数字", en: "its number is no number"),
            LocalizedText(zh: "更正序号", en: "mend it")))
        continue
      }
      let before = index > 0 ? numbers[index - 1] : nil
      let after = index + 1 < numbers.count ? numbers[index + 1] : nil
      if let before, let after, before + 2 == after, number != before + 1 {
        held.insert(before + 1)
        tally.add(
          PlanFinding(
            "project-number", at: project.place, .project(project.number),
            LocalizedText(
              zh: "序号 \(number) 位于 \(before) 与 \(after) 之间，不连续",
              en: "number \(number) stands between \(before) and \(after)"),
            LocalizedText(zh: "应为 \(before + 1)", en: "\(before + 1) belongs there")))
        continue
      }
      if !held.insert(number).inserted {
        tally.add(
          PlanFinding(
            "project-number", at: project.place, .project(project.number),
            LocalizedText(zh: "序号重复", en: "the number stands twice"),
            LocalizedText(zh: "核对并重新编号", en: "look which is meant, and number anew")))
      }
    }
    guard let first = held.min(), let last = held.max(), last - first < 100_000 else { return }
    for number in first...last where !held.contains(number) {
      // The row that stands where it should be is the place to look at.
      let next = zip(projects, numbers).first { ($0.1 ?? 0) > number }?.0 ?? projects[0]
      tally.add(
        PlanFinding(
          "project-missing", at: next.place, .project(String(number)),
          LocalizedText(zh: "缺少序号 \(number)", en: "there is no number \(number)"),
          LocalizedText(
            zh: "补列该项目，或在清单中说明空号", en: "list the project, or say that the number is left out")))
    }
  }

  /// A budget over what it is for; siblings that give both agree on the price.
  func checkPrices(_ projects: [PlanProject], _ tally: inout PlanTally) {
    for price in rules.prices {
      let priced = projects.compactMap { project -> PlanRatio? in
        guard let budget = PlanNumber.value(of: project.budget) else { return nil }
        for pattern in price.patterns {
          guard let match = pattern.matches(in: project.content).first,
            let count = match.value(price.count), count > 0
          else { continue }
          return PlanRatio(project: project, of: budget, to: count, isBare: false)
        }
        return nil
      }
      tally.look("unit-price", priced.count)
      guard let usual = PlanRatio.usual(of: priced, rules) else { continue }
      for one in priced where !one.agrees(with: usual) {
        let (budget, count) = (PlanNumber.text(one.of), PlanNumber.text(one.to))
        tally.add(
          PlanFinding(
            "unit-price", at: one.project.place, .project(one.project.number),
            LocalizedText(
              zh: "\(price.title.zh)：\(budget) 万元 ÷ \(count) = \(PlanNumber.text(one.ratio)) 万元，"
                + "同类均为 \(PlanNumber.text(usual)) 万元",
              en: "\(price.title.en): \(budget) over \(count) is \(PlanNumber.text(one.ratio)), "
                + "its siblings have \(PlanNumber.text(usual)) (10 000 yuan)"),
            LocalizedText(
              zh: "按同类单价应为 \(PlanNumber.text(usual * one.to)) 万元，核对金额或数量",
              en: "at that price \(PlanNumber.text(usual * one.to)) would be right; look at both")))
      }
    }
  }

  /// Two numbers of one sentence, in the ratio their siblings have, and with their unit.
  func checkRatios(_ projects: [PlanProject], _ tally: inout PlanTally) {
    for ratio in rules.ratios {
      let found = projects.compactMap { Self.ratio(ratio, of: $0) }
      tally.look("ratio", found.count)
      for one in found where one.isBare {
        tally.add(
          PlanFinding(
            "unit-missing", at: one.project.place, .project(one.project.number),
            LocalizedText(
              zh: "\(ratio.title.zh)：\(PlanNumber.text(one.of)) 没有单位，同类均写 \(ratio.unit)",
              en: "\(ratio.title.en): \(PlanNumber.text(one.of)) has no unit, its siblings have "
                + ratio.unit),
            LocalizedText(zh: "补写单位 \(ratio.unit)", en: "write \(ratio.unit) after it")))
      }
      guard let usual = PlanRatio.usual(of: found, rules) else { continue }
      for one in found where !one.agrees(with: usual) {
        let (of, to) = (PlanNumber.text(one.of), PlanNumber.text(one.to))
        tally.add(
          PlanFinding(
            "ratio", at: one.project.place, .project(one.project.number),
            LocalizedText(
              zh: "\(ratio.title.zh)：\(of) ÷ \(to) = \(PlanNumber.text(one.ratio))，"
                + "同类均为 \(PlanNumber.text(usual))",
              en: "\(ratio.title.en): \(of) over \(to) is \(PlanNumber.text(one.ratio)), "
                + "its siblings have \(PlanNumber.text(usual))"),
            LocalizedText(
              zh: "按同类比例应为 \(PlanNumber.text(usual * one.to)) \(ratio.unit)，核对数值",
              en: "\(PlanNumber.text(usual * one.to)) \(ratio.unit) would be in ratio; look at it"))
        )
      }
    }
  }

  private static func ratio(_ ratio: PlanGateRules.Ratio, of project: PlanProject) -> PlanRatio? {
    for (patterns, isBare) in [(ratio.patterns, false), (ratio.bare, true)] {
      for pattern in patterns {
        guard let match = pattern.matches(in: project.content).first,
          let of = match.value(ratio.of), let to = match.value(ratio.to), to > 0
        else { continue }
        return PlanRatio(project: project, of: of, to: to, isBare: isBare)
      }
    }
    return nil
  }

  /// What a row's words say of its money must be what its column says.
  func checkAmounts(_ projects: [PlanProject], _ tally: inout PlanTally) {
    for project in projects {
      guard let budget = PlanNumber.value(of: project.budget) else { continue }
      for pattern in rules.amounts {
        for match in pattern.matches(in: project.content) {
          guard let amount = match.value("amount") else { continue }
          tally.look("amount")
          guard abs(amount - budget) > 1e-9 else { continue }
          let (said, stands) = (PlanNumber.text(amount), PlanNumber.text(budget))
          tally.add(
            PlanFinding(
              "amount", at: project.place, .project(project.number),
              LocalizedText(
                zh: "建设内容写投资 \(said) 万元，金额栏为 \(stands) 万元",
                en: "its words say \(said), its column \(stands) (10 000 yuan)"),
              LocalizedText(zh: "核定一个金额，两处改为一致", en: "settle one amount and print it in both")))
        }
      }
    }
  }
}

/// Two numbers of a project that siblings have in one ratio.
struct PlanRatio {
  let project: PlanProject
  let of: Double
  let to: Double
  let isBare: Bool

  var ratio: Double { of / to }

  func agrees(with usual: Double) -> Bool { abs(ratio - usual) <= 0.005 * abs(usual) }

  /// The ratio most of them have; nil where too few agree on one.
  static func usual(of all: [PlanRatio], _ rules: PlanGateRules) -> Double? {
    guard all.count >= rules.fewest else { return nil }
    let agreeing = all.map { one in (one.ratio, all.count { $0.agrees(with: one.ratio) }) }
    guard let best = agreeing.max(by: { $0.1 < $1.1 }),
      Double(best.1) >= rules.agreement * Double(all.count)
    else { return nil }
    return best.0
  }
}
