import ArgumentParser
import KarezCore
import KarezService

/// `karez classify`: the levels of datasets and attributes, and changing one.
struct ClassifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "classify",
    abstract: "定级：查看级别；定高即时生效，降级待第二人同意 · levels; up at once, down when a second person agrees",
    discussion: """
      不写 --level 时列出级别与历次决定。 · Without --level it lists levels and what was decided.
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var acting: ActingOptions
  @Argument(help: "数据集 · dataset") var dataset: String
  @Option(name: .long, help: "字段（默认整个数据集）· attribute (the dataset itself)")
  var attribute: String?
  @Option(name: .long, help: "public | internal | restricted | confidential")
  var level: Classification?
  @Option(name: .long, help: "理由 · why") var reason: String?

  func validate() throws {
    guard (level == nil) == (reason == nil) else { throw ValidationError("--level … --reason …") }
  }

  func run() async throws {
    let map = try await store.open()
    let principal = try await acting.orOperator(on: map)
    guard let level, let reason else { return try await list(map, principal) }
    let order = LabelOrder(dataset: dataset, attribute: attribute, level: level)
    switch try await map.labelling.change(order, because: reason, by: principal) {
    case .proposed(let proposal): proposal.show(in: map.twoPersons, isJSON: common.json)
    case .inForce(let decision):
      if common.json { return Terminal.json(decision.json) }
      Terminal.line(Self.text(decision))
    }
  }

  private func list(_ map: OneMap, _ principal: Principal) async throws {
    guard let labels = try await map.labelling.labels(of: dataset, for: principal).first else {
      return
    }
    let decisions = try await map.labelling.decisions(on: dataset, for: principal)
    if common.json {
      return Terminal.json(
        .object([
          "dataset": .string(dataset), "level": .string(labels.level.rawValue),
          "attributes": .object(labels.attributes.mapValues { .string($0.rawValue) }),
          "decisions": .array(decisions.map(\.json)),
        ]))
    }
    Terminal.line("\(dataset)\t\(labels.level.rawValue)")
    for (name, level) in labels.attributes.sorted(by: { $0.key < $1.key }) {
      Terminal.line("\(dataset)/\(name)\t\(level.rawValue)")
    }
    for decision in decisions { Terminal.line(Self.text(decision)) }
  }

  private static func text(_ decision: LabelDecision) -> String {
    let order = decision.order
    return [
      String(decision.at.prefix(16)),
      [order.dataset, order.attribute].compactMap { $0 }.joined(separator: "/"),
      "\(decision.former.rawValue) → \(order.level.rawValue)",
      [decision.by, decision.second].compactMap { $0 }.joined(separator: " + "), decision.reason,
    ].joined(separator: "\t")
  }
}
