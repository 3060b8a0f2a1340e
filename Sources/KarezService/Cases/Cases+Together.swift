public import Foundation
public import KarezCore
import KarezPacks
public import KarezRules
public import KarezWorkflow

extension Cases {
  /// A case that somebody chose, and how many events they had seen of it.
  public struct Chosen: Hashable, Sendable {
    public let number: String
    public let version: Int

    public init(number: String, version: Int) {
      self.number = number
      self.version = version
    }
  }

  /// What became of one of several cases.
  public struct Outcome: Hashable, Sendable {
    public let number: String
    /// Nil where the step was made.
    public let problem: Problem?
  }

  /// Makes one step in several cases, each for itself: what is refused in one hinders no other.
  public func make(
    _ step: String, inEach chosen: [Chosen], key: String, by principal: Principal
  ) async -> [Outcome] {
    var outcomes: [Outcome] = []
    for one in chosen {
      var order = Order(.make(transition: step), key: key + "/" + one.number)
      order.expecting = one.version
      do throws(Problem) {
        try await act(order, in: one.number, by: principal)
        outcomes.append(Outcome(number: one.number, problem: nil))
      } catch {
        outcomes.append(Outcome(number: one.number, problem: error))
      }
    }
    return outcomes
  }

  // MARK: What is known of a case besides

  /// The version of its procedure that a case stands under.
  public func definition(of view: CaseView) throws(Problem) -> WorkflowDefinition {
    let definition = map.packs.procedure(
      view.opening.procedure, version: view.procedureVersion)
    guard let definition else { throw Self.procedureUnknown(view.opening.procedure) }
    return definition
  }

  /// Facts as forms and programs bring them: `true`, `false`, a text, `35 ha`.
  ///
  /// - Errors: `case-fact-unknown` and `case-fact-of-wrong-kind`.
  public static func facts(
    _ texts: [String: String], of definition: WorkflowDefinition
  ) throws(Problem) -> [FactID: FactValue] {
    var facts: [FactID: FactValue] = [:]
    for (name, text) in texts.sorted(by: { $0.key < $1.key }) {
      guard let declared = definition.facts.first(where: { $0.id.text == name }) else {
        throw CaseWording.problem(.factUnknown(name), at: definition.id)
      }
      let value: FactValue? =
        switch declared.kind {
        case .boolean: ["true": true, "false": false][text].map { .boolean($0) }
        case .text: .text(text)
        case .area, .money: Quantity(text).map { .quantity($0) }
        }
      guard let value, declared.admits(value) else {
        throw CaseWording.problem(.factOfWrongKind(name), at: definition.id)
      }
      facts[declared.id] = value
    }
    return facts
  }

  // MARK: Files

  /// A file of a case, to be taken away.
  public struct File: Hashable, Sendable {
    public let place: URL
    public let name: String
    public let document: CaseDocument
  }

  /// The file that stands for one of a case's documents now; the log is told who takes it.
  public func file(
    of document: String, in number: String, for principal: Principal
  ) async throws(Problem) -> File {
    let known = try await whole(number, for: principal)
    guard let held = known?.state.documents[document]?.document else {
      throw CaseWording.problem(.documentUnknown(document), at: number)
    }
    try await noteRead(of: [document], in: number, by: principal)
    let folder = map.data.appending(path: "case-files").appending(path: held.sm3)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    guard let name = names.sorted().first(where: { $0.hasPrefix("source") }) else {
      throw Self.fileLost(document)
    }
    return File(
      place: folder.appending(path: name),
      name: "\(number)-\(document)" + name.dropFirst("source".count), document: held)
  }

  /// A certificate that a step ordered, by the order's place in the case.
  ///
  /// - Errors: notFound where there is none, or papers of the case are not for who asks.
  public func certificate(
    _ order: Int, in number: String, for principal: Principal
  ) async throws(Problem) -> (number: String, bytes: [UInt8]) {
    let run = try await whole(number, for: principal)?.state.effectRuns.first {
      $0.position == order && $0.effect.kind == .certificate
    }
    guard let name = run?.result?["number"]?.string, let sm3 = run?.result?["sm3"]?.string,
      let bytes = content(sm3)
    else { throw CaseWording.problem(.effectUnknown(order), at: number) }
    try await noteRead(of: [name], in: number, by: principal)
    return (name, bytes)
  }

  static func fileLost(_ document: String) -> Problem {
    Wording(
      "attachment-lost", "文件不在存放处", "the file is not where it was kept",
      do: "请系统管理员从备份恢复", "ask the operator to restore it from a backup"
    ).problem(.unavailable, at: document)
  }

  static func cursorWrong(_ text: String) -> Problem {
    Wording(
      "cursor-wrong", "翻页位置无法识别", "the place in the list is not understood",
      do: "从第一页重新打开", "begin with the first page"
    ).problem(.usage, at: String(text.prefix(64)))
  }
}

extension WorkflowDefinition {
  /// Every role that has something to do in a case; nobody else adds to one.
  public var roles: Set<String> {
    var roles = Set(opening.by + pauses.flatMap(\.by))
    for transition in transitions {
      if case .person(let by) = transition.trigger { roles.formUnion(by) }
    }
    for form in forms {
      if case .fee(let fee) = form.act { roles.formUnion(fee.collectedBy + fee.waivedBy) }
    }
    return roles
  }
}
