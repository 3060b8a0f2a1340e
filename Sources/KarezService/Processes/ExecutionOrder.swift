public import KarezCore

/// 执行请求: what a program asks of a process, and how it wants the result.
///
/// - Source: OGC API Processes, part 1, `execute.yaml`.
public struct ExecutionOrder: Sendable {
  public enum Form: String, CaseIterable, Hashable, Sendable {
    /// The result itself.
    case raw
    /// A document that has the result under its name.
    case document
  }

  public let inputs: ProcessInputs
  public let form: Form
  /// Whether the result's address is wanted in its place.
  public let isReference: Bool

  public var process: MapProcess { inputs.process }

  /// - Errors: `Problem` of kind usage that names what is not understood.
  public init(execution body: JSONValue, of process: MapProcess) throws(Problem) {
    guard case .object(let members) = body else { throw ProcessInputs.invalid("body") }
    // No subscriber among them: an address somebody names is none of ours to write to.
    let known = ["inputs", "outputs", "response"]
    if let unknown = members.keys.sorted().first(where: { !known.contains($0) }) {
      throw ProcessInputs.invalid(String(unknown.prefix(64)))
    }
    form = try Self.form(members["response"])
    isReference = try Self.isReference(members["outputs"], of: process)
    inputs = try ProcessInputs(inputs: members["inputs"] ?? .object([:]), of: process)
  }

  private static func form(_ value: JSONValue?) throws(Problem) -> Form {
    guard let value else { return .raw }
    guard let form = value.string.flatMap(Form.init) else {
      throw ProcessInputs.invalid("response")
    }
    return form
  }

  /// Of the one output there is, how it is to be sent.
  private static func isReference(
    _ value: JSONValue?, of process: MapProcess
  ) throws(Problem) -> Bool {
    guard let value else { return false }
    guard case .object(let outputs) = value, outputs.keys.allSatisfy({ $0 == process.output })
    else { throw ProcessInputs.invalid("outputs") }
    guard let output = outputs[process.output], output != .null else { return false }
    guard case .object(let wish) = output,
      wish.keys.allSatisfy({ ["transmissionMode", "format"].contains($0) })
    else { throw ProcessInputs.invalid("outputs") }
    if let format = wish["format"], format != .null,
      !["application/json", nil].contains(format["mediaType"]?.string)
    {
      throw ProcessInputs.invalid("outputs")
    }
    switch wish["transmissionMode"]?.string {
    case nil, "value": return false
    case "reference" where process.isKept: return true
    default: throw ProcessInputs.invalid("outputs")
    }
  }
}
