import Foundation
import KarezCore

/// 校验码代次: by which rule the rows of a map carry codes.
///
/// Where a program holds more kinds of records to codes than the one before it, rows made earlier
/// have none. They are given theirs once, by the operator's own act (`karez init`), and never
/// again, or whoever may write the database would put a row in and wait for the next time. What
/// keeps it from happening again, each by itself:
///
/// 1. `keys/integrity.generation`, a file beside the key and as far from the database as the key
///    is; while it states this generation nothing is ever given a code but by being written.
/// 2. The same statement in the map, under a code. Another machine that has the key and not yet
///    the file takes the statement's word and gives no codes.
/// 3. The log's entry, which checkpoints cover, and codes that rows of such kinds already have:
///    with either, and no statement, the statement was taken away.
///
/// What gets codes is held against the log first, so a row that was put in before does not get
/// one unless the log was forged with it, which the witness's checkpoints tell. Sign-ins and
/// registrations under way, which the log does not answer for, end. Jobs, drafts, batches and
/// letters that wait stand in no log either and are taken as they stand: this once they are
/// believed as they were until then.
struct SealGeneration {
  /// The first: accounts, sessions, levels, publications; the second: all of `RecordSealing`.
  static let present = 2
  /// What a map says of itself.
  static let setting = "seal-generation"
  static let name = "keys/integrity.generation"

  private let key: FileIntegrityKey

  init(of key: FileIntegrityKey) { self.key = key }

  // MARK: The file

  static func file(in data: URL) -> URL { data.appending(path: name) }

  // No text that carries a code begins like this one: those are lists of JSON.
  private func text(of generation: Int) -> String {
    "\(generation) \(key.code(of: "generation\n\(generation)"))\n"
  }

  /// What the file states; 1, which had none, where there is none.
  ///
  /// - Errors: `StoreError.unavailable` for a file that others may write, of another key, or of a
  ///   program that came later.
  func read(in data: URL) throws(StoreError) -> Int {
    let file = Self.file(in: data)
    var status = stat()
    guard stat(file.path, &status) == 0 else {
      guard errno == ENOENT else { throw Self.unusable(String(cString: strerror(errno))) }
      return 1
    }
    guard status.st_mode & 0o022 == 0 else { throw Self.unusable("others may write it") }
    let found = FileManager.default.contents(atPath: file.path) ?? Data()
    let stated = String(decoding: found.prefix(80), as: UTF8.self)
    if stated == text(of: Self.present) { return Self.present }
    guard let later = stated.split(separator: " ").first.flatMap({ Int($0) }),
      later > Self.present
    else { throw Self.unusable("it is of another key") }
    throw Self.unusable("it is of a later program")
  }

  /// Durable before it has its name, so that no half of it is ever read.
  func write(in data: URL) throws(StoreError) {
    let file = Self.file(in: data)
    let fresh = file.appendingPathExtension("new")
    unlink(fresh.path)
    let descriptor = open(fresh.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw Self.unusable(String(cString: strerror(errno))) }
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    do {
      try handle.write(contentsOf: Data(text(of: Self.present).utf8))
      try handle.synchronize()
    } catch {
      throw Self.unusable("it cannot be written")
    }
    try RelationalStore.settle(fresh, as: file)
  }

  private static func unusable(_ why: String) -> StoreError {
    .unavailable(reason: "\(name): \(why)")
  }

  // MARK: The map

  /// Whether the map says that its rows carry the codes of this generation.
  ///
  /// - Errors: `StoreError.integrityBroken` where what it says carries another code, or none.
  func isStated(_ table: SealTable) throws -> Bool {
    let stated = try table.session.text(
      "SELECT value FROM karez_meta WHERE key = \(Self.setting)")
    let sealed = Sealed(setting: Self.setting, stated ?? "")
    let holds = try table.holds(sealed)
    if stated == nil, holds == nil { return false }
    guard holds == true, stated == String(Self.present) else {
      throw StoreError.integrityBroken(subject: sealed.subject)
    }
    return true
  }

  func state(_ table: SealTable) throws {
    let value = String(Self.present)
    try table.session.run(
      "INSERT INTO karez_meta (key, value) VALUES (\(Self.setting), \(value))")
    try table.put(Sealed(setting: Self.setting, value))
  }
}

extension RelationalStore {
  /// The map under a key, once all that has to carries its codes.
  func settled(
    _ key: FileIntegrityKey, inFolder data: URL, isRenewing: Bool
  ) async throws(StoreError) -> RelationalStore {
    let generation = SealGeneration(of: key)
    guard try generation.read(in: data) < SealGeneration.present else { return holding(key) }
    try await FolderLock.holding(data) { () async throws(StoreError) in
      let isStated = try await reading { session in
        try generation.isStated(SealTable(session: session, provider: key))
      }
      if !isStated {
        guard isRenewing else { throw .sealsOutdated }
        try await renewSeals(generation, key)
      }
      try generation.write(in: data)
    }
    return holding(key)
  }

  private func renewSeals(
    _ generation: SealGeneration, _ key: FileIntegrityKey
  ) async throws(StoreError) {
    try await writing("seals") { session in
      let time = try moment(session)
      let table = SealTable(session: session, provider: key)
      guard try !generation.isStated(table) else { return }
      let told = try session.first(
        """
        SELECT 1 FROM karez_log
        WHERE kind = 'integrity-sealed' AND body LIKE '%"generation":%'
        """)
      guard told == nil else {
        throw StoreError.integrityBroken(subject: "setting/" + SealGeneration.setting)
      }
      var verifier = LogVerifier(session: session, progress: { _ in })
      try verifier.verifyLogAndRecords()
      if let fault = verifier.faults.first {
        throw StoreError.corrupt(what: "\(fault.kind) \(fault.what)")
      }
      let count = try table.putMissing()
      try generation.state(table)
      try LogChain.append(
        kind: "integrity-sealed",
        body: .object([
          "generation": .integer(Int64(SealGeneration.present)), "key": .string(key.keyID),
          "subjects": .integer(Int64(count)),
        ]), by: .operator, at: time, session)
    }
  }
}
