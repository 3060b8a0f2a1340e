import KarezCore
import Testing

@Suite struct CodeTests {
  @Test(arguments: [
    "650000000000GB00001", "653101001002JC00001", "653101001002JA00012", "653101001002GG00001",
    "653101001002ZW00001", "653101001002GS00001", "653101001002JD99999",
  ])
  func `a parcel code is nineteen characters in a combination that exists`(text: String) throws {
    let code = try ParcelCode(text)
    #expect(code.text == text)
    #expect(code.countyCode == text.prefix(6))
  }

  @Test func `what is wrong with a parcel code is said`() {
    #expect(throws: ParcelCodeError.wrongLength(text: "6500", expected: 19)) {
      try ParcelCode("6500")
    }
    #expect(throws: ParcelCodeError.notADigit(text: "65000000000AGB00001", position: 12)) {
      try ParcelCode("65000000000AGB00001")
    }
    #expect(throws: ParcelCodeError.unknownOwnership(text: "650000000000XB00001")) {
      try ParcelCode("650000000000XB00001")
    }
    #expect(throws: ParcelCodeError.unknownUse(text: "650000000000GM00001")) {
      try ParcelCode("650000000000GM00001")
    }
    for text in ["650000000000GA00001", "650000000000GC00001", "650000000000JG00001"] {
      #expect(throws: ParcelCodeError.impossibleCombination(text: text)) { try ParcelCode(text) }
    }
    // Nineteen bytes, but not nineteen characters.
    #expect(throws: ParcelCodeError.self) { try ParcelCode("650000000000喀00001") }
    #expect(throws: ParcelCodeError.self) { try ParcelCode("６50000000000GB00") }
  }

  @Test func `a real-estate unit code ends in a fixture and prints in four groups`() throws {
    let building = try RealEstateUnitCode("650000000000GB00001F00010001")
    #expect(building.grouped == "650000 000000 GB00001 F00010001")
    #expect(building.parcel.text == "650000000000GB00001")
    #expect(try RealEstateUnitCode("650000000000GB00001W00000000").text.count == 28)
  }

  @Test(arguments: [
    "650000000000GB00001W00000001", "650000000000GB00001F00000000", "650000000000GB00001X00010001",
    "650000000000GB00001F0001000a", "650000000000GB0000100010001F", "650000000000GB00001F0001001",
    "650000000000GA00001F00010001", "",
  ])
  func `a real-estate unit code that cannot exist is refused`(text: String) {
    #expect(throws: ParcelCodeError.self) { try RealEstateUnitCode(text) }
  }

  @Test(arguments: [
    "land-patches", "a", "a1-b2", "hazard-zones", String(repeating: "a", count: 60),
  ])
  func `a dataset's name is kebab-case`(text: String) throws {
    let id = try #require(DatasetID(text))
    #expect(id.tableName == text.replacing("-", with: "_"))
  }

  @Test(arguments: [
    "", "-", "-a", "a-", "a--b", "A", "1a", "a_b", "a b", "图斑", "a;drop", "a\"", "a.b",
    String(repeating: "a", count: 61),
  ])
  func `anything else is no dataset's name`(text: String) {
    #expect(DatasetID(text) == nil)
  }

  @Test func `a commit's number is not negative, and none comes before the first`() throws {
    #expect(CommitNumber(-1) == nil)
    let first = try #require(CommitNumber(1))
    #expect(CommitNumber.none < first)
    #expect(CommitNumber(0) == CommitNumber.none)
  }

  @Test func `a problem's line is where, what and what to do, in the language asked for`() {
    let problem = Problem(
      .refused, code: "ring-not-closed", place: "第 3 行",
      what: LocalizedText(zh: "环未闭合", en: "the ring is open"),
      remedy: LocalizedText(zh: "请补上首点", en: "repeat the first point"))
    #expect(problem.line(in: .zh) == "第 3 行：环未闭合；请补上首点")
    #expect(problem.line(in: .en) == "第 3 行: the ring is open; repeat the first point")
    #expect(problem.line(in: .ug) == problem.line(in: .zh))
    #expect(problem.exitStatus == 3)
    #expect(problem.httpStatus == 422)
  }

  @Test func `classifications are ordered from public to confidential`() {
    #expect(Classification.allCases.sorted() == [.public, .internal, .restricted, .confidential])
  }
}
