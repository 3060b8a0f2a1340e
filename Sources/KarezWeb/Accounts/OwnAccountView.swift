import KarezCore
import KarezPacks
import KarezReport
import KarezService

/// What the page of one's own account shows.
struct OwnAccountView {
  /// What an act of the page led to, shown this once.
  struct Shown {
    var codes: [String] = []
    var token: String?
    var problem: Problem?

    var isAnything: Bool { !codes.isEmpty || token != nil }
  }

  struct SessionRow {
    let sessionID: String
    let startedWords: String
    let methodWords: String
    let isThis: Bool
  }

  struct TokenRow {
    let tokenID: String
    let tokenTitle: String
    let tokenMay: String
    let tokenWords: String
    let isInForce: Bool
  }

  struct KeyRow {
    let keyID: String
    let keyTitle: String
    let keyWords: String
  }

  struct Choice {
    let choiceCode: String
    let choiceLabel: String
  }

  struct Picture {
    let side: Int
    let path: String
    let secret: String
    let address: String
  }

  let frame: PageFrame
  let id: String
  let roleWords: String
  let problem: String?
  let codes: [String]
  let hasCodes: Bool
  let token: String?
  let mustEnrol: Bool
  let takesCode: Bool
  let recoveryWords: String
  let picture: Picture?
  let mayBegin: Bool
  let keys: [KeyRow]
  let sessions: [SessionRow]
  let tokens: [TokenRow]
  let hasTokens: Bool
  let permissions: [Choice]
  let mayIssue: Bool
  let ceilings: [Choice]
  let longestDays: Int

  init(
    frame: PageFrame, account: Account, offices: Offices, shown: Shown, enrolment: Enrolment?,
    sessions: [SessionSummary], tokens: [ServiceToken], principal: Principal, now: Timestamp,
    messages: MessageCatalogue
  ) {
    let language = messages.language
    self.frame = frame
    id = account.id
    roleWords = language.listed(principal.roles.map { $0.title[language] })
    problem = shown.problem?.line(in: language)
    codes = shown.codes
    hasCodes = !codes.isEmpty
    token = shown.token
    mustEnrol = offices.needsSecondFactor(account.roles) && !account.hasSecondFactor
    takesCode = account.hasAuthenticator
    recoveryWords = messages.text("recovery_left", ["count": String(account.recoveryCodesLeft)])
    picture = enrolment.flatMap { enrolment in
      QRCode(enrolment.address).map {
        Picture(
          side: $0.side, path: $0.path, secret: enrolment.secret, address: enrolment.address)
      }
    }
    mayBegin = !takesCode && picture == nil
    keys = account.keys.map { key in
      KeyRow(
        keyID: key.id, keyTitle: key.title,
        keyWords: key.algorithm.uppercased() + " · " + SubmissionWords.minute(key.since))
    }
    self.sessions = sessions.map { session in
      SessionRow(
        sessionID: session.id,
        startedWords: messages.text(
          "session_times",
          [
            "from": SubmissionWords.minute(session.startedAt.description),
            "seen": SubmissionWords.minute(session.seenAt.description),
          ]),
        methodWords: session.methods.map { messages.text("method_" + $0) }
          .joined(separator: " + "), isThis: session.isThis)
    }
    self.tokens = tokens.map { token in
      TokenRow(
        tokenID: token.id, tokenTitle: token.title,
        tokenMay: Self.words(token.permissions, messages),
        tokenWords: token.isRevoked
          ? messages.text("token_revoked")
          : messages.text(
            "token_until", ["time": SubmissionWords.minute(token.expiresAt.description)]),
        isInForce: token.isInForce(at: now))
    }
    hasTokens = !tokens.isEmpty
    let allowed = principal.permissions.intersection(offices.tokens.permissions)
    permissions = Permission.allCases.filter(allowed.contains).map { permission in
      Choice(
        choiceCode: permission.rawValue, choiceLabel: Self.words([permission], messages))
    }
    mayIssue = !permissions.isEmpty
    ceilings = Classification.allCases.filter { $0 <= principal.scope.ceiling }.map { ceiling in
      Choice(
        choiceCode: ceiling.rawValue, choiceLabel: messages.text("class_" + ceiling.rawValue))
    }
    longestDays = offices.tokens.longestSeconds / 86_400
  }

  private static func words(
    _ permissions: Set<Permission>, _ messages: MessageCatalogue
  ) -> String {
    messages.language.listed(
      permissions.map(\.rawValue).sorted()
        .map { messages.text("permission_" + $0.replacing("-", with: "_")) })
  }
}
