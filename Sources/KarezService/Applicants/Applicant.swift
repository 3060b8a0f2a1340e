import KarezCore

/// 申请人: what an account is that applies and holds no office.
///
/// - Shape: its roles are none and its scope is empty; what it reaches are its own cases.
public struct Applicant: Hashable, Sendable {
  public enum Kind: String, CaseIterable, Hashable, Sendable {
    case person
    case enterprise
  }

  /// 实名状态: whether somebody vouches for the name.
  public enum RealName: String, CaseIterable, Hashable, Sendable {
    case unverified
    /// Asked; the answer is not there yet.
    case asked
    case verified
    case refused
  }

  public let kind: Kind
  /// Telephone number or address of mail, for notices and nothing else.
  public var contact: String
  public var realName = RealName.unverified
  /// The request the answer is waited for under.
  public var request: String?

  public init(kind: Kind, contact: String) {
    self.kind = kind
    self.contact = contact
  }

  public var isVerified: Bool { realName == .verified }

  // MARK: As it is kept

  /// Nil for a record of an account that is none of an applicant.
  init?(_ json: JSONValue?) {
    guard let json, let kind = json["kind"]?.string.flatMap({ Kind(rawValue: $0) }),
      let contact = json["contact"]?.string,
      let realName = json["realName"]?.string.flatMap({ RealName(rawValue: $0) })
    else { return nil }
    self.init(kind: kind, contact: contact)
    self.realName = realName
    request = json["request"]?.string
  }

  var json: JSONValue {
    .object([
      "kind": .string(kind.rawValue), "contact": .string(contact),
      "realName": .string(realName.rawValue), "request": .optional(request),
    ])
  }
}

extension Principal {
  /// The same account in a case that is known to be its own or in its charge.
  ///
  /// Nothing else may be done with it than what applicants do in cases.
  var inOwnCase: Principal {
    Principal(
      actor: actor, name: name, roles: [], permissions: [], scope: .all, applicant: applicant,
      caseRoles: [Cases.applicantRole])
  }
}

extension Cases {
  /// The code of `case-roles` whoever applies acts under.
  static let applicantRole = "applicant"
}
