import KarezCore
import KarezCrypto
import KarezStore

/// Where a sign-in stands once the password was right.
public enum SignInStep: Hashable, Sendable {
  /// It is done; the token for the cookie.
  case open(String)
  /// A second factor is wanted.
  case second(SecondStep)
}

/// What the second step of a sign-in asks for.
public struct SecondStep: Hashable, Sendable {
  /// Names the sign-in that has begun; whoever has it has shown the password.
  public let ticket: String
  public let takesCode: Bool
  public let takesKey: Bool
  /// What a key has to sign, as text.
  public let challenge: String
}

/// 登录进程: a sign-in that waits for its second factor, known by the hash of a ticket.
struct PendingSignIn {
  static let kind = RecordKind.transient("sign-in")

  let account: String
  let challenge: String
  let record: PlatformRecord

  static func begin(
    for account: Account, at now: Timestamp, within seconds: Int
  ) -> (change: RecordChange, step: SecondStep) {
    let ticket = Secret.token()
    let challenge = "karez sign-in \(account.id) \(Secret.token())"
    let record = PlatformRecord(
      kind: kind, key: Session.key(of: ticket), state: "open",
      due: now.adding(seconds: seconds).description, owner: account.id,
      body: .object(["challenge": .string(challenge)]))
    let step = SecondStep(
      ticket: ticket, takesCode: account.factors.takesCode,
      takesKey: !account.factors.keys.isEmpty, challenge: challenge)
    return (.write(record), step)
  }

  /// Nil for a record that is none.
  init?(_ record: PlatformRecord) {
    guard let account = record.owner, let challenge = record.body["challenge"]?.string else {
      return nil
    }
    self.account = account
    self.challenge = challenge
    self.record = record
  }

  func isOver(at now: Timestamp) -> Bool {
    record.due.flatMap { Timestamp($0) }.map { now >= $0 } ?? true
  }

  /// What the page of the second step shows.
  func step(of account: Account, ticket: String) -> SecondStep {
    SecondStep(
      ticket: ticket, takesCode: account.factors.takesCode,
      takesKey: !account.factors.keys.isEmpty, challenge: challenge)
  }
}
