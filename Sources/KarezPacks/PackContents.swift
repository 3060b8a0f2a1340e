import KarezCrypto

/// 规则包清单: what a folder of packs holds, by digests.
///
/// - Shape: a part is a pack, a region pack (`regions/ADCODE`) or a file beside them
///   (`two-persons.yaml`). The SM3 of a pack covers the sorted lines `path⇥sm3 of file`, that of
///   the whole the sorted lines `name⇥sm3 of part`.
public struct PackContents: Hashable, Sendable {
  public struct Part: Hashable, Sendable {
    public let name: String
    public let sm3: String

    public init(name: String, sm3: String) {
      self.name = name
      self.sm3 = sm3
    }
  }

  /// How a part differs from another state of the packs.
  public struct Difference: Hashable, Sendable {
    public enum Kind: String, CaseIterable, Hashable, Sendable {
      case added
      case changed
      case removed
    }

    public let name: String
    public let kind: Kind
  }

  /// By name.
  public let parts: [Part]
  public let sm3: String

  public init(parts: [Part]) {
    self.parts = parts.sorted { $0.name < $1.name }
    var hash = SM3()
    for part in self.parts { hash.update("\(part.name)\t\(part.sm3)\n") }
    sm3 = hash.finish().description
  }

  /// Reads the folder of packs, every file of it but hidden ones.
  ///
  /// - Errors: `RulePackError.folderUnreadable`, or `refused` for a file that cannot be read.
  public static func read(from folder: String) throws(RulePackError) -> PackContents {
    guard let names = PackFolder.list(folder) else { throw .folderUnreadable(folder: folder) }
    var parts: [Part] = []
    for name in names {
      guard PackFolder.isFolder(folder + "/" + name) else {
        parts.append(Part(name: name, sm3: try sm3(ofFile: name, in: folder)))
        continue
      }
      // Region packs are found one by one, since an installation uses one of them.
      let isShelf = PackLoader.otherFolders.contains(name)
      let inside = isShelf ? PackFolder.list(folder + "/" + name) ?? [] : []
      let packs = isShelf ? inside.map { name + "/" + $0 } : [name]
      for pack in packs {
        guard PackFolder.isFolder(folder + "/" + pack) else {
          parts.append(Part(name: pack, sm3: try sm3(ofFile: pack, in: folder)))
          continue
        }
        do throws(PackFault) {
          parts.append(Part(name: pack, sm3: try PackFolder(pack, in: folder).sm3))
        } catch {
          throw .refused([error])
        }
      }
    }
    return PackContents(parts: parts)
  }

  /// SM3 of a file beside the packs.
  public static func sm3(ofFile name: String, in folder: String) throws(RulePackError) -> String {
    do throws(PackFault) {
      return SM3.digest(try PackFolder.read(folder + "/" + name, named: name).bytes).description
    } catch {
      throw .refused([error])
    }
  }

  public func sm3(of name: String) -> String? { parts.first { $0.name == name }?.sm3 }

  /// What is otherwise here than in `former`.
  public func differences(from former: PackContents) -> [Difference] {
    let before = Dictionary(former.parts.map { ($0.name, $0.sm3) }, uniquingKeysWith: { $1 })
    let now = Set(parts.map(\.name))
    return parts.compactMap { part in
      guard let known = before[part.name] else {
        return Difference(name: part.name, kind: .added)
      }
      return known == part.sm3 ? nil : Difference(name: part.name, kind: .changed)
    }
      + before.keys.filter { !now.contains($0) }.sorted().map {
        Difference(name: $0, kind: .removed)
      }
  }
}
