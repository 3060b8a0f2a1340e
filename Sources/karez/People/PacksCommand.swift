import ArgumentParser
import KarezCore
import KarezPacks
import KarezService

/// `karez packs`: which packs a map uses, and how others come to be used.
struct PacksCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "packs",
    abstract: "规则包发布：两人同意后方可使用 · publication of packs, which two people agree to",
    subcommands: [List.self, Diff.self, Propose.self, Approve.self, Refuse.self])

  /// Lists the publications.
  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "列出历次发布 · every publication, the latest first")

    @OptionGroup var common: CommonOptions
    @OptionGroup var store: StoreOptions

    func run() async throws {
      let found = try await store.openPacks().publications()
      if common.json { return Terminal.json(.array(found.map(\.json))) }
      for publication in found { publication.show() }
    }
  }

  /// Says what is otherwise on disk.
  struct Diff: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "磁盘上的规则包与现行发布有何不同 · what is otherwise on disk than published")

    @OptionGroup var common: CommonOptions
    @OptionGroup var store: StoreOptions

    func run() async throws {
      let desk = try await store.openPacks()
      if common.json {
        return Terminal.json(
          .object([
            "published": .integer(Int64(desk.published.number)),
            "publishedSM3": .string(desk.published.contents.sm3),
            "sm3": .string(desk.contents.sm3),
            "differences": .array(
              desk.differences.map {
                .object(["name": .string($0.name), "kind": .string($0.kind.rawValue)])
              }),
          ]))
      }
      for difference in desk.differences {
        Terminal.line("\(difference.kind.rawValue)\t\(difference.name)")
      }
      Terminal.say(
        "与第 \(desk.published.number) 版发布相比，不同 \(desk.differences.count) 处",
        "\(desk.differences.count) differences from publication \(desk.published.number)")
    }
  }

  /// Proposes what lies on disk.
  struct Propose: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "提出发布磁盘上的规则包，待第二人同意 · propose what lies on disk; a second person agrees")

    @OptionGroup var common: CommonOptions
    @OptionGroup var store: StoreOptions
    @OptionGroup var acting: ActingOptions
    @Option(name: .long, help: "理由 · why") var reason: String

    func run() async throws {
      let desk = try await store.openPacks()
      let principal = try await acting.orOperator(among: desk.accounts)
      switch try await desk.propose(because: reason, by: principal) {
      case .proposed(let proposal): proposal.show(in: desk.twoPersons, isJSON: common.json)
      case .published(let publication):
        if common.json { return Terminal.json(publication.json) }
        publication.show()
        PacksCommand.sayWhatFollows()
      }
    }
  }

  /// Agrees as the second person.
  struct Approve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "以第二人同意发布 · agree to a publication, as a second person")

    @OptionGroup var answering: AnsweringOptions

    func run() async throws {
      let desk = try await answering.store.openPacks()
      try await answering.approve(desk.twoPersons, among: desk.accounts)
      if !answering.common.json { PacksCommand.sayWhatFollows() }
    }
  }

  /// Refuses, with a reason.
  struct Refuse: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "拒绝发布 · refuse")

    @OptionGroup var answering: AnsweringOptions

    func run() async throws {
      let desk = try await answering.store.openPacks()
      try await answering.refuse(desk.twoPersons, among: desk.accounts)
    }
  }

  static func sayWhatFollows() {
    Terminal.say(
      "已发布：运行 karez init 接纳新数据集与字段，并重新启动服务",
      "published: run karez init to take in new datasets and attributes, and restart the server")
  }
}

extension PackPublication {
  fileprivate func show() {
    Terminal.line(
      [
        String(number), String(at.prefix(16)), String(contents.sm3.prefix(16)),
        [by, second].compactMap { $0 }.joined(separator: " + "), reason,
      ].joined(separator: "\t"))
  }
}
