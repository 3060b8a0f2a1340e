import Foundation
import KarezCore
import KarezStore

extension Problem {
  /// What kept a backup from being made or taken back.
  static func backup(_ error: any Error, at place: String) -> Problem {
    switch error {
    case let problem as Problem: problem
    case let failure as StoreError: .store(failure)
    default:
      Wording(
        "backup-not-possible", "文件无法读写（\(reason(of: error))）",
        "a file cannot be read or written (\(reason(of: error)))",
        do: "检查权限与磁盘空间后重试", "check permissions and free space, then try again"
      ).problem(.unavailable, at: place)
    }
  }

  /// The reason in a few words, without paths.
  private static func reason(of error: any Error) -> String {
    if let error = error as? POSIXError { return String(cString: strerror(error.code.rawValue)) }
    let known = (error as NSError).userInfo[NSUnderlyingErrorKey] as? any Error
    return (known as? POSIXError).map { String(cString: strerror($0.code.rawValue)) }
      ?? "\((error as NSError).code)"
  }

  static func backupTargetTaken(_ place: String) -> Problem {
    Wording(
      "backup-target-taken", "备份文件夹不是空的", "the backup's folder is not empty",
      do: "指明一个新的文件夹，每次备份各用一个", "name a new folder; every backup has its own"
    ).problem(.conflict, at: place)
  }

  static func restoreTargetTaken(_ place: String) -> Problem {
    Wording(
      "restore-target-taken", "数据文件夹不是空的，恢复不会覆盖任何内容",
      "the data folder is not empty; restoring overwrites nothing",
      do: "用 --data 指明新的文件夹，核对后再替换", "name a new one with --data, then replace the old"
    ).problem(.conflict, at: place)
  }

  static func notABackup(_ place: String) -> Problem {
    Wording(
      "backup-unknown", "这里没有备份清单 \(BackupManifest.fileName)",
      "there is no backup here: \(BackupManifest.fileName) is missing",
      do: "指明 karez backup 建立的文件夹", "name a folder that karez backup made"
    ).problem(.notFound, at: place)
  }

  static func backupDamaged(_ file: String) -> Problem {
    Wording(
      "backup-damaged", "与备份清单不符", "not what the backup's manifest says",
      do: "此备份不可用；换用另一份备份", "this backup cannot be used; take another"
    ).problem(at: file)
  }

  static func backupFault(_ fault: LogVerification.Fault, more: Int) -> Problem {
    let others = more > 0
    return Wording(
      "backup-inconsistent",
      "日志第 \(fault.entry) 条与数据不符（\(fault.kind)）" + (others ? "，另有 \(more) 处" : ""),
      "log entry \(fault.entry) and the data disagree (\(fault.kind))"
        + (others ? ", and \(more) more" : ""),
      do: "此备份不可用；换用另一份备份", "this backup cannot be used; take another"
    ).problem(at: BackupJob.mapFile)
  }

  static func backupNotWitnessed(_ place: String) -> Problem {
    Wording(
      "backup-not-witnessed", "见证文件夹中没有不晚于此备份的检查点，无从核对",
      "no checkpoint in the witness folder is as old as the backup; nothing could be compared",
      do: "换用更新的备份，或不带 --checkpoints 恢复后再核验",
      "take a newer backup, or restore without --checkpoints and verify then"
    ).problem(at: place)
  }

  static var backupOfServer: Problem {
    Wording(
      "backup-of-server", "服务器数据库由其自身的工具备份", "a database server has backups of its own",
      do: "按 docs/operations.md 使用 pgBackRest", "use pgBackRest as docs/operations.md says"
    ).problem(.usage, at: "")
  }
}
