import Foundation
public import KarezCore
public import KarezCrypto
import KarezGeometry
import KarezPacks
import KarezStore

/// 重演: asks a sealed bundle's question again, of nothing but the bundle.
public struct BundleReplay: Sendable {
  /// What became of it.
  public struct Outcome: Hashable, Sendable {
    /// The id of the answer, or the number of the case.
    public let answer: String
    public let signer: String
    public let sealedAt: String
    /// Which engine made it; another may give other digits than the one that replays it.
    public let engine: String
    public let engineHere: String
    /// One line each; none where the answer came out byte for byte.
    public let differences: [String]

    public var isSameEngine: Bool { engine == engineHere }

    public var json: JSONValue {
      .object([
        "engine": .string(engine), "engineHere": .string(engineHere),
        "sameEngine": .boolean(isSameEngine),
        "answer": .string(answer), "signer": .string(signer), "sealedAt": .string(sealedAt),
        "identical": .boolean(differences.isEmpty),
        "differences": .array(differences.map(JSONValue.string)),
      ])
    }
  }

  let bundle: SealedBundle

  /// Believes and replays a file.
  ///
  /// - Errors: `Problem` of kind refused where the file is not to be believed.
  public static func run(
    _ file: [UInt8], trusting keys: [PublicKey], named name: String
  ) async throws(Problem) -> Outcome {
    let bundle: SealedBundle
    do throws(SealedBundle.Fault) {
      bundle = try SealedBundle(reading: file, keys: keys)
    } catch {
      throw .bundle(error, at: name)
    }
    return try await BundleReplay(bundle: bundle).outcome()
  }

  func outcome() async throws(Problem) -> Outcome {
    let isCase = bundle.head.kind == CaseBundle.kind
    var differences: [String] = []
    try await withPacks { (packs: PackLibrary, folder: URL) async throws(Problem) in
      if isCase { differences += try caseDifferences(by: packs) }
      guard let kept = bundle.parts[SealedBundle.answerName] ?? (isCase ? nil : []) else { return }
      let text = String(decoding: kept, as: UTF8.self)
      let again = try await answer(by: packs, in: folder)
      if again != text { differences += Self.differences(from: text, to: again) }
    }
    return Outcome(
      answer: bundle.head.subject, signer: bundle.signature.key, sealedAt: bundle.head.sealedAt,
      engine: bundle.head.engine, engineHere: Engine.version, differences: differences)
  }

  /// Runs the body with the packs of the bundle, in a folder that is gone afterwards.
  private func withPacks(
    _ body: (PackLibrary, URL) async throws(Problem) -> Void
  ) async throws(Problem) {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "karez-replay-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try lay(out: folder)
    let packs: PackLibrary
    do throws(RulePackError) {
      packs = try PackLibrary.load(from: folder.appending(path: "packs").path)
    } catch {
      throw .packs(error)
    }
    try await body(packs, folder)
  }

  /// The canonical answer, made anew.
  private func answer(
    by packs: PackLibrary, in folder: URL
  ) async throws(Problem) -> String {
    guard let kept = json(SealedBundle.answerName), let asked = json(SealedBundle.requestName),
      let answer = try? ComplianceAnswer(json: kept), let request = try? SealedRequest(json: asked)
    else { throw .bundle(.altered(part: SealedBundle.requestName), at: "") }
    let store = try await store(recorded: answer.asOf.recorded, in: folder)
    let check = Check(request: request.request, packs: packs, store: store, scope: .all)
    var again = try await check.answer(id: answer.id, at: answer.answeredAt)
    again.publication = answer.publication
    return again.json.canonicalText
  }

  private func store(
    recorded: CommitNumber, in folder: URL
  ) async throws(Problem) -> RelationalStore {
    do throws(StoreError) {
      var extracts: [StateExtract] = []
      for name in bundle.parts.keys.sorted() where name.hasPrefix("data/") {
        guard let json = json(name) else { throw StoreError.corrupt(what: name) }
        extracts.append(try StateExtract(json: json))
      }
      return try await .restored(
        extracts, recorded: recorded, in: folder.appending(path: "map"))
    } catch {
      throw .store(error)
    }
  }

  private func lay(out folder: URL) throws(Problem) {
    do {
      for (name, bytes) in bundle.parts where name.hasPrefix("packs/") {
        let file = folder.appending(path: name)
        try FileManager.default.createDirectory(
          at: file.deletingLastPathComponent(), withIntermediateDirectories: true,
          attributes: [.posixPermissions: 0o700])
        try Data(bytes).write(to: file)
      }
    } catch {
      throw .bundle(.altered(part: "packs"), at: "")
    }
  }

  func json(_ name: String) -> JSONValue? {
    bundle.parts[name].flatMap { try? JSONValue(parsing: $0) }
  }

  // MARK: Differences

  static let mostDifferences = 100

  static func differences(from kept: String, to again: String) -> [String] {
    guard let left = try? JSONValue(parsing: kept), let right = try? JSONValue(parsing: again)
    else { return ["answer.json"] }
    var lines: [String] = []
    compare(left, right, at: "", &lines)
    return lines.isEmpty && kept != again ? ["answer.json: another text of the same value"] : lines
  }

  private static func compare(
    _ left: JSONValue?, _ right: JSONValue?, at path: String, _ lines: inout [String]
  ) {
    guard left != right, lines.count < mostDifferences else { return }
    switch (left, right) {
    case (.object(let left)?, .object(let right)?):
      for key in Set(left.keys).union(right.keys).sorted() {
        compare(left[key], right[key], at: path.isEmpty ? key : path + "." + key, &lines)
      }
    case (.array(let left)?, .array(let right)?):
      for index in 0..<max(left.count, right.count) {
        compare(
          index < left.count ? left[index] : nil, index < right.count ? right[index] : nil,
          at: "\(path)[\(index)]", &lines)
      }
    default: lines.append("\(path): \(text(left)) → \(text(right))")
    }
  }

  private static func text(_ value: JSONValue?) -> String {
    guard let text = value?.canonicalText else { return "-" }
    return text.count <= 80 ? text : String(text.prefix(79)) + "…"
  }
}

/// What was asked, as a bundle keeps it.
struct SealedRequest {
  let request: CheckRequest

  /// `boundary` is the boundary as read, in the form answers have it.
  static func json(of answer: ComplianceAnswer) -> JSONValue {
    .object([
      "boundary": answer.boundary.json, "purpose": .optional(answer.purpose),
      "documents": .array(answer.documents.map(JSONValue.string)),
      "proposed": .object(answer.proposed.mapValues(JSONValue.string)),
      "validOn": .string(answer.asOf.validOn.description),
      "recorded": .integer(Int64(answer.asOf.recorded.value)),
    ])
  }

  init(json: JSONValue) throws(AnswerFormatError) {
    guard let asked = json["boundary"] else { throw AnswerFormatError(member: "boundary") }
    let boundary = try AnsweredBoundary(json: asked)
    guard let day = json["validOn"]?.string.flatMap({ LegalDate($0) }),
      let recorded = json["recorded"]?.integer.flatMap({ CommitNumber(Int(clamping: $0)) }),
      let documents = json["documents"]?.array?.compactMap(\.string)
    else { throw AnswerFormatError(member: "request") }
    request = CheckRequest(
      boundary: ReadBoundary(of: boundary), purpose: json["purpose"]?.string,
      documents: documents, proposed: json["proposed"]?.textMembers ?? [:], validOn: day,
      recorded: recorded)
  }
}
