import ArgumentParser
import KarezCore
import KarezService

/// Why a small change is made; every one says so.
struct EditOptions: ParsableArguments {
  @Option(name: .long, help: "理由 · reason") var reason: String
  @Option(name: .long, help: "业务编号 · case number") var caseNumber: String?
  @Option(name: .long, help: "所依据的提交，之后有他人提交则冲突 · the commit it rests on")
  var expected: Int?
  @Option(name: .long, help: "凭理由放行的规则，可多次 · rule the reason lets pass, repeatable")
  var accept: [String] = []

  var why: EditReason {
    EditReason(
      reason: reason, caseNumber: caseNumber, expected: expected.flatMap { CommitNumber($0) },
      accepted: accept)
  }
}

extension EditOptions {
  static func show(_ outcome: ReshapeOutcome, asJSON: Bool) {
    if asJSON { return Terminal.json(outcome.json) }
    for line in outcome.lines(in: Terminal.language) { Terminal.line(line) }
  }
}
