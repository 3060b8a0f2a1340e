import KarezCatalog
import KarezCore
import Testing

@Suite struct PinyinTests {
  static let table = PinyinTable(readings: [
    "永": ["yong"], "久": ["jiu"], "基": ["ji"], "本": ["ben"], "农": ["nong"], "田": ["tian"],
    "行": ["xing", "hang"], "长": ["zhang", "chang"], "重": ["zhong", "chong"],
  ])

  @Test(arguments: ["yjjbnt", "yongjiujibennongtian", "yongjjbnt", "yjjibnongt", "yojijbnt"])
  func `initials, syllables and anything between spell the whole title`(letters: String) {
    #expect(Self.table.match(letters, in: "永久基本农田") == .whole)
  }

  @Test func `a part is told from the beginning and from within`() {
    #expect(Self.table.match("yjj", in: "永久基本农田") == .beginning)
    #expect(Self.table.match("jbnt", in: "永久基本农田") == .within)
    #expect(Self.table.match("nongtian", in: "永久基本农田") == .within)
  }

  @Test(arguments: ["yjb", "yjjbntx", "ongjiu", "x", "jiuy", "yjjbtn"])
  func `letters that skip, swap or go past the end spell nothing`(letters: String) {
    #expect(Self.table.match(letters, in: "永久基本农田") == nil)
  }

  @Test func `a character read in several ways is found by each of them`() {
    for letters in ["hang", "xing", "h", "x", "hangz", "xingchang", "xc", "hc", "xz"] {
      #expect(Self.table.match(letters, in: "行长") != nil, "\(letters)")
    }
    #expect(Self.table.match("hx", in: "行长") == nil)
  }

  @Test func `what has no reading stands for itself`() {
    #expect(Self.table.match("3nt", in: "3农田") == .whole)
    #expect(Self.table.match("corsn", in: "CORS农田") == .beginning)
    #expect(Self.table.match("", in: "农田") == nil)
    #expect(Self.table.match("n", in: "") == nil)
  }

  /// Every way to write every text of two of three characters, against every part of it.
  @Test func `every cut of every reading is found, exhaustively`() {
    let readings = ["行": ["xing", "hang"], "长": ["zhang", "chang"], "重": ["zhong", "chong"]]
    var examined = 0
    for (first, firstReadings) in readings {
      for (second, secondReadings) in readings {
        for one in firstReadings {
          for other in secondReadings {
            for length in 1...one.count {
              for rest in 1...other.count {
                let letters = String(one.prefix(length)) + other.prefix(rest)
                #expect(Self.table.match(letters, in: first + second) == .whole, "\(letters)")
                examined += 1
              }
            }
          }
        }
      }
    }
    // 8, 10 and 10 beginnings of readings, each before each.
    #expect(examined == 28 * 28)
  }
}
