import KarezCore
import KarezIndicators
import Testing

/// A made-up plan is read against itself: each slip is found where it is, and nothing else.
@Suite struct PlanGateTests {
  private static func place(_ line: Int) -> PlanPlace { PlanPlace(file: "p", line: line) }

  private static func projects(_ rows: [[String]]) -> [PlanProject] {
    rows.enumerated().map { PlanProject($0.element, at: place($0.offset + 2)) }
  }

  /// Number, content and budget; the rest is the same.
  private static func simple(_ rows: [(String, String, String)]) -> [PlanProject] {
    projects(rows.map { [$0.0, "类", "小类", "项目", "甲县自然资源局", $0.1, $0.2, "甲县财政资金", ""] })
  }

  private static func rules() throws -> PlanGateRules {
    var rules = PlanGateRules()
    rules.agreement = 0.6
    rules.fewest = 4
    rules.countyWords = ["县市", "县(市)"]
    rules.townshipEnds = ["乡", "镇"]
    rules.agencyEnds = ["财政资金", "自然资源局"]
    rules.divisions = ["东山地区", "甲县", "石头城县"]
    rules.boxTitleEnds = ["任务", "情况"]
    rules.projectHeading = "项目清单"
    rules.scales = [10_000, 50_000, 250_000]
    rules.amounts = [try #require(PlanPattern(pattern: "投资{amount}万元"))]
    rules.prices = [
      .init(
        title: LocalizedText(zh: "单价", en: "price"),
        patterns: [try #require(PlanPattern(pattern: "{n}个单元"))], count: "n")
    ]
    rules.ratios = [
      .init(
        title: LocalizedText(zh: "比例", en: "ratio"),
        patterns: [try #require(PlanPattern(pattern: "面积{a}亩,坑{v}m3"))],
        bare: [try #require(PlanPattern(pattern: "面积{a}亩,坑{v}"))], of: "v", to: "a", unit: "m3")
    ]
    rules.fits = [
      .init(suffix: "率", dimensions: [.share]), .init(suffix: "区", dimensions: [.area, .count]),
    ]
    rules.concepts = [
      .init(
        title: LocalizedText(zh: "耕地", en: "farmland"),
        pattern: try #require(PlanPattern(pattern: "耕地{value}万亩")),
        unit: try #require(PlanUnit(named: "万亩")),
        indicator: "耕地保有量", other: nil, otherUnit: nil)
    ]
    return rules
  }

  private func codes(_ papers: PlanPapers) throws -> [String] {
    try PlanGate(Self.rules()).report(on: papers).findings.map(\.code)
  }

  private func findings(_ papers: PlanPapers) throws -> [PlanFinding] {
    try PlanGate(Self.rules()).report(on: papers).findings
  }

  private func prose(_ text: String) -> PlanPapers {
    PlanPapers(text: PlanText(text, file: "t"))
  }

  // MARK: Projects

  @Test func `a number that does not fit between its neighbours is put right, a gap is told`()
    throws
  {
    let rows = ["1", "2", "93", "4", "6"].map { ($0, "", "") }
    let found = try findings(PlanPapers(projects: Self.simple(rows)))
    #expect(found.map(\.code) == ["project-number", "project-missing"])
    #expect(found[0].places == [Self.place(4)] && found[0].remedy.zh.contains("3"))
    #expect(found[1].subject.zh.contains("5"))
    let whole = ["7", "8", "9"].map { ($0, "", "") }
    #expect(try codes(PlanPapers(projects: Self.simple(whole))).isEmpty)
    let twice = ["1", "2", "2", "3"].map { ($0, "", "") }
    #expect(try codes(PlanPapers(projects: Self.simple(twice))) == ["project-number"])
  }

  @Test func `one price of many that does not agree is told with what would`() throws {
    let rows = [
      ("1", "编制10个单元", "150"), ("2", "编制4个单元", "60"), ("3", "编制7个单元", "105"),
      ("4", "编制20个单元", "260"), ("5", "编制3个单元", ""),
    ]
    let found = try findings(PlanPapers(projects: Self.simple(rows)))
    #expect(found.map(\.code) == ["unit-price"])
    #expect(found[0].places == [Self.place(5)] && found[0].remedy.zh.contains("300"))
    // Where siblings do not agree, nobody knows the price.
    let each = [("1", "1个单元", "1"), ("2", "1个单元", "2"), ("3", "1个单元", "3"), ("4", "1个单元", "4")]
    #expect(try codes(PlanPapers(projects: Self.simple(each))).isEmpty)
  }

  @Test func `a ratio that differs and a unit that is missing are two things`() throws {
    let rows = [
      ("1", "面积10亩，坑150 m3", ""), ("2", "面积2亩,坑30m3", ""), ("3", "面积4亩，坑60m3", ""),
      ("4", "面积10亩，坑2560000，", ""), ("5", "面积3亩，坑45", ""),
    ]
    let found = try findings(PlanPapers(projects: Self.simple(rows)))
    #expect(found.map(\.code) == ["unit-missing", "unit-missing", "ratio"])
    #expect(found[2].places == [Self.place(5)] && found[2].remedy.zh.contains("150"))
  }

  @Test func `words and column say one amount`() throws {
    let rows = [("1", "投资30万元。", "34.02"), ("2", "投资 25 万元", "25")]
    #expect(try codes(PlanPapers(projects: Self.simple(rows))) == ["amount"])
  }

  @Test func `a count of counties that most others contradict is told`() throws {
    let rows = ["十二县市", "12县市", "十县市", "十二县市"].enumerated().map {
      ["\($0.offset + 1)", "类", "小类", "项目", $0.element + "自然资源局", "", "", "", ""]
    }
    let found = try findings(PlanPapers(projects: Self.projects(rows)))
    #expect(found.map(\.code) == ["county-count"] && found[0].places == [Self.place(4)])
  }

  @Test func `names run together, cut short or spelt in two ways are found in lists alone`() throws
  {
    let rows = [
      ("1", "推进东湖乡、西湖乡、南山乡北山乡、中心镇等5个乡镇。", ""),
      ("2", "推进东湖祥、西湖乡、白水河镇、中心镇开展工作", ""),
      ("3", "推进中心镇、白水何镇、西湖乡", ""), ("4", "乡镇企业，南山乡北山乡", ""),
    ]
    let found = try findings(PlanPapers(projects: Self.simple(rows)))
    #expect(found.map(\.code) == ["names-run-together", "name-spelling", "name-spelling"])
    #expect(found[0].remedy.zh.contains("南山乡、北山乡"))
    #expect(Set(found.dropFirst().map(\.places[0].line)) == [3, 4])
  }

  @Test func `who pays is a division of the region, or far from every one`() throws {
    let rows = [
      ["1", "", "", "项目", "甲县自然资源局", "", "", "东山地区财政资金", ""],
      ["2", "", "", "项目", "甲县自然资源局", "", "", "东地区财政资金、石头城财政资金", ""],
      ["3", "", "", "石头县道路项目", "甲县自然资源局", "", "", "中央生态专项资金", ""],
    ]
    let found = try findings(PlanPapers(projects: Self.projects(rows)))
    #expect(found.map(\.code) == ["agency", "agency", "agency"])
    #expect(Set(found.map(\.places[0].line)) == [3, 4])
  }

  @Test func `the list and the text's own print of it are compared row by row`() throws {
    let text = """
      附件
      项目清单
      \t序号
      \t类别

      \t规划类

      \t1
      \t小类
      \t项目
      \t甲县自然资源局
      \t内容
      \t10
      \t甲县财政资金
      \t
      """
    let plan = PlanText(text, file: "t")
    let annex = plan.projects(under: "项目清单")
    #expect(annex.map(\.number) == ["1"] && annex.first?.category == "规划类")
    #expect(annex.first?.budget == "10")
    let same = [["1", "规划类", "小类", "项目", "甲县自然资源局", "内容", "10", "甲县财政资金", ""]]
    #expect(try codes(PlanPapers(projects: Self.projects(same), text: plan)).isEmpty)
    let other = [["1", "规划类", "小类", "项目", "甲县自然资源局", "内容", "11", "甲县财政资金", ""]]
    #expect(try codes(PlanPapers(projects: Self.projects(other), text: plan)) == ["project-copy"])
    // Without a list of its own the text's is checked.
    let report = try PlanGate(Self.rules()).report(on: prose(text))
    #expect(report.compared["project-number"] == 1)
  }

  // MARK: Prose

  @Test(arguments: [
    ("处理12.5公顷（187.5亩）。", 0), ("处理12.5公顷（200亩）。", 1),
    ("供应2.96万公顷（44.35万亩），其中甲1.89万公顷（28.31万亩）、乙1.07万公顷（16.04万亩）。", 0),
    ("供应2.96万公顷（44.4万亩），其中甲1.89万公顷（28.35万亩）、乙1.27万公顷（19.05万亩）。", 1),
    ("对20处（崩塌3处、滑坡5处、泥石流12处）勘查。", 0), ("对20处（崩塌3处、滑坡5处、泥石流13处）勘查。", 1),
    ("需编制105个村（其中单独38个、合并29个），实际67个单元。", 1), ("需编制67个村（其中单独38个、合并29个）。", 0),
    ("泵站4座及配套，处理系统（蓄水池1座，强排泵站1座）。", 0), ("共计3项，其中：新建2项；改建1项。", 0),
    ("面积2.25公顷。另有30亩（其中水田10亩、旱地20亩）。", 0),
  ])
  func `areas in two units and parts of a whole must agree`(
    sentence: String, findings count: Int
  ) throws {
    let found = try findings(prose("第一章 总则\n" + sentence))
    #expect(found.count == count, "\(sentence)")
  }

  @Test func `scales are those maps are made at`() throws {
    let papers = PlanPapers(
      indicators: [
        PlanIndicatorRow(["组", "1:5万-1:1.25万调查面积", "平方千米", "", "", ""], at: Self.place(2))
      ], text: PlanText("第一章 总则\n开展1：5万和1:50000调查，11:3时。", file: "t"))
    let found = try findings(papers)
    #expect(found.map(\.code) == ["map-scale"] && found[0].reason.zh.contains("1.25万"))
  }

  @Test func `a unit fits its name`() throws {
    func row(_ name: String, _ unit: String) -> PlanIndicatorRow {
      PlanIndicatorRow(["组", name, unit, "", "", ""], at: Self.place(2))
    }
    #expect(try codes(PlanPapers(indicators: [row("达标率", "%"), row("示范区", "个")])).isEmpty)
    #expect(try codes(PlanPapers(indicators: [row("示范区", "%")])) == ["unit-fit"])
    #expect(try codes(PlanPapers(indicators: [row("达标率", "个")])) == ["unit-fit"])
    #expect(try codes(PlanPapers(indicators: [row("达标率", "尺")])) == ["unit-unknown"])
  }

  @Test func `a box keeps what its title says, and counts what it lists`() throws {
    let text = """
      第一章 总则
      \t专栏1：隐患勘查、治理及搬迁任务
      对隐患进行勘查和治理。

      \t专栏2：重点矿山情况
      3个重点矿山。煤矿2个：甲矿、乙矿；铁矿2个：丙矿。

      \t专栏4：其他情况
      无。
      """
    let found = try findings(prose(text))
    #expect(found.map(\.code) == ["box-title", "box-list", "box-list", "box-number"])
    #expect(found[0].reason.zh.contains("搬迁"))
    #expect(found[1].reason.zh.contains("列出 1 个") && found[2].reason.zh.contains("4"))
  }

  @Test func `one word for two things is shown as two definitions`() throws {
    func papers(_ base: String) -> PlanPapers {
      PlanPapers(
        indicators: [
          PlanIndicatorRow(["组", "耕地保有量", "万亩", base, "", ""], at: Self.place(2))
        ], text: PlanText("第一章 总则\n耕地1470.27万亩。", file: "t"))
    }
    let found = try findings(papers("719"))
    #expect(found.map(\.sort) == [.definitions] && found[0].places.count == 2)
    #expect(try findings(papers("1470.3")).isEmpty)
  }

  @Test func `parts of a list of targets sum to the row they are of`() throws {
    func rows(_ last: String) -> PlanPapers {
      PlanPapers(
        targets: [
          ["1", "勘查", "20", "处", ""], ["1", "其中甲", "3", "处", ""], ["1", "其中乙", last, "处", ""],
        ]
        .enumerated().map { PlanTargetRow($0.element, at: Self.place($0.offset + 2)) })
    }
    #expect(try codes(rows("17")).isEmpty)
    #expect(try codes(rows("16")) == ["parts"])
  }

  @Test func `classes of land and shares of the whole are held against the table`() throws {
    func papers(_ share: String, _ area: String) -> PlanPapers {
      PlanPapers(
        landUse: [
          PlanLandRow(name: "耕地", hectares: "4000.5", at: Self.place(2)),
          PlanLandRow(name: "林地", hectares: "5999.5", at: Self.place(3)),
        ],
        text: PlanText(
          "第一章 总则\n耕地\(area)公顷。红线31平方公里，占全区国土面积的\(share)%。", file: "t"))
    }
    #expect(try codes(papers("31.0", "4000.5")).isEmpty)
    #expect(try codes(papers("34.0", "4000.5")) == ["share-of-land"])
    #expect(try codes(papers("31.0", "4000")) == ["land-use"])
  }

  // MARK: Patterns

  @Test func `patterns take numbers and gaps, whatever the width of signs`() throws {
    let pattern = try #require(PlanPattern(pattern: "面积{a}亩{*}坑{v} m3"))
    let found = pattern.matches(in: "面积 10.5亩，采 坑 157.5m3；面积2亩。坑3m3")
    #expect(found.map { $0.numbers["a"] } == ["10.5"] && found[0].value("v") == 157.5)
    for none in ["", "{a}", "面积{a", "{*}"] { #expect(PlanPattern(pattern: none) == nil) }
  }

  @Test(arguments: 0..<300)
  func `whatever is read, the checks end`(seed: UInt64) throws {
    var random = Chance(seed: seed)
    let words = [
      "第一章 总则\n", "\t专栏1：甲、乙任务\n", "3个", "（其中", "1个", "、", "）", "。", "\n", "\t", "乡", "镇", "十二县市",
      "1:5万", "公顷", "2.5", "亩", "占国土面积的", "%", "项目清单\n", "煤矿2个:", "...", "1", "：",
    ]
    let text = (0..<60).map { _ in words[random.below(words.count)] }.joined()
    let rows = (0..<4).map { _ in (0..<9).map { _ in words[random.below(words.count)] } }
    let report = try PlanGate(Self.rules()).report(
      on: PlanPapers(projects: Self.projects(rows), text: PlanText(text, file: "t")))
    for finding in report.findings { #expect(!finding.line(in: .en).isEmpty) }
  }
}
