import KarezCore

/// What is wrong and what to do, in Chinese and English, under a stable code.
struct Wording {
  let code: String
  let what: LocalizedText
  let remedy: LocalizedText

  init(_ code: String, _ zh: String, _ en: String, do remedyZh: String, _ remedyEn: String) {
    self.code = code
    what = LocalizedText(zh: zh, en: en)
    remedy = LocalizedText(zh: remedyZh, en: remedyEn)
  }

  /// The problem of this kind at this place.
  func problem(
    _ kind: Problem.Kind = .refused, at place: String, position: [Double]? = nil
  ) -> Problem {
    Problem(kind, code: code, place: place, what: what, remedy: remedy, position: position)
  }
}
