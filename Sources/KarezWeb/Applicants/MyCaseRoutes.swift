import Foundation
import HTTPTypes
import Hummingbird
import KarezCore
import KarezService
import KarezWorkflow

/// `/my/cases/{number}`: a case as its applicant, or whoever acts for them, sees it and acts in it.
struct MyCaseRoutes: Sendable {
  let portal: Portal

  private var applicants: Applicants { portal.map.applicants }

  func add(to router: Router<WebContext>) {
    router.get("my/cases/{number}", use: page)
    router.post("my/cases/{number}", use: act)
    router.post("my/cases/{number}/documents", use: supplement)
    router.leads(from: "my/cases/{number}/documents", to: "/my/cases/")
    router.get("my/cases/{number}/documents/{document}", use: file)
    router.get("my/cases/{number}/papers/{order}", use: certificate)
  }

  @Sendable
  func page(_ request: Request, context: WebContext) async throws -> Response {
    try await show(try context.parameters.require("number"), nil, request, context)
  }

  /// `code` is shown to whoever has just submitted the application.
  func show(
    _ number: String, _ problem: Problem?, _ request: Request, _ context: WebContext,
    code: String? = nil
  ) async throws -> Response {
    let who = context.visitor.principal
    let own = try await applicants.ownCase(number, for: who)
    let words = ServiceWords(portal, Asked(request).language)
    let view = MyCaseView(
      PageFrame(portal, request, context), own, code: code, problem: problem,
      principal: try await name(of: own.principal), grades: applicants.grades,
      key: UUID().uuidString, today: try portal.map.cases.today,
      readings: own.principal == nil && who.applicant?.isVerified == true
        ? try await applicants.readings(of: number, for: who) : nil, words)
    return .html(
      try portal.render(view, with: "my-case"),
      problem.map { HTTPResponse.Status(code: $0.httpStatus) } ?? .ok)
  }

  private func name(of principal: String?) async throws -> String? {
    guard let principal else { return nil }
    return try await applicants.name(of: principal)
  }

  // MARK: Acting

  @Sendable
  func act(_ request: Request, context: WebContext) async throws -> Response {
    let number = try context.parameters.require("number")
    let form = try await Form(request, by: context.visitor)
    let who = try await applicants.refreshed(context.visitor.principal)
    return try await answering(number, request, context) {
      if let grade = form["grade"] {
        try await applicants.evaluate(number, as: grade, words: form["words"] ?? "", by: who)
      } else {
        try await applicants.make(
          try form.required("step"), in: number, expecting: try Self.expecting(form),
          key: try CaseKey.key(form["key"]), by: who)
      }
    }
  }

  @Sendable
  func supplement(_ request: Request, context: WebContext) async throws -> Response {
    let number = try context.parameters.require("number")
    let upload = try await CaseRoutes.upload(request, to: portal)
    defer { upload.discard() }
    let form = try Form(fields: upload.fields, by: context.visitor)
    guard let file = upload.file else { throw WebError.fileMissing }
    let who = try await applicants.refreshed(context.visitor.principal)
    let attachment = Cases.Attachment(
      document: try form.required("document"), path: file.path, name: file.name)
    return try await answering(number, request, context) {
      try await applicants.supplement(
        attachment, in: number, expecting: try Self.expecting(form),
        key: try CaseKey.key(form["key"]), by: who)
    }
  }

  private func answering(
    _ number: String, _ request: Request, _ context: WebContext,
    _ carryOut: () async throws -> Void
  ) async throws -> Response {
    do {
      try await carryOut()
    } catch let problem as Problem {
      guard !problem.isLost, problem.kind != .notFound else { throw problem }
      return try await show(number, problem, request, context)
    }
    return .to("/my/cases/" + number)
  }

  private static func expecting(_ form: Form) throws(WebError) -> Int {
    guard let version = Int(try form.required("expecting")), version >= 0 else {
      throw .fieldInvalid(name: "expecting")
    }
    return version
  }

  // MARK: Papers

  @Sendable
  func file(_ request: Request, context: WebContext) async throws -> Response {
    let file = try await applicants.file(
      of: try context.parameters.require("document"),
      in: try context.parameters.require("number"), for: context.visitor.principal)
    return try .file(file.place, named: file.name, type: file.document.mediaType)
  }

  @Sendable
  func certificate(_ request: Request, context: WebContext) async throws -> Response {
    guard let order = Int(try context.parameters.require("order")) else {
      throw WebError.notFound
    }
    let paper = try await applicants.certificate(
      order, in: try context.parameters.require("number"), for: context.visitor.principal)
    var response = Response.bytes(paper.bytes, type: "application/pdf")
    response.headers[.contentDisposition] = "attachment; filename=\"\(paper.number).pdf\""
    return response
  }
}

/// The page of a case for whoever applied.
struct MyCaseView {
  struct Step {
    let stepID: String
    let stepTitle: String
    let endsCase: Bool
    let missingWords: String?
  }

  struct Document {
    let documentID: String
    let documentTitle: String
    let fileAddress: String
    /// Why it was refused; nil where it was not.
    let remark: String?
  }

  struct Paper {
    let paperTitle: String
    let fileAddress: String
  }

  /// Somebody who looked.
  struct Look {
    let lookDay: String
    let lookBy: String
    let lookAt: String
    let lookPurpose: String?
  }

  struct Grade {
    let gradeCode: String
    let gradeTitle: String
  }

  let frame: PageFrame
  let numberAsked: String
  let address: String
  let found: TrackView.Found
  let trackingCode: String?
  let problem: String?
  let principalName: String?
  let version: Int
  let key: String
  let steps: [Step]
  let hasSteps: Bool
  let actsTitle: String
  let wanted: [Document]
  let hasWanted: Bool
  let brought: [Document]
  let hasBrought: Bool
  let papers: [Paper]
  let hasPapers: Bool
  let fees: [FeeView]
  let hasFees: Bool
  let mayJudge: Bool
  let grades: [Grade]
  let gradeGiven: String?
  let looks: [Look]
  /// Whether it is the applicant's own to know who looked, and their name is vouched for.
  let mayKnow: Bool
  let hasLooks: Bool

  init(
    _ frame: PageFrame, _ own: Applicants.OwnCase, code: String?, problem: Problem?,
    principal: String?, grades: [CodeTable.Row], key: String, today: LegalDate,
    readings: [Applicants.Reading]?, _ words: ServiceWords
  ) {
    let language = words.language
    let address = "/my/cases/" + own.tracking.number
    self.frame = frame
    self.address = address
    numberAsked = own.tracking.number
    found = TrackView.found(own.tracking, today, words)
    trackingCode = code
    self.problem = problem?.line(in: language)
    principalName = principal
    version = own.version
    self.key = key
    let titles = Dictionary(own.wanted.map { ($0.id, $0.title[language]) }) { first, _ in first }
    steps = own.steps.map { task in
      let missing = task.missing.map { titles[$0] ?? $0 }
      return Step(
        stepID: task.transition, stepTitle: task.title[language],
        endsCase: own.ending.contains(task.transition),
        missingWords: missing.isEmpty ? nil : words.language.listed(missing))
    }
    hasSteps = !steps.isEmpty
    let isAsked = steps.contains { !$0.endsCase }
    actsTitle = words.text(isAsked ? "my_acts" : "my_may")
    func document(_ document: RequiredDocument) -> Document {
      Document(
        documentID: document.id, documentTitle: document.title[language],
        fileAddress: address + "/documents/" + document.id, remark: own.remarks[document.id])
    }
    wanted = own.wanted.map(document)
    hasWanted = !wanted.isEmpty
    brought = own.brought.map(document)
    hasBrought = !brought.isEmpty
    let letters = own.letter.map {
      [Paper(paperTitle: words.text("my_letter"), fileAddress: address + "/documents/" + $0)]
    }
    papers =
      (letters ?? [])
      + own.certificates.map {
        Paper(paperTitle: $0.number, fileAddress: address + "/papers/" + String($0.order))
      }
    hasPapers = !papers.isEmpty
    fees = own.fees.map { FeeView($0.order, $0.form, clause: words.clause, words.messages) }
    hasFees = !fees.isEmpty
    mayJudge = own.mayJudge
    self.grades = grades.map { Grade(gradeCode: $0.code, gradeTitle: $0.name[language]) }
    gradeGiven = own.grade.map { code in
      grades.first { $0.code == code }?.name[language] ?? code
    }
    let documents = Dictionary(
      (own.brought + own.wanted).map { ($0.id, $0.title[language]) }
    ) { first, _ in first }
    looks = (readings ?? []).map { reading in
      Look(
        lookDay: reading.on.description, lookBy: reading.by[language],
        lookAt: reading.among.map { words.text("my_looks_among", ["count": String($0)]) }
          ?? words.language.listed(
            reading.what.map { $0 == "letter" ? words.text("my_letter") : documents[$0] ?? $0 }),
        lookPurpose: reading.purpose)
    }
    mayKnow = readings != nil
    hasLooks = !looks.isEmpty
  }
}
