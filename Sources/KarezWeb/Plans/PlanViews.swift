import KarezCore
import KarezIndicators
import KarezPacks
import KarezReport
import KarezService

/// One figure of a table, with what is asked of it.
struct PlanFigureRow {
  let indicatorTitle: String
  let groupTitle: String
  let indicatorAddress: String
  let natureWords: String
  let unit: String
  let value: String?
  let absenceWords: String?
  let baseline: String?
  let target: String?
  let deviation: String?
  let level: String?
  let levelTone: String
  let isUnconfirmed: Bool

  init(
    _ figure: IndicatorFigure, _ definition: IndicatorDefinition, _ kept: KeptFigures,
    _ words: PlanWords
  ) {
    let asked = words.indicators.plan.target(of: definition.id, region: kept.region)
    indicatorTitle = definition.title[words.language]
    groupTitle = definition.group[words.language]
    indicatorAddress = PlanWords.address(definition.id, kept.year, kept.region)
    natureWords = words.messages.text("plan_nature_" + definition.nature.rawValue)
    unit = words.unit(definition.unit)
    value = words.number(figure.value, definition)
    absenceWords = figure.value == nil ? words.absence(figure) : nil
    baseline = asked?.baseline.map(words.plain)
    target = asked.map(words.bound)
    let away = figure.value.flatMap { asked?.deviation(of: $0) }
    deviation = away.map(words.share)
    let stands = kept.levels[definition.id]
    level = stands.map { words.messages.text("plan_level_" + $0.name) }
    levelTone = PlanWords.tone(stands ?? .none)
    isUnconfirmed = definition.certainty != .certain
  }

  /// Binding ones first, then those that are expected, then those that are only watched.
  static func all(_ kept: KeptFigures?, _ words: PlanWords) -> [PlanFigureRow] {
    guard let kept else { return [] }
    return IndicatorDefinition.Nature.allCases.flatMap { nature in
      kept.figures.compactMap { figure in
        guard let own = words.indicators.plan.book.definition(figure.indicator),
          own.nature == nature
        else { return nil }
        return PlanFigureRow(figure, own, kept, words)
      }
    }
  }
}

/// A choice of a form.
struct PlanChoice {
  let choiceValue: String
  let choiceTitle: String
  let isChosen: Bool
}

/// `/plan`: the plan at a glance.
struct PlanView {
  struct Commitment {
    let commitmentTitle: String
    let commitmentPlace: String
    let commitmentQuantity: String?
    let commitmentDay: String?
    let kindWords: String
    let isInferred: Bool
  }

  struct Warning {
    let warningAddress: String
    let warningTitle: String
    let warningRegion: String
    let warningLevel: String
    let warningTone: String
    let warningState: String
    let warningWords: String
  }

  let frame: PageFrame
  let stateWords: String?
  let lockWords: String?
  let rows: [PlanFigureRow]
  let hasRows: Bool
  let warnings: [Warning]
  let hasWarnings: Bool
  let commitments: [Commitment]
  let projectWords: String
  let closureWords: String

  init(
    _ frame: PageFrame, _ words: PlanWords, kept: KeptFigures?, projects: [TrackedProject],
    warnings: [IndicatorWarning]
  ) {
    let messages = words.messages
    self.frame = frame
    stateWords = kept.map {
      messages.text(
        "plan_state",
        [
          "region": words.region($0.region), "year": String($0.year),
          "day": $0.validOn.description, "commit": $0.recorded.description,
        ])
    }
    lockWords = kept?.lock.map { messages.text("plan_locked", ["reason": $0.reason]) }
    rows = PlanFigureRow.all(kept, words).filter { $0.target != nil }
    hasRows = !rows.isEmpty
    let book = words.indicators.plan.book
    self.warnings = warnings.filter { $0.state != .closed }.map { one in
      Warning(
        warningAddress: PlanWords.address(one.indicator, one.year, one.region),
        warningTitle: book.definition(one.indicator)?.title[words.language] ?? one.indicator,
        warningRegion: words.region(one.region),
        warningLevel: messages.text("plan_level_" + one.level.name),
        warningTone: PlanWords.tone(one.level),
        warningState: messages.text("plan_warning_" + one.state.rawValue),
        warningWords: one.words.last ?? "")
    }
    hasWarnings = !self.warnings.isEmpty
    commitments = words.indicators.plan.commitments.map { one in
      Commitment(
        commitmentTitle: one.title[words.language], commitmentPlace: one.place,
        commitmentQuantity: one.quantity.map { $0 + " " + (one.unit.map(words.unit) ?? "") },
        commitmentDay: one.by?.description,
        kindWords: messages.text("plan_kind_" + one.kind.rawValue),
        isInferred: one.kind == .commitment && !one.isStated)
    }
    let sums = BudgetSum.sums(of: projects.map(\.entry)) { _ in "" }
    projectWords = messages.text(
      "plan_projects_words",
      [
        "count": String(projects.count), "pending": String(sums.first?.pending ?? 0),
        "budget": words.money(sums.first?.budget ?? 0) ?? "0",
      ])
    let broken = words.indicators.closures.count(where: \.isBroken)
    closureWords =
      words.indicators.closures.isEmpty
      ? messages.text("plan_closure_waits")
      : messages.text("plan_closure_words", ["broken": String(broken)])
  }
}

/// `/plan/indicators`: every figure of a region and a year.
struct PlanIndicatorsView {
  let frame: PageFrame
  let years: [PlanChoice]
  let regions: [PlanChoice]
  let stateWords: String?
  let lockWords: String?
  let rows: [PlanFigureRow]
  let hasRows: Bool

  init(
    _ frame: PageFrame, _ words: PlanWords, kept: KeptFigures?, years: [Int], year: Int?,
    region: String, of shown: [String]
  ) {
    self.frame = frame
    self.years = years.map {
      PlanChoice(choiceValue: String($0), choiceTitle: String($0), isChosen: $0 == year)
    }
    regions = shown.map {
      PlanChoice(choiceValue: $0, choiceTitle: words.region($0), isChosen: $0 == region)
    }
    stateWords = kept.map {
      words.messages.text(
        "plan_state",
        [
          "region": words.region($0.region), "year": String($0.year),
          "day": $0.validOn.description, "commit": $0.recorded.description,
        ])
    }
    lockWords = kept?.lock.map { words.messages.text("plan_locked", ["reason": $0.reason]) }
    rows = PlanFigureRow.all(kept, words)
    hasRows = !rows.isEmpty
  }
}
