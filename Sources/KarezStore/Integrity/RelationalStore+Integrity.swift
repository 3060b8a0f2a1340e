public import Foundation
public import KarezCore

extension RelationalStore {
  /// Which key the codes of the map are made with.
  static let keySetting = "integrity-key"
  /// 分区 the installation stands in; nil for none in particular.
  public static let zoneSetting = "zone"
  /// Settings that nobody may change but through this program.
  static let sealedSettings = [zoneSetting, SealGeneration.setting]

  func seals(_ session: any Session) -> SealTable? {
    integrity.map { SealTable(session: session, provider: $0) }
  }

  /// The same map, its permissions and labels held to the codes of the key in a data folder.
  ///
  /// A map that has no codes yet gets them, and a key; from then on it is not opened without.
  ///
  /// - Errors: `StoreError.integrityKey` where the map says another key, or a key where there is
  ///   none, or none where there is one; `StoreError.sealsOutdated` where rows have to carry codes
  ///   that did not before, and `isRenewing` does not say that they be given theirs.
  public func sealed(
    inFolder data: URL, isRenewing: Bool = false
  ) async throws(StoreError) -> RelationalStore {
    // The file has its name only after the map says which key it is.
    if let key = try await keyThere(inFolder: data) {
      return try await settled(key, inFolder: data, isRenewing: isRenewing)
    }
    do {
      try FileManager.default.createDirectory(
        at: data, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw FileIntegrityKey.unusable("its folder cannot be made")
    }
    // Two programs that both make a key would leave the map sealed with one, and the other's file.
    let key = try await FolderLock.holding(data) { () async throws(StoreError) in
      try await keyMade(inFolder: data)
    }
    return try await settled(key, inFolder: data, isRenewing: isRenewing)
  }

  private func keyThere(inFolder data: URL) async throws(StoreError) -> FileIntegrityKey? {
    guard let key = try FileIntegrityKey.read(FileIntegrityKey.file(in: data)) else { return nil }
    let stated = try await setting(Self.keySetting)
    guard key.keyID == stated else { throw .integrityKey(stated: stated, found: key.keyID) }
    return key
  }

  private func keyMade(inFolder data: URL) async throws(StoreError) -> FileIntegrityKey {
    let file = FileIntegrityKey.file(in: data)
    let fresh = FileIntegrityKey.freshFile(in: data)
    if let key = try await keyThere(inFolder: data) { return key }
    if let stated = try await setting(Self.keySetting) {
      // Sealed with it, and stopped before the file had its name.
      guard let pending = try FileIntegrityKey.read(fresh), pending.keyID == stated else {
        throw .integrityKey(stated: stated, found: nil)
      }
      try Self.settle(fresh, as: file)
      return pending
    }
    // Made by whoever stopped before sealing; an unfinished one is as good as none.
    let pending = try? FileIntegrityKey.read(fresh)
    let key: FileIntegrityKey
    if let pending { key = pending } else { key = try FileIntegrityKey.make(fresh) }
    try SealGeneration(of: key).write(in: data)
    try await putSeals(key)
    try Self.settle(fresh, as: file)
    return key
  }

  private func putSeals(_ key: FileIntegrityKey) async throws(StoreError) {
    try await writing("seals") { session in
      let time = try moment(session)
      let known = try session.text("SELECT value FROM karez_meta WHERE key = \(Self.keySetting)")
      guard known == nil else { throw StoreError.integrityKey(stated: known, found: key.keyID) }
      let table = SealTable(session: session, provider: key)
      let count = try table.putAll()
      try SealGeneration(of: key).state(table)
      try session.run(
        "INSERT INTO karez_meta (key, value) VALUES (\(Self.keySetting), \(key.keyID))")
      // An empty map has nothing to answer for yet.
      guard count > 0 else { return }
      try LogChain.append(
        kind: "integrity-sealed",
        body: .object([
          "generation": .integer(Int64(SealGeneration.present)), "key": .string(key.keyID),
          "subjects": .integer(Int64(count)),
        ]),
        by: .operator, at: time, session)
    }
  }

  static func settle(_ fresh: URL, as file: URL) throws(StoreError) {
    guard rename(fresh.path, file.path) == 0 else {
      throw FileIntegrityKey.unusable(String(cString: strerror(errno)))
    }
    do {
      try DurableNames.sync(file.deletingLastPathComponent())
    } catch {
      throw FileIntegrityKey.unusable("its folder cannot be synced")
    }
  }

  // MARK: Settings

  /// The zone the map says it stands in.
  ///
  /// - Errors: `StoreError.integrityBroken` where the code of it is another.
  public func statedZone() async throws(StoreError) -> NetworkZone? {
    try await reading { session in
      let name = Self.zoneSetting
      let stated = try session.text("SELECT value FROM karez_meta WHERE key = \(name)")
      guard let stated else {
        // One that was taken away leaves its code behind.
        let sealed = Sealed(setting: name, "")
        guard try self.seals(session)?.holds(sealed) == nil else {
          throw StoreError.integrityBroken(subject: sealed.subject)
        }
        return nil
      }
      try self.seals(session)?.check(Sealed(setting: name, stated))
      guard let zone = NetworkZone(rawValue: stated) else {
        throw StoreError.corrupt(what: "zone \(stated)")
      }
      return zone
    }
  }

  /// Says which zone the map stands in, once.
  public func keep(zone: NetworkZone, by actor: Actor) async throws(StoreError) {
    try await writing("zone") { session in
      let time = try moment(session)
      let name = Self.zoneSetting
      let stated = try session.text("SELECT value FROM karez_meta WHERE key = \(name)")
      guard stated != zone.rawValue else { return }
      guard stated == nil else { throw StoreError.unavailable(reason: "zone \(stated ?? "")") }
      try session.run("INSERT INTO karez_meta (key, value) VALUES (\(name), \(zone.rawValue))")
      try self.seals(session)?.put(Sealed(setting: name, zone.rawValue))
      try LogChain.append(
        kind: "zone-stated", body: .object(["zone": .string(zone.rawValue)]), by: actor, at: time,
        session)
    }
  }
}
