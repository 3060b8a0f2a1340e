import KarezCore
import KarezPacks
import KarezReport
import KarezService

/// A verdict as a chip: a word, a tone, a sign.
struct VerdictChip {
  let verdictWord: String
  let tone: String

  init(_ verdict: Verdict?, _ messages: MessageCatalogue) {
    guard let verdict else {
      verdictWord = messages.text("batch_refused")
      tone = "inform"
      return
    }
    verdictWord = messages.text("verdict_" + verdict.rawValue.replacing("-", with: "_"))
    tone =
      switch verdict {
      case .prohibited: "stop"
      case .needsDetermination: "act"
      case .conforms: "order"
      }
  }
}

/// Purposes to choose from.
struct CheckPurposes {
  struct Choice {
    let code: String
    let label: String
    let isChosen: Bool
  }

  let choices: [Choice]

  init(_ map: OneMap, _ language: Language, chosen: String?) {
    choices = (map.packs.purposes?.rows ?? []).map {
      Choice(code: $0.code, label: $0.name[language], isChosen: $0.code == chosen)
    }
  }
}

/// A saved check as a row of the list.
struct SavedCheckRow {
  let key: String
  let answerID: String
  let savedTitle: String
  let remark: String
  let savedAt: String
  /// Nil where the answer is out of the reader's reach now.
  let chip: VerdictChip?
  let area: String?
  let purpose: String?
  let validOn: String?

  init(
    _ saved: SavedCheck, _ answer: ComplianceAnswer?, _ map: OneMap, _ messages: MessageCatalogue
  ) {
    key = saved.key
    answerID = saved.answer
    savedTitle = saved.title.isEmpty ? String(saved.answer.prefix(8)) : saved.title
    remark = saved.remark
    savedAt = SubmissionWords.minute(saved.savedAt)
    chip = answer.map { VerdictChip($0.verdict, messages) }
    area = answer.map { FigureText.grouped($0.boundary.statutoryArea.text) }
    purpose = answer.map { AnswerWords.purpose(of: $0, map, messages) }
    validOn = answer?.asOf.validOn.description
  }
}

enum AnswerWords {
  static func purpose(
    of answer: ComplianceAnswer, _ map: OneMap, _ messages: MessageCatalogue
  ) -> String {
    guard let code = answer.purpose else { return messages.text("purpose_none") }
    return map.packs.purposes?.row(code, on: answer.asOf.validOn)?.name[messages.language] ?? code
  }
}

/// A batch as a row of the list.
struct BatchEntry {
  let batchAddress: String
  let batchName: String
  let batchTitle: String
  let batchAt: String
  let batchCount: String
  let stateWords: String
  let tone: String

  init(_ batch: CheckBatch, _ messages: MessageCatalogue) {
    batchAddress = "/checks/batch/" + batch.name
    batchName = batch.name
    batchTitle =
      batch.order.title.isEmpty
      ? batch.files.first { !$0.isEmpty } ?? batch.name : batch.order.title
    batchAt = SubmissionWords.minute(batch.createdAt)
    batchCount = messages.text("batch_parcels", count: batch.parcels)
    let state = batch.rows == nil ? batch.job?.state ?? .failed : .done
    stateWords = messages.texts["job_state_" + state.rawValue] ?? state.rawValue
    tone =
      switch state {
      case .queued, .cancelled: "inform"
      case .running: "act"
      case .done: "order"
      case .failed: "stop"
      }
  }
}

/// The page of somebody's own checks.
struct CheckListView {
  let frame: PageFrame
  let saved: [SavedCheckRow]
  let hasSaved: Bool
  let mayCompare: Bool
  let isFirst: Bool
  let nextAddress: String?
  let batches: [BatchEntry]
  let hasBatches: Bool
  let purposes: CheckPurposes
  let today: String
  let limitWords: String
  let uploadLimitMB: Int

  init(
    _ frame: PageFrame, saved: [SavedCheckRow], next: String?, isFirst: Bool,
    batches: [BatchEntry], purposes: CheckPurposes, today: String, limits: WebLimits.Checks,
    _ messages: MessageCatalogue
  ) {
    self.frame = frame
    self.saved = saved
    hasSaved = !saved.isEmpty
    mayCompare = saved.count > 1
    self.isFirst = isFirst
    nextAddress = next.map { "/checks?after=" + Asked.escaped($0) }
    self.batches = batches
    hasBatches = !batches.isEmpty
    self.purposes = purposes
    self.today = today
    uploadLimitMB = Upload.maximumBytes >> 20
    limitWords = messages.text(
      "batch_limits",
      [
        "files": FigureText.count(limits.mostFiles),
        "parcels": FigureText.count(limits.mostParcels), "size": String(Upload.maximumBytes >> 20),
      ])
  }
}
