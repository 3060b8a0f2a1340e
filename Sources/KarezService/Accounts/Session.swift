import KarezCore
import KarezCrypto
import KarezStore

/// 会话: an account that has signed in, known by the hash of a token only its browser holds.
struct Session {
  static let kind = RecordKind.transient("session")
  /// A session's last use is written down no oftener than this.
  static let touchSeconds = 60

  let account: String
  let startedAt: Timestamp
  let seenAt: Timestamp
  /// What a form has to bring besides the cookie.
  let formKey: String
  /// What was shown to open it.
  let methods: [String]
  let record: PlatformRecord

  /// A new session, and the token that goes into the cookie.
  static func begin(
    for account: String, by methods: [String], at now: Timestamp, longest: Int
  ) -> (session: Session, token: String) {
    let token = Secret.token()
    let formKey = Secret.token()
    let record = PlatformRecord(
      kind: kind, key: key(of: token), state: "open",
      due: now.adding(seconds: longest).description, owner: account,
      body: .object([
        "startedAt": .string(now.description), "seenAt": .string(now.description),
        "formKey": .string(formKey), "methods": .texts(methods),
      ]))
    let session = Session(
      account: account, startedAt: now, seenAt: now, formKey: formKey, methods: methods,
      record: record)
    return (session, token)
  }

  static func key(of token: String) -> String { SM3.digest(token).description }

  private init(
    account: String, startedAt: Timestamp, seenAt: Timestamp, formKey: String,
    methods: [String], record: PlatformRecord
  ) {
    self.account = account
    self.startedAt = startedAt
    self.seenAt = seenAt
    self.formKey = formKey
    self.methods = methods
    self.record = record
  }

  /// Nil for a record that is no session.
  init?(_ record: PlatformRecord) {
    guard let account = record.owner, let formKey = record.body["formKey"]?.string,
      let startedAt = record.body["startedAt"]?.string.flatMap({ Timestamp($0) }),
      let seenAt = record.body["seenAt"]?.string.flatMap({ Timestamp($0) })
    else { return nil }
    self.init(
      account: account, startedAt: startedAt, seenAt: seenAt, formKey: formKey,
      methods: record.body["methods"]?.texts ?? [], record: record)
  }

  func isOver(at now: Timestamp, idle: Int) -> Bool {
    let end = record.due.flatMap { Timestamp($0) } ?? startedAt
    return now >= end || now >= seenAt.adding(seconds: idle)
  }

  /// The change that notes this use, where the last one noted is long enough ago.
  func touched(at now: Timestamp) -> RecordChange? {
    guard now >= seenAt.adding(seconds: Self.touchSeconds) else { return nil }
    guard case .object(var body) = record.body else { return nil }
    body["seenAt"] = .string(now.description)
    return .write(
      record.next(
        state: record.state, due: record.due, owner: account, body: .object(body)))
  }
}
