import KarezCore
import KarezIndicators
import KarezPacks
import KarezReport
import KarezService

/// `/plan/projects`: the list, what it costs by category and county, and how far each has come.
struct PlanProjectsView {
  struct Sum {
    let sumTitle: String
    let sumAddress: String
    let sumCount: String
    let sumPending: String
    let sumBudget: String
  }

  struct Row {
    let number: String
    let projectTitle: String
    let categoryTitle: String
    let regionTitle: String
    let budget: String?
    let fundsWords: String
    let stageWords: String
    let stageTone: String
    let spent: String?
    let reason: String?
    let slip: String?
    let groundAddress: String?
    let groundTitle: String?
  }

  let frame: PageFrame
  let categories: [PlanChoice]
  let regions: [PlanChoice]
  let stages: [PlanChoice]
  let byCategory: [Sum]
  let byRegion: [Sum]
  let rows: [Row]
  let hasRows: Bool
  let totalWords: String
  let chart: String

  init(_ frame: PageFrame, _ words: PlanWords, _ asked: Asked, _ all: [TrackedProject]) {
    self.frame = frame
    let (category, region, stage) = (
      asked.text("category"), asked.text("region"), asked.text("stage")
    )
    func choices(_ codes: [String], _ chosen: String?, _ title: (String) -> String) -> [PlanChoice]
    {
      codes.map { PlanChoice(choiceValue: $0, choiceTitle: title($0), isChosen: $0 == chosen) }
    }
    func table(_ name: String) -> [String] { words.packs.codeTables[name]?.rows.map(\.code) ?? [] }
    categories = choices(table("plan-project-categories"), category) {
      words.code($0, of: "plan-project-categories")
    }
    stages = choices(table("plan-project-stages"), stage) {
      words.code($0, of: "plan-project-stages")
    }
    regions = choices(Set(all.map(\.entry.region)).sorted(), region, words.region)
    let shown = all.filter { project in
      (category ?? project.entry.category) == project.entry.category
        && (region ?? project.entry.region) == project.entry.region
        && (stage ?? project.stage) == project.stage
    }
    rows = shown.map { Self.row($0, words) }
    hasRows = !rows.isEmpty
    let entries = shown.map(\.entry)
    byCategory = BudgetSum.sums(of: entries, by: \.category).map {
      Self.sum($0, words, words.code($0.key, of: "plan-project-categories"), "category")
    }
    byRegion = BudgetSum.sums(of: entries, by: \.region).map {
      Self.sum($0, words, words.region($0.key), "region")
    }
    let whole = BudgetSum.sums(of: entries) { _ in "" }.first
    totalWords = words.messages.text(
      "plan_projects_words",
      [
        "count": String(rows.count), "pending": String(whole?.pending ?? 0),
        "budget": words.money(whole?.budget ?? 0) ?? "0",
      ])
    chart = Self.chart(entries, words).canonicalText
  }

  private static func sum(
    _ sum: BudgetSum, _ words: PlanWords, _ title: String, _ key: String
  ) -> Sum {
    Sum(
      sumTitle: title, sumAddress: "/plan/projects?\(key)=\(Asked.escaped(sum.key))",
      sumCount: String(sum.projects), sumPending: String(sum.pending),
      sumBudget: words.money(sum.budget) ?? "")
  }

  private static func chart(_ entries: [ProjectEntry], _ words: PlanWords) -> JSONValue {
    func bars(_ sums: [BudgetSum], _ key: String, _ title: (String) -> String) -> JSONValue {
      .array(
        sums.map { sum in
          .object([
            "name": .string(title(sum.key)), "value": .number(Double(sum.budget) / 10_000),
            "address": .string("/plan/projects?\(key)=\(Asked.escaped(sum.key))"),
          ])
        })
    }
    return .object([
      "unit": .string(words.messages.text("plan_money_unit")), "decimals": .integer(2),
      "classes": bars(BudgetSum.sums(of: entries, by: \.category), "category") {
        words.code($0, of: "plan-project-categories")
      },
      "regions": bars(BudgetSum.sums(of: entries, by: \.region), "region", words.region),
    ])
  }

  private static func row(_ project: TrackedProject, _ words: PlanWords) -> Row {
    let entry = project.entry
    let tone =
      switch project.stage {
      case "accepted": "order"
      case "delayed", "stopped": "stop"
      default: "inform"
      }
    let ground = project.progress?.footprint
    let parts = ground?.split(separator: "/", maxSplits: 1).map(String.init) ?? []
    return Row(
      number: String(entry.number), projectTitle: entry.title,
      categoryTitle: words.code(entry.category, of: "plan-project-categories"),
      regionTitle: words.region(entry.region), budget: words.money(entry.budget),
      fundsWords: words.language.listed(
        entry.funds.map { words.code($0, of: "plan-fund-sources") }),
      stageWords: words.code(project.stage, of: "plan-project-stages"), stageTone: tone,
      spent: words.money(project.progress?.spent), reason: project.progress?.reason,
      slip: entry.slip,
      groundAddress: parts.count == 2
        ? "/catalogue/\(Asked.escaped(parts[0]))/features/\(Asked.escaped(parts[1]))" : nil,
      groundTitle: ground)
  }
}
