import Foundation
import Glibc
import KarezTables

/// A folder beside the file to come, for what is not the file yet; gone with its last user.
final class WorkFolder {
  let path: String
  /// The one folder a worker may write into.
  var output: String { path + "/out" }
  var frames: String { path + "/frames" }

  init(beside file: String) throws(WritingError) {
    var status = stat()
    if stat(file, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
      throw .file(.pathNotWritable(path: file, errorNumber: EISDIR))
    }
    let folder = file.lastIndex(of: "/").map { String(file[...$0]) } ?? ""
    let mark = String(UInt64.random(in: .min ... .max), radix: 16)
    path = folder + ".karez-\(mark).part"
    guard !file.isEmpty, mkdir(path, 0o700) == 0, mkdir(path + "/out", 0o700) == 0 else {
      throw .file(.pathNotWritable(path: file, errorNumber: file.isEmpty ? ENOENT : errno))
    }
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }
}
