import KarezCore
import KarezReport
import KarezService
import KarezWorkflow

/// A fee of a case: what is owed, by which article, what became of it, and the receipt.
struct FeeView {
  struct Line {
    let lineTitle: String
    let lineValue: String
  }

  struct Act {
    let actCode: String
    let actTitle: String
    let noteTitle: String
  }

  let feePosition: Int
  let feeTitle: String
  let feeNumber: String
  let feeAmount: String
  let feeState: String
  let tone: String
  let feeClause: String
  /// The amount rests on what nobody has confirmed yet.
  let isUnconfirmed: Bool
  let isOwed: Bool
  let feeWhy: String?
  let receipt: [Line]
  let hasReceipt: Bool
  let acts: [Act]

  /// `clause` writes articles as people write them; `names` says who took the cash, where the
  /// reader may know.
  init(
    _ order: PaymentOrder, _ form: FeeForm?, acts: [Payments.Act] = [],
    clause: ([Citation]) -> String, names: ((String) -> String)? = nil,
    _ messages: MessageCatalogue
  ) {
    func text(_ key: String) -> String { messages.text(key) }
    let language = messages.language
    feePosition = order.position
    feeTitle = order.title[language]
    feeNumber = order.number
    let amount = messages.text("fee_yuan", ["amount": FigureText.grouped(order.amountYuan)])
    feeAmount = amount
    feeState = text("fee_state_" + order.state.rawValue)
    tone =
      switch order.state {
      case .due: "act"
      case .paid: "order"
      case .waived, .refunding, .refunded: "inform"
      }
    feeClause = clause(form?.citations ?? [])
    isUnconfirmed = form?.certainty == .unconfirmed
    isOwed = order.state == .due
    feeWhy = order.refund?.reason ?? order.waiver.map { $0.reason == "0.00" ? "" : $0.reason }
    receipt =
      order.payment.map { payment in
        [
          Line(lineTitle: text("fee_number"), lineValue: order.number),
          Line(lineTitle: text("fee_amount"), lineValue: amount),
          Line(lineTitle: text("fee_paid_on"), lineValue: payment.on.description),
          Line(
            lineTitle: text("fee_channel"),
            lineValue: text("fee_channel_" + payment.channel.rawValue)),
          Line(lineTitle: text("fee_reference"), lineValue: payment.reference),
        ]
          + (payment.channel == .cash
            ? (names.map { [Line(lineTitle: text("fee_taken_by"), lineValue: $0(payment.by))] }
              ?? []) : [])
      } ?? []
    hasReceipt = !receipt.isEmpty
    self.acts = acts.map { act in
      Act(
        actCode: act.rawValue, actTitle: text("fee_act_" + act.rawValue),
        noteTitle: text(act == .cash ? "fee_note_receipt" : "fee_note_why"))
    }
  }
}
