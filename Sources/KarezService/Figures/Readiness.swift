import Foundation
public import KarezCore
import KarezPacks
import KarezStore

/// 就绪检查: what a server needs for its work, part by part, and what is missing.
public struct Readiness: Sendable {
  public struct Part: Sendable {
    public let name: String
    /// Whether nothing at all can be answered without it.
    public let isNeeded: Bool
    /// Nil where it is there.
    public let missing: Problem?
  }

  public let parts: [Part]
  /// Nil where the store does not answer.
  public let lastCommit: Int?

  public var isReady: Bool { parts.allSatisfy { !$0.isNeeded || $0.missing == nil } }

  /// What the server's log should have of what is missing, since `/readyz` does not say it.
  public var insideWords: [String] {
    parts.compactMap(\.missing).filter(\.isOfTheInside).map { $0.code + " " + $0.line(in: .en) }
  }

  /// As `/readyz` says it, to anybody.
  public var json: JSONValue {
    var members: [String: JSONValue] = [
      "status": .string(isReady ? "ready" : "not-ready"),
      "missing": .array(
        parts.compactMap { part in
          part.missing.map(\.outward).map { problem in
            .object([
              "part": .string(part.name), "needed": .boolean(part.isNeeded),
              "code": .string(problem.code),
              "message": .object([
                "zh": .string(problem.line(in: .zh)), "en": .string(problem.line(in: .en)),
              ]),
            ])
          }
        }),
    ]
    members["commit"] = lastCommit.map { .integer(Int64($0)) }
    return .object(members)
  }
}

extension OneMap {
  /// Below so much free space the next import may not find room.
  private static let leastFreeBytes = 512 << 20
  private static let sandbox = "/usr/bin/bwrap"

  /// Looks at every part; what fails is told of and does not end the look.
  public func readiness() async -> Readiness {
    var lastCommit: Int?
    var parts: [Readiness.Part] = []
    func add(_ name: String, isNeeded: Bool, _ missing: Problem?) {
      parts.append(Readiness.Part(name: name, isNeeded: isNeeded, missing: missing))
    }
    do throws(Problem) {
      lastCommit = try await today().recorded.value
      add("store", isNeeded: true, nil)
    } catch {
      add("store", isNeeded: true, error)
    }
    // Without the store the rest that is asked of it is missing for the same reason.
    if lastCommit != nil {
      add("packs", isNeeded: true, await Self.missing(refuseReplacedPacks))
      add("evidence", isNeeded: false, await Self.missing(refuseOverdue))
      add("row-policy", isNeeded: false, await Self.missing(refuseUnheld))
    }
    add("reader", isNeeded: false, missingReader)
    add("space", isNeeded: false, missingSpace)
    return Readiness(parts: parts, lastCommit: lastCommit)
  }

  private static func missing(
    _ look: () async throws(Problem) -> Void
  ) async -> Problem? {
    do throws(Problem) {
      try await look()
      return nil
    } catch {
      return error
    }
  }

  /// Refuses where nobody has vouched for the log for so long that writes stop.
  private func refuseOverdue() async throws(Problem) {
    guard let witness = (store as? RelationalStore)?.witness else { return }
    let covered: EvidenceWatch.Reach
    do throws(WitnessFolder.Failure) {
      covered = try witness.folder.reach(trusting: witness.keys)
    } catch {
      throw .witness(error)
    }
    if let leaf = covered.leaf {
      let found = try await asked { store throws(StoreError) in
        try await store.logLeaves(after: covered.size - 1, limit: 1)
      }
      guard found.first == leaf else {
        throw .store(.witnessedOtherwise(entry: covered.size))
      }
    }
    let limit = try evidencePolicy().stopSeconds
    guard let next = try await logEntries(after: covered.size, limit: 1).first,
      let since = Timestamp(next.at), since.adding(seconds: limit) < clock.now()
    else { return }
    throw .store(.evidenceOverdue(since: next.at))
  }

  /// Refuses a server's database that is opened as somebody whom its row-level security spares.
  private func refuseUnheld() async throws(Problem) {
    guard let store = store as? RelationalStore else { return }
    let isHeld: Bool?
    do throws(StoreError) { isHeld = try await store.isHeldByRowPolicy() } catch {
      throw .store(error)
    }
    guard isHeld == false else { return }
    throw Wording(
      "row-policy-spares", "数据库行级安全对当前角色不起作用（表的所有者或超级用户）",
      "row-level security spares the role the database is opened as (its owner or a superuser)",
      do: "用 karez init --grant-to 授权另一角色，并以该角色运行服务",
      "karez init --grant-to another role, and serve as that"
    ).problem(.unavailable, at: "PostgreSQL")
  }

  private var missingReader: Problem? {
    let files = FileManager.default
    guard files.isExecutableFile(atPath: installation.reader.path) else {
      return Wording(
        "reader-missing", "没有读取程序，不能读取外来文件",
        "the reader is missing; files from outside cannot be read",
        do: "重新安装 karez-reader", "install karez-reader again"
      ).problem(.unavailable, at: "karez-reader")
    }
    guard files.isExecutableFile(atPath: Self.sandbox) else {
      return Wording(
        "sandbox-missing", "没有 bubblewrap，不读取外来文件",
        "bubblewrap is missing; files from outside are not read",
        do: "安装 bubblewrap", "install bubblewrap"
      ).problem(.unavailable, at: "bwrap")
    }
    return nil
  }

  private var missingSpace: Problem? {
    let attributes = try? FileManager.default.attributesOfFileSystem(forPath: data.path)
    guard let free = (attributes?[.systemFreeSize] as? NSNumber)?.int64Value,
      free < Int64(Self.leastFreeBytes)
    else { return nil }
    return Wording(
      "space-short", "数据文件夹所在磁盘空间不足", "the disk of the data folder is nearly full",
      do: "腾出空间或扩容", "free space, or add some"
    ).problem(.unavailable, at: "")
  }
}
