import Foundation
public import KarezCore

/// What a process is told, read strictly.
///
/// - Source: OGC API Processes, part 1, `execute.yaml`; a reference to another server is never
///   followed.
public struct ProcessInputs: Sendable {
  /// As `/api/v1/datasets/{id}/diff` has it.
  public static let mostPatches = 10_000
  static let standardPatches = 1_000

  enum Task: Sendable {
    case check(JSONValue, purpose: String?, documents: [String], AsOfWish)
    case coverage(dataset: String, gapWidthMetres: Double?, toleranceM2: Double?, AsOfWish)
    case difference(DiffOrder, limit: Int)
  }

  /// A state, as far as it was named.
  struct AsOfWish: Hashable, Sendable {
    var validOn: LegalDate?
    var recorded: CommitNumber?
  }

  public let process: MapProcess
  let task: Task
  /// As it was said, each input by its name and nothing around it.
  let said: [String: JSONValue]

  /// - Errors: `Problem` of kind usage that names the input.
  public init(inputs: JSONValue, of process: MapProcess) throws(Problem) {
    guard case .object(let members) = inputs else { throw Self.invalid("inputs") }
    let known = Set(process.inputs.map(\.name))
    if let unknown = members.keys.sorted().first(where: { !known.contains($0) }) {
      throw Self.unknown(String(unknown.prefix(64)))
    }
    var said: [String: JSONValue] = [:]
    for (name, value) in members where value != .null {
      said[name] = try Self.value(value, named: name)
    }
    for input in process.inputs where input.isRequired && said[input.name] == nil {
      throw Self.missing(input.name)
    }
    self.process = process
    self.said = said
    task = try Self.task(process, Reading(said: said))
  }

  /// The value of an input, which may stand in an object of its own.
  private static func value(_ value: JSONValue, named name: String) throws(Problem) -> JSONValue {
    guard case .object(let members) = value else { return value }
    guard members["href"] == nil else { throw referred(name) }
    if let inner = members["value"], members["type"] == nil { return inner }
    return value
  }

  private static func task(
    _ process: MapProcess, _ reading: Reading
  ) throws(Problem) -> Task {
    switch process {
    case .complianceCheck:
      return .check(
        try reading.shape("boundary"), purpose: try reading.text("purpose"),
        documents: try reading.texts("documents"), try reading.state())
    case .coverageCheck:
      return .coverage(
        dataset: try reading.required("dataset"),
        gapWidthMetres: try reading.measure("gapWidthM"),
        toleranceM2: try reading.measure("toleranceM2"), try reading.state())
    case .difference:
      guard let from = try reading.day("from") else { throw missing("from") }
      guard let to = try reading.day("to") else { throw missing("to") }
      var order = DiffOrder(dataset: try reading.required("dataset"), from: from, to: to)
      order.recorded = try reading.commit("recorded")
      order.recordedTo = try reading.commit("recordedTo")
      order.attribute = try reading.text("by")
      order.isDrawn = try reading.flag("geometry")
      return .difference(order, limit: try reading.count("limit") ?? standardPatches)
    }
  }

  /// The dataset it is about; nil for a check, which is about all.
  var dataset: String? {
    switch task {
    case .check: nil
    case .coverage(let dataset, _, _, _): dataset
    case .difference(let order, _): order.dataset
    }
  }

  /// The same inputs with the state said, so that they mean the same tomorrow.
  func pinned(at today: AsOf) throws(Problem) -> ProcessInputs {
    var said = said
    said["recorded"] = said["recorded"] ?? .integer(Int64(today.recorded.value))
    if process != .difference {
      said["validOn"] = said["validOn"] ?? .string(today.validOn.description)
    }
    return try ProcessInputs(inputs: .object(said), of: process)
  }

  // MARK: Problems

  static func invalid(_ name: String) -> Problem {
    Wording(
      "input-invalid", "输入的值无法识别", "the value of the input is not understood",
      do: "按 /ogc/processes 中该处理的说明填写", "see the process under /ogc/processes"
    ).problem(.usage, at: name)
  }

  private static func missing(_ name: String) -> Problem {
    Wording(
      "input-missing", "缺少必需的输入", "an input that is needed is missing",
      do: "按 /ogc/processes 中该处理的说明补充", "see the process under /ogc/processes"
    ).problem(.usage, at: name)
  }

  private static func unknown(_ name: String) -> Problem {
    Wording(
      "input-unknown", "该处理没有这个输入", "the process has no such input",
      do: "按 /ogc/processes 中该处理的说明填写", "see the process under /ogc/processes"
    ).problem(.usage, at: name)
  }

  private static func referred(_ name: String) -> Problem {
    Wording(
      "input-referred", "输入须随请求给出，不从其他地址读取",
      "an input is given with the request and read from no other address",
      do: "把内容写在 value 里", "put the content into value"
    ).problem(.usage, at: name)
  }
}

/// Reads one input after another.
private struct Reading {
  let said: [String: JSONValue]

  func shape(_ name: String) throws(Problem) -> JSONValue {
    guard let value = said[name], case .object = value else {
      throw ProcessInputs.invalid(name)
    }
    return value
  }

  func text(_ name: String) throws(Problem) -> String? {
    guard let value = said[name] else { return nil }
    guard let text = value.string, !text.isEmpty, text.utf8.count <= 256,
      !text.unicodeScalars.contains(where: { $0.value < 0x20 })
    else { throw ProcessInputs.invalid(name) }
    return text
  }

  func required(_ name: String) throws(Problem) -> String {
    guard let text = try text(name) else { throw ProcessInputs.invalid(name) }
    return text
  }

  func texts(_ name: String) throws(Problem) -> [String] {
    guard let value = said[name] else { return [] }
    guard let texts = value.texts, texts.count <= 100 else { throw ProcessInputs.invalid(name) }
    return texts
  }

  func day(_ name: String) throws(Problem) -> LegalDate? {
    guard let text = try text(name) else { return nil }
    guard let day = LegalDate(text) else { throw ProcessInputs.invalid(name) }
    return day
  }

  func commit(_ name: String) throws(Problem) -> CommitNumber? {
    guard let value = said[name] else { return nil }
    guard let commit = value.integer.flatMap({ Int(exactly: $0) }).flatMap(CommitNumber.init)
    else { throw ProcessInputs.invalid(name) }
    return commit
  }

  func state() throws(Problem) -> ProcessInputs.AsOfWish {
    ProcessInputs.AsOfWish(validOn: try day("validOn"), recorded: try commit("recorded"))
  }

  func flag(_ name: String) throws(Problem) -> Bool {
    switch said[name] {
    case nil: false
    case .boolean(let flag)?: flag
    default: throw ProcessInputs.invalid(name)
    }
  }

  func count(_ name: String) throws(Problem) -> Int? {
    guard let value = said[name] else { return nil }
    guard let count = value.integer, (1...Int64(ProcessInputs.mostPatches)).contains(count) else {
      throw ProcessInputs.invalid(name)
    }
    return Int(count)
  }

  func measure(_ name: String) throws(Problem) -> Double? {
    guard let value = said[name] else { return nil }
    guard let measure = value.double, measure.isFinite, (0...1e9).contains(measure) else {
      throw ProcessInputs.invalid(name)
    }
    return measure
  }
}
