import KarezCore
import KarezWorkflow

/// Reads `notices/*.yaml` and `letters/*.yaml`: words of cases, shared by procedures.
struct CaseTextFile {
  let pack: String
  private(set) var notices: [String: NoticeForm] = [:]
  private(set) var letters: [String: LetterTemplate] = [:]
  private(set) var faults: [PackFault] = []

  init(pack: String) { self.pack = pack }

  mutating func readNotices(_ node: PackNode) {
    guard let items = items(of: node) else { return }
    for item in items {
      var fields = PackFields(item)
      let id = fields.text("id")
      let title = fields.localized("title")
      let text = fields.words("text")
      if let id, !PackName.isPath(id) { fields.add(.notID(id)) }
      if let id, notices[id] != nil { fields.add(.idTwice(id)) }
      faults += fields.finish()
      guard let id, let title, let text else { continue }
      notices[id] = NoticeForm(title: title, text: text)
    }
  }

  mutating func readLetters(_ node: PackNode) {
    guard let items = items(of: node) else { return }
    for item in items {
      var fields = PackFields(item)
      let id = fields.text("id")
      let title = fields.localized("title")
      let paragraphs = fields.allWords("paragraphs")
      let conditions = fields.allWords("conditions")
      if paragraphs.isEmpty { fields.add(.keyMissing("paragraphs")) }
      if let id, !id.hasPrefix(pack + "/") || !PackName.isPath(id) { fields.add(.notID(id)) }
      if let id, letters[id] != nil { fields.add(.idTwice(id)) }
      faults += fields.finish()
      guard let id, let title else { continue }
      letters[id] = LetterTemplate(
        id: id, title: title, paragraphs: paragraphs, conditions: conditions)
    }
  }

  private mutating func items(of node: PackNode) -> [PackNode]? {
    guard let items = node.list else {
      faults.append(PackFault(node.origin, .notList(key: "")))
      return nil
    }
    return items
  }
}

extension PackFields {
  /// Words with places for values, in every language.
  mutating func words(_ key: String) -> CaseTexts? {
    guard let text = localized(key) else { return nil }
    return words(text)
  }

  mutating func allWords(_ key: String) -> [CaseTexts] {
    list(key).compactMap { node in
      var fields = PackFields(node)
      let zh = fields.text("zh")
      let en = fields.text("en")
      let ug = fields.optionalText("ug")
      add(fields.finish())
      guard let zh, let en else { return nil }
      return words(LocalizedText(zh: zh, en: en, ug: ug))
    }
  }

  private mutating func words(_ text: LocalizedText) -> CaseTexts? {
    do throws(CaseText.Fault) { return try CaseTexts(text) } catch {
      add(.valueUnknown(error.place))
      return nil
    }
  }

  /// The value a key names, or, under `is`, the text that is given.
  mutating func value(_ key: String) -> CaseValue? {
    if let given = optionalText("is") { return .given(given) }
    guard let name = text(key) else { return nil }
    guard let value = CaseValue(named: name) else {
      add(.valueUnknown(name))
      return nil
    }
    return value
  }
}
