import Foundation
public import KarezCore
import KarezPacks
import KarezStore
import KarezWorkflow

/// 文件清理: files of cases that no case or draft refers to, and were brought long enough ago.
public struct CaseFileSweep: Hashable, Sendable {
  public struct File: Hashable, Sendable {
    public let sm3: String
    public let bytes: Int
    /// When it was brought, or brought again.
    public let since: String
  }

  public let files: [File]
  /// Whether they were removed, and not only found.
  public let isApplied: Bool

  public var json: JSONValue {
    .object([
      "removed": .boolean(isApplied),
      "files": .array(
        files.map {
          .object([
            "sm3": .string($0.sm3), "bytes": .integer(Int64($0.bytes)), "since": .string($0.since),
          ])
        }),
    ])
  }

  public func line(in language: Language) -> String {
    let bytes = files.reduce(0) { $0 + $1.bytes }
    return switch (language, isApplied) {
    case (.zh, true): "已删除 \(files.count) 个文件，\(bytes) 字节"
    case (.zh, false): "可清理 \(files.count) 个文件，\(bytes) 字节；加 --apply 删除"
    case (.ug, true): "\(files.count) ھۆججەت ئۆچۈرۈلدى، \(bytes) بايت"
    case (.ug, false): "\(files.count) ھۆججەتنى تازىلاشقا بولىدۇ، \(bytes) بايت؛ ئۆچۈرۈش: --apply"
    case (.en, true): "\(files.count) files removed, \(bytes) bytes"
    case (.en, false): "\(files.count) files could go, \(bytes) bytes; --apply removes them"
    }
  }
}

extension Cases {
  /// Finds files no event and no draft refers to, older than `Packs/retention.yaml` says; removes them where it
  /// is told to.
  public func sweepFiles(
    isApplied: Bool, by principal: Principal
  ) async throws(Problem) -> CaseFileSweep {
    try principal.require(.manageJobs)
    let retention: Retention
    do throws(RulePackError) {
      retention = try Retention.load(from: map.installation.packs.path)
    } catch {
      throw .packs(error)
    }
    let folder = map.data.appending(path: "case-files")
    let before = Self.date(map.clock.now()).addingTimeInterval(
      -Double(retention.caseFileSeconds))
    // Looked at first: what is brought while the cases are read is too young.
    let old = Self.files(in: folder, before: before)
    guard !old.isEmpty else { return CaseFileSweep(files: [], isApplied: isApplied) }
    let referenced = try await referencedFiles()
    let found = old.filter { !referenced.contains($0.sm3) }
    if isApplied {
      for file in found {
        try? FileManager.default.removeItem(at: folder.appending(path: file.sm3))
      }
      let said: [String: JSONValue] = [
        "files": .integer(Int64(found.count)),
        "bytes": .integer(Int64(found.reduce(0) { $0 + $1.bytes })),
      ]
      try await map.asked { store throws(StoreError) in
        try await store.record(
          kind: "case-files-swept", body: .object(said), by: principal.actor)
      }
    }
    return CaseFileSweep(files: found, isApplied: isApplied)
  }

  private static func date(_ moment: Timestamp) -> Date {
    Date(timeIntervalSince1970: Double(moment.millisecondsSince1970) / 1_000)
  }

  private static func files(in folder: URL, before: Date) -> [CaseFileSweep.File] {
    let manager = FileManager.default
    let names = (try? manager.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.sorted().compactMap { name in
      let place = folder.appending(path: name)
      guard let attributes = try? manager.attributesOfItem(atPath: place.path),
        let changed = attributes[.modificationDate] as? Date, changed < before
      else { return nil }
      let parts = (try? manager.contentsOfDirectory(atPath: place.path)) ?? []
      let bytes = parts.reduce(0) { sum, part in
        let own = try? manager.attributesOfItem(atPath: place.appending(path: part).path)
        return sum + ((own?[.size] as? NSNumber)?.intValue ?? 0)
      }
      let since = Int64(changed.timeIntervalSince1970 * 1_000)
      return CaseFileSweep.File(
        sm3: name, bytes: bytes,
        since: Timestamp(millisecondsSince1970: since).description)
    }
  }

  /// Digests of every file a draft or an event of a case names.
  private func referencedFiles() async throws(Problem) -> Set<String> {
    // Drafts first: what one of them becomes while the cases are read is held by it already.
    var referenced = try await map.applicants.draftedFiles()
    var last: CaseHead?
    while true {
      let place = last
      let heads = try await map.asked { store throws(StoreError) in
        try await store.cases(CaseQuery(order: .number), after: place, limit: 500, in: .all)
      }
      for head in heads {
        let known = try await loaded(head.stored.number, for: .operator)
        referenced.formUnion(CaseBundle.files(known.events))
      }
      guard let final = heads.last else { return referenced }
      last = final
    }
  }
}
