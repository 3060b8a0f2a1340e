import Foundation
import KarezCore
import KarezPacks
import KarezStore
import KarezTables

/// 规则包档案: the packs of every publication, kept in the data folder.
///
/// - Shape: `packs/SM3.zip`, an archive a state of the packs under the digest of its contents; the
///   packs of regions are left out, since no answer rests on them. What is laid out again is read
///   and compared with the digests of its publication; the record of that is in the log.
struct PackArchive {
  static let name = "packs"
  /// Which parts of the packs are not kept.
  static let leftOut = "regions"

  private let folder: URL

  init(data: URL) { folder = data.appending(path: Self.name) }

  private func file(of contents: PackContents) -> URL {
    folder.appending(path: contents.sm3 + ".zip")
  }

  /// Keeps the packs of a folder, where they are not kept yet; they are durable once it returns.
  func keep(_ contents: PackContents, of packs: URL) throws(Problem) {
    let place = file(of: contents)
    guard !FileManager.default.fileExists(atPath: place.path) else { return }
    let files = try Self.files(of: packs)
    // Somebody may have written while it was read.
    guard (try? PackContents.read(from: packs.path)) == contents else { throw Self.changed }
    let archive = BundleArchive(
      parts: files.sorted { $0.key < $1.key }.map { .init(name: $0.key, bytes: $0.value) })
    do {
      try FileManager.default.createDirectory(
        at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      let whole = try WholeFile(path: place.path)
      try whole.write(archive.bytes())
      try whole.publish()
      try DurableNames.sync(folder)
      try DurableNames.sync(folder.deletingLastPathComponent())
    } catch {
      throw Self.notWritable
    }
  }

  /// Every file of a folder of packs but those of regions, by their paths.
  static func files(of packs: URL) throws(Problem) -> [String: [UInt8]] {
    var files: [String: [UInt8]] = [:]
    do {
      for path in try FolderContent.paths(below: packs, leavingOut: [leftOut]) {
        files[path] = Array(try Data(contentsOf: packs.appending(path: path)))
      }
    } catch {
      throw .unreadableFile("Packs")
    }
    return files
  }

  /// Runs the body with a folder that holds the packs of a publication, and is gone afterwards.
  ///
  /// - Errors: not found where they were never kept; a defect where they are not what they were.
  func withPacks<Result: Sendable>(
    of publication: PackPublication,
    _ body: (URL) async throws(Problem) -> Result
  ) async throws(Problem) -> Result {
    guard let bytes = FileManager.default.contents(atPath: file(of: publication.contents).path)
    else { throw Self.missing(publication) }
    let target = FileManager.default.temporaryDirectory
      .appending(path: "karez-packs-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: target) }
    let found: PackContents
    do {
      // Its names lead nowhere else: the archive refuses those that do.
      for part in try BundleArchive(reading: Array(bytes)).parts {
        let file = target.appending(path: part.name)
        try FileManager.default.createDirectory(
          at: file.deletingLastPathComponent(), withIntermediateDirectories: true,
          attributes: [.posixPermissions: 0o700])
        try Data(part.bytes).write(to: file)
      }
      found = try PackContents.read(from: target.path)
    } catch {
      throw Self.altered(publication)
    }
    guard found.parts == publication.contents.parts.filter({ !Self.isLeftOut($0) }) else {
      throw Self.altered(publication)
    }
    return try await body(target)
  }

  private static func isLeftOut(_ part: PackContents.Part) -> Bool {
    part.name.hasPrefix(leftOut + "/")
  }

  private static let notWritable = Wording(
    "packs-not-kept", "规则包存档无法写入", "the packs cannot be kept",
    do: "检查数据文件夹的权限与磁盘空间", "check the data folder's permissions and the free space"
  ).problem(.unavailable, at: name)

  private static let changed = Wording(
    "packs-changed", "规则包在存档时被改动", "the packs were changed while they were kept",
    do: "改动停下后重试", "try again when nobody writes to them"
  ).problem(.conflict, at: "Packs")

  private static func missing(_ publication: PackPublication) -> Problem {
    Wording(
      "packs-not-kept-then", "第 \(publication.number) 版规则包没有存档",
      "the packs of publication \(publication.number) were not kept",
      do: "该版早于存档功能；改用其后的版本", "it is from before packs were kept; use a later one"
    ).problem(.notFound, at: String(publication.number))
  }

  private static func altered(_ publication: PackPublication) -> Problem {
    Wording(
      "packs-altered", "第 \(publication.number) 版规则包的存档与发布时不同",
      "what was kept of publication \(publication.number) is not what was published",
      do: "从备份恢复数据文件夹中的 packs", "restore packs in the data folder from a backup"
    ).problem(.defect, at: String(publication.number))
  }
}

extension OneMap {
  var packArchive: PackArchive { PackArchive(data: data) }

  /// Runs the body with the packs of a publication, in a folder that may be gone afterwards.
  ///
  /// - Errors: not found for a publication there never was, or whose packs were not kept.
  func withPacks<Result: Sendable>(
    ofPublication number: Int,
    _ body: (PackLibrary, PackPublication, URL) async throws(Problem) -> Result
  ) async throws(Problem) -> Result {
    if number == publication.number {
      return try await body(packs, publication, installation.packs)
    }
    let known = try await asked { store throws(StoreError) in
      try await store.publication(number)
    }
    guard let known else {
      throw Wording(
        "publication-unknown", "没有第 \(number) 版规则包发布", "there is no publication \(number)",
        do: "用 karez packs list 查看", "see karez packs list"
      ).problem(.notFound, at: String(number))
    }
    return try await packArchive.withPacks(of: known) { folder throws(Problem) in
      let library: PackLibrary
      do throws(RulePackError) { library = try PackLibrary.load(from: folder.path) } catch {
        throw .packs(error)
      }
      return try await body(library, known, folder)
    }
  }
}
