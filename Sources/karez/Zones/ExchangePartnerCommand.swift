import ArgumentParser
import Foundation
import KarezCore
import KarezCrypto
import KarezService

/// `karez exchange partner`: whom bundles go to and come from.
struct ExchangePartnerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "partner", abstract: "交换方：密钥与所在的区 · partners, their keys and zones",
    subcommands: [List.self, Add.self, End.self])

  /// Lists partners.
  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "列出 · list")

    @OptionGroup var common: CommonOptions
    @OptionGroup var store: StoreOptions

    func run() async throws {
      let partners = try await store.open().exchange.partners()
      if common.json { return Terminal.json(.array(partners.map(\.json))) }
      for partner in partners { partner.show() }
    }
  }

  /// Registers a partner, or another key of one.
  struct Add: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "登记交换方或更换其密钥，待第二人同意（公钥须当面核对）· register one, or a new key; another agrees")

    @OptionGroup var common: CommonOptions
    @OptionGroup var store: StoreOptions
    @OptionGroup var acting: ActingOptions
    @Option(name: .long, help: "理由（须第二人同意时）· why, where a second person has to agree")
    var reason = ""
    @Argument(help: "名称（小写字母与连字符）· id") var id: String
    @Option(name: .long, help: "public | internal | classified") var zone: String
    @Option(name: .long, help: "签名公钥 · public key it signs by, PEM") var key: String
    @Option(
      name: .customLong("envelope-key"),
      help: "收件公钥（默认同签名公钥）· public key it opens by (the same), PEM")
    var envelopeKey: String?
    @Option(name: .long, help: "全称 · title") var title: String?
    @Option(name: .long, help: "本处属于该方的账户，可多次 · account of theirs here, repeatable")
    var account: [String] = []
    @Option(name: .long, help: "只收该行政区，可多次 · region it may change, repeatable")
    var region: [String] = []

    func run() async throws {
      guard let stated = NetworkZone(rawValue: zone) else {
        throw ValidationError("--zone: public | internal | classified")
      }
      let map = try await store.open()
      let signing = try KeyFile.publicKey(URL(filePath: key))
      var partner = ExchangePartner(
        id: id, title: title ?? id, zone: stated, signingKeys: [signing],
        envelopeKey: try envelopeKey.map { try KeyFile.publicKey(URL(filePath: $0)) } ?? signing)
      partner.accounts = account
      partner.regions = region.isEmpty ? nil : region
      let principal = try await acting.orOperator(on: map)
      let proposal = try await map.exchange.introduce(partner, because: reason, by: principal)
      if let proposal { return proposal.show(in: map.twoPersons, isJSON: common.json) }
      if common.json { return Terminal.json(partner.json) }
      partner.show()
    }
  }

  /// Ends a partner.
  struct End: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "停用 · end one")

    @OptionGroup var common: CommonOptions
    @OptionGroup var store: StoreOptions
    @Argument(help: "名称 · id") var id: String

    func run() async throws {
      try await store.open().exchange.end(id, by: .operator)
    }
  }
}

extension ExchangePartner {
  fileprivate func show() {
    let state = isActive ? "" : "\tended"
    Terminal.line("\(id)\t\(zone.rawValue)\t\(signingKeys.last?.id ?? "-")\t\(title)\(state)")
  }
}
