public import Foundation
public import KarezCore
import KarezStore

/// 演示: the demo prefecture, brought in through the same door as anyone's files.
public struct Demo: Sendable {
  let installation: Installation
  let data: URL
  let out: URL
  let patches: Int
  let seed: UInt64

  /// The day from which the demo's facts are valid.
  private static let validFrom = LegalDate(year: 2025, month: 1, day: 1)
  private static let purpose = "transport/road"
  /// Written first: only a folder that has it was made by a demo and may be made anew.
  private static let begun = "demo-begun"

  public init(installation: Installation, data: URL, out: URL, patches: Int, seed: UInt64) {
    self.installation = installation
    self.data = data
    self.out = out
    self.patches = patches
    self.seed = seed
  }

  private var synthFolder: URL { out.appending(path: "synth") }
  private var sampleFile: URL { synthFolder.appending(path: "sample-boundary.txt") }
  /// Says which prefecture the folder holds; written last, so that a broken run begins anew.
  private var marker: URL { data.appending(path: "demo.json") }

  /// Generates and imports whatever is not there yet.
  ///
  /// `say` hears what is being done, `progress` how many rows of the present step are done.
  public func prepare(
    say: (LocalizedText) -> Void, progress: @escaping @Sendable (Int) -> Void
  ) async throws(Problem) -> OneMap {
    if isPrepared {
      say(
        LocalizedText(
          zh: "演示数据已就绪，不再生成", en: "the demo data is there already; nothing to generate"))
      return try await OneMap.open(data: data, installation: installation)
    }
    try startAnew()
    say(
      LocalizedText(
        zh: "生成合成地区：\(patches) 个图斑，种子 \(seed)",
        en: "generating the synthetic prefecture: \(patches) patches, seed \(seed)"))
    let report = try Synthesis.run(
      SynthesisOrder(
        installation: installation, region: nil, patches: patches, seed: seed, out: synthFolder)
    ) { done, _ in progress(done) }
    try OutputFile.write("", to: data.appending(path: Self.begun).path)
    let map = try await OneMap.initialise(
      data: data, installation: installation, region: report.region, by: .operator)
    for layer in report.files { try await bring(layer, into: map, say, progress) }
    try OutputFile.write(settings.prettyText, to: marker.path)
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
    let outcome = try await map.importFile(order, by: .operator, in: .all) { _, done in
      progress(done)
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

  private var settings: JSONValue {
    .object(["patches": .integer(Int64(patches)), "seed": .string(String(seed))])
  }

  private var isPrepared: Bool {
    guard let written = try? String(contentsOf: marker, encoding: .utf8) else { return false }
    return written == settings.prettyText
      && FileManager.default.fileExists(atPath: sampleFile.path)
  }

  /// Removes what an earlier demo left, and only that: a folder that is not a demo's is refused.
  private func startAnew() throws(Problem) {
    let manager = FileManager.default
    guard manager.fileExists(atPath: data.path) else { return }
    let isOurs = manager.fileExists(atPath: data.appending(path: Self.begun).path)
    guard isOurs else {
      throw Wording(
        "folder-not-a-demo", "文件夹里有不是演示的数据，不予覆盖",
        "the folder holds data that is no demo's and stays",
        do: "用 --data 指明另一个文件夹", "name another folder with --data"
      ).problem(.conflict, at: data.lastPathComponent)
    }
    do {
      try manager.removeItem(at: data)
    } catch {
      throw .store(.unavailable(reason: "demo"))
    }
  }
}
