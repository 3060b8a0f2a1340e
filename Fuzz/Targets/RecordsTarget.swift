import KarezAccounts
import KarezCore

@testable import KarezService
@testable import KarezStore
@testable import KarezWorkflow

/// What stands in columns of JSON: answers, accounts, jobs, submissions, scopes.
enum RecordsTarget: FuzzTarget {
  static let name = "records"

  static func feed(_ bytes: [UInt8]) {
    guard let text = text(bytes), let json = try? JSONValue(parsing: text) else { return }
    store(json, text)
    if let answer = try? ComplianceAnswer(json: json) {
      hold((try? ComplianceAnswer(json: answer.json)) != nil, "an answer we write is read")
    }
    _ = try? SealedRequest(json: json)
    _ = Factors(json)
    _ = AccountKey(json)
    _ = Job.Progress(json)
    _ = ExportOrder(json, path: "out")
    _ = DiffOrder(json)
    _ = PatchChange(json)
    _ = StatisticsOrder(json)
    _ = ReleaseOrder(json)
    _ = StatisticsArea(json)
    _ = BatchParcel(json)
    _ = BatchRow(json)
    _ = LocalizedText(kept: json)
    if let table = StatisticsTable(json) {
      hold(StatisticsTable(table.json)?.total == table.total, "statistics we write are read")
    }
    _ = AreaLedger.Line(json)
    if let kept = KeptFigures(json) {
      hold(KeptFigures(kept.json) == kept, "figures we write are read")
    }
    if let value = SeriesValue(json) {
      hold(SeriesValue(value.json) == value, "a value we write is read")
    }
    if let progress = PlanProjectProgress(json) {
      hold(PlanProjectProgress(progress.json) == progress, "progress we write is read")
    }
    _ = IncrementPackage.State(json)
    _ = Rival(json)
    _ = Submission.Source(json)
    _ = Submission.Verdict(json)
    _ = CommitReceipt(json)
    _ = Proposal.Decision(json)
    _ = ExchangePartner(subject: json)
    _ = LabelOrder(json)
    if let letter = LetterText(json) {
      hold(LetterText(letter.json) == letter, "a letter we write is read")
    }
    if let event = CaseEvent(json) {
      hold(CaseEvent(event.json) == event, "an event we write is read")
      _ = try? CaseState([event])
    }
    applications(json)
    if let act = DeputyAct(json) {
      hold(DeputyAct(act.json) == act, "an act of a deputy we write is read")
    }
    ledger(json)
  }

  private static func applications(_ json: JSONValue) {
    if let applicant = Applicant(json) {
      hold(Applicant(applicant.json) == applicant, "an applicant we write is read")
    }
    if let material = ApplicationDraft.Material(json) {
      let again = ApplicationDraft.Material(material.json)
      hold(again?.document == material.document, "a material we write is read")
    }
    _ = RealNameAnswer(parsing: Array(json.canonicalText.utf8))
    if let note = PaymentNote(json) {
      hold(PaymentNote(note.json) == note, "a note of a payment we write is read")
    }
    if let payment = PaymentOrder.Payment(json) {
      hold(PaymentOrder.Payment(payment.json) == payment, "a payment we write is read")
    }
    _ = PaymentOrder.Decision(json)
  }

  private static func ledger(_ json: JSONValue) {
    if let transaction = LedgerTransaction(json) {
      hold(LedgerTransaction(transaction.json) == transaction, "a transaction we write is read")
    }
    if let chart {
      if let orders = try? LedgerOrderReader(chart).orders(json) {
        hold(orders.count == json.array?.count, "an order for each that was sent")
      }
    }
  }

  private static let chart: ChartOfAccounts? = {
    let text = LocalizedText(zh: "试验", en: "test")
    return Measure(.squareMetre, decimals: 2).flatMap { measure in
      try? ChartOfAccounts(
        kinds: [
          AccountKind(
            id: "quota", title: text, measure: measure, mayBeNegative: true, parts: [],
            carry: .stays, source: text)
        ], rules: [])
    }
  }()

  private static func store(_ json: JSONValue, _ text: String) {
    if let scope = try? Scope(parsing: text) {
      hold((try? Scope(parsing: scope.json.canonicalText)) == scope, "a scope we write is read")
    }
    if let value = AttributeValue(typedJSON: json) {
      hold(value.typedJSON.flatMap { AttributeValue(typedJSON: $0) } == value, "a value")
    }
    if let attributes = try? OpenAttributes.attributes(parsing: text) {
      hold(attributes.isEmpty == (OpenAttributes.text(of: attributes) == nil), "attributes")
    }
    _ = try? StateExtract(json: json)
    if let schema = try? SchemaJSON.schema(parsing: text) { _ = KeptDifference(json, of: schema) }
  }
}
