@testable import KarezReading

/// The directory of a ZIP archive.
enum ZipTarget: FuzzTarget {
  static let name = "zip"

  static func feed(_ bytes: [UInt8]) {
    let gbk = TextDecoder(encoding: "GB18030")
    let directory = try? ZipDirectory(of: MemoryBytes(bytes)) { gbk?.decode($0) }
    for entry in directory?.entries ?? [] {
      let steps = entry.name.split { $0 == "/" || $0 == "\\" }
      hold(!steps.contains("..") && !entry.name.hasPrefix("/"), "leaves the folder: \(entry.name)")
      hold(entry.packed <= Int64(bytes.count), "packed more than there is")
    }
  }
}
