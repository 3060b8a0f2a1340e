import ArgumentParser
import KarezCore
import KarezPacks
import KarezService

/// `karez proposal`: what waits for a second person.
struct ProposalCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "proposal", abstract: "双人办理件 · what needs a second person",
    subcommands: [List.self, Approve.self, Refuse.self, Withdraw.self])

  /// Lists what waits.
  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "列出待第二人同意的事；--all 含已办结 · what waits; --all also what is decided")

    @OptionGroup var common: CommonOptions
    @OptionGroup var store: StoreOptions
    @OptionGroup var acting: ActingOptions
    @Flag(name: .long, help: "含已办结 · also what is decided") var all = false

    func run() async throws {
      let map = try await store.open()
      let principal = try await acting.orOperator(on: map)
      let found =
        if all {
          try await map.twoPersons.all(for: principal)
        } else {
          try await map.twoPersons.waiting(for: principal)
        }
      if common.json {
        Terminal.json(.array(found.map(\.json)))
        return
      }
      for proposal in found { proposal.show(in: map.twoPersons, isJSON: false) }
    }
  }

  /// Agrees as the second person.
  struct Approve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "以第二人同意 · agree, as a second person")

    @OptionGroup var answering: AnsweringOptions

    func run() async throws {
      let map = try await answering.store.open()
      try await answering.approve(map.twoPersons, among: map.accounts)
    }
  }

  /// Refuses, with a reason.
  struct Refuse: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "拒绝 · refuse")

    @OptionGroup var answering: AnsweringOptions

    func run() async throws {
      let map = try await answering.store.open()
      try await answering.refuse(map.twoPersons, among: map.accounts)
    }
  }

  /// Takes one's own back.
  struct Withdraw: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "撤回 · take back")

    @OptionGroup var common: CommonOptions
    @OptionGroup var store: StoreOptions
    @OptionGroup var acting: ActingOptions
    @Argument(help: "双人办理件 · proposal") var id: String

    func run() async throws {
      let map = try await store.open()
      let principal = try await acting.orOperator(on: map)
      try await map.twoPersons.withdraw(id, by: principal).show(
        in: map.twoPersons, isJSON: common.json)
    }
  }
}

/// Who answers a proposal, and what they say to it.
struct AnsweringOptions: ParsableArguments {
  @OptionGroup var common: CommonOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var acting: ActingOptions
  @Argument(help: "双人办理件 · proposal") var id: String
  @Option(name: .long, help: "意见；拒绝须说明理由 · opinion; why, to refuse") var reason = ""

  func approve(_ twoPersons: TwoPersons, among accounts: Accounts) async throws {
    let principal = try await acting.principal(among: accounts)
    try await twoPersons.approve(id, because: reason, by: principal)
      .show(in: twoPersons, isJSON: common.json)
  }

  func refuse(_ twoPersons: TwoPersons, among accounts: Accounts) async throws {
    let principal = try await acting.principal(among: accounts)
    try await twoPersons.refuse(id, because: reason, by: principal)
      .show(in: twoPersons, isJSON: common.json)
  }
}

extension Proposal {
  /// One line for a person, or everything for a program.
  func show(in twoPersons: TwoPersons, isJSON: Bool) {
    if isJSON {
      Terminal.json(json)
      return
    }
    Terminal.line(
      [id, act.rawValue, state.rawValue, proposer, twoPersons.words(self)[Terminal.language]]
        .joined(separator: "\t"))
  }
}
