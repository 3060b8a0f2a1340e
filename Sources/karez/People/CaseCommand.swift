import ArgumentParser
import Foundation
import KarezCore
import KarezPacks
import KarezRules
import KarezService
import KarezStore
import KarezWorkflow

/// `karez case`: open cases, act in them, see what is to be done and by when.
struct CaseCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "case", abstract: "办件 · cases",
    subcommands: [
      Open.self, List.self, Show.self, Attach.self, Act.self, Pause.self, Resume.self,
      Extend.self, Code.self, Procedures.self, Draw.self, CaseRetryCommand.self,
      CaseDraftCommand.self, CaseReviseCommand.self, CaseSignOffCommand.self,
      CaseBundleCommand.self, CaseDeputyCommand.self, CaseProjectCommand.self,
      CaseChainsCommand.self, CaseSweepCommand.self,
    ])

  /// What every verb that changes a case is told.
  struct Acting: ParsableArguments {
    @OptionGroup var common: CommonOptions
    @OptionGroup var store: StoreOptions
    @OptionGroup var acting: ActingOptions
    @Option(name: .long, help: "所见步数，期间有人办理则拒绝 · events you saw; refused if there are more")
    var expecting: Int?
    @Option(name: .long, help: "幂等键，重复提交只办一次 · done once under one key")
    var key: String = UUID().uuidString

    func act(
      _ act: CaseOrder.Act, in number: String, facts: [String] = [], for absent: String? = nil
    ) async throws {
      let map = try await store.open()
      let principal = try await acting.principal(on: map)
      var order = Cases.Order(act, key: key)
      order.expecting = expecting
      order.facts = try CaseCommand.facts(facts)
      order.deputyFor = absent
      let view = try await map.cases.act(order, in: number, by: principal)
      CaseCommand.show(view, common)
    }
  }

  /// Opens a case.
  struct Open: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "收件立案 · open")

    @OptionGroup var acting: Acting
    @Argument(help: "程序 · procedure") var procedure: String
    @Option(name: .long, help: "行政区划代码 · administrative code") var region: String
    @Option(name: .long, help: "申请人 · applicant") var applicant: String
    @Option(name: .long, help: "项目代码 · project") var project: String?
    @Option(name: .long, help: "材料=文件 · DOCUMENT=FILE") var document: [String] = []
    @Option(name: .long, help: "事实=值 · FACT=VALUE") var fact: [String] = []

    func run() async throws {
      let map = try await acting.store.open()
      let principal = try await acting.acting.principal(on: map)
      var order = Cases.OpeningOrder(
        procedure: procedure, region: region, applicant: applicant, key: acting.key)
      order.project = project
      order.documents = try document.map { try CaseCommand.attachment($0) }
      order.facts = try CaseCommand.facts(fact)
      let opened = try await map.cases.openTracked(order, by: principal)
      CaseCommand.show(opened.view, acting.common, code: opened.trackingCode)
    }
  }

  /// Lists cases.
  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "清单：mine | open | due-soon | overdue | all · lists")

    @OptionGroup var common: CommonOptions
    @OptionGroup var store: StoreOptions
    @OptionGroup var acting: ActingOptions
    @Argument(help: "mine | open | due-soon | overdue | all") var list: String = "mine"
    @Option(name: .long, help: "程序 · procedure") var procedure: String?
    @Option(name: .long, help: "项目代码 · project") var project: String?
    @Option(name: .long, help: "至多几件 · at most") var limit: Int = 50

    func validate() throws {
      guard Cases.List(rawValue: list) != nil, (1...1_000).contains(limit) else {
        throw ValidationError("mine | open | due-soon | overdue | all; --limit 1–1000")
      }
    }

    func run() async throws {
      let map = try await store.open()
      let principal = try await acting.orOperator(on: map)
      let heads = try await map.cases.list(
        Cases.List(rawValue: list) ?? .mine, procedure: procedure, project: project,
        limit: limit, for: principal)
      if common.json {
        Terminal.json(
          .array(
            heads.map { head in
              .object([
                "number": .string(head.stored.number), "version": .integer(Int64(head.version)),
                "procedure": .string(head.stored.procedure),
                "states": .array(head.stored.states.map(JSONValue.string)),
                "over": .boolean(head.stored.isOver),
                "due": .optional(head.stored.due?.description),
              ])
            }))
        return
      }
      for head in heads {
        let stored = head.stored
        Terminal.line(
          [
            stored.number, stored.procedure, stored.states.joined(separator: " "),
            stored.due?.description ?? "-",
          ].joined(separator: "\t"))
      }
    }
  }

  /// Shows a case, its clocks and how their last days were counted.
  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "查看办件与时限 · show")

    @OptionGroup var common: CommonOptions
    @OptionGroup var store: StoreOptions
    @OptionGroup var acting: ActingOptions
    @Argument(help: "办件编号 · number") var number: String

    func run() async throws {
      let map = try await store.open()
      let principal = try await acting.orOperator(on: map)
      CaseCommand.show(try await map.cases.view(number, for: principal), common)
    }
  }

  /// Takes a file into a case.
  struct Attach: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "补充材料 · attach a document")

    @OptionGroup var acting: Acting
    @Argument(help: "办件编号 · number") var number: String
    @Argument(help: "材料=文件 · DOCUMENT=FILE") var document: String

    func run() async throws {
      let map = try await acting.store.open()
      let principal = try await acting.acting.principal(on: map)
      let view = try await map.cases.attach(
        try CaseCommand.attachment(document), to: number, expecting: acting.expecting,
        key: acting.key, by: principal)
      CaseCommand.show(view, acting.common)
    }
  }

  /// Makes a step.
  struct Act: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "办理 · make a step")

    @OptionGroup var acting: Acting
    @Argument(help: "办件编号 · number") var number: String
    @Argument(help: "办理动作 · step") var step: String
    @Option(name: .long, help: "事实=值 · FACT=true|false|TEXT") var fact: [String] = []
    @Option(name: .customLong("for"), help: "代谁办理 · the absent you stand in for")
    var absent: String?

    func run() async throws {
      try await acting.act(.make(transition: step), in: number, facts: fact, for: absent)
    }
  }

  /// Stops clocks for a reason the procedure names.
  struct Pause: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "暂停计时 · pause")

    @OptionGroup var acting: Acting
    @Argument(help: "办件编号 · number") var number: String
    @Argument(help: "事由 · reason") var reason: String

    func run() async throws { try await acting.act(.pause(reason: reason), in: number) }
  }

  /// Lets clocks run again.
  struct Resume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "恢复计时 · resume")

    @OptionGroup var acting: Acting
    @Argument(help: "办件编号 · number") var number: String
    @Argument(help: "事由 · reason") var reason: String

    func run() async throws { try await acting.act(.resume(reason: reason), in: number) }
  }

  /// Makes a term longer, as far as the law lets it be.
  struct Extend: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "延长期限 · extend")

    @OptionGroup var acting: Acting
    @Argument(help: "办件编号 · number") var number: String
    @Argument(help: "时限 · clock") var clock: String
    @Option(name: .long, help: "告知申请人的理由 · the reason the applicant is told") var reason: String

    func run() async throws {
      try await acting.act(.extend(clock: clock, note: reason), in: number)
    }
  }

  /// Gives a case another tracking code.
  struct Code: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "补发查询码，原码作废 · another tracking code; the one before opens nothing")

    @OptionGroup var common: CommonOptions
    @OptionGroup var store: StoreOptions
    @OptionGroup var acting: ActingOptions
    @Argument(help: "办件编号 · number") var number: String

    func run() async throws {
      let map = try await store.open()
      let principal = try await acting.principal(on: map)
      let code = try await map.cases.renewTrackingCode(of: number, by: principal)
      if common.json { return Terminal.json(.object(["trackingCode": .string(code)])) }
      Terminal.line(code)
    }
  }

  /// Lists procedures.
  struct Procedures: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "程序清单 · procedures")

    @OptionGroup var common: CommonOptions
    @OptionGroup var store: StoreOptions

    func run() async throws {
      let map = try await store.open()
      let language = Language(rawValue: common.lang) ?? .zh
      if common.json {
        Terminal.json(
          .array(
            map.packs.procedures.map { procedure in
              .object(["id": .string(procedure.id), "version": .string(procedure.version)])
            }))
        return
      }
      for procedure in map.packs.procedures {
        Terminal.line("\(procedure.id)\t\(procedure.version)\t\(procedure.title[language])")
      }
    }
  }

  /// Draws a procedure.
  struct Draw: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "流程图：SVG，或 BPMN 2.0 · a procedure drawn")

    @OptionGroup var common: CommonOptions
    @OptionGroup var store: StoreOptions
    @Argument(help: "程序 · procedure") var procedure: String
    @Flag(name: .long, help: "BPMN 2.0") var bpmn = false

    func run() async throws {
      let map = try await store.open()
      let language = Language(rawValue: common.lang) ?? .zh
      let definition = try map.cases.procedure(procedure)
      Terminal.line(
        bpmn
          ? BPMN.document(of: definition, in: language)
          : WorkflowSVG.drawing(of: definition, in: language))
    }
  }

  // MARK: Arguments and output

  static func attachment(_ text: String) throws -> Cases.Attachment {
    let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
    guard parts.count == 2 else { throw ValidationError("\(text): DOCUMENT=FILE") }
    return Cases.Attachment(
      document: parts[0], path: parts[1], name: URL(filePath: parts[1]).lastPathComponent)
  }

  static func facts(_ texts: [String]) throws -> [FactID: FactValue] {
    var facts: [FactID: FactValue] = [:]
    for text in texts {
      let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2 else { throw ValidationError("\(text): FACT=VALUE") }
      facts[FactID(parts[0])] =
        switch parts[1] {
        case "true": .boolean(true)
        case "false": .boolean(false)
        default: Quantity(parts[1]).map { .quantity($0) } ?? .text(parts[1])
        }
    }
    return facts
  }

  /// With the tracking code, where one was given: it is told this once.
  static func show(_ view: CaseView, _ common: CommonOptions, code: String? = nil) {
    if common.json {
      guard let code, case .object(var members) = view.json else {
        return Terminal.json(view.json)
      }
      members["trackingCode"] = .string(code)
      return Terminal.json(.object(members))
    }
    let language = Language(rawValue: common.lang) ?? .zh
    if let code { Terminal.line("查询码 · tracking code\t\(code)") }
    let states = view.states.map { $0.title[language] }.joined(separator: " ")
    Terminal.line("\(view.opening.number)\t\(view.title[language])\t\(states)\t\(view.version)")
    for clock in view.clocks where clock.stopped == nil {
      let note = clock.due.isPaused ? "*" : clock.isOverdue ? "!" : ""
      Terminal.line(
        "\(clock.title[language])\t\(clock.due.day)\(note)\t\(clock.used)/\(clock.length)")
      for sentence in clock.explanation { Terminal.line("  " + sentence[language]) }
    }
    for effect in view.effects { Terminal.line(effect.line(in: language)) }
    for task in view.tasks {
      let missing = task.missing.isEmpty ? "" : "\t← " + task.missing.joined(separator: " ")
      Terminal.line("→ \(task.transition)\t\(task.title[language])\(missing)")
    }
    for one in view.deputyTasks {
      Terminal.line(
        "→ \(one.task.transition)\t\(one.task.title[language])\t--for \(one.absent)")
    }
  }
}
