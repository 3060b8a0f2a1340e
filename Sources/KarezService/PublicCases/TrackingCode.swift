public import KarezCore
import KarezCrypto
import KarezStore
import KarezWorkflow

/// 查询码: what an applicant shows to see how far a case is; only its digest is kept.
struct TrackingCode: Sendable {
  static let kind = RecordKind.witnessed("case-tracking")
  /// Longer texts are no codes of ours.
  private static let longest = 64

  /// As it is read out and written down.
  let text: String

  /// A code nobody can guess.
  static func fresh() -> TrackingCode { TrackingCode(text: Secret.spoken()) }

  private init(text: String) { self.text = text }

  /// What somebody typed: with or without hyphens, in small letters or large.
  init(typed: String) { text = String(typed.prefix(Self.longest)) }

  /// The digest under a case's number, so that no two cases have the same.
  func digest(of number: String) -> String {
    let letters = text.lowercased().filter { $0.isLetter || $0.isNumber }
    return SM3.digest("case-tracking\n" + number + "\n" + letters).description
  }

  /// The record of a case that has this code from now on.
  func change(of number: String, after known: PlatformRecord? = nil) -> RecordChange {
    let body = JSONValue.object(["digest": .string(digest(of: number))])
    guard let known else {
      return .write(PlatformRecord(kind: Self.kind, key: number, state: "given", body: body))
    }
    return .write(known.next(state: "given", due: nil, owner: nil, body: body))
  }

  /// Whether this is the code of a case, in a time that does not tell how near it comes.
  func opens(_ record: PlatformRecord?, of number: String) -> Bool {
    let kept = record?.body["digest"]?.string
    let nothing = String(repeating: "0", count: digest(of: number).utf8.count)
    let isSame = Secret.isSame(kept ?? nothing, digest(of: number))
    return isSame && kept != nil
  }
}

/// 立案回执: a case that was opened, and the code its applicant follows it by.
public struct OpenedCase: Sendable {
  public let view: CaseView
  /// Given once; nil where the case had been opened before under the same key.
  public let trackingCode: String?
}

extension Cases {
  /// Opens a case without giving its tracking code to anybody.
  public func open(
    _ order: OpeningOrder, by principal: Principal
  ) async throws(Problem) -> CaseView {
    try await openTracked(order, by: principal).view
  }

  /// A new code for a case; the one before opens nothing any more.
  ///
  /// - Errors: `Problem` of kind forbidden for whoever did not open the case, but the operator.
  public func renewTrackingCode(
    of number: String, by principal: Principal
  ) async throws(Problem) -> String {
    let known = try await loaded(number, for: principal)
    let isTheirs =
      known.events.first?.actor == principal.actor.id && !roles(of: principal).isEmpty
    guard principal == .operator || isTheirs else {
      throw Self.codeNotYours(number)
    }
    let code = TrackingCode.fresh()
    try await map.asked { store throws(StoreError) in
      let record = try await store.record(TrackingCode.kind, number)
      let batch = RecordBatch(
        [code.change(of: number, after: record)],
        entry: RecordBatch.Entry(kind: "case-tracking", body: ["case": .string(number)]))
      try await store.put(batch, by: principal.actor)
    }
    return code.text
  }

  static func codeNotYours(_ number: String) -> Problem {
    Wording(
      "tracking-code-not-yours", "查询码由收件人补发", "whoever opened the case renews its code",
      do: "请收件人或系统管理员补发", "ask them, or the operator"
    ).problem(.forbidden, at: number)
  }
}
