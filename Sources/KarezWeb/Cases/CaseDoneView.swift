import KarezCore
import KarezReport
import KarezRules
import KarezService
import KarezWorkflow

/// What steps of a case set going, and what came of it.
struct CaseDoneView {
  struct Effect {
    let effectOrder: Int
    let effectTitle: String
    let effectState: String
    let tone: String
    /// Where what it made can be looked at.
    let effectAddress: String?
    let effectResult: String?
    let why: String?
    let remedy: String?
    let mayRetry: Bool
  }

  struct Piece {
    let pieceText: String
    let isRemoved: Bool
    let isAdded: Bool
  }

  struct Paragraph {
    let pieces: [Piece]
  }

  struct Letter {
    let letterText: String
    let paragraphs: [Paragraph]
    let isEdited: Bool
    let stepTitle: String
    let isSigned: Bool
  }

  struct Draftable {
    let stepID: String
    let stepTitle: String
  }

  let effects: [Effect]
  let hasEffects: Bool
  let letter: Letter?
  let draftable: [Draftable]
  let hasPapers: Bool
  let mayBundle: Bool

  init(_ view: CaseView, _ making: CasePageMaking, letter: CaseLetter?, mayBundle: Bool) {
    let definition = making.definition
    let language = making.words.language
    effects = view.effects.map { Self.effect($0, view, making) }
    hasEffects = !effects.isEmpty
    self.letter = letter.map { letter in
      let document = definition.letter.flatMap { making.state.documents[$0.document]?.document }
      return Letter(
        letterText: letter.current.plain,
        paragraphs: ([letter.revision.title] + letter.revision.paragraphs).map(Self.paragraph),
        isEdited: !letter.revision.isNone,
        stepTitle: definition.transition(letter.mark.step)?.title[language] ?? letter.mark.step,
        isSigned: document != nil)
    }
    let possible = definition.letter?.templates.keys.sorted() ?? []
    draftable =
      making.mayAct && !view.isOver
      ? possible.compactMap { id in
        guard id != letter?.mark.step, let step = definition.transition(id),
          step.marking(after: making.state.marking) != nil
        else { return nil }
        return Draftable(stepID: id, stepTitle: step.title[language])
      } : []
    hasPapers = self.letter != nil || !draftable.isEmpty
    self.mayBundle = mayBundle
  }

  private static func paragraph(_ paragraph: TextRevision.Paragraph) -> Paragraph {
    Paragraph(
      pieces: paragraph.pieces.map {
        Piece(
          pieceText: $0.text, isRemoved: $0.change == .removed, isAdded: $0.change == .added)
      })
  }

  private static func effect(
    _ run: EffectRun, _ view: CaseView, _ making: CasePageMaking
  ) -> Effect {
    let messages = making.words.messages
    let language = making.words.language
    let (state, tone) =
      switch run.standing {
      case .waiting: ("waiting", "act")
      case .done: ("done", "order")
      case .refused: ("refused", "stop")
      }
    let key = "case_effect_" + run.effect.kind.rawValue.replacing("-", with: "_")
    var result = run.result.flatMap { Self.outcome($0) }
    if run.effect.kind == .certificate, let number = run.result?["number"]?.string {
      result = (number, "/cases/\(view.opening.number)/papers/\(run.position)")
    }
    return Effect(
      effectOrder: run.position, effectTitle: messages.text(key),
      effectState: messages.text("case_done_" + state), tone: tone,
      effectAddress: result?.address, effectResult: result?.words,
      why: run.refusal?.what[language], remedy: run.refusal?.remedy[language],
      mayRetry: run.refusal != nil && making.mayAct && !view.isOver)
  }

  /// What an effect made: its name, and the page it is looked at on.
  private static func outcome(_ result: JSONValue) -> (words: String, address: String?)? {
    if let answer = result["answer"]?.string { return (answer, "/answers/" + answer) }
    if let dataset = result["dataset"]?.string, let id = result["id"]?.string {
      return (id, "/catalogue/\(dataset)/features/\(Asked.escaped(id))")
    }
    if let number = result["transaction"]?.string {
      return (number, "/ledger/transactions/" + Asked.escaped(number))
    }
    if let number = result["case"]?.string { return (number, "/cases/" + Asked.escaped(number)) }
    return nil
  }
}

extension CaseAnswerView {
  /// Nil for a case whose boundary was not checked yet.
  init?(_ view: CaseView, _ messages: MessageCatalogue) {
    let checks = view.effects.filter { $0.effect.kind == .complianceCheck }
    guard let run = checks.last, let result = run.result, let id = result["answer"]?.string,
      let verdict = result["verdict"]?.string.flatMap(Verdict.init)
    else { return nil }
    answerAddress = "/answers/" + id
    chip = VerdictChip(verdict, messages)
    area = view.boundary.map { FigureText.grouped($0.areaM2) } ?? ""
    checkedOn = run.on.description
  }
}
