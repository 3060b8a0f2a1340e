import KarezCore

/// What is wrong with a JSON text, by the code its reader gives.
enum JSONWording {
  static func text(_ code: String) -> LocalizedText {
    texts[code] ?? LocalizedText(zh: code, en: code)
  }

  private static let texts: [String: LocalizedText] = [
    "unexpected": LocalizedText(zh: "出现意外的字符", en: "an unexpected character"),
    "ends-too-soon": LocalizedText(zh: "内容不完整", en: "it ends too soon"),
    "too-deep": LocalizedText(zh: "嵌套过深", en: "nested too deep"),
    "duplicate-key": LocalizedText(zh: "同一对象内键名重复", en: "a key stands twice in an object"),
    "number-out-of-range": LocalizedText(zh: "数值不是有限数", en: "a number is not finite"),
    "invalid-text": LocalizedText(zh: "文字不是 UTF-8", en: "a text is not UTF-8"),
    "trailing": LocalizedText(zh: "末尾有多余内容", en: "something follows the end"),
    "not-geojson": LocalizedText(zh: "不是 GeoJSON", en: "it is not GeoJSON"),
  ]
}
