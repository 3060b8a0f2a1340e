import ArgumentParser
import KarezCore
import KarezService

/// `karez payments`: fees that are owed, and what the gateway says of them.
struct PaymentsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "payments", abstract: "缴费 · payments",
    subcommands: [List.self, Take.self, Note.self])

  /// Lists orders of payment.
  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "列出缴款单 · list")

    @OptionGroup var common: CommonOptions
    @OptionGroup var store: StoreOptions
    @Flag(name: .long, help: "含已缴、已减免、已退的 · also those that are settled") var all = false

    func run() async throws {
      let states: [PaymentOrder.State] = all ? PaymentOrder.State.allCases : [.due, .refunding]
      let orders = try await store.open().payments.list(states)
      if common.json { return Terminal.json(.array(orders.map(\.json))) }
      for order in orders {
        Terminal.line(
          [order.number, order.state.rawValue, order.amountYuan, order.title[Terminal.language]]
            .joined(separator: "\t"))
      }
    }
  }

  /// Takes in what the gateway wrote.
  struct Take: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "收取缴费系统的回执 · take in the gateway's notes")

    @OptionGroup var common: CommonOptions
    @OptionGroup var store: StoreOptions

    func run() async throws {
      let (taken, refused) = try await store.open().payments.takeIn()
      Terminal.line("\(taken)\t\(refused)")
    }
  }

  /// Writes a signed note, as the gateway does.
  struct Note: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "以缴费系统的身份写回执（收银台或试验用）· write a note in the gateway's place")

    @OptionGroup var common: CommonOptions
    @OptionGroup var store: StoreOptions
    @Argument(help: "缴款单号 · order of payment") var order: String
    @Option(name: .long, help: "金额，元 · amount in yuan") var amount: String
    @Option(name: .long, help: "流水号 · number of the payment") var reference: String
    @Flag(name: .long, help: "是退款 · it was paid back") var refunded = false

    func run() async throws {
      guard let gateway = try await store.open().paymentGateway() else {
        throw ValidationError("payments.json")
      }
      try gateway.write(
        PaymentNote(
          order: order, state: refunded ? .refunded : .paid, amountYuan: amount,
          reference: reference))
    }
  }
}
