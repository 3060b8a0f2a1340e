import Foundation
import KarezCore
import KarezPacks
import KarezStore

extension OneMap {
  static func packContents(_ installation: Installation) throws(Problem) -> PackContents {
    do throws(RulePackError) {
      return try PackContents.read(from: installation.packs.path)
    } catch {
      throw .packs(error)
    }
  }

  /// The publication in force; nil where none ever was.
  static func publication(in store: RelationalStore) async throws(Problem) -> PackPublication? {
    do throws(StoreError) { return try await store.publication() } catch { throw .store(error) }
  }

  /// The publication in force, once what lies on disk was found to be what it is of.
  static func publicationInUse(
    in store: RelationalStore, _ installation: Installation
  ) async throws(Problem) -> PackPublication {
    guard let publication = try await publication(in: store) else { throw neverPublished }
    let differences = try packContents(installation).differences(from: publication.contents)
    guard differences.isEmpty else {
      throw unpublished(differences.map(\.name), after: publication)
    }
    return publication
  }

  /// Begins a map's publications with what lies on disk, or makes sure that this is what is in force.
  ///
  /// Later packs are published alone only while nobody could agree to them.
  static func publishFirst(
    in store: RelationalStore, data: URL, region: String?, _ installation: Installation,
    by actor: Actor
  ) async throws(Problem) {
    let contents = try packContents(installation)
    let archive = PackArchive(data: data)
    let known = try await publication(in: store)
    if let known {
      let differences = contents.differences(from: known.contents)
      guard !differences.isEmpty else { return try archive.keep(contents, of: installation.packs) }
      let map = try await assembled(
        store, under: known, data: data, region: region, installation, .system, judgedBy: known)
      guard try await !map.accounts.isHeldBack(.packPublication, by: .operator) else {
        throw unpublished(differences.map(\.name), after: known)
      }
      _ = try await map.publishAlone(contents, because: "karez init", by: .operator)
      return
    }
    try archive.keep(contents, of: installation.packs)
    let batch = first(contents, try rightsTexts(installation), by: actor)
    do throws(StoreError) {
      // One that was taken away is told of by the log, and not made anew.
      let query = LogQuery(kind: PackPublication.entry)
      guard try await store.logEntries(query, before: nil, limit: 1).entries.isEmpty else {
        throw StoreError.integrityBroken(subject: "record/pack-publication")
      }
      try await store.put(batch, by: actor)
    } catch {
      // Another program may have begun at the same moment: then what it published is what counts.
      guard try await publication(in: store) != nil else { throw .store(error) }
      try await publishFirst(in: store, data: data, region: region, installation, by: actor)
    }
  }

  /// Publishes what lies on disk by one person, where nobody could agree.
  func publishAlone(
    _ contents: PackContents, because reason: String, by principal: Principal
  ) async throws(Problem) -> PackPublication {
    try Self.examinePacks(installation)
    try packArchive.keep(contents, of: installation.packs)
    let publication = PackPublication(
      number: publication.number + 1, contents, by: principal.actor.id, second: nil,
      proposal: nil, because: reason, at: clock.now(),
      rights: try Self.rightsTexts(installation))
    guard
      try await accounts.putUnlessConflict(
        [publication.change], PackPublication.entry, publication.said, by: principal.actor)
    else { throw TwoPersons.busy }
    return publication
  }

  /// Refuses packs that do not load and link, so that nothing is published nobody could use.
  static func examinePacks(_ installation: Installation) throws(Problem) {
    let packs = try loadPacks(installation)
    let withheld = try loadOffices(installation).faults(beside: packs.schemas)
    guard withheld.isEmpty else { throw .packs(.refused(withheld)) }
    _ = try loadActs(installation, packs)
    _ = try loadEvidencePolicy(installation)
    do throws(RulePackError) {
      _ = try ExchangeRules.load(from: installation.packs.path, schemas: packs.schemas)
      _ = try WebLimits.load(file: installation.packs.appending(path: "web.yaml").path)
      _ = try BaseLayers.load(from: installation.packs.path)
    } catch {
      throw .packs(error)
    }
  }

  /// The texts by which it is judged who may publish the next packs.
  static func rightsTexts(_ installation: Installation) throws(Problem) -> [String: String] {
    var texts: [String: String] = [:]
    for name in PackPublication.rightsFiles {
      let file = installation.packs.appending(path: name)
      guard let text = try? String(contentsOf: file, encoding: .utf8) else {
        throw .unreadableFile(name)
      }
      texts[name] = text
    }
    return texts
  }

  /// Refuses to go on by packs that were replaced since the map was opened.
  func refuseReplacedPacks() async throws(Problem) {
    let last = try await asked { store throws(StoreError) in try await store.publication() }
    guard last?.number != publication.number else { return }
    throw Wording(
      "packs-replaced", "规则包已另行发布（第 \(last?.number ?? 0) 版），本程序装载的是第 \(publication.number) 版",
      "other packs were published (number \(last?.number ?? 0)); number \(publication.number) is loaded here",
      do: "请管理员重新启动服务", "have the server started again"
    ).problem(.unavailable, at: "Packs")
  }

  /// Refuses a file beside the packs that is read later, unless it is the published one.
  func refuseUnpublished(_ name: String) throws(Problem) {
    let sm3: String
    do throws(RulePackError) {
      sm3 = try PackContents.sm3(ofFile: name, in: installation.packs.path)
    } catch {
      throw .packs(error)
    }
    guard publication.contents.sm3(of: name) != sm3 else { return }
    throw Self.unpublished([name], after: publication)
  }

  private static func first(
    _ contents: PackContents, _ rights: [String: String], by actor: Actor
  ) -> RecordBatch {
    let publication = PackPublication(
      number: 1, contents, by: actor.id, second: nil, proposal: nil, because: "karez init",
      at: WallClock.system.now(), rights: rights)
    return RecordBatch(
      [publication.change],
      entry: RecordBatch.Entry(kind: PackPublication.entry, body: publication.said))
  }

  static let neverPublished = Wording(
    "packs-never-published", "此一张图尚未发布规则包", "no packs were ever published for this map",
    do: "由管理员在本机运行 karez init", "have the operator run karez init on the machine"
  ).problem(.unavailable, at: "Packs")

  static func unpublished(
    _ names: [String], after publication: PackPublication
  ) -> Problem {
    let shown = names.prefix(6).joined(separator: ", ") + (names.count > 6 ? " …" : "")
    return Wording(
      "packs-unpublished", "磁盘上的规则包与第 \(publication.number) 版发布不同，不予使用",
      "the packs on disk are not those of publication \(publication.number), and are not used",
      do: "恢复已发布的规则包，或用 karez packs propose 提出、由第二人同意",
      "put the published ones back, or karez packs propose, and have a second person agree"
    ).problem(.unavailable, at: shown)
  }
}
