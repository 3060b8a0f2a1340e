import KarezAccounts
import KarezCore
import Testing

@Suite struct AmountTests {
  static func measure(_ decimals: Int) throws -> Measure {
    try #require(Measure(.squareMetre, decimals: decimals))
  }

  @Test func `every short decimal is read exactly, or not at all`() throws {
    let alphabet: [Character] = ["0", "1", "9", ".", "-"]
    var texts = [""]
    var (read, refused) = (0, 0)
    for _ in 0..<5 {
      texts = texts.flatMap { text in alphabet.map { text + String($0) } }
      for text in texts {
        // What a decimal of two places is, said another way.
        let isDecimal = text.wholeMatch(of: /-?[0-9]+(\.[0-9]{1,2})?/) != nil
        let amount = Amount(text, try Self.measure(2))
        #expect((amount != nil) == isDecimal, "\(text)")
        guard let amount else {
          refused += 1
          continue
        }
        read += 1
        let value = try #require(Double(text))
        #expect(amount.units == Int64((value * 100).rounded()), "\(text)")
        #expect(Amount(amount.text, amount.measure) == amount)
      }
    }
    #expect(read > 200 && refused > 1_000)
  }

  @Test func `amounts have all their decimals and no others`() throws {
    #expect(try Amount(units: 5, Self.measure(2))?.text == "0.05")
    #expect(try Amount(units: -123_456, Self.measure(2))?.text == "-1234.56")
    #expect(try Amount(units: 7, Self.measure(0))?.text == "7")
    #expect(try Amount("1.005", Self.measure(2)) == nil, "nobody rounds what was decided")
    #expect(try Amount("1.005", Self.measure(4))?.units == 10_050)
  }

  @Test func `a number beyond the most is no amount`() throws {
    let measure = try Self.measure(0)
    #expect(Amount(String(Amount.most), measure)?.units == Amount.most)
    for text in [
      String(Amount.most + 1), "9" + String(Int64.max), String(repeating: "9", count: 29),
    ] {
      #expect(Amount(text, measure) == nil)
    }
    #expect(Amount(units: .min, measure) == nil)
    #expect(Measure(.yuan, decimals: 7) == nil)
  }
}

@Suite struct AccountNameTests {
  @Test func `every part has one spelling, and comes back from it`() throws {
    var seen: Set<String> = []
    for landClass in [nil, "0101", "0103", "1201K"] {
      for grade in [nil, 1, 9, 15] {
        for isPaddy in [nil, true, false] {
          let part = try #require(
            AccountPart(landClass: landClass, grade: grade, isPaddy: isPaddy))
          #expect(AccountPart(part.description) == part)
          #expect(seen.insert(part.description).inserted, "\(part)")
        }
      }
    }
    #expect(seen.count == 48)
  }

  @Test(arguments: [
    "", "-", "paddy-dry", "paddy-9", "9-0101", "01", "0", "16", "0101--9", "any-9", "0101-0103",
    "0101-09", "01a1", "9-9", "dry-",
  ])
  func `a part that is spelled otherwise is refused`(text: String) {
    // `01` alone is a class of two digits, and as such well spelled.
    #expect((AccountPart(text) != nil) == (text == "01"), "\(text)")
  }

  @Test func `an account is named by kind, region, year and part`() throws {
    let name = try LedgerFixture.name("quota/653101/2026/9-dry")
    #expect(name.kind == "quota" && name.region == "653101" && name.year == 2026)
    #expect(name.nextYear?.description == "quota/653101/2027/9-dry")
    for text in [
      "quota/653101/2026", "quota/65310/2026/any", "Quota/653101/2026/any", "quota/653101/26/any",
      "quota/653101/+026/any", "quota/653101/2026/any/", "/653101/2026/any",
      "quota/65310a/2026/any",
    ] { #expect(AccountName(text) == nil, "\(text)") }
  }
}
