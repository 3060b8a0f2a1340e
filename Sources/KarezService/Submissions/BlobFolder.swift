import Foundation
import KarezCore
import KarezStore
import KarezTables

/// Files that must outlive the process that took them, kept under the SM3 of their content.
///
/// - Shape: `blobs/<sm3>/source.<ending>`, one file or the parts of a Shapefile; a report beside
///   it. A folder appears whole, after everything in it has reached the disk, or not at all.
struct BlobFolder: Sendable {
  /// What was taken: its digest, and the name it is kept under.
  struct Kept: Hashable, Sendable {
    let sm3: String
    let file: String
  }

  /// An unfinished or unreferenced folder is left alone this long: somebody may be at it.
  static let restSeconds: TimeInterval = 3_600

  let folder: URL

  init(in data: URL, named name: String = "blobs") { folder = data.appending(path: name) }

  func path(of kept: Kept) -> String {
    folder.appending(path: "\(kept.sm3)/\(kept.file)").path
  }

  /// Copies a file, with the parts that belong to it, and syncs it to the disk.
  ///
  /// - Errors: `Problem` of kind unavailable where the disk does not take it.
  func keep(fileAt path: String, named name: String) throws(Problem) -> Kept {
    let ending = URL(filePath: name).pathExtension.lowercased()
    let isPlain = !ending.isEmpty && ending.count <= 12 && ending.allSatisfy(\.isLetterOrDigit)
    let file = isPlain ? "source." + ending : "source"
    let fresh = folder.appending(path: ".new-" + UUID().uuidString)
    do {
      let isFirst = !FileManager.default.fileExists(atPath: folder.path)
      try FileManager.default.createDirectory(
        at: fresh, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      if isFirst { try DurableNames.sync(folder.deletingLastPathComponent()) }
      for (part, partName) in Self.parts(of: path, as: file) {
        let target = fresh.appending(path: partName)
        try FileManager.default.copyItem(atPath: part, toPath: target.path)
        try Self.sync(target)
      }
      let sm3 = try FileFingerprint.sm3(ofFileAt: fresh.appending(path: file).path)
      try moveIntoPlace(fresh, sm3)
      return Kept(sm3: sm3, file: file)
    } catch let problem as Problem {
      try? FileManager.default.removeItem(at: fresh)
      throw problem
    } catch {
      try? FileManager.default.removeItem(at: fresh)
      throw Wording(
        "blob-not-kept", "文件未能保存", "the file could not be kept",
        do: "检查数据文件夹与磁盘空间", "check the data folder and the free space"
      ).problem(.unavailable, at: name)
    }
  }

  /// Writes a text beside a kept file; the same name is replaced whole.
  func keep(_ text: String, as name: String, beside sm3: String) throws(Problem) {
    let target = folder.appending(path: sm3).appending(path: name)
    do {
      let file = try WholeFile(path: target.path)
      try file.write(Array(text.utf8))
      try file.publish()
    } catch {
      throw Wording(
        "blob-not-kept", "报告未能保存", "the report could not be kept",
        do: "检查数据文件夹与磁盘空间", "check the data folder and the free space"
      ).problem(.unavailable, at: name)
    }
  }

  /// A text kept beside a file; nil where there is none.
  func text(_ name: String, beside sm3: String) -> String? {
    try? String(contentsOf: folder.appending(path: sm3).appending(path: name), encoding: .utf8)
  }

  /// Removes what nobody refers to and nobody can be about to refer to.
  func sweep(keeping referenced: Set<String>, now: Date) {
    let names = try? FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: [.contentModificationDateKey])
    for name in names ?? [] where !referenced.contains(name.lastPathComponent) {
      let values = try? name.resourceValues(forKeys: [.contentModificationDateKey])
      let changed = values?.contentModificationDate ?? now
      guard now.timeIntervalSince(changed) > Self.restSeconds else { continue }
      try? FileManager.default.removeItem(at: name)
    }
  }

  private func moveIntoPlace(_ fresh: URL, _ sm3: String) throws {
    let place = folder.appending(path: sm3)
    try Self.sync(fresh)
    if FileManager.default.fileExists(atPath: place.path) {
      // The same bytes were taken before; a part that has another name joins them.
      for part in try FileManager.default.contentsOfDirectory(atPath: fresh.path)
      where !FileManager.default.fileExists(atPath: place.appending(path: part).path) {
        try FileManager.default.moveItem(
          at: fresh.appending(path: part), to: place.appending(path: part))
      }
      try FileManager.default.removeItem(at: fresh)
      // Its age counts from now on, so that no sweep takes it while it is being referred to.
      try FileManager.default.setAttributes([.modificationDate: Date()], ofItemAtPath: place.path)
      try Self.sync(place)
    } else {
      try FileManager.default.moveItem(at: fresh, to: place)
    }
    try Self.sync(folder)
  }

  /// The file itself, and for a Shapefile its sisters, with the names they are kept under.
  private static func parts(of path: String, as file: String) -> [(path: String, name: String)] {
    let source = URL(filePath: path)
    guard source.pathExtension.lowercased() == "shp" else { return [(path, file)] }
    let stem = source.deletingPathExtension().lastPathComponent
    let folder = source.deletingLastPathComponent()
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.sorted().compactMap { name in
      guard name.hasPrefix(stem + ".") else { return nil }
      let ending = name.dropFirst(stem.count + 1)
      return (folder.appending(path: name).path, "source." + ending.lowercased())
    }
  }

  private static func sync(_ place: URL) throws {
    let descriptor = open(place.path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw CocoaError(.fileReadUnknown) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw CocoaError(.fileWriteUnknown) }
  }
}

extension Character {
  fileprivate var isLetterOrDigit: Bool { isASCII && (isLetter || isNumber) }
}
