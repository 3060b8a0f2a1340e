import Foundation
import HTTPTypes
import Hummingbird
import KarezCore
import KarezPacks
import KarezReport
import KarezService
import KarezStore
import KarezWorkflow

/// `/cases`: the officers' desk, steps made in several cases at once, and the supervision.
struct CaseDeskRoutes: Sendable {
  static let rowsOnPage = 25

  let portal: Portal

  private var cases: Cases { portal.map.cases }

  func add(to router: Router<WebContext>) {
    router.get("cases", use: page)
    router.post("cases/together", use: together)
    router.get("cases/supervision", use: supervision)
  }

  @Sendable
  func page(_ request: Request, context: WebContext) async throws -> Response {
    let asked = Asked(request)
    let who = context.visitor.principal
    // Whoever has nothing to do in cases looks at those of all.
    let roles = cases.roles(of: who)
    let filter = try Cases.Filter(asked, standard: roles.isEmpty ? .open : .mine)
    let found = try await cases.page(
      filter, after: asked.text("after"), limit: Self.rowsOnPage, for: who)
    var counted = filter
    (counted.stage, counted.clock, counted.isLate) = (nil, nil, false)
    let counts = try await cases.counts(counted, of: CaseDeskView.lists, for: who)
    let words = try await CaseWords(portal, asked.language)
    let view = CaseDeskView(
      PageFrame(portal, request, context, at: .desk), portal, asked,
      CaseDeskView.Found(
        filter: filter, counts: counts, views: await views(of: found.heads, for: who),
        next: found.next, mayOpen: mayOpen(roles)), words)
    return .html(try portal.render(view, with: "cases"))
  }

  private func mayOpen(_ roles: Set<String>) -> Bool {
    portal.map.packs.procedures.contains { !roles.isDisjoint(with: $0.opening.by) }
  }

  /// Cases of a page with their clocks; one whose procedure is no longer there is left to its own
  /// page, which says so.
  private func views(of heads: [CaseHead], for who: Principal) async -> [CaseView] {
    var views: [CaseView] = []
    let shares = (try? await portal.map.deputies.shares(of: who)) ?? []
    for head in heads {
      let number = head.stored.number
      if let view = try? await cases.view(number, shares: shares, for: who) { views.append(view) }
    }
    return views
  }

  // MARK: Several at once

  /// Asks first what would come of it; made only once that was seen.
  @Sendable
  func together(_ request: Request, context: WebContext) async throws -> Response {
    let form = try await Form(request, by: context.visitor)
    let parts = try form.required("step").split(separator: " ").map(String.init)
    let chosen = form.texts(beginning: "case:").sorted { $0.key < $1.key }
    guard parts.count == 2, chosen.count <= portal.limits.cases.mostTogether else {
      throw WebError.fieldInvalid(name: parts.count == 2 ? "case" : "step")
    }
    let orders = try chosen.map { number, version throws(WebError) in
      guard let version = Int(version) else { throw .fieldInvalid(name: "case") }
      return Cases.Chosen(number: number, version: version)
    }
    let words = try await CaseWords(portal, Asked(request).language)
    let definition = try cases.procedure(parts[0])
    guard let step = definition.transition(parts[1]) else { throw WebError.notFound }
    let title = definition.title[words.language] + " · " + step.title[words.language]
    let who = context.visitor.principal
    let isDone = form["confirmed"] == "true"
    let key = try CaseKey.key(form["key"])
    let rows: [CasesTogetherView.Row]
    if isDone {
      rows = outcomes(await cases.make(parts[1], inEach: orders, key: key, by: who), words)
    } else {
      rows = await prospects(orders, parts[0], parts[1], words, for: who)
    }
    let possible = rows.count { $0.isPossible }
    let view = CasesTogetherView(
      frame: PageFrame(portal, request, context, at: .desk), stepTitle: title,
      step: parts.joined(separator: " "), key: key, rows: rows,
      leadWords: words.messages.text(
        isDone ? "cases_together_done" : "cases_together_ask",
        ["count": String(possible), "all": String(rows.count)]),
      isDone: isDone, mayGo: !isDone && possible > 0,
      goWords: words.messages.text("cases_together_go", count: possible))
    return .html(try portal.render(view, with: "cases-together"))
  }

  private func prospects(
    _ orders: [Cases.Chosen], _ procedure: String, _ step: String, _ words: CaseWords,
    for who: Principal
  ) async -> [CasesTogetherView.Row] {
    var rows: [CasesTogetherView.Row] = []
    for order in orders {
      let view = try? await cases.view(order.number, for: who)
      let task = view?.tasks.first { $0.transition == step }
      let isOther = view?.opening.procedure != procedure
      let reason: String? =
        if view == nil || isOther || task == nil {
          "cases_together_not_here"
        } else if view?
          .version != order.version
        { "cases_together_stale" } else if task?.missing.isEmpty == false {
          "cases_together_missing"
        } else { nil }
      rows.append(
        CasesTogetherView.Row(
          caseNumber: order.number, caseAddress: "/cases/" + order.number,
          caseVersion: order.version, rowTitle: view?.title[words.language] ?? "",
          tone: reason == nil ? "order" : "act",
          rowWords: words.messages.text(reason ?? "cases_together_ready"), remedy: nil,
          isPossible: reason == nil))
    }
    return rows
  }

  private func outcomes(
    _ outcomes: [Cases.Outcome], _ words: CaseWords
  ) -> [CasesTogetherView.Row] {
    outcomes.map { outcome in
      CasesTogetherView.Row(
        caseNumber: outcome.number, caseAddress: "/cases/" + outcome.number, caseVersion: 0,
        rowTitle: "", tone: outcome.problem == nil ? "order" : "stop",
        rowWords: outcome.problem?.what[words.language]
          ?? words.messages.text("cases_together_made"),
        remedy: outcome.problem?.remedy[words.language], isPossible: outcome.problem == nil)
    }
  }

  // MARK: Supervision

  @Sendable
  func supervision(_ request: Request, context: WebContext) async throws -> Response {
    let asked = Asked(request)
    let procedure = try asked.code("procedure", allowing: "/")
    let region = try asked.code("region")
    let figures = try await cases.supervision(
      procedure: procedure, region: region, for: context.visitor.principal)
    let words = try await CaseWords(portal, asked.language)
    var view = CaseSupervisionView(
      PageFrame(portal, request, context, at: .desk), portal, figures,
      asked: (procedure, region), words)
    let acts = try await portal.map.deputies.acts(
      limit: Self.rowsOnPage, for: context.visitor.principal)
    view.acts = DeputiesView.acts(acts, portal, words)
    view.hasActs = !acts.isEmpty
    return .html(try portal.render(view, with: "case-supervision"))
  }
}
