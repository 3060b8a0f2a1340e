import Foundation
public import KarezCore
import KarezPacks
import KarezStore
public import KarezWorkflow

extension Applicants {
  /// 提交结果: what came of submitting a draft.
  public enum Submitted: Sendable {
    /// Nothing happened; every fault there is.
    case refused([FormFault])
    /// The number of the case, and the code it is followed by, given this once.
    case opened(number: String, trackingCode: String?)
  }

  /// Submits a draft: its form becomes a document, its materials go in, and a case is opened.
  ///
  /// All of it is one step; asked for twice, one case is opened.
  public func submit(
    _ id: String, expecting version: Int, by principal: Principal
  ) async throws(Problem) -> Submitted {
    if let number = try await submitted(id, by: principal) {
      return .opened(number: number, trackingCode: nil)
    }
    let draft = try await draft(id, for: principal)
    guard draft.version == version, let record = draft.record else {
      throw Self.draftChanged(draft.version)
    }
    let faults = try faults(of: draft, isWhole: true)
    guard faults.isEmpty else { return .refused(faults) }
    try requireVerified(principal)
    guard try await accounts.account(draft.applicant).applicant?.isVerified == true else {
      throw Self.unverified
    }
    let (form, definition) = try form(of: draft.procedure)
    let moment = try map.cases.now()
    let answers = FormAnswers(draft.answers, of: form, on: moment.day)
    var documents = draft.materials.sorted { $0.key < $1.key }.map(\.value.document)
    let sheet = ApplicationSheet(
      form: form, answers: answers, draft: draft, applicant: try await name(of: draft.applicant),
      agent: draft.mandate == nil ? nil : principal.name, on: moment.day)
    for material in form.materials where material.isForm {
      documents.insert(try written(sheet, as: material.document), at: 0)
    }
    let application = Application(draft: draft, form: form, on: moment.day)
    let code = TrackingCode.fresh()
    var start = Cases.Start(
      region: draft.region, project: draft.project.isEmpty ? nil : draft.project,
      applicant: draft.applicant, documents: documents, facts: answers.facts,
      key: Self.key(of: id), code: code)
    start.more = { number in [.write(application.record(of: number)), .remove(record)] }
    let number = try await map.cases.open(
      try map.cases.workflow(definition), start, as: [Cases.applicantRole], moment,
      by: principal.inOwnCase)
    return .opened(number: number, trackingCode: code.text)
  }

  private static func key(of draft: String) -> String { "application/" + draft }

  /// The case a draft became; nil where it is none yet, or not this account's to know.
  private func submitted(
    _ id: String, by principal: Principal
  ) async throws(Problem) -> String? {
    _ = try require(principal)
    let known = try await map.asked { store throws(StoreError) in
      try await store.record(Cases.openingKind, Self.key(of: String(id.prefix(64))))
    }
    guard let number = known?.body["number"]?.string else { return nil }
    return try? await owned(number, for: principal).known.state.opening.number
  }

  private func written(
    _ sheet: ApplicationSheet, as document: String
  ) throws(Problem) -> CaseDocument {
    let kept = try map.cases.keep(Array(sheet.text.utf8), named: "application.txt")
    return CaseDocument(
      id: document, sm3: kept.sm3, bytes: kept.bytes, mediaType: "text/plain")
  }
}
