public import KarezCore

/// 权限: one thing an account may be allowed to do.
public enum Permission: String, CaseIterable, Hashable, Sendable {
  case view
  case submit
  case signOff = "sign-off"
  case manageAccounts = "manage-accounts"
  case manageJobs = "manage-jobs"
  case readLog = "read-log"
  /// Agreeing to roles somebody else proposes.
  case approveGrants = "approve-grants"
  /// Agreeing to a dataset's classification.
  case classify
  /// Agreeing to what goes to a lower zone.
  case release
  /// Agreeing to a pack that others shall use.
  case publishPacks = "publish-packs"
}

/// 岗位: what those who hold it may do, and up to which classification.
public struct Role: Hashable, Sendable {
  public let id: String
  public let title: LocalizedText
  public let permissions: Set<Permission>
  public let ceiling: Classification
  /// Roles that nobody may hold together with this one.
  public let apart: Set<String>
  /// 办件岗位: what its holders may act as in cases; codes of `case-roles`.
  public let cases: Set<String>
  /// Attributes kept from its holders, whatever their level: `attribute`, or `dataset/attribute`.
  ///
  /// Who holds several roles is kept from what all of them keep.
  public var withholds: Set<String> = []
}

/// What passwords and sessions have to be like in one zone.
public struct AccountPolicy: Hashable, Sendable {
  public let shortestPassword: Int
  /// Of lower case, upper case, digits and others.
  public let kindsOfCharacters: Int
  /// Passwords everybody tries first, in lower case; empty where the zone does not ask.
  public let common: Set<String>
  /// After so long a password has to be changed; nil where never.
  public let passwordSeconds: Int?
  /// So many passwords, the present one among them, are not taken again.
  public let remembered: Int
  public let failuresBeforeLock: Int
  public let lockSeconds: Int
  public let idleSeconds: Int
  public let longestSeconds: Int
  /// Signing in ends the account's other sessions.
  public let hasOneSession: Bool
  /// Roles whose holders need a second factor.
  public let secondFactor: Set<String>
}

/// 公众版: how much of the map people see in a zone who have not signed in.
///
/// Whatever it says, they see what is public and nothing else; see `Principal.publicReader`.
public enum PublicEdition: String, CaseIterable, Hashable, Sendable {
  /// Looking at it.
  case view
  /// Taking it away as files, too.
  case download
}

/// 网络区: one of the zones an installation may stand in, and what it asks of accounts.
public struct Zone: Hashable, Sendable {
  public let id: String
  public let title: LocalizedText
  public let policy: AccountPolicy
  /// Whether applicants make accounts for themselves here.
  public var takesApplicants: Bool
  /// Nil where whoever looks at the map signs in first.
  public var publicEdition: PublicEdition?
  public let certainty: Certainty
  public let source: LocalizedText
}

/// What every second factor has in common.
public struct SecondFactorPolicy: Hashable, Sendable {
  public let recoveryCodes: Int
  /// How long a sign-in that has begun, and its challenge, may take.
  public let withinSeconds: Int
}

/// What a service token may be given at most.
public struct TokenPolicy: Hashable, Sendable {
  public let permissions: Set<Permission>
  public let longestSeconds: Int
  /// How many of one account may be in force together.
  public let most: Int
}

/// The roles and account rules of an installation, as `Packs/offices.yaml` states them.
public struct Offices: Hashable, Sendable {
  /// In the order of the file.
  public let roles: [Role]
  public let zones: [Zone]
  /// The one this installation stands in.
  public var zone: Zone
  public let secondFactor: SecondFactorPolicy
  public let tokens: TokenPolicy
  /// How soon a submission should be signed; orders the desk and decides nothing.
  public let signWithinSeconds: Int

  /// What its file is called in the packs' folder.
  public static let file = "offices.yaml"

  public var policy: AccountPolicy { zone.policy }

  public func role(_ id: String) -> Role? { roles.first { $0.id == id } }

  /// Whether somebody who holds these roles has to have a second factor here.
  public func needsSecondFactor(_ roles: [String]) -> Bool {
    !policy.secondFactor.isDisjoint(with: roles)
  }

  /// Two of these roles that nobody may hold together, if there are such.
  public func conflict(among ids: [String]) -> (String, String)? {
    for (index, id) in ids.enumerated() {
      for other in ids.dropFirst(index + 1) {
        let isApart =
          role(id)?.apart.contains(other) == true || role(other)?.apart.contains(id) == true
        if isApart { return (id, other) }
      }
    }
    return nil
  }

  /// What roles keep from their holders that no dataset has: nothing would be kept.
  public func faults(beside schemas: [DatasetSchema]) -> [PackFault] {
    let known = Set(
      schemas.flatMap { schema in
        schema.attributes.flatMap { [$0.name, "\(schema.id)/\($0.name)"] }
      })
    return roles.flatMap { role in
      role.withholds.subtracting(known).sorted().map { name in
        PackFault(
          PackOrigin(file: Self.file, line: 1),
          .notOneOf(key: "withholds", text: name, allowed: ["attribute", "dataset/attribute"]))
      }
    }
  }

  /// The same offices in an installation that stands in another zone.
  public func standing(in id: String) -> Offices? {
    zones.first { $0.id == id }.map { zone in
      Offices(
        roles: roles, zones: zones, zone: zone, secondFactor: secondFactor, tokens: tokens,
        signWithinSeconds: signWithinSeconds)
    }
  }

  /// Reads `offices.yaml` of the packs' folder, and the list of common passwords beside it.
  ///
  /// - Errors: `RulePackError.refused` with every fault found.
  public static func load(from folder: String) throws(RulePackError) -> Offices {
    let bytes: [UInt8]
    do throws(PackFault) {
      bytes = try PackFolder.read(folder + "/" + file, named: file).bytes
    } catch {
      throw .refused([error])
    }
    return try read(bytes, besides: folder)
  }

  /// The offices of a text; the list of common passwords is that of the packs' folder.
  public static func read(
    _ bytes: [UInt8], besides folder: String
  ) throws(RulePackError) -> Offices {
    let common = "common-passwords.txt"
    var reader = OfficesFile()
    do throws(PackFault) {
      reader.readCommon(try PackFolder.read(folder + "/" + common, named: common).bytes)
    } catch {
      throw .refused([error])
    }
    reader.read(try PackNode.read(bytes, file: file))
    guard let offices = reader.offices else { throw .refused(reader.faults) }
    return offices
  }
}
