import ArgumentParser
import KarezCore
import KarezPacks
import KarezService
import KarezWorkflow

/// `karez case project`: a project along its chain of procedures.
struct CaseProjectCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "project", abstract: "项目链条与总用时 · a project's chain and the days of the whole")

  @OptionGroup var common: CommonOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var acting: ActingOptions
  @Argument(help: "项目代码 · code of the project") var code: String
  @Option(name: .long, help: "按哪一链条 · which chain") var chain: String?

  func run() async throws {
    let map = try await store.open()
    let principal = try await acting.orOperator(on: map)
    let view = try await map.projects.project(code, along: chain, for: principal)
    let definitions = map.packs.procedures
    if common.json { return Terminal.json(view.json(definitions)) }
    let language = Language(rawValue: common.lang) ?? .zh
    Terminal.line("\(code)\t\(view.chain?.title[language] ?? "-")")
    for line in view.lines {
      let title = view.title(of: line.step.id, in: definitions)[language]
      let numbers = line.cases.map(\.number).joined(separator: " ")
      Terminal.line(
        [title, ProjectWording.word(line.standing)[language], numbers].joined(separator: "\t"))
      for lack in line.lacks {
        let sentence = ProjectWording.sentence(lack) { view.title(of: $0, in: definitions) }
        Terminal.line("  " + sentence[language])
      }
    }
    for other in view.others { Terminal.line("+ \(other.number)") }
    guard let whole = view.whole else { return }
    Terminal.line(
      "\(whole.limit.term.title[language])\t\(whole.usage.used)/\(whole.limit.term.length)"
        + "\t\(whole.usage.reached?.description ?? "-")")
    for sentence in whole.explanation { Terminal.line("  " + sentence[language]) }
  }
}

/// `karez case chains`: the chains there are.
struct CaseChainsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "chains", abstract: "项目链条清单 · chains of procedures")

  @OptionGroup var common: CommonOptions
  @OptionGroup var store: StoreOptions

  func run() async throws {
    let map = try await store.open()
    let chains = try map.projects.chains()
    let language = Language(rawValue: common.lang) ?? .zh
    if common.json {
      return Terminal.json(
        .array(
          chains.chains.map { chain in
            .object([
              "id": .string(chain.id), "title": chain.title.json,
              "steps": .array(chain.steps.map { .string($0.id) }),
            ])
          }))
    }
    for chain in chains.chains {
      Terminal.line("\(chain.id)\t\(chain.title[language])")
      for step in chain.steps {
        let body =
          switch step.body {
          case .procedure(let id): id
          case .outside(let title): title[language]
          }
        Terminal.line("  \(step.id)\t\(body)")
      }
    }
  }
}

/// `karez case sweep`: files no case refers to.
struct CaseSweepCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep",
    abstract: "清理没有办件引用的文件，默认只列出 · files no case refers to; lists them unless --apply")

  @OptionGroup var common: CommonOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var acting: ActingOptions
  @Flag(name: .long, help: "删除，不只列出 · remove them") var apply = false

  func run() async throws {
    let map = try await store.open()
    let principal = try await acting.principal(on: map)
    let found = try await map.cases.sweepFiles(isApplied: apply, by: principal)
    if common.json { return Terminal.json(found.json) }
    for file in found.files { Terminal.line("\(file.sm3)\t\(file.bytes)\t\(file.since)") }
    let language = Language(rawValue: common.lang) ?? .zh
    Terminal.line(found.line(in: language))
  }
}
