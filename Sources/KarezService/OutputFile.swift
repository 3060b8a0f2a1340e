import Foundation
public import KarezCore
import KarezTables

/// A file we write: whole or not at all.
public enum OutputFile {
  /// Writes beside the target, syncs and renames, so that nobody ever sees half of it.
  ///
  /// - Errors: `Problem` of kind unavailable when the folder cannot be written.
  public static func write(_ bytes: [UInt8], to path: String) throws(Problem) {
    do {
      let file = try WholeFile(path: URL(filePath: path).path)
      try file.write(bytes)
      try file.publish()
    } catch {
      throw Problem(
        .unavailable, code: "output-not-writable", place: path,
        what: LocalizedText(zh: "无法写入文件", en: "the file cannot be written"),
        remedy: LocalizedText(
          zh: "检查文件夹权限与磁盘空间", en: "check the folder's permissions and the free space"))
    }
  }

  public static func write(_ text: String, to path: String) throws(Problem) {
    try write(Array(text.utf8), to: path)
  }
}
