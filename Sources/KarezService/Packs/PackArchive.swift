import Foundation
import KarezCore
import KarezPacks
import KarezStore

/// 规则包档案: the files of every publication of the packs, kept in the data folder.
///
/// - Shape: `packs/NAME/SM3/NAME…` below the data folder, so that a part that stays the same from
///   one publication to the next is kept once. What is laid out again is read and compared with
///   the digests of its publication; the record of that is in the log.
struct PackArchive {
  static let name = "packs"

  private let folder: URL

  init(data: URL) { folder = data.appending(path: Self.name) }

  /// Keeps the parts that are not kept yet; they are durable once it returns.
  func keep(_ contents: PackContents, of packs: URL) throws(Problem) {
    do {
      for part in contents.parts where !isKept(part) { try keep(part, of: packs) }
    } catch let problem as Problem {
      throw problem
    } catch {
      throw Self.notWritable
    }
  }

  func isKept(_ contents: PackContents) -> Bool { contents.parts.allSatisfy(isKept) }

  private func isKept(_ part: PackContents.Part) -> Bool {
    FileManager.default.fileExists(atPath: place(of: part).path)
  }

  private func place(of part: PackContents.Part) -> URL {
    folder.appending(path: part.name).appending(path: part.sm3)
  }

  private func keep(_ part: PackContents.Part, of packs: URL) throws {
    let place = place(of: part)
    let shelf = place.deletingLastPathComponent()
    try FileManager.default.createDirectory(
      at: shelf, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    let begun = shelf.appending(path: ".\(UUID().uuidString).part")
    defer { try? FileManager.default.removeItem(at: begun) }
    let files = try Self.copy(packs.appending(path: part.name), named: part.name, into: begun)
    // Somebody may have written while it was copied.
    guard try PackContents.read(from: begun.path).parts == [part] else { throw Self.changed(part) }
    try DurableNames.sync(begun, downTo: files)
    do { try FileManager.default.moveItem(at: begun, to: place) } catch {
      // Another program may have kept the same at the same moment.
      guard isKept(part) else { throw error }
    }
    try DurableNames.sync(folder, downTo: ["\(part.name)/\(part.sm3)"])
    try DurableNames.sync(folder.deletingLastPathComponent())
  }

  /// The files copied, by their paths below `target`.
  private static func copy(_ source: URL, named name: String, into target: URL) throws -> [String] {
    let isFolder = try source.resourceValues(forKeys: [.isDirectoryKey]).isDirectory == true
    let paths =
      isFolder ? try FolderContent.paths(below: source).map { name + "/" + $0 } : [name]
    let copy = HashedCopy { _ in }
    let origin = isFolder ? name + "/" : ""
    for path in paths {
      let file = isFolder ? source.appending(path: String(path.dropFirst(origin.count))) : source
      _ = try copy.copy(file, to: target.appending(path: path))
    }
    return paths
  }

  /// Runs the body with a folder that holds the packs of a publication, and is gone afterwards.
  ///
  /// - Errors: not found where a part was never kept; a defect where it is not what it was.
  func withPacks<Result: Sendable>(
    of publication: PackPublication,
    _ body: (URL) async throws(Problem) -> Result
  ) async throws(Problem) -> Result {
    let target = FileManager.default.temporaryDirectory
      .appending(path: "karez-packs-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: target) }
    do {
      for part in publication.contents.parts {
        let place = place(of: part)
        guard isKept(part) else { throw Self.missing(publication) }
        for path in try FolderContent.paths(below: place) {
          let file = target.appending(path: path)
          try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
          try FileManager.default.copyItem(at: place.appending(path: path), to: file)
        }
      }
      guard try PackContents.read(from: target.path) == publication.contents else {
        throw Self.altered(publication)
      }
    } catch let problem as Problem {
      throw problem
    } catch {
      throw Self.altered(publication)
    }
    return try await body(target)
  }

  private static let notWritable = Wording(
    "packs-not-kept", "规则包存档无法写入", "the packs cannot be kept",
    do: "检查数据文件夹的权限与磁盘空间", "check the data folder's permissions and the free space"
  ).problem(.unavailable, at: name)

  private static func changed(_ part: PackContents.Part) -> Problem {
    Wording(
      "packs-changed", "规则包 \(part.name) 在存档时被改动",
      "pack \(part.name) was changed while it was kept",
      do: "改动停下后重试", "try again when nobody writes to it"
    ).problem(.conflict, at: part.name)
  }

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
