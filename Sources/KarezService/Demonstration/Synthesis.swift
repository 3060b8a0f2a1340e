public import Foundation
public import KarezCore
import KarezPacks
import KarezRules
import KarezSynth

/// What `karez synth` is asked to make.
public struct SynthesisOrder: Sendable {
  public let installation: Installation
  /// 行政区划代码 of a region pack; nil for the only one there is.
  public let region: String?
  public let patches: Int
  public let seed: UInt64
  public let out: URL

  public init(
    installation: Installation, region: String?, patches: Int, seed: UInt64, out: URL
  ) {
    self.installation = installation
    self.region = region
    self.patches = patches
    self.seed = seed
    self.out = out
  }

  /// The region pack meant.
  ///
  /// - Errors: `Problem` of kind usage when none or several could be.
  func regionCode() throws(Problem) -> String {
    if let region { return region }
    let folder = installation.packs.appending(path: "regions").path
    let found = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let codes = found.filter { $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }.sorted()
    guard codes.count == 1 else {
      throw Wording(
        "region-not-chosen", "需要指明地区包", "a region pack must be named",
        do: "用 --region 指明：\(codes.joined(separator: "、"))",
        "--region: \(codes.joined(separator: ", "))"
      ).problem(.usage, at: "--region")
    }
    return codes[0]
  }
}

/// Makes the synthetic prefecture.
public enum Synthesis {
  /// What was made.
  public struct Report: Sendable {
    public let json: JSONValue
    let files: [(dataset: String, file: String, features: Int)]
    let sampleBoundary: String?
    let region: String

    public func lines(in language: Language) -> [String] {
      files.map { "\($0.dataset)\t\($0.features)\t\(URL(filePath: $0.file).lastPathComponent)" }
    }
  }

  /// - Errors: `Problem` when the region pack or its outlines are not there, or disk is full.
  public static func run(
    _ order: SynthesisOrder, progress: @escaping (Int, Int) -> Void
  ) throws(Problem) -> Report {
    let code = try order.regionCode()
    let region = try OneMap.loadRegion(code, order.installation)
    let folder = order.installation.packs.appending(path: "regions/\(code)/outlines")
    let plan = SynthPlan(
      patches: order.patches, seed: order.seed, region: region, outlines: folder.path,
      distances: try distances(order.installation))
    do throws(SynthError) {
      let report = try Synth(plan).generate(to: order.out.path) { _, done, total in
        progress(done, total)
      }
      return Report(report, region: code, in: order.out)
    } catch {
      throw .synthesis(error)
    }
  }
}

extension Synthesis {
  /// How far the packs' facts look around the boundary for any pipeline, in metres.
  private static func distances(_ installation: Installation) throws(Problem) -> [Double] {
    let pipelines = SynthLayer.oilGasPipelines.rawValue
    let facts = try OneMap.loadPacks(installation).ruleBook.facts
    return Set(
      facts.compactMap { fact -> Double? in
        guard case .map(let measure) = fact.source, measure.dataset.text == pipelines,
          measure.filters.isEmpty
        else { return nil }
        return measure.within?.value
      }
    ).sorted()
  }
}

extension Synthesis.Report {
  init(_ report: SynthReport, region: String, in folder: URL) {
    files = report.layers.map {
      ($0.layer.rawValue, folder.appending(path: $0.file).path, $0.features)
    }
    sampleBoundary = report.sampleBoundary
    self.region = region
    json = .object([
      "region": .string(region),
      "layers": .array(
        files.map { layer in
          .object([
            "dataset": .string(layer.dataset), "features": .integer(Int64(layer.features)),
            "file": .string(URL(filePath: layer.file).lastPathComponent),
          ])
        }),
      "truth": .string(URL(filePath: report.truth).lastPathComponent),
    ])
  }
}
