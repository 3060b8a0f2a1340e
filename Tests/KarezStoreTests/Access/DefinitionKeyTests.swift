import Testing

@testable import KarezStore

@Suite struct DefinitionKeyTests {
  @Test func `definitions are the same key where they are the same bytes`() {
    let text = #"{"title":{"zh":"地类图斑","ug":"يەر"}}"#
    #expect(DefinitionKey(text) == DefinitionKey(String(text.reversed().reversed())))
    #expect(Set([DefinitionKey(text), DefinitionKey(text)]).count == 1)
    #expect(DefinitionKey(text) != DefinitionKey(text + " "))
  }

  @Test func `letters that only look alike are two keys`() {
    let (whole, parts) = ("\u{E9}", "e\u{301}")
    #expect(whole == parts)
    #expect(Set([DefinitionKey(whole), DefinitionKey(parts)]).count == 2)
  }
}
