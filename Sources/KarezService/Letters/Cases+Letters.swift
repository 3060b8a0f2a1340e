public import KarezCore
import KarezCrypto
import KarezPacks
import KarezRules
import KarezStore
public import KarezWorkflow

/// 决定书办理: the letter of a case as it is now, and as it came from the template.
public struct CaseLetter: Hashable, Sendable {
  public let number: String
  public let mark: LetterMark
  public let current: LetterText
  public let draft: LetterText
  /// Who wrote it last, and when.
  public let author: String
  /// Whom they stood in for; nil for whoever wrote it in their own name.
  public let authorFor: String?
  public let at: Timestamp

  public var revision: TextRevision { TextRevision(from: draft, to: current) }
}

extension Cases {
  /// The letter for a step, drafted from the template where nobody has drafted it yet.
  ///
  /// - Errors: `Problem` of kind usage where several letters are possible and no step is named.
  public func draft(
    _ number: String, for step: String? = nil, key: String, deputyFor absent: String? = nil,
    by principal: Principal
  ) async throws(Problem) -> CaseLetter {
    guard let known = try await whole(number, for: principal) else { throw Self.noDraft(number) }
    if let mark = known.state.letter, step == nil || step == mark.step {
      return try letter(mark, of: known)
    }
    let workflow = try workflow(of: known.state)
    try await requireWriter(known, workflow, absent, principal)
    let (name, template) = try template(for: step, known.state, workflow.definition)
    let day = max(try now().day, known.state.lastDay)
    let values = CaseValues(
      map: map, workflow: workflow, state: known.state, on: day,
      applicant: try await map.applicants.paperName(of: known.state.opening.applicant))
    var paragraphs = template.paragraphs.map { values.text($0) }
    if !template.conditions.isEmpty { paragraphs.append("附条件：") }
    for (place, condition) in template.conditions.enumerated() {
      paragraphs.append("\(place + 1). \(values.text(condition))")
    }
    let text = LetterText(title: template.title.zh, paragraphs: paragraphs)
    let sm3 = try keepLetter(text)
    return try await write(
      LetterMark(step: name, sm3: sm3, draft: sm3), in: known, key: key, absent, by: principal)
  }

  /// Keeps the letter as somebody edited it; what the draft said stays beside it.
  public func revise(
    _ number: String, to text: LetterText, expecting: Int? = nil, key: String,
    deputyFor absent: String? = nil, by principal: Principal
  ) async throws(Problem) -> CaseLetter {
    let known = try await whole(number, for: principal)
    guard let known, let mark = known.state.letter else { throw Self.noDraft(number) }
    try await requireWriter(known, try workflow(of: known.state), absent, principal)
    let next = LetterMark(step: mark.step, sm3: try keepLetter(text), draft: mark.draft)
    return try await write(
      next, in: known, expecting: expecting, key: key, absent, by: principal)
  }

  /// The letter of a case, as somebody looks at it; the log is told who does.
  public func letter(
    _ number: String, for principal: Principal
  ) async throws(Problem) -> CaseLetter {
    let letter = try await written(number, for: principal)
    try await noteRead(of: ["letter"], in: number, by: principal)
    return letter
  }

  private func written(
    _ number: String, for principal: Principal
  ) async throws(Problem) -> CaseLetter {
    let known = try await whole(number, for: principal)
    guard let known, let mark = known.state.letter else { throw Self.noDraft(number) }
    return try letter(mark, of: known)
  }

  /// The letter as PDF, with the map and a code that tells it from others.
  public func print(
    _ letter: CaseLetter, for principal: Principal
  ) async throws(Problem) -> [UInt8] {
    guard let press = map.press else { throw EffectWork.noPress }
    return try await press.pdf(of: try await sheet(of: letter, for: principal), on: map)
  }

  /// The letter as a .docx, with tracked changes, and with the map where it can be drawn here.
  public func word(
    _ letter: CaseLetter, for principal: Principal
  ) async throws(Problem) -> [UInt8] {
    let sheet = try await sheet(of: letter, for: principal)
    return WordDocument.bytes(
      of: letter.current, since: letter.draft,
      .init(
        author: letter.author + (letter.authorFor.map { "（代\($0)）" } ?? ""), at: letter.at),
      picture: try await map.press?.picture(of: sheet, on: map))
  }

  private func sheet(
    of letter: CaseLetter, for principal: Principal
  ) async throws(Problem) -> CaseSheet {
    let known = try await loaded(letter.number, for: principal)
    return CaseSheet(
      title: letter.current.title, number: letter.number, paragraphs: letter.current.paragraphs,
      boundary: try known.state.boundary.map { mark throws(Problem) in try boundary(mark) },
      code: "karez:letter:\(letter.number):sm3:\(letter.mark.sm3)", day: try now().day)
  }

  /// Signs the letter off: as it is now it becomes the case's document.
  @discardableResult
  public func signOff(
    _ number: String, key: String, deputyFor absent: String? = nil, by principal: Principal
  ) async throws(Problem) -> CaseView {
    try principal.requireInPerson()
    let known = try await loaded(number, for: principal)
    let workflow = try workflow(of: known.state)
    guard let mark = known.state.letter, let form = workflow.definition.letter else {
      throw Self.noDraft(number)
    }
    let held = try await writing(known, workflow, absent, principal)
    guard case .person(let by)? = workflow.definition.transition(mark.step)?.trigger,
      !held.isDisjoint(with: by)
    else {
      throw CaseWording.problem(.wrongRole(needed: form.by), at: number)
    }
    let bytes = try await print(try letter(mark, of: known), for: principal)
    let kept = try keep(bytes, named: "letter.pdf")
    let document = CaseDocument(
      id: form.document, sm3: kept.sm3, bytes: kept.bytes, mediaType: "application/pdf")
    var order = Order(.attach(document), key: key)
    order.expecting = known.state.version
    order.deputyFor = absent
    return try await act(order, in: number, by: principal)
  }

  // MARK: Parts

  /// Refuses whoever does not write letters of the procedure, before a text of theirs is kept.
  private func requireWriter(
    _ known: Loaded, _ workflow: Workflow, _ absent: String?, _ principal: Principal
  ) async throws(Problem) {
    let held = try await writing(known, workflow, absent, principal)
    guard let by = workflow.definition.letter?.by, held.isDisjoint(with: by) else { return }
    throw CaseWording.problem(.wrongRole(needed: by), at: known.state.opening.number)
  }

  /// What somebody writes as: by their own offices, or by those of the absent they name.
  private func writing(
    _ known: Loaded, _ workflow: Workflow, _ absent: String?, _ principal: Principal
  ) async throws(Problem) -> Set<String> {
    guard let absent else { return roles(of: principal) }
    var order = Order(.establish, key: "")
    order.deputyFor = absent
    return try await roles(for: order, in: known, workflow, by: principal)
  }

  private func template(
    for step: String?, _ state: CaseState, _ definition: WorkflowDefinition
  ) throws(Problem) -> (step: String, template: LetterTemplate) {
    let all = definition.letter?.templates ?? [:]
    if let step {
      guard let template = all[step] else {
        throw CaseWording.problem(.letterUnknown(step: step), at: state.opening.number)
      }
      return (step, template)
    }
    let possible = all.keys.sorted().filter {
      definition.transition($0)?.marking(after: state.marking) != nil
    }
    if possible.count == 1, let template = all[possible[0]] { return (possible[0], template) }
    let names = possible.isEmpty ? all.keys.sorted() : possible
    throw Wording(
      "letter-step-needed", "须说明是哪一项决定：\(names.joined(separator: "、"))",
      "say for which decision: \(names.joined(separator: ", "))", do: "加上 --step", "add --step"
    ).problem(.usage, at: state.opening.number)
  }

  private func keepLetter(_ text: LetterText) throws(Problem) -> String {
    try keep(Array(text.json.canonicalText.utf8), named: "letter.json").sm3
  }

  private func write(
    _ mark: LetterMark, in known: Loaded, expecting: Int? = nil, key: String,
    _ absent: String?, by principal: Principal
  ) async throws(Problem) -> CaseLetter {
    var order = Order(.write(mark), key: key)
    order.expecting = expecting ?? known.state.version
    order.deputyFor = absent
    try await act(order, in: known.state.opening.number, by: principal)
    return try await written(known.state.opening.number, for: principal)
  }

  private func letter(_ mark: LetterMark, of known: Loaded) throws(Problem) -> CaseLetter {
    func text(_ sm3: String) throws(Problem) -> LetterText {
      guard let bytes = content(sm3), let json = try? JSONValue(parsing: bytes),
        let text = LetterText(json)
      else { throw .store(.corrupt(what: "letter \(sm3)")) }
      return text
    }
    let last = known.events.last {
      if case .letterWritten = $0.fact { true } else { false }
    }
    return CaseLetter(
      number: known.state.opening.number, mark: mark, current: try text(mark.sm3),
      draft: try text(mark.draft), author: last?.actor ?? "",
      authorFor: last?.deputyFor, at: last?.at ?? known.state.lastAt)
  }

  private static func noDraft(_ number: String) -> Problem {
    Wording(
      "letter-missing", "决定书尚未起草", "the letter was not drafted yet",
      do: "用 karez case draft 起草", "draft it with karez case draft"
    ).problem(.notFound, at: number)
  }
}
