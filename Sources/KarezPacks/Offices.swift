public import KarezCore

/// 权限: one thing an account may be allowed to do.
public enum Permission: String, CaseIterable, Hashable, Sendable {
  case view
  case submit
  case signOff = "sign-off"
  case manageAccounts = "manage-accounts"
  case manageJobs = "manage-jobs"
  case readLog = "read-log"
}

/// 岗位: what those who hold it may do, and up to which classification.
public struct Role: Hashable, Sendable {
  public let id: String
  public let title: LocalizedText
  public let permissions: Set<Permission>
  public let ceiling: Classification
  /// Roles that nobody may hold together with this one.
  public let apart: Set<String>
}

/// What passwords and sessions have to be like.
public struct AccountPolicy: Hashable, Sendable {
  public let shortestPassword: Int
  /// Of lower case, upper case, digits and others.
  public let kindsOfCharacters: Int
  public let failuresBeforeLock: Int
  public let lockSeconds: Int
  public let idleSeconds: Int
  public let longestSeconds: Int
}

/// The roles and account rules of an installation, as `Packs/offices.yaml` states them.
public struct Offices: Hashable, Sendable {
  /// In the order of the file.
  public let roles: [Role]
  public let policy: AccountPolicy
  /// How soon a submission should be signed; orders the desk and decides nothing.
  public let signWithinSeconds: Int

  public func role(_ id: String) -> Role? { roles.first { $0.id == id } }

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

  /// Reads `offices.yaml` of the packs' folder.
  ///
  /// - Errors: `RulePackError.refused` with every fault found.
  public static func load(from folder: String) throws(RulePackError) -> Offices {
    let name = "offices.yaml"
    let bytes: [UInt8]
    do throws(PackFault) {
      bytes = try PackFolder.read(folder + "/" + name, named: name).bytes
    } catch {
      throw .refused([error])
    }
    var file = OfficesFile()
    file.read(try PackNode.read(bytes, file: name))
    guard let offices = file.offices else { throw .refused(file.faults) }
    return offices
  }
}
