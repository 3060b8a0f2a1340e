import KarezCore
import KarezStore
import KarezWorkflow

/// 申请: what was submitted, kept beside its case.
///
/// - Shape: witnessed; its key is the number of the case, its owner the applicant.
struct Application {
  static let kind = RecordKind.witnessed("application")

  let draft: ApplicationDraft
  let form: ApplicationForm
  let on: LegalDate

  func record(of number: String) -> PlatformRecord {
    PlatformRecord(
      kind: Self.kind, key: number, state: "submitted", owner: draft.applicant,
      body: .object([
        "form": .string(form.id), "formVersion": .string(form.version),
        "answers": .object(draft.answers.mapValues(JSONValue.string)),
        "answer": .optional(draft.answer), "on": .string(on.description),
        // Who acted for whom, and what allowed it.
        "agent": .optional(draft.mandate == nil ? nil : draft.owner),
        "mandate": .optional(draft.mandate),
      ]))
  }
}

/// 申请书: the form as it was filled in, as a text to read and to keep.
struct ApplicationSheet {
  let form: ApplicationForm
  let answers: FormAnswers
  let draft: ApplicationDraft
  let applicant: String
  /// Nil where the applicant acts themselves.
  let agent: String?
  let on: LegalDate

  var text: String {
    var lines = [form.title.zh, ""]
    lines.append("申请人：\(applicant)（账户 \(draft.applicant)）")
    if let agent { lines.append("代办人：\(agent)（账户 \(draft.owner)，委托 \(draft.mandate ?? "")）") }
    lines.append("行政区划：\(draft.region)")
    if !draft.project.isEmpty { lines.append("项目代码：\(draft.project)") }
    for (part, fields) in answers.asked {
      lines += ["", part.title.zh]
      for field in fields {
        guard let text = answers.texts[field.id] else { continue }
        lines.append("  \(field.title.zh)：\(shown(text, of: field))")
      }
    }
    lines += ["", "材料"]
    for (id, material) in draft.materials.sorted(by: { $0.key < $1.key }) {
      lines.append("  \(id)：\(material.name)（SM3 \(material.document.sm3)）")
    }
    if let answer = draft.answer { lines += ["", "合规预审：\(answer)"] }
    lines += ["", "提交日期：\(on)", "申请表：\(form.id) \(form.version)"]
    return lines.joined(separator: "\n") + "\n"
  }

  private func shown(_ text: String, of field: FormField) -> String {
    switch field.kind {
    case .choice: field.options.first { $0.code == text }?.title.zh ?? text
    case .boolean: text == "true" ? "是" : "否"
    case .quantity: text + (field.unit.map { $0 == .one ? "" : " " + $0.title.zh } ?? "")
    case .text, .longText, .date: text
    }
  }
}
