public import Foundation
public import KarezCore
import KarezCrypto
import KarezPacks
import KarezRules
import KarezStore

/// 演示: the demo prefecture, brought in through the same door as anyone's files.
public struct Demo: Sendable {
  let installation: Installation
  let data: URL
  /// The address of a server's database, where the demo goes into one.
  let server: String?
  let out: URL
  let patches: Int
  let seed: UInt64

  /// The day from which the demo's facts are valid.
  private static let validFrom = LegalDate(year: 2025, month: 1, day: 1)
  private static let purpose = "transport/road"
  /// Says which prefecture a folder holds; it is part of the map that is moved into place.
  private static let marker = "demo.json"

  public init(
    installation: Installation, data: URL, server: String? = nil, out: URL, patches: Int,
    seed: UInt64
  ) {
    self.installation = installation
    self.data = data
    self.server = server
    self.out = out
    self.patches = patches
    self.seed = seed
  }

  private var synthFolder: URL { out.appending(path: "synth") }
  private var sampleFile: URL { synthFolder.appending(path: "sample-boundary.txt") }
  /// Generates and imports whatever is not there yet.
  ///
  /// `say` hears what is being done, `progress` how many rows of the present step are done.
  public func prepare(
    say: (LocalizedText) -> Void, progress: @escaping @Sendable (Int) -> Void
  ) async throws(Problem) -> OneMap {
    if let server { return try await prepare(on: server, say: say, progress: progress) }
    if try isPrepared() {
      say(
        LocalizedText(
          zh: "演示数据已就绪，不再生成", en: "the demo data is there already; nothing to generate"))
      return try await OneMap.open(data: data, installation: installation)
    }
    try await refuseToReplaceWork()
    let report = try synthesise(say: say, progress: progress)
    try removeFolder(beside)
    do {
      let map = try await OneMap.initialise(
        data: beside, installation: installation, region: report.region, by: .operator)
      for layer in report.files { try await bring(layer, into: map, say, progress) }
      let commits = try await map.today().recorded.value
      try OutputFile.write(
        settings(commits: commits, packs: map.packs).prettyText,
        to: beside.appending(path: Self.marker).path)
    }
    try moveIntoPlace()
    return try await OneMap.open(data: data, installation: installation)
  }

  private func synthesise(
    say: (LocalizedText) -> Void, progress: @escaping @Sendable (Int) -> Void
  ) throws(Problem) -> Synthesis.Report {
    say(
      LocalizedText(
        zh: "生成合成地区：\(patches) 个图斑，种子 \(seed)",
        en: "generating the synthetic prefecture: \(patches) patches, seed \(seed)"))
    return try Synthesis.run(
      SynthesisOrder(
        installation: installation, region: nil, patches: patches, seed: seed, out: synthFolder)
    ) { done, _ in progress(done) }
  }

  /// In a database nothing is moved into place: the demo goes into an empty map, or stays out.
  private func prepare(
    on server: String, say: (LocalizedText) -> Void, progress: @escaping @Sendable (Int) -> Void
  ) async throws(Problem) -> OneMap {
    let report = try synthesise(say: say, progress: progress)
    let map = try await OneMap.initialise(
      data: data, server: server, installation: installation, region: report.region,
      by: .operator)
    guard try await map.today().recorded == .none else {
      throw Wording(
        "folder-not-a-demo", "数据库里已有数据，不予覆盖", "the database holds data, which stays",
        do: "用 --store 指明另一个数据库", "name another database with --store"
      ).problem(.conflict, at: "")
    }
    for layer in report.files { try await bring(layer, into: map, say, progress) }
    return map
  }

  private func bring(
    _ layer: (dataset: String, file: String, features: Int), into map: OneMap,
    _ say: (LocalizedText) -> Void, _ progress: @escaping @Sendable (Int) -> Void
  ) async throws(Problem) {
    guard let day = Self.validFrom else { preconditionFailure("not a day") }
    var order = ImportOrder(
      dataset: layer.dataset, file: FileArgument(layer.file), validFrom: day)
    order.reason = "demo prefecture"
    let outcome = try await map.importFile(order, by: .operator, in: .all) { step in
      progress(step.done)
    }
    guard !outcome.isBlocked else {
      throw Wording(
        "demo-blocked", "质检未通过：\(outcome.lines(in: .zh).joined(separator: "；"))",
        "the gate refused: \(outcome.lines(in: .en).joined(separator: "; "))", do: "请报告此问题",
        "report this"
      ).problem(.defect, at: layer.dataset)
    }
    say(
      LocalizedText(
        zh: "  已导入 \(layer.dataset)：\(outcome.receipt.inserted) 个要素",
        en: "  imported \(layer.dataset): \(outcome.receipt.inserted) features"))
  }

  /// The answer for the sample boundary.
  public func checkSample(
    on map: OneMap, validOn: LegalDate
  ) async throws(Problem) -> ComplianceAnswer {
    let boundary = try await map.readBoundary(file: FileArgument(sampleFile.path), crs: nil)
    let request = CheckRequest(boundary: boundary, purpose: Self.purpose, validOn: validOn)
    return try await map.check(request, by: .operator, in: .all)
  }

  /// What the marker says: which prefecture, and how many commits the demo itself made.
  private func settings(commits: Int, packs: PackLibrary) -> JSONValue {
    .object([
      "packs": .string(SM3.digest(packs.packs.map(\.sm3).joined()).description),
      "patches": .integer(Int64(patches)), "seed": .string(String(seed)),
      "commits": .integer(Int64(commits)),
    ])
  }

  private func written() -> JSONValue? {
    let file = data.appending(path: Self.marker)
    guard let text = try? String(contentsOf: file, encoding: .utf8) else { return nil }
    return try? JSONValue(parsing: text)
  }

  private func isPrepared() throws(Problem) -> Bool {
    guard let commits = written()?["commits"]?.integer else { return false }
    let packs = try OneMap.loadPacks(installation)
    return written() == settings(commits: Int(commits), packs: packs)
      && FileManager.default.fileExists(atPath: sampleFile.path)
  }

  /// A folder is made anew only if a demo made it and nobody has worked in it since.
  private func refuseToReplaceWork() async throws(Problem) {
    let contents = (try? FileManager.default.contentsOfDirectory(atPath: data.path)) ?? []
    guard !contents.isEmpty else { return }
    guard let commits = written()?["commits"]?.integer else {
      throw Wording(
        "folder-not-a-demo", "文件夹里有不是演示的数据，不予覆盖",
        "the folder holds data that is no demo's and stays",
        do: "用 --data 指明另一个文件夹", "name another folder with --data"
      ).problem(.conflict, at: data.lastPathComponent)
    }
    let map = try await OneMap.open(data: data, installation: installation)
    guard try await map.today().recorded.value == Int(commits) else {
      throw Wording(
        "demo-worked-in", "演示建立之后又有提交，不予覆盖", "there are commits beyond the demo's own; they stay",
        do: "用 --data 指明另一个文件夹，或自行删除该文件夹",
        "name another folder with --data, or remove this one yourself"
      ).problem(.conflict, at: data.lastPathComponent)
    }
  }

  /// Where the new map is made; the old one stays until this one is whole.
  private var beside: URL {
    data.deletingLastPathComponent().appending(path: data.lastPathComponent + ".new")
  }

  private func moveIntoPlace() throws(Problem) {
    try removeFolder(data)
    do {
      try FileManager.default.moveItem(at: beside, to: data)
    } catch {
      throw .store(.unavailable(reason: "demo"))
    }
  }

  private func removeFolder(_ folder: URL) throws(Problem) {
    guard FileManager.default.fileExists(atPath: folder.path) else { return }
    do {
      try FileManager.default.removeItem(at: folder)
    } catch {
      throw .store(.unavailable(reason: "demo"))
    }
  }
}
