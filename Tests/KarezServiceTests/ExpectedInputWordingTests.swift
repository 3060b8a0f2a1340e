import KarezCore
import KarezGeometry
import Testing

@testable import KarezService

@Suite struct ExpectedInputWordingTests {
  @Test(arguments: ExpectedInput.allCases)
  func `what was expected is said in Chinese and in English`(expected: ExpectedInput) {
    let text = ExpectedInputWording.text(for: expected)
    let hasChinese = text.zh.contains { !$0.isASCII }
    #expect(hasChinese, "\(text.zh)")
    #expect(text.en != expected.rawValue, "\(text.en)")
  }
}
