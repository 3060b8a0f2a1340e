import Foundation
import KarezCore
import KarezCrypto
import KarezReading

/// What identifies a source file for ever: the SM3 of its bytes.
enum FileFingerprint {
  private static let chunk = 1 << 20

  /// SM3 of the file, or of its parts in order of name where the file is a Shapefile or a folder.
  static func sm3(ofFileAt path: String) throws(Problem) -> String {
    var hash = SM3()
    do {
      for part in try parts(of: URL(filePath: path)) {
        let handle = try FileHandle(forReadingFrom: part)
        defer { try? handle.close() }
        while let data = try handle.read(upToCount: chunk), !data.isEmpty { hash.update(data) }
      }
    } catch {
      throw Problem.reading(.fileMissing, of: URL(filePath: path).lastPathComponent)
    }
    return hash.finish().description
  }

  private static func parts(of file: URL) throws -> [URL] {
    let folder = file.hasDirectoryPath ? file : file.deletingLastPathComponent()
    let isFolder = (try? file.resourceValues(forKeys: [.isDirectoryKey]).isDirectory) ?? false
    let siblings = { () throws -> [URL] in
      try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        .sorted { $0.lastPathComponent < $1.lastPathComponent }
    }
    if isFolder {
      return try FileManager.default.contentsOfDirectory(at: file, includingPropertiesForKeys: nil)
        .sorted { $0.lastPathComponent < $1.lastPathComponent }
    }
    guard file.pathExtension.lowercased() == "shp" else { return [file] }
    let stem = file.deletingPathExtension().lastPathComponent
    return try siblings().filter { $0.deletingPathExtension().lastPathComponent == stem }
  }
}
