import HTTPTypes
import Hummingbird
import KarezCore
import KarezPacks
import KarezReport
import KarezService

/// What waits for a second person, and what became of it.
struct ProposalRoutes: Sendable {
  let portal: Portal

  func add(to router: Router<WebContext>) {
    router.get("proposals", use: page)
    router.leads(
      from: ["approve", "refuse", "withdraw"].map { "proposals/" + $0 }, to: "/proposals")
    router.post("proposals/approve", use: approve)
    router.post("proposals/refuse", use: refuse)
    router.post("proposals/withdraw", use: withdraw)
    router.get("api/v1/proposals", use: list)
  }

  private var twoPersons: TwoPersons { portal.map.twoPersons }

  @Sendable
  func page(_ request: Request, context: WebContext) async throws -> Response {
    .html(try await render(request, context, problem: nil))
  }

  @Sendable
  func list(_ request: Request, context: WebContext) async throws -> Response {
    .json(.array(try await twoPersons.all(for: context.visitor.principal).map(\.json)))
  }

  @Sendable
  func approve(_ request: Request, context: WebContext) async throws -> Response {
    try await acting(request, context) { form throws(Problem) in
      _ = try await twoPersons.approve(
        form["proposal"] ?? "", because: form["reason"] ?? "", by: context.visitor.principal)
    }
  }

  @Sendable
  func refuse(_ request: Request, context: WebContext) async throws -> Response {
    try await acting(request, context) { form throws(Problem) in
      _ = try await twoPersons.refuse(
        form["proposal"] ?? "", because: form["reason"] ?? "", by: context.visitor.principal)
    }
  }

  @Sendable
  func withdraw(_ request: Request, context: WebContext) async throws -> Response {
    try await acting(request, context) { form throws(Problem) in
      _ = try await twoPersons.withdraw(
        form["proposal"] ?? "", by: context.visitor.principal)
    }
  }

  private func acting(
    _ request: Request, _ context: WebContext, _ act: (Form) async throws(Problem) -> Void
  ) async throws -> Response {
    let form = try await Form(request, by: context.visitor)
    let refused: Problem
    do throws(Problem) {
      try await act(form)
      return .to("/proposals")
    } catch {
      refused = error
    }
    guard refused.kind != .unavailable, refused.kind != .defect else { throw refused }
    return .html(
      try await render(request, context, problem: refused),
      HTTPResponse.Status(code: refused.httpStatus))
  }

  private func render(
    _ request: Request, _ context: WebContext, problem: Problem?
  ) async throws -> String {
    let messages = portal.catalogues[Asked(request).language]
    let principal = context.visitor.principal
    let names = try await PersonNames(portal, messages)
    let waiting = try await twoPersons.waiting(for: principal)
    let decided = try await twoPersons.all(for: principal, limit: 100)
      .filter { found in !waiting.contains { $0.id == found.id } }
    let rows = (waiting + decided).map {
      ProposalRow($0, twoPersons, for: principal, names, messages)
    }
    let view = ProposalsView(
      frame: PageFrame(portal, request, context, at: .administration),
      waiting: Array(rows.prefix(waiting.count)), decided: Array(rows.dropFirst(waiting.count)),
      problem: problem?.line(in: messages.language),
      managesAccounts: principal.may(.manageAccounts),
      seesExchange: Exchange.isOpen(to: principal))
    return try portal.render(view, with: "proposals")
  }
}

struct ProposalsView {
  let frame: PageFrame
  let waiting: [ProposalRow]
  let decided: [ProposalRow]
  let problem: String?
  let managesAccounts: Bool
  let seesExchange: Bool
  let hasWaiting: Bool
  let hasDecided: Bool

  init(
    frame: PageFrame, waiting: [ProposalRow], decided: [ProposalRow], problem: String?,
    managesAccounts: Bool, seesExchange: Bool
  ) {
    self.frame = frame
    self.waiting = waiting
    self.decided = decided
    self.problem = problem
    self.managesAccounts = managesAccounts
    self.seesExchange = seesExchange
    hasWaiting = !waiting.isEmpty
    hasDecided = !decided.isEmpty
  }
}

struct ProposalRow {
  let proposalID: String
  let actTitle: String
  let actCertainty: String
  let proposalWords: String
  let reason: String
  let proposerWords: String
  let stateWords: String
  let tone: String
  let decisionWords: String?
  let mayDecide: Bool
  let mayWithdraw: Bool
  /// Why the reader cannot decide what waits.
  let waitWords: String?

  init(
    _ proposal: Proposal, _ twoPersons: TwoPersons, for principal: Principal,
    _ names: PersonNames, _ messages: MessageCatalogue
  ) {
    let language = messages.language
    let act = twoPersons.acts[proposal.act]
    let refusal = twoPersons.refusal(of: principal, on: proposal)
    let isOpen = proposal.state == .proposed
    proposalID = proposal.id
    actTitle = act?.title[language] ?? proposal.act.rawValue
    actCertainty = act.map { messages.text("certainty_" + $0.certainty.rawValue) } ?? ""
    proposalWords = twoPersons.words(proposal)[language]
    reason = proposal.reason
    proposerWords = messages.text(
      "proposal_by",
      [
        "name": names[proposal.proposer], "time": SubmissionWords.minute(proposal.proposedAt),
        "until": SubmissionWords.minute(proposal.due),
      ])
    stateWords = messages.text("proposal_state_" + proposal.state.rawValue)
    tone =
      ["proposed": "act", "refused": "stop", "withdrawn": "inform"][proposal.state.rawValue]
      ?? "order"
    decisionWords = proposal.decision.map { decision in
      messages.text(
        "proposal_decided",
        [
          "name": names[decision.by], "time": SubmissionWords.minute(decision.at),
          "reason": decision.reason,
        ])
    }
    mayDecide = refusal == nil
    mayWithdraw = isOpen && proposal.proposer == principal.actor.id
    waitWords = isOpen ? refusal?.line(in: language) : nil
  }
}
