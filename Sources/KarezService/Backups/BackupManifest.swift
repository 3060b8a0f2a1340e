import KarezCore
import KarezStore

/// 备份清单: what a backup holds, file by file, and the state of the map it was made at.
///
/// - Shape: `manifest.json` in the backup's folder; canonical JSON, so that its SM3 names the
///   backup.
struct BackupManifest: Hashable {
  static let fileName = "manifest.json"
  static let format: Int64 = 1

  /// A file of the backup, by its path below the folder.
  struct File: Hashable {
    let path: String
    let bytes: Int64
    let sm3: String
  }

  /// RFC 3339, UTC.
  let madeAt: String
  let state: RecordedState
  /// In the order of their paths.
  let files: [File]

  var bytes: Int64 { files.reduce(0) { $0 + $1.bytes } }

  var json: JSONValue {
    .object([
      "format": .integer(Self.format),
      "madeAt": .string(madeAt),
      "commit": .integer(Int64(state.commit.value)),
      "logEntries": .integer(state.logEntries),
      "logSM3": .string(state.logSM3),
      "files": .array(
        files.map {
          .object([
            "path": .string($0.path), "bytes": .integer($0.bytes), "sm3": .string($0.sm3),
          ])
        }),
    ])
  }
}

extension BackupManifest {
  /// The manifest a text says, or nil where it is none of this format.
  init?(parsing text: [UInt8]) {
    guard let json = try? JSONValue(parsing: text), json["format"]?.integer == Self.format,
      let madeAt = json["madeAt"]?.string, let commit = json["commit"]?.integer,
      let number = CommitNumber(Int(clamping: commit)),
      let entries = json["logEntries"]?.integer, let logSM3 = json["logSM3"]?.string,
      let listed = json["files"]?.array
    else { return nil }
    let files = listed.compactMap { File(json: $0) }
    var total: Int64 = 0
    for file in files {
      let (sum, overflow) = total.addingReportingOverflow(file.bytes)
      guard !overflow else { return nil }
      total = sum
    }
    guard files.count == listed.count, Set(files.map(\.path)).count == files.count else {
      return nil
    }
    self.init(
      madeAt: madeAt,
      state: RecordedState(commit: number, logEntries: entries, logSM3: logSM3), files: files)
  }
}

extension BackupManifest.File {
  fileprivate init?(json: JSONValue) {
    guard let path = json["path"]?.string, let bytes = json["bytes"]?.integer, bytes >= 0,
      let sm3 = json["sm3"]?.string, Self.staysInside(path)
    else { return nil }
    self.init(path: path, bytes: bytes, sm3: sm3)
  }

  /// Whether a path names a file below a folder: no step up, no root, nothing hidden in it.
  private static func staysInside(_ path: String) -> Bool {
    let steps = path.split(separator: "/", omittingEmptySubsequences: false)
    return !path.utf8.contains(0)
      && steps.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
  }
}
