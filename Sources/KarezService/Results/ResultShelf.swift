import Foundation
import KarezCore

/// Files that were made for somebody to fetch, kept in the data folder for a while and no longer.
///
/// - Shape: `results/<name>/`, a folder that appears whole or not at all. Whoever asks for one has
///   to know that it is theirs; the shelf does not.
struct ResultShelf: Sendable {
  /// Long enough to come back to after a week's end.
  static let keptSeconds = 3 * 86_400

  let folder: URL

  init(in data: URL) { folder = data.appending(path: "results") }

  /// A file of a result; nil where there is none, or its time is over.
  func file(_ file: String, of name: String) -> URL? {
    let path = folder.appending(path: name).appending(path: file)
    return FileManager.default.fileExists(atPath: path.path) ? path : nil
  }

  func text(_ file: String, of name: String) -> String? {
    self.file(file, of: name).flatMap { try? String(contentsOf: $0, encoding: .utf8) }
  }

  /// When a result was made; nil where there is none.
  func made(_ name: String) -> Date? {
    let place = folder.appending(path: name)
    return try? place.resourceValues(forKeys: [.contentModificationDateKey])
      .contentModificationDate
  }

  /// Puts what `fill` writes into an empty folder on the shelf; another of the name makes way.
  func keep<Value: Sendable>(
    _ name: String, _ fill: (URL) async throws(Problem) -> Value
  ) async throws(Problem) -> Value {
    sweep(now: Date())
    let fresh = folder.appending(path: ".new-" + UUID().uuidString)
    try Self.onDisk(name) {
      try FileManager.default.createDirectory(
        at: fresh, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }
    do throws(Problem) {
      let value = try await fill(fresh)
      let place = folder.appending(path: name)
      try Self.onDisk(name) {
        if FileManager.default.fileExists(atPath: place.path) {
          try FileManager.default.removeItem(at: place)
        }
        try FileManager.default.moveItem(at: fresh, to: place)
      }
      return value
    } catch {
      try? FileManager.default.removeItem(at: fresh)
      throw error
    }
  }

  /// Removes a result before its time; none there is as well.
  func remove(_ name: String) {
    try? FileManager.default.removeItem(at: folder.appending(path: name))
  }

  /// Removes what has been kept long enough, and what was never finished.
  func sweep(now: Date) {
    let places = try? FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: [.contentModificationDateKey])
    for place in places ?? [] {
      let values = try? place.resourceValues(forKeys: [.contentModificationDateKey])
      let age = now.timeIntervalSince(values?.contentModificationDate ?? now)
      guard age > TimeInterval(Self.keptSeconds) else { continue }
      try? FileManager.default.removeItem(at: place)
    }
  }

  private static func onDisk(_ name: String, _ act: () throws -> Void) throws(Problem) {
    do { try act() } catch {
      throw Wording(
        "result-not-kept", "结果未能保存", "the result could not be kept",
        do: "检查数据文件夹与磁盘空间", "check the data folder and the free space"
      ).problem(.unavailable, at: name)
    }
  }
}

extension OneMap {
  var results: ResultShelf { ResultShelf(in: data) }

  /// What somebody who asked for a job may reach now.
  func scope(of actor: Actor) async throws(Problem) -> Scope {
    if actor == .operator { return .all }
    let account = try await accounts.account(actor.id)
    guard account.isActive else {
      throw Wording(
        "account-inactive", "账户已停用", "the account is disabled",
        do: "由其他人重新提交任务", "have somebody else ask for the job"
      ).problem(.forbidden, at: actor.id)
    }
    return account.principal(in: offices).scope
  }

  /// What somebody who asked for a job may reach, if it is still what it was then.
  func scope(of actor: Actor, marked mark: String?) async throws(Problem) -> Scope {
    let scope = try await scope(of: actor)
    guard scope.mark == mark else {
      throw Wording(
        "scope-changed", "申请人的可见范围已改变", "what the asker may reach has changed",
        do: "重新申请", "ask for it again"
      ).problem(at: actor.id)
    }
    return scope
  }
}
