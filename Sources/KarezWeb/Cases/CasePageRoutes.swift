import Foundation
import HTTPTypes
import Hummingbird
import KarezCore
import KarezPacks
import KarezReport
import KarezService
import KarezStore
import KarezWorkflow

/// `/cases/{number}`: the page of a case and what is done on it, and `/cases/new`, which opens one.
struct CasePageRoutes: Sendable {
  let portal: Portal

  private var cases: Cases { portal.map.cases }

  func add(to router: Router<WebContext>) {
    router.get("cases/new", use: newPage)
    router.post("cases", use: open)
    router.get("cases/{number}", use: page)
    router.post("cases/{number}", use: act)
    router.post("cases/{number}/documents", use: attach)
    router.post("cases/{number}/fees/{order}", use: fee)
    router.leads(from: "cases/{number}/documents", to: "/cases/")
    router.leads(from: "cases/{number}/fees/{order}", to: "/cases/")
    router.get("cases/{number}/documents/{document}", use: file)
  }

  @Sendable
  func page(_ request: Request, context: WebContext) async throws -> Response {
    try await show(try context.parameters.require("number"), nil, request, context)
  }

  /// `code` is the one its applicant follows the case by, shown to whoever has just opened it.
  func show(
    _ number: String, _ problem: Problem?, _ request: Request, _ context: WebContext,
    code: String? = nil
  ) async throws -> Response {
    let who = context.visitor.principal
    let view = try await cases.view(number, for: who)
    let words = try await CaseWords(
      portal, Asked(request).language,
      naming: Set([view.opening.applicant] + view.events.map(\.actor)))
    guard let state = try? CaseState(view.events) else {
      throw WebError.notFound
    }
    let definition = try cases.definition(of: view)
    var making = CasePageMaking(
      words: words, definition: definition, state: state, roles: cases.roles(of: who),
      key: UUID().uuidString)
    if !making.mayAct, let absent = view.deputyTasks.first?.absent {
      let shares = try await portal.map.deputies.shares(of: who).filter { $0.absent == absent }
      making = CasePageMaking(
        words: words, definition: definition, state: state,
        roles: shares.reduce(into: []) { $0.formUnion($1.roles) }, key: making.key, hat: absent)
    }
    var answer = CaseAnswerView(view, words.messages)
    answer?.mapSVG = try await map(of: view, words.language, context)
    var shown = CasePageView(
      PageFrame(portal, request, context, at: .desk), view, making, problem: problem,
      answer: answer,
      papers: CaseDoneView(
        view, making, letter: view.letter == nil ? nil : try await cases.letter(number, for: who),
        mayBundle: portal.bundles != nil && view.reading == .whole),
      fees: try await fees(view, making, for: who))
    shown.trackingCode = code
    return .html(
      try portal.render(shown, with: "case"),
      problem.map { HTTPResponse.Status(code: $0.httpStatus) } ?? .ok)
  }

  /// What is owed, with what the reader may do about it in their own name.
  private func fees(
    _ view: CaseView, _ making: CasePageMaking, for who: Principal
  ) async throws -> [FeeView] {
    let payments = portal.map.payments
    var fees: [FeeView] = []
    for order in try await payments.orders(of: view.opening.number, view.effects) {
      let acts =
        making.hat == nil
        ? try await payments.acts(
          on: order, in: making.state, making.definition, as: making.roles, by: who) : []
      fees.append(
        FeeView(
          order, making.definition.fee(order.fee), acts: acts, clause: making.words.clause,
          names: { making.words.names[$0] }, making.words.messages))
    }
    return fees
  }

  /// The map of the case's check; nil where the reader does not reach the answer.
  private func map(
    of view: CaseView, _ language: Language, _ context: WebContext
  ) async throws -> String? {
    let check = view.effects.last { $0.effect.kind == .complianceCheck && $0.result != nil }
    let scope = context.visitor.scope
    guard let id = check?.result?["answer"]?.string,
      let answer = try? await portal.map.answer(id: id, in: scope)
    else { return nil }
    let views = AnswerViews(answer: answer, map: portal.map, language: language)
    return try await views.view(in: scope).mapSVG
  }

  // MARK: Acting

  @Sendable
  func act(_ request: Request, context: WebContext) async throws -> Response {
    let number = try context.parameters.require("number")
    let form = try await Form(request, by: context.visitor)
    let asked = CaseActAsked { form[$0] }
    var order = Cases.Order(try asked.act(), key: try CaseKey.key(form["key"]))
    order.expecting = try Self.expecting(form)
    order.deputyFor = try asked.deputyFor()
    let made = order
    return try await answering(number, request, context) {
      var order = made
      let texts = Self.facts(form)
      if !texts.isEmpty {
        let view = try await cases.view(number, for: context.visitor.principal)
        order.facts = try Cases.facts(texts, of: try cases.definition(of: view))
      }
      try await cases.act(order, in: number, by: context.visitor.principal)
    }
  }

  /// Goes back to the case; what is refused is told on its page, which shows how it stands now.
  private func answering(
    _ number: String, _ request: Request, _ context: WebContext,
    _ carryOut: () async throws -> Void
  ) async throws -> Response {
    do {
      try await carryOut()
    } catch let problem as Problem {
      guard !problem.isLost else { throw problem }
      return try await show(number, problem, request, context)
    }
    return .to("/cases/" + number)
  }

  private static func expecting(_ form: Form) throws(WebError) -> Int {
    guard let version = Int(try form.required("expecting")), version >= 0 else {
      throw .fieldInvalid(name: "expecting")
    }
    return version
  }

  /// `fact:area` with `unit:area`, where the fact has one.
  private static func facts(_ form: Form) -> [String: String] {
    let units = form.texts(beginning: "unit:")
    return form.texts(beginning: "fact:").reduce(into: [:]) { facts, fact in
      facts[fact.key] = fact.value + (units[fact.key].map { " " + $0 } ?? "")
    }
  }

  /// Confirms cash, lets a fee go, or has it paid back.
  @Sendable
  func fee(_ request: Request, context: WebContext) async throws -> Response {
    let number = try context.parameters.require("number")
    let form = try await Form(request, by: context.visitor)
    guard let position = Int(try context.parameters.require("order")) else {
      throw WebError.notFound
    }
    guard let act = Payments.Act(rawValue: try form.required("act")) else {
      throw WebError.fieldInvalid(name: "act")
    }
    return try await answering(number, request, context) {
      try await portal.map.payments.act(
        act, on: position, in: number, note: form["note"] ?? "", by: context.visitor.principal)
    }
  }

  // MARK: Documents

  @Sendable
  func attach(_ request: Request, context: WebContext) async throws -> Response {
    let number = try context.parameters.require("number")
    let upload = try await CaseRoutes.upload(request, to: portal)
    defer { upload.discard() }
    let form = try Form(fields: upload.fields, by: context.visitor)
    guard let file = upload.file else { throw WebError.fileMissing }
    let attachment = Cases.Attachment(
      document: try form.required("document"), path: file.path, name: file.name)
    let (expecting, key) = (try Self.expecting(form), try CaseKey.key(form["key"]))
    return try await answering(number, request, context) {
      try await cases.attach(
        attachment, to: number, expecting: expecting, key: key, deputyFor: form["deputyFor"],
        by: context.visitor.principal)
    }
  }

  @Sendable
  func file(_ request: Request, context: WebContext) async throws -> Response {
    try await CaseRoutes.file(portal, context)
  }

  // MARK: Opening

  @Sendable
  func newPage(_ request: Request, context: WebContext) async throws -> Response {
    let procedure = try Asked(request).code("procedure", allowing: "/")
    let fields = procedure.map { ["procedure": $0] } ?? [:]
    return .html(try await newCase(request, context, nil, fields))
  }

  @Sendable
  func open(_ request: Request, context: WebContext) async throws -> Response {
    let upload = try await CaseRoutes.upload(request, to: portal)
    defer { upload.discard() }
    let form = try Form(fields: upload.fields, by: context.visitor)
    do {
      var order = Cases.OpeningOrder(
        procedure: try form.required("procedure"), region: form["region"] ?? "",
        applicant: form["applicant"] ?? "", key: try CaseKey.key(form["key"]))
      guard !order.applicant.isEmpty, order.applicant.utf8.count <= 128 else {
        throw WebError.fieldInvalid(name: "applicant").response.problem
      }
      order.project = form["project"]
      order.documents = upload.attachments
      let opened = try await cases.openTracked(order, by: context.visitor.principal)
      let number = opened.view.opening.number
      // A code is in no address: it is shown here, once, or not at all.
      guard let code = opened.trackingCode else { return .to("/cases/" + number) }
      return try await show(number, nil, request, context, code: code)
    } catch let problem as Problem {
      guard [.refused, .usage, .conflict, .forbidden].contains(problem.kind) else { throw problem }
      return .html(
        try await newCase(request, context, problem, upload.fields),
        HTTPResponse.Status(code: problem.httpStatus))
    }
  }

  private func newCase(
    _ request: Request, _ context: WebContext, _ problem: Problem?, _ fields: [String: String]
  ) async throws -> String {
    let language = Asked(request).language
    let roles = cases.roles(of: context.visitor.principal)
    let definition = try fields["procedure"].map { id throws(Problem) in
      try cases.procedure(id)
    }
    let view = CaseFormView(
      frame: PageFrame(portal, request, context, at: .desk),
      choices: CaseDeskView.procedures(portal, chosen: definition?.id, language)
        .filter { choice in
          portal.map.packs.procedures.contains {
            $0.id == choice.choiceValue && !roles.isDisjoint(with: $0.opening.by)
          }
        },
      procedure: definition.map { CaseFormView.Procedure($0, language) },
      counties: (portal.map.region?.counties ?? []).map {
        CaseChoice(
          choiceValue: $0.code, choiceTitle: $0.name[language],
          isChosen: $0.code == fields["region"])
      },
      hasCounties: portal.map.region?.counties.isEmpty == false,
      regionAsked: fields["region"] ?? "", applicantAsked: fields["applicant"] ?? "",
      projectAsked: fields["project"] ?? "", key: fields["key"] ?? UUID().uuidString,
      problem: problem?.what[language], problemRemedy: problem?.remedy[language],
      attachmentLimitMB: portal.limits.cases.mostAttachmentBytes >> 20)
    return try portal.render(view, with: "case-new")
  }
}

extension Problem {
  /// Whether there is nothing left to show it on.
  var isLost: Bool {
    [.unavailable, .defect].contains(kind) || code == "case-unknown"
  }
}

/// The form a case is opened with.
struct CaseFormView {
  struct Procedure {
    let procedureID: String
    let procedureTitle: String
    let documents: [Document]

    init(_ definition: WorkflowDefinition, _ language: Language) {
      procedureID = definition.id
      procedureTitle = definition.title[language]
      documents = definition.documents.map {
        Document(
          documentID: $0.id, documentTitle: $0.title[language],
          isNeeded: definition.opening.documents.contains($0.id), isReused: $0.isReused)
      }
    }
  }

  struct Document {
    let documentID: String
    let documentTitle: String
    let isNeeded: Bool
    let isReused: Bool
  }

  let frame: PageFrame
  let choices: [CaseChoice]
  let procedure: Procedure?
  let counties: [CaseChoice]
  let hasCounties: Bool
  let regionAsked: String
  let applicantAsked: String
  let projectAsked: String
  let key: String
  let problem: String?
  let problemRemedy: String?
  let attachmentLimitMB: Int
}
