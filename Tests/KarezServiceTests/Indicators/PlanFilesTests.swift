import Foundation
import KarezCore
import KarezIndicators
import TestSupport
import Testing

@testable import KarezService

/// The prefecture's own plan, where it is beside the repository: every slip that is known of it is
/// found, at its place, and nothing that nobody would agree with.
@Suite struct PlanFilesTests {
  private static let folder = Places.repository.appending(path: "../shared/data/plan").path
  private static let isThere = FileManager.default.fileExists(atPath: folder)

  private static func report() throws -> PlanGate.Report {
    try OneMap.checkPlan(
      [folder], region: "653100",
      Installation(home: Places.repository, programs: Program.folder)
    ).report
  }

  @Test(.enabled(if: isThere, "the plan is not beside the repository"))
  func `every known slip of the plan is found where it is`() throws {
    let found = try Self.report().findings
    func has(_ code: String, _ subject: String, _ words: String = "") {
      #expect(
        found.contains {
          $0.code == code && $0.subject.zh.contains(subject)
            && (words.isEmpty || ($0.reason.zh + $0.remedy.zh).contains(words))
        }, "\(code) \(subject)")
    }
    has("project-missing", "41")
    has("project-missing", "43")
    has("project-number", "787", "87")
    has("unit-price", "项目 26", "2025")
    has("parts", "项目 20", "67")
    has("unit-missing", "项目 69")
    for number in [69, 73, 83] { has("ratio", "项目 \(number)") }
    has("amount", "项目 74", "34.02")
    has("box-list", "专栏6", "16")
    has("box-title", "专栏9", "搬迁")
    has("county-count", "项目 109", "12")
    has("names-run-together", "项目 6", "艾古斯乡、龙甫乡")
    has("names-run-together", "项目 6", "英也尔乡、色提力乡")
    has("unit-fit", "绿色矿山发展示范区")
    has("map-scale", "矿产地质调查面积", "1.5万")
    has("map-scale", "区域地球物理调查面积", "1.25万")
    for word in ["耕地", "煤", "铁", "铅锌", "铜", "石膏", "石灰岩", "隐患"] {
      has("definitions", word)
    }
  }

  /// Those a person looked at: names a letter off, and nothing else beside the known slips.
  @Test(.enabled(if: isThere, "the plan is not beside the repository"))
  func `what else is found are names a person agrees are misspelt`() throws {
    let report = try Self.report()
    let codes = Dictionary(grouping: report.findings, by: \.code).mapValues(\.count)
    #expect(codes["parts"] == 1 && codes["project-copy"] == nil && codes["area-pair"] == nil)
    #expect(codes["share-of-land"] == nil && codes["land-use"] == nil)
    #expect(codes["target-in-text"] == nil && codes["row-count"] == nil)
    let names = report.findings.filter { ["agency", "name-spelling"].contains($0.code) }
    let said = names.map { $0.reason.zh }.joined()
    for word in ["塔什库尔干塔克", "喀地区", "柯克亚祥", "乌夏巴什镇"] {
      #expect(said.contains(word), "\(word)")
    }
    #expect(names.count == 6)
    #expect(report.findings.count == 32)
    for code in ["area-pair", "parts", "box-list", "share-of-land", "land-use", "map-scale"] {
      #expect((report.compared[code] ?? 0) > 0, "\(code) compared nothing")
    }
  }

  @Test func `a folder without a plan is refused, and so is a file that is not there`() async throws
  {
    try await Places.withTemporaryFolder { folder in
      let installation = Installation(home: Places.repository, programs: Program.folder)
      for path in [folder.path, folder.path + "/none.csv"] {
        #expect(throws: Problem.self) { try OneMap.checkPlan([path], installation) }
      }
    }
  }
}

/// What is no plan is not a plan without faults.
@Suite struct PlanRefusalTests {
  @Test(arguments: ["一段与规划无关的文字。", ""])
  func `a text in which there is nothing to compare is refused`(text: String) async throws {
    #expect(try await Self.refusal(of: Array(text.utf8)) == "plan-nothing")
  }

  @Test func `a text that is not UTF-8 is refused, not read in part`() async throws {
    // 规划 in GBK.
    #expect(try await Self.refusal(of: [0xB9, 0xE6, 0xBB, 0xAE]) == "plan-encoding")
  }

  private static func refusal(of bytes: [UInt8]) async throws -> String? {
    try await Places.withTemporaryFolder { folder in
      let file = folder.appending(path: "plan.txt")
      try Data(bytes).write(to: file)
      do throws(Problem) {
        _ = try OneMap.checkPlan(
          [file.path], region: "653100",
          Installation(home: Places.repository, programs: Program.folder))
        return nil
      } catch { return error.code }
    }
  }
}
