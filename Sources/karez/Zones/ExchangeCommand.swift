import ArgumentParser
import Foundation
import KarezCore
import KarezService

/// `karez exchange`: signed, sequenced, encrypted bundles between zones.
struct ExchangeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "exchange",
    abstract: "分区交换：签名、编号、加密的文件包 · signed, sequenced, encrypted bundles between zones",
    subcommands: [
      ExchangePartnerCommand.self, Propose.self, Seal.self, Again.self, Open.self, Receive.self,
      Resume.self, Refuse.self, Confirm.self, Status.self,
    ])

  /// What is sent.
  struct OrderOptions: ParsableArguments {
    @Option(name: .long, help: "交换方 · partner") var to: String
    @Option(name: .long, help: "数据集，可多次 · dataset, repeatable") var dataset: [String] = []
    @Option(name: .long, help: "版（向低级别区必须）· edition (needed to a lower zone)")
    var edition: String?
    @Option(name: .long, help: "基准提交（默认上次所发）· commit they have (what was sent last)")
    var since: Int?
    @Option(name: .long, help: "结果提交（最近）· commit to send (the last)") var through: Int?
    @Option(name: .long, help: "版的日期 · the day of an edition (today)") var on: LegalDate?
    @Option(name: .long, help: "只含该行政区，可多次 · only this region, repeatable")
    var region: [String] = []
    @Option(name: .customLong("map-approval"), help: "审图号 · number of the map approval")
    var mapApproval: String?

    func validate() throws {
      for (name, value) in [("--since", since), ("--through", through)] {
        if let value, CommitNumber(value) == nil { throw ValidationError("\(name): \(value)") }
      }
    }

    var order: ExchangeOrder {
      var order = ExchangeOrder(partner: to, datasets: dataset, edition: edition)
      order.since = since.flatMap(CommitNumber.init)
      order.recorded = through.flatMap(CommitNumber.init)
      order.validOn = on
      order.regions = region
      order.mapApproval = mapApproval
      return order
    }
  }

  /// Proposes what goes to a lower zone.
  struct Propose: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "提出向低级别区发布，待第二人同意 · propose what goes down; a second person agrees")

    @OptionGroup var common: CommonOptions
    @OptionGroup var store: StoreOptions
    @OptionGroup var acting: ActingOptions
    @OptionGroup var options: OrderOptions
    @Option(name: .long, help: "理由 · why") var reason: String

    func run() async throws {
      let map = try await store.open()
      let principal = try await acting.orOperator(on: map)
      try await map.exchange.propose(options.order, because: reason, by: principal)
        .show(in: map.twoPersons, isJSON: common.json)
    }
  }

  /// Seals a bundle.
  struct Seal: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "封装交换包；向低级别区用已同意的办理件 · seal a bundle; by an agreed proposal where it goes down",
      discussion: """
        同级或向上：--to、--dataset；向下：--proposal。 · Level or up: --to and --dataset; down: \
        --proposal.
        """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var store: StoreOptions
    @OptionGroup var acting: ActingOptions
    @OptionGroup var key: SignerOptions
    @Option(name: .long, help: "已同意的双人办理件 · agreed proposal") var proposal: String?
    @Option(name: .long, help: "交换方 · partner") var to: String?
    @Option(name: .long, help: "数据集，可多次 · dataset, repeatable") var dataset: [String] = []
    @Option(name: .long, help: "基准提交（默认上次所发）· commit they have (what was sent last)")
    var since: Int?
    @Option(name: .long, help: "只含该行政区，可多次 · only this region, repeatable")
    var region: [String] = []
    @Option(name: .long, help: "输出文件 · output file") var out: String

    func validate() throws {
      guard (proposal == nil) != (to == nil) else { throw ValidationError("--proposal | --to …") }
      if let since, CommitNumber(since) == nil { throw ValidationError("--since: \(since)") }
    }

    func run() async throws {
      let signer = try key.signer()
      let map = try await store.open()
      let principal = try await acting.orOperator(on: map)
      let place = URL(filePath: out)
      let sealed: SealedExchange
      if let proposal {
        sealed = try await map.exchange.seal(
          proposal: proposal, by: signer, as: principal, to: place)
      } else {
        var order = ExchangeOrder(partner: to ?? "", datasets: dataset)
        order.since = since.flatMap(CommitNumber.init)
        order.regions = region
        sealed = try await map.exchange.seal(order, by: signer, as: principal, to: place)
      }
      if common.json {
        return Terminal.json(
          .object(["sm3": .string(sealed.sm3), "manifest": sealed.manifest.json]))
      }
      Terminal.line("\(out)\t\(sealed.manifest.sequence)\t\(sealed.sm3)")
    }
  }

  /// Gives a bundle out again.
  struct Again: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "重发已封装的交换包，逐字节相同 · give a sealed bundle out again, byte for byte")

    @OptionGroup var common: CommonOptions
    @OptionGroup var store: StoreOptions
    @Argument(help: "交换方 · partner") var partner: String
    @Argument(help: "编号 · number") var sequence: Int64
    @Option(name: .long, help: "输出文件 · output file") var out: String

    func run() async throws {
      let bundle = try await store.open().exchange.again(
        sequence, for: partner, to: URL(filePath: out), by: .operator)
      Terminal.show(bundle, isJSON: common.json)
    }
  }

  /// Verifies a bundle, and decrypts it into a folder if wanted.
  struct Open: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "核验交换包；--out 则解密到文件夹，不入库 · verify a bundle; decrypt it with --out, record nothing")

    @OptionGroup var common: CommonOptions
    @OptionGroup var store: StoreOptions
    @OptionGroup var key: OpenerOptions
    @Argument(help: "交换包 · bundle") var file: String
    @Option(name: .long, help: "文件夹 · folder") var out: String?

    func run() async throws {
      let opener = try key.opener()
      let manifest = try await store.open().exchange.open(
        URL(filePath: file), with: opener, into: out.map { URL(filePath: $0) }, by: .operator)
      Terminal.json(manifest.json)
    }
  }

  /// Takes a bundle in.
  struct Receive: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "接收交换包：核验、排序、质检、入库 · take bundles in: verify, put in order, check, record")

    @OptionGroup var common: CommonOptions
    @OptionGroup var store: StoreOptions
    @OptionGroup var acting: ActingOptions
    @OptionGroup var key: OpenerOptions
    @OptionGroup var signing: SignerOptions
    @Argument(help: "交换包，可多个 · bundles") var files: [String]
    @Option(name: .long, help: "回执文件夹（须签名私钥）· folder for receipts (needs a signing key)")
    var receipts: String?

    func run() async throws {
      let opener = try key.opener()
      let signer = try receipts.map { _ in try signing.signer() }
      let map = try await store.open()
      let principal = try await acting.orOperator(on: map)
      var isWaiting = false
      for file in files {
        let done = try await map.exchange.receive(
          URL(filePath: file), with: opener, by: principal)
        for reception in done {
          Terminal.show(
            reception.bundle, event: reception.event.rawValue, isJSON: common.json)
          isWaiting = isWaiting || reception.bundle.isUnfinished
          guard let signer, let receipts else { continue }
          let name = "\(reception.bundle.partner)-\(reception.bundle.sequence).receipt"
          try OutputFile.write(
            try map.exchange.receipt(of: reception.bundle, signedBy: signer),
            to: URL(filePath: receipts).appending(path: name).path)
        }
      }
      if isWaiting { throw ExitCode(4) }
    }
  }

  /// Tries again what stands in the way.
  struct Resume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "再试受阻的交换包 · try again what stands in the way")

    @OptionGroup var common: CommonOptions
    @OptionGroup var store: StoreOptions
    @OptionGroup var acting: ActingOptions
    @OptionGroup var key: OpenerOptions
    @Argument(help: "交换方 · partner") var partner: String
    @Option(name: .long, help: "放行的质检规则（须说明理由） · rules to let pass, with --reason")
    var accept: [String] = []
    @Option(name: .long, help: "理由 · why") var reason: String?

    func run() async throws {
      let opener = try key.opener()
      let map = try await store.open()
      let principal = try await acting.orOperator(on: map)
      let done = try await map.exchange.resume(
        partner, with: opener, accepting: accept, because: reason, by: principal)
      for bundle in done { Terminal.show(bundle, isJSON: common.json) }
      if done.contains(where: \.isUnfinished) { throw ExitCode(4) }
    }
  }

  /// Gives up a blocked bundle.
  struct Refuse: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "不收受阻的交换包，后面的继续 · give up a blocked bundle; those behind it go on")

    @OptionGroup var common: CommonOptions
    @OptionGroup var store: StoreOptions
    @OptionGroup var acting: ActingOptions
    @Argument(help: "交换方 · partner") var partner: String
    @Argument(help: "编号 · number") var sequence: Int64
    @Option(name: .long, help: "理由 · why") var reason: String

    func run() async throws {
      let map = try await store.open()
      let principal = try await acting.orOperator(on: map)
      let bundle = try await map.exchange.refuse(
        sequence, of: partner, because: reason, by: principal)
      Terminal.show(bundle, isJSON: common.json)
    }
  }

  /// Takes a receipt.
  struct Confirm: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "收对方的回执 · take the receipt of a bundle that was sent")

    @OptionGroup var common: CommonOptions
    @OptionGroup var store: StoreOptions
    @Argument(help: "回执 · receipt") var file: String

    func run() async throws {
      let bundle = try await store.open().exchange.confirm(URL(filePath: file), by: .operator)
      Terminal.show(bundle, isJSON: common.json)
    }
  }

  /// Where every partner stands, and what is missing.
  struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "各交换方的进度、缺号与累计输出 · progress, gaps and ground, by partner")

    @OptionGroup var common: CommonOptions
    @OptionGroup var store: StoreOptions

    func run() async throws {
      let all = try await store.open().exchange.status()
      if common.json {
        Terminal.json(.array(all.map(\.json)))
      } else {
        for status in all {
          for line in status.lines(in: Terminal.language) { Terminal.line(line) }
        }
      }
      if all.contains(where: { !$0.gaps.isEmpty }) { throw ExitCode(4) }
    }
  }
}

extension ExchangedBundle {
  /// Whether somebody has to see to it.
  fileprivate var isUnfinished: Bool { [.held, .blocked, .forked, .refused].contains(state) }
}

extension Terminal {
  /// One line for a person, or everything for a program.
  fileprivate static func show(
    _ bundle: ExchangedBundle, event: String? = nil, isJSON: Bool
  ) {
    if isJSON { return json(bundle.json) }
    line(
      [bundle.partner, String(bundle.sequence), event ?? "", bundle.state.rawValue, bundle.sm3]
        .filter { !$0.isEmpty }.joined(separator: "\t"))
    let code = bundle.json["problem"]?[language == .en ? "en" : "zh"]?.string
    if let code { line("! " + code) }
  }
}
