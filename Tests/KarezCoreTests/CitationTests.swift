import KarezCore
import Testing

@Suite struct CitationTests {
  func name(_ article: String) -> LocalizedText {
    let title = LocalizedText(zh: "某法", en: "Some Law")
    return Citation(law: "cn/x/2019", title: title, article: article, quote: nil, summary: nil)
      .articleName
  }

  @Test(arguments: [
    ("1", "第一条"), ("10", "第十条"), ("12", "第十二条"), ("20", "第二十条"), ("46", "第四十六条"),
    ("100", "第一百条"), ("101", "第一百零一条"), ("110", "第一百一十条"), ("481", "第四百八十一条"),
    ("1000", "第一千条"), ("1009", "第一千零九条"), ("1109", "第一千一百零九条"), ("1020", "第一千零二十条"),
    ("46(1)", "第四十六条第一款"), ("46(1)(2)", "第四十六条第一款第二项"), ("46(1)(12)", "第四十六条第一款第十二项"),
    ("全文", "全文"), ("一(二)", "一(二)"), ("0", "0"), ("", ""), ("1(2)(3)(4)", "1(2)(3)(4)"),
  ])
  func `an article is named as a statute names it`(article: String, expected: String) {
    #expect(name(article).zh == expected)
  }

  @Test func `English and Uyghur name it too`() {
    #expect(name("46(1)(2)").en == "Article 46(1)(2)")
    #expect(name("46(1)(2)").ug == "46-ماددا(1)(2)")
    #expect(name("全文").en == "the whole document")
  }
}
