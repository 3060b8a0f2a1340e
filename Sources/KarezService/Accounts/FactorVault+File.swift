import Foundation
public import KarezCore
import KarezCrypto
import KarezStore

extension FactorVault {
  /// Which key the secrets of the map are sealed with.
  static let setting = "factor-key"

  static func file(in data: URL) -> URL { data.appending(path: "keys/factors.key") }

  /// The vault of a map; made, and what was readable sealed, where there was none.
  ///
  /// - Errors: `factor-secret` where the map is sealed with a key that is not here.
  static func open(in data: URL, for store: RelationalStore) async throws(Problem) -> FactorVault {
    let stated: String?
    do throws(StoreError) { stated = try await store.setting(setting) } catch {
      throw .store(error)
    }
    let known = try read(file(in: data))
    if let stated {
      guard let known, known.holds(stated) else { throw unusable("keys/factors.key") }
      return known
    }
    let vault: FactorVault
    if let known { vault = known } else { vault = try make(in: data) }
    try await vault.reseal(in: store, as: "factors-sealed")
    do throws(StoreError) {
      try await store.keep(setting: setting, vault.keys[0].id)
    } catch {
      throw .store(error)
    }
    return vault
  }

  /// Puts another key in the place of the present one, and seals every secret anew.
  ///
  /// Both are in the file until all is done, so that one that was broken off is begun again.
  static func rotate(in data: URL, for store: RelationalStore) async throws(Problem) -> Int {
    let former = try await open(in: data, for: store)
    let vault = FactorVault([.fresh()] + former.keys)
    try vault.write(in: data)
    let count = try await vault.reseal(in: store, as: "factor-key-rotated")
    do throws(StoreError) {
      try await store.replace(setting: setting, vault.keys[0].id)
    } catch {
      throw .store(error)
    }
    try FactorVault([vault.keys[0]]).write(in: data)
    return count
  }

  /// Seals with the first key whatever is not; answers how many secrets that were.
  @discardableResult
  private func reseal(in store: RelationalStore, as entry: String) async throws(Problem) -> Int {
    var count = 0
    var last: PlatformRecord?
    repeat {
      let page: RecordPage
      do throws(StoreError) {
        page = try await store.records(RecordQuery(Account.kind), after: last, limit: 500)
      } catch {
        throw .store(error)
      }
      for record in page.records where try await reseal(record, in: store, as: entry) {
        count += 1
      }
      last = page.next
    } while last != nil
    return count
  }

  /// An account that somebody writes meanwhile is read again.
  private func reseal(
    _ record: PlatformRecord, in store: RelationalStore, as entry: String
  ) async throws(Problem) -> Bool {
    var record = record
    for _ in 0..<20 {
      var account: Account
      do throws(StoreError) { account = try Account(record) } catch { throw .store(error) }
      guard let text = account.factors.authenticator?.secret, !isSealedNewly(text) else {
        return false
      }
      account.factors.authenticator?.secret = try sealed(
        try opened(text, of: account.id), of: account.id)
      do throws(StoreError) {
        try await store.put(
          RecordBatch(
            [account.change],
            entry: RecordBatch.Entry(
              kind: entry, body: ["account": .string(account.id), "key": .string(keys[0].id)])),
          by: .operator)
        return true
      } catch {
        guard case .recordConflict = error else { throw .store(error) }
      }
      let again: PlatformRecord?
      do throws(StoreError) {
        again = try await store.record(Account.kind, record.key)
      } catch {
        throw .store(error)
      }
      guard let again else { return false }
      record = again
    }
    throw TwoPersons.busy
  }

  // MARK: The file

  private static func read(_ file: URL) throws(Problem) -> FactorVault? {
    var status = stat()
    guard stat(file.path, &status) == 0 else { return nil }
    guard status.st_mode & 0o077 == 0,
      let text = try? String(contentsOf: file, encoding: .utf8)
    else { throw unusable("keys/factors.key") }
    let lines = text.split(separator: "\n").map { Hexadecimal.bytes(String($0)) }
    guard !lines.isEmpty, lines.allSatisfy({ $0?.count == SealedText.keyBytes }) else {
      throw unusable("keys/factors.key")
    }
    return FactorVault(lines.compactMap { $0.map(Key.init) })
  }

  /// A first key; that of whoever made one at the same moment, where somebody did.
  private static func make(in data: URL) throws(Problem) -> FactorVault {
    let vault = FactorVault([.fresh()])
    try vault.write(in: data, onlyFirst: true)
    guard let made = try read(file(in: data)) else { throw unusable("keys/factors.key") }
    return made
  }

  /// Writes the file whole and durable, or leaves it as it was.
  private func write(in data: URL, onlyFirst: Bool = false) throws(Problem) {
    let target = Self.file(in: data)
    let folder = target.deletingLastPathComponent()
    let fresh = folder.appending(path: ".factors-\(UUID().uuidString)")
    defer { unlink(fresh.path) }
    let text = keys.map { Hexadecimal.text($0.bytes) + "\n" }.joined()
    do {
      try FileManager.default.createDirectory(
        at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      let descriptor = Foundation.open(fresh.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
      guard descriptor >= 0 else { throw POSIXError(.EIO) }
      let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
      try handle.write(contentsOf: Data(text.utf8))
      try handle.synchronize()
      let status = onlyFirst ? link(fresh.path, target.path) : rename(fresh.path, target.path)
      guard status == 0 || (onlyFirst && errno == EEXIST) else { throw POSIXError(.EIO) }
      try DurableNames.sync(folder)
    } catch {
      throw Wording(
        "factor-key-not-written", "无法写入 keys/factors.key", "keys/factors.key cannot be written",
        do: "检查数据文件夹的权限与磁盘空间", "check the data folder, its permissions and the free space"
      ).problem(.unavailable, at: "keys/factors.key")
    }
  }
}

extension OneMap {
  /// Seals the secrets of authenticators with a new key; answers how many there were.
  ///
  /// For whoever is at the machine; processes that have the map open do not know the new key.
  public func rotateFactorKey() async throws(Problem) -> Int {
    guard let recorded = store as? RelationalStore else {
      throw .store(.unavailable(reason: "not a store of tables"))
    }
    return try await FactorVault.rotate(in: data, for: recorded)
  }
}
