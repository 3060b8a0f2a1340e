import Foundation
import KarezCore
import KarezPacks
import TestSupport

@testable import KarezService

/// 写: one way to change something, aimed at one thing, and what has to become of it for each
/// person, said by a small model of the offices that knows nothing of how the server decides.
struct AccessDeed: Sendable {
  /// What has to become of it.
  enum Outcome: Hashable, Sendable {
    /// Nothing of access stands in its way; its content may.
    case passes
    /// The thing is there; whether more is wanted is not said here.
    case there
    /// Whatever there is to say of it is said elsewhere.
    case open
    /// Refused, in whatever words; nothing changes.
    case held
    /// Told that this is not for them; nothing changes.
    case forbidden
    /// Answered, with one of these, as for what there never was; nothing changes.
    case hidden(Set<Int>)

    static let absent = Outcome.hidden([404])

    /// Whether something may be changed by it.
    var mayChange: Bool { [.passes, .there, .open].contains(self) }
  }

  /// How it is sent; what stands in braces is filled in.
  enum Shape: Sendable {
    case form(String)
    case parts([String: String], files: [(field: String, name: String, text: String)])
    case json(String)
    case body(type: String, String)
    case nothing
  }

  /// Method and path, as the router has them.
  let route: String
  let path: String
  let shape: Shape
  var headers: [String: String] = [:]
  /// What the braces stand for, and what they would if there were no such thing.
  let known: [String: String]
  let never: [String: String]
  /// Whether a server without a key of its own has to refuse whoever may.
  var needsSigner = false
  let outcome: @Sendable (Doer) -> Outcome

  var method: String { String(route.prefix { $0 != " " }) }
  /// Pages are for people; a program is led away from them.
  var isForPrograms: Bool { path.hasPrefix("/api/") || path.hasPrefix("/ogc/") }
}

/// Whoever does it.
struct Doer: Sendable, CustomStringConvertible {
  let person: AccessMap.Person
  let id: String
  let formKey: String

  var description: String { "\(id), \(person)" }
  var isProgram: Bool { person.token != nil }
  var isApplicant: Bool { person.isApplicant }

  /// What their role gives them, as the pack has it; a token gives less.
  func may(_ permission: Permission) -> Bool {
    guard !isApplicant, person.role.permissions.contains(permission) else { return false }
    return !isProgram || permission == .view || (permission == .submit && person.mayHandIn)
  }

  func mayAny(_ permissions: Set<Permission>) -> Bool { permissions.contains(where: may) }

  func reaches(_ level: Classification) -> Bool { person.reaches(level) }

  /// Whether all that somebody bound to these regions may see is theirs to see.
  func covers(_ regions: [String]?) -> Bool {
    guard let own = person.regions else { return true }
    return regions?.allSatisfy { region in own.contains { region.hasPrefix($0) } } ?? false
  }

  func isNear(_ county: String) -> Bool { covers([county]) }

  /// Whether they act as one of these in cases.
  func acts(as roles: Set<String>) -> Bool {
    guard !isApplicant, !isProgram || person.mayHandIn else { return false }
    return !person.role.cases.isDisjoint(with: roles)
  }

  /// Whether nothing of the map is kept from them.
  var seesAll: Bool { reaches(.confidential) && person.regions == nil }
}

/// What the deeds are aimed at.
struct AccessStakes: Sendable {
  static let acts = ["sign", "withdraw", "correct", "again"]
  static let regions: [[String]?] = [nil] + AccessMap.counties.map { Optional([$0]) }

  let levels: [Classification]
  let business: AccessMap.Business
  /// Of somebody who sees everything, and of nobody who asks.
  let others: AccessMap.OwnThings
  let answer: String
  let saved: String
  let victim: String
  let token: String
  let session: String
  let grant: String
  /// By level, the request for data of its dataset.
  let releases: [Classification: String]
  let procedure: WorkflowRoles

  /// Who acts in a procedure, opens it and writes its letter.
  struct WorkflowRoles: Sendable {
    let all: Set<String>
    let opening: Set<String>
    let letter: Set<String>
  }

  static func submission(_ act: String, _ level: Classification, _ regions: [String]?) -> String {
    let day = 2 + (acts.firstIndex(of: act) ?? 0)
    let place = Self.regions.firstIndex { $0 == regions } ?? 0
    let number = (AccessMap.levels.firstIndex(of: level) ?? 0) * 10 + place
    return "2025010\(day)-00" + (number < 10 ? "0" : "") + "\(number)"
  }

  static func job(_ level: Classification) -> String {
    "references/deed-\(AccessMap.dataset(level))"
  }

  /// The commit a dataset of the map was begun with.
  static func commit(_ level: Classification) -> Int {
    (AccessMap.levels.firstIndex(of: level) ?? 0) * 2 + 1
  }

  /// Every deed there is.
  var deeds: [AccessDeed] {
    [datasets, features, submissions, checks, platform, proposals, cases, applications]
      .flatMap(\.self)
  }

  /// What names nothing that somebody else could have, and why it is in no deed.
  static let exempt: [String: String] = [
    "POST /account/factor/begin": "one's own account, by its session",
    "POST /account/factor/confirm": "one's own account, by its session",
    "POST /account/factor/remove": "one's own account, by its session",
    "POST /account/keys": "one's own account, by its session",
    "POST /account/recovery": "one's own account, by its session",
    "POST /account/tokens": "one's own account, by its session",
    "POST /api/v1/checks": "a boundary that is brought along",
    "POST /api/v1/checks/batch": "boundaries that are brought along",
    "POST /api/v1/deputies": "gives away what is one's own (`DeputyTests`)",
    "POST /api/v1/track": "opened by a code, whoever asks (`PublicPageTests`)",
    "POST /cases/{number}/fees/{order}":
      "an order there is only where a procedure charges (`FeePageTests`, `PaymentTests`)",
    "POST /cases/deputies": "gives away what is one's own (`DeputyTests`)",
    "POST /checks": "a boundary that is brought along",
    "POST /checks/batch": "boundaries that are brought along",
    "POST /checks/compare": "boundaries that are brought along",
    "POST /desk/read": "takes a notice off one's own desk, and answers alike whatever it names",
    "POST /join": "the door", "POST /join/confirm": "the door",
    "POST /my/drafts": "begins something of one's own",
    "POST /my/name": "one's own name", "POST /password": "one's own password",
    "POST /sign-in": "the door", "POST /sign-in/second": "the door",
    "POST /sign-out": "one's own session",
    "POST /statistics": "an area that is brought along; what is asked in it is a GET",
    "POST /track": "opened by a code, whoever asks (`PublicPageTests`)",
  ]
}
