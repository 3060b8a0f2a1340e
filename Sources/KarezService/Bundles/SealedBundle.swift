import KarezCore
public import KarezCrypto

/// 封存包: an answer with all it rests on, in one signed file, to be asked again anywhere.
///
/// - Shape: a ZIP of stored entries. `manifest.json` names every other part with its SM3 and is
///   what `signature.json` signs. The parts: `answer.json`, as it was kept; `request.json`, what
///   was asked, the boundary as read in it; `data/…`, the rows it rests on; `packs/…`, the law.
public struct SealedBundle: Hashable, Sendable {
  public static let format = "karez-bundle/1"
  static let manifestName = "manifest.json"
  static let signatureName = "signature.json"
  static let answerName = "answer.json"
  static let requestName = "request.json"

  /// Why a file is not a bundle to be believed.
  enum Fault: Error, Hashable {
    case tooLarge
    case altered(part: String)
    case unknownSigner(key: String)
    case unknownKind(String)
  }

  /// What stands beside the parts in the manifest.
  struct Head: Hashable {
    /// `answer`, or `case`, which may hold an answer too.
    let kind: String
    let subject: String
    let sealedAt: String
    let engine: String
  }

  let head: Head
  /// All parts but manifest and signature, by their names.
  let parts: [String: [UInt8]]
  public let signature: Signature

  /// Signs the parts.
  static func sealed(
    _ head: Head, _ parts: [String: [UInt8]], by signer: any Signer
  ) throws(CryptoError) -> SealedBundle {
    let manifest = manifest(head, parts)
    return SealedBundle(
      head: head, parts: parts, signature: try signer.signature(of: manifest))
  }

  private init(head: Head, parts: [String: [UInt8]], signature: Signature) {
    self.head = head
    self.parts = parts
    self.signature = signature
  }

  /// The file; equal bundles are equal bytes.
  public func bytes() -> [UInt8] {
    let signed = [
      BundleArchive.Part(name: Self.manifestName, bytes: Self.manifest(head, parts)),
      BundleArchive.Part(
        name: Self.signatureName, bytes: Array(signature.json.canonicalText.utf8)),
    ]
    return BundleArchive(
      parts: signed + Self.names(parts).map { .init(name: $0, bytes: parts[$0] ?? []) }
    ).bytes()
  }

  private static func names(_ parts: [String: [UInt8]]) -> [String] {
    parts.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  private static func manifest(_ head: Head, _ parts: [String: [UInt8]]) -> [UInt8] {
    let files = names(parts).map { name -> JSONValue in
      let bytes = parts[name] ?? []
      return .object([
        "path": .string(name), "bytes": .integer(Int64(bytes.count)),
        "sm3": .string(SM3.digest(bytes).description),
      ])
    }
    let manifest = JSONValue.object([
      "format": .string(format), "kind": .string(head.kind), "subject": .string(head.subject),
      "sealedAt": .string(head.sealedAt), "engine": .string(head.engine),
      "files": .array(files),
    ])
    return Array(manifest.canonicalText.utf8)
  }

  /// Believes a file only when one of these keys signed it and every part is as it was.
  init(reading file: [UInt8], keys: [PublicKey]) throws(Fault) {
    let archive: BundleArchive
    do throws(BundleArchive.Fault) { archive = try BundleArchive(reading: file) } catch {
      switch error {
      case .tooLarge: throw .tooLarge
      case .altered(let part): throw .altered(part: part)
      }
    }
    guard archive.parts.count >= 2, archive.parts[0].name == Self.manifestName,
      archive.parts[1].name == Self.signatureName
    else { throw .altered(part: Self.manifestName) }
    let manifest = archive.parts[0].bytes
    let signature = try Self.signature(archive.parts[1].bytes)
    guard let key = keys.first(where: { $0.id == signature.key }) else {
      throw .unknownSigner(key: signature.key)
    }
    guard signature.isValid(of: manifest, by: key), let json = try? JSONValue(parsing: manifest),
      json["format"]?.string == Self.format, let kind = json["kind"]?.string,
      let subject = json["subject"]?.string, let sealedAt = json["sealedAt"]?.string,
      let engine = json["engine"]?.string, let listed = json["files"]?.array
    else { throw .altered(part: Self.manifestName) }
    guard ["answer", CaseBundle.kind].contains(kind) else { throw .unknownKind(kind) }
    head = Head(kind: kind, subject: subject, sealedAt: sealedAt, engine: engine)
    self.signature = signature
    parts = try Self.parts(archive.parts.dropFirst(2), listed)
  }

  private static func signature(_ bytes: [UInt8]) throws(Fault) -> Signature {
    let read = (try? JSONValue(parsing: bytes)).flatMap { try? Signature(json: $0) }
    guard let read, Array(read.json.canonicalText.utf8) == bytes else {
      throw .altered(part: signatureName)
    }
    return read
  }

  private static func parts(
    _ found: ArraySlice<BundleArchive.Part>, _ listed: [JSONValue]
  ) throws(Fault) -> [String: [UInt8]] {
    var parts = Dictionary(uniqueKeysWithValues: found.map { ($0.name, $0.bytes) })
    var believed: [String: [UInt8]] = [:]
    for item in listed {
      guard let name = item["path"]?.string else { throw .altered(part: manifestName) }
      guard let bytes = parts.removeValue(forKey: name),
        SM3.digest(bytes).description == item["sm3"]?.string
      else { throw .altered(part: name) }
      believed[name] = bytes
    }
    if let stray = parts.keys.min() { throw .altered(part: stray) }
    return believed
  }
}
