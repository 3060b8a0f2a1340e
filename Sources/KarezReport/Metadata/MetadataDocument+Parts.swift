import KarezCore

/// The elements that others are made of.
extension MetadataDocument {
  static func string(_ text: String) -> XMLNode { XMLNode("gco:CharacterString", text: text) }

  static func day(_ day: LegalDate) -> XMLNode { XMLNode("gco:Date", text: day.description) }

  /// A value of one of the standard's code lists.
  static func code(_ element: String, _ value: String) -> XMLNode {
    let list = element.drop { $0 != ":" }.dropFirst()
    let address = "\(standards)19115/resources/Codelists/cat/codelists.xml#\(list)"
    return XMLNode(
      element, [(name: "codeList", value: address), (name: "codeListValue", value: value)],
      text: value)
  }

  /// A text in Chinese, with the English beside it where that differs.
  static func free(_ element: String, _ text: LocalizedText) -> XMLNode {
    guard text.en != text.zh else { return XMLNode(element) { string(text.zh) } }
    return XMLNode(element, [(name: "xsi:type", value: "lan:PT_FreeText_PropertyType")]) {
      string(text.zh)
      XMLNode("lan:PT_FreeText") {
        XMLNode("lan:textGroup") {
          XMLNode(
            "lan:LocalisedCharacterString", [(name: "locale", value: "#locale-en")],
            text: text.en)
        }
      }
    }
  }

  /// A language the texts are in; other elements may refer to one that is named.
  static func locale(_ language: Language, isNamed: Bool) -> XMLNode {
    let name = (name: "id", value: "locale-" + language.rawValue)
    return XMLNode("lan:PT_Locale", isNamed ? [name] : []) {
      XMLNode("lan:language") { code("lan:LanguageCode", language == .zh ? "zho" : "eng") }
      XMLNode("lan:characterEncoding") { code("lan:MD_CharacterSetCode", "utf8") }
    }
  }

  static func identifier(_ text: String, of space: String) -> XMLNode {
    XMLNode("mcc:MD_Identifier") {
      XMLNode("mcc:code") { string(text) }
      XMLNode("mcc:codeSpace") { string(space) }
    }
  }

  static func date(_ value: XMLNode, _ type: String) -> XMLNode {
    XMLNode("cit:CI_Date") {
      XMLNode("cit:date") { value }
      XMLNode("cit:dateType") { code("cit:CI_DateTypeCode", type) }
    }
  }

  static func citation(
    _ title: LocalizedText, since day: LegalDate? = nil, edition: String? = nil,
    identifier: XMLNode? = nil
  ) -> XMLNode {
    XMLNode("cit:CI_Citation") {
      free("cit:title", title)
      if let day { XMLNode("cit:date") { date(Self.day(day), "validityBegins") } }
      if let edition { XMLNode("cit:edition") { string(edition) } }
      if let identifier { XMLNode("cit:identifier") { identifier } }
    }
  }

  static var wholeDataset: XMLNode {
    XMLNode("mcc:MD_Scope") { XMLNode("mcc:level") { code("mcc:MD_ScopeCode", "dataset") } }
  }

  /// The steward in a role: a body, never a person.
  func steward(as role: String) -> XMLNode {
    XMLNode("cit:CI_Responsibility") {
      XMLNode("cit:role") { Self.code("cit:CI_RoleCode", role) }
      XMLNode("cit:party") {
        XMLNode("cit:CI_Organisation") { Self.free("cit:name", schema.steward) }
      }
    }
  }
}

extension LocalizedText {
  /// A name that is the same in every language.
  static func same(_ text: String) -> LocalizedText { LocalizedText(zh: text, en: text) }
}
