import Foundation
public import KarezCore
public import KarezCrypto
import KarezGeometry
import KarezPacks
import KarezRules
import KarezStore
import KarezWorkflow

/// Which program made an answer.
enum Engine {
  /// Raised whenever the same question of the same data may be answered with other digits.
  static let version = "karez/1"
}

/// What a server signs bundles with that are asked of it.
public struct BundleSigning: Sendable {
  let signer: any Signer

  public init(_ signer: any Signer) { self.signer = signer }
}

extension OneMap {
  /// A bundle of an answer that was kept, after it was replayed and came out the same.
  ///
  /// - Errors: `Problem` of kind conflict where the packs of the answer are no longer installed,
  ///   or it does not come out the same.
  public func seal(
    answer id: String, by signer: any Signer, actor: Actor
  ) async throws(Problem) -> SealedBundle {
    let parts = try await bundleParts(ofAnswer: id)
    let head = SealedBundle.Head(
      kind: "answer", subject: id, sealedAt: clock.now().description, engine: Engine.version)
    let bundle: SealedBundle
    do throws(CryptoError) { bundle = try .sealed(head, parts, by: signer) } catch {
      throw .crypto(error)
    }
    let replayed = try await BundleReplay(bundle: bundle).outcome()
    if let difference = replayed.differences.first { throw .notReproduced(id, difference) }
    try await asked { store throws(StoreError) in
      try await store.record(
        kind: "answer-sealed",
        body: .object([
          "answer": .string(id), "sm3": .string(SM3.digest(bundle.bytes()).description),
          "key": .string(bundle.signature.key),
        ]), by: actor)
    }
    return bundle
  }

  /// An answer with what it rests on: the question, the rows and the law.
  func bundleParts(ofAnswer id: String) async throws(Problem) -> [String: [UInt8]] {
    let answer = try await keptAnswer(id: id, in: .all)
    let number = answer.packs == packs.packs ? publication.number : answer.publication?.number
    guard let number else { throw .packsDiffer(of: id) }
    return try await withPacks(
      ofPublication: number
    ) { packs, publication, folder throws(Problem) in
      guard answer.packs == packs.packs else { throw .packsDiffer(of: id) }
      var parts = try packFiles(in: folder, of: publication)
      parts[SealedBundle.answerName] = Array(answer.json.canonicalText.utf8)
      parts[SealedBundle.requestName] = Array(SealedRequest.json(of: answer).canonicalText.utf8)
      for extract in try await extracts(for: answer, under: packs) {
        parts["data/\(extract.dataset).json"] = Array(extract.json.canonicalText.utf8)
      }
      return parts
    }
  }

  /// A bundle of an answer for somebody who may read all that it holds; it counts as delivered.
  ///
  /// Rows stand in a bundle as they were recorded, with every attribute, so it is for those from
  /// whom nothing of these datasets is kept.
  ///
  /// - Errors: not found for an answer out of scope; forbidden where anything in the bundle is.
  public func bundle(
    of id: String, by signing: BundleSigning, for principal: Principal
  ) async throws(Problem) -> [UInt8] {
    let answer = try await answer(id: id, in: principal.scope)
    guard try await mayTakeBundle(of: answer, principal) else { throw .bundleOutOfScope }
    try await count(answer, to: principal.actor)
    return try await seal(answer: id, by: signing.signer, actor: principal.actor).bytes()
  }

  /// A bundle of a case, to whoever may read the check it rests on.
  public func bundle(
    ofCase number: String, by signing: BundleSigning, for principal: Principal
  ) async throws(Problem) -> [UInt8] {
    let view = try await cases.view(number, for: principal)
    guard view.reading == .whole else { throw Cases.unknown(number) }
    let check = view.effects.last { $0.effect.kind == .complianceCheck && $0.result != nil }
    if let id = check?.result?["answer"]?.string {
      let answer = try await keptAnswer(id: id, in: principal.scope)
      guard try await mayTakeBundle(of: answer, principal) else { throw .bundleOutOfScope }
      try await count(answer, to: principal.actor)
    }
    return try await seal(case: number, by: signing.signer, for: principal).bytes()
  }

  /// Counts the ground a bundle of an answer holds as delivered.
  private func count(_ answer: ComplianceAnswer, to actor: Actor) async throws(Problem) {
    for extract in try await extracts(for: answer, under: packs) {
      guard var delivery = try await delivery(of: extract.dataset, to: actor) else { continue }
      for geometry in extract.geometries { try delivery.take(geometry) }
      try await count(delivery, by: actor)
    }
  }

  /// Whether every dataset a bundle of the answer would hold is open to somebody, row and column.
  public func mayTakeBundle(
    of answer: ComplianceAnswer, _ principal: Principal
  ) async throws(Problem) -> Bool {
    guard principal.scope.regionPrefixes == nil, principal.token == nil else { return false }
    let wanted = Check.datasets(of: packs.ruleBook.facts).union([.counties, .parcels])
    let there = try await schemas(in: .all).filter { wanted.contains($0.id) }
    let reached = try await schemas(in: principal.scope)
    return there.allSatisfy { schema in
      reached.first { $0.id == schema.id }.map { $0.attributes.count == schema.attributes.count }
        ?? false
    }
  }

  /// What the check looked at, and a little more: rows whose boxes meet where it looked.
  private func extracts(
    for answer: ComplianceAnswer, under packs: PackLibrary
  ) async throws(Problem) -> [StateExtract] {
    guard let source = store as? RelationalStore else { return [] }
    let facts = packs.ruleBook.facts
    let reaches = Check.reaches(of: facts)
    let positions = answer.boundary.geometry.polygons.flatMap { polygon in
      polygon.rings.flatMap { $0.positions.dropLast() }
    }
    guard let box = BoundingBox(around: positions) else { return [] }
    // Where the boundary would lie if its datum were another; see `DatumFit`.
    let shifted = BoundingBox(around: positions.map(GCJ02.restored))
    let wants = Check.datasets(of: facts).union([.counties, .parcels]).sorted().map { dataset in
      let own = reaches[dataset].map { box.widened(byMetres: $0) } ?? box
      let isFitted = dataset == .landPatches || dataset == .parcels
      return StateExtract.Want(
        dataset: dataset, windows: [own] + (isFitted ? [shifted].compactMap(\.self) : []))
    }
    do throws(StoreError) {
      return try await source.extracts(of: wants, asOf: answer.asOf)
    } catch {
      throw .store(error)
    }
  }

  /// Every file of the packs in force but those of regions, which no answer rests on.
  func packFiles() throws(Problem) -> [String: [UInt8]] {
    try packFiles(in: installation.packs, of: publication)
  }

  private func packFiles(
    in folder: URL, of publication: PackPublication
  ) throws(Problem) -> [String: [UInt8]] {
    // What is kept of earlier ones was compared when it was laid out.
    if publication.number == self.publication.number {
      guard try Self.packContents(installation) == publication.contents else {
        throw Self.unpublished(["Packs"], after: publication)
      }
    }
    var files: [String: [UInt8]] = [:]
    for (path, bytes) in try PackArchive.files(of: folder) { files["packs/" + path] = bytes }
    return files
  }
}

extension Problem {
  static func bundle(_ fault: SealedBundle.Fault, at name: String) -> Problem {
    switch fault {
    case .tooLarge:
      Wording(
        "bundle-too-large", "封存包超过限额", "the bundle exceeds the limits", do: "向出具者索取原件",
        "ask its issuer for the original"
      ).problem(at: name)
    case .altered(let part):
      Wording(
        "bundle-altered", "封存包的 \(part) 已被改动", "part \(part) of the bundle was altered",
        do: "不得采信；向出具者索取原件", "do not rely on it; ask its issuer for the original"
      ).problem(at: name)
    case .unknownSigner(let key):
      Wording(
        "signer-unknown", "签名者 \(key) 不在信任之列", "nobody trusted signed it; the key is \(key)",
        do: "核实来源，用 --key 给出出具者的公钥", "check where it comes from; name its issuer's key with --key"
      ).problem(.forbidden, at: name)
    case .unknownKind(let kind):
      Wording(
        "bundle-kind-unknown", "不认识的封存包种类 \(kind)", "bundles of kind \(kind) are not known",
        do: "用新版程序打开", "open it with a newer program"
      ).problem(at: name)
    }
  }

  static let bundleOutOfScope = Wording(
    "bundle-out-of-scope", "封存包含有您可见范围以外的原始数据",
    "the bundle holds rows beyond what you may reach",
    do: "请有权查看全部数据的人员下载，或请系统管理员用 karez seal 出具",
    "ask somebody who may see all of it, or the administrator to run karez seal"
  ).problem(.forbidden, at: "")

  fileprivate static func packsDiffer(of id: String) -> Problem {
    Wording(
      "packs-differ", "已安装的规则包不是该审查结果所用的版本",
      "the answer was made with other packs than are installed",
      do: "安装当时的规则包后再封存", "install the packs of that time, then seal"
    ).problem(.conflict, at: id)
  }

  static func notReproduced(_ id: String, _ difference: String) -> Problem {
    Wording(
      "not-reproduced", "重演的结果不同（\(difference)）", "it does not come out the same (\(difference))",
      do: "运行 karez log verify 核验数据", "run karez log verify to verify the data"
    ).problem(.conflict, at: id)
  }
}
