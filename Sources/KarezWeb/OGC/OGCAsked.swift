import Hummingbird
import KarezCore
import KarezGeometry
import KarezService
import KarezStore

/// What an address under `/ogc` asks for, read strictly.
struct OGCAsked {
  static let standardLimit = 100
  static let maximumLimit = 10_000

  let asked: Asked

  init(_ request: Request) { asked = Asked(request) }

  /// When the state asked for is valid: on a day, or on the last of some days.
  enum Time {
    case on(LegalDate)
    case during(DaySpan)
  }

  /// `datetime`: a day, a moment, or two of them with `/` between; `..` or nothing is open.
  func time() throws(WebError) -> Time? {
    guard let text = asked.text("datetime") else { return nil }
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2 else {
      guard parts.count == 1, let day = Self.day(parts[0]) else {
        throw .fieldInvalid(name: "datetime")
      }
      return .on(day)
    }
    var ends: [LegalDate?] = []
    for part in parts {
      if part.isEmpty || part == ".." {
        ends.append(nil)
      } else if let day = Self.day(part) {
        ends.append(day)
      } else {
        throw .fieldInvalid(name: "datetime")
      }
    }
    guard let span = DaySpan(first: ends[0], last: ends[1]) else {
      throw .fieldInvalid(name: "datetime")
    }
    return .during(span)
  }

  /// The day of the state `datetime` asks for: of an interval its last, today where that is open.
  func day(_ today: LegalDate) throws(WebError) -> LegalDate {
    switch try time() {
    case .on(let day): day
    case .during(let span): span.last ?? today
    case nil: today
    }
  }

  /// The legal day of a moment, which is that of the whole country.
  private static func day(_ text: Substring) -> LegalDate? {
    LegalDate(text) ?? Timestamp(text)?.day(secondsEast: 8 * 3_600)
  }

  func crs(_ name: String) throws(WebError) -> OfferedCRS {
    guard let uri = asked.text(name) else { return .crs84 }
    guard let crs = OfferedCRS(uri: uri) else { throw .fieldInvalid(name: name) }
    return crs
  }

  /// Four numbers, or six with heights, in the system of `bbox-crs`.
  func box() throws(WebError) -> BoundingBox? {
    guard let text = asked.text("bbox") else { return nil }
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { Double($0) }
    guard numbers.count == parts.count, let box = BoundingBox(numbers) else {
      throw .fieldInvalid(name: "bbox")
    }
    return box
  }

  /// A list of names.
  func names(_ name: String) -> [String]? {
    asked.text(name)?.split(separator: ",").map(String.init)
  }

  /// Names to order by; a `+`, which stands for a space in an address, is read over.
  func order() -> [String] {
    (names("sortby") ?? []).map { name in
      name.hasPrefix("+") || name.hasPrefix(" ") ? String(name.dropFirst()) : name
    }
  }

  /// The question of an address, and the day its page shows.
  func question(_ portal: Portal) async throws -> (question: ItemsQuestion, today: LegalDate) {
    let today = try await portal.map.today()
    let recorded = try asked.commit("recorded") ?? today.recorded
    guard recorded <= today.recorded else { throw WebError.fieldInvalid(name: "recorded") }
    let time = try time()
    var validOn = today.validOn
    if case .on(let day)? = time { validOn = day }
    var question = ItemsQuestion(asOf: AsOf(validOn: validOn, recorded: recorded))
    if case .during(let span)? = time { question.span = span }
    question.box = try box()
    question.boxCRS = try crs("bbox-crs")
    question.filter = asked.text("filter")
    question.filterCRS = try crs("filter-crs")
    if let name = asked.text("filter-lang") {
      guard let language = ItemsQuestion.FilterLanguage(rawValue: name) else {
        throw WebError.fieldInvalid(name: "filter-lang")
      }
      question.filterLanguage = language
    }
    question.order = order()
    return (question, today.validOn)
  }

  /// The query part that leads on from a page: everything asked, the state pinned, another token.
  func onward(_ question: ItemsQuestion, token: String?) -> [(name: String, value: String)] {
    var pairs = asked.parameters.filter {
      !["cursor", "recorded", "datetime"].contains($0.name)
    }
    pairs.append(("recorded", question.asOf.recorded.description))
    pairs.append(
      (
        "datetime",
        question.span == nil
          ? question.asOf.validOn.description : asked.text("datetime") ?? ""
      ))
    if let token { pairs.append(("cursor", token)) }
    return pairs
  }

  /// What a token is good for: the question without how its answer is written.
  func tokenContext(_ question: ItemsQuestion, of id: DatasetID) -> String {
    let pairs = onward(question, token: nil).filter {
      !["f", "lang", "limit", "crs", "properties", "skipGeometry", "purpose"].contains($0.name)
    }
    return JSONValue.array(
      [.string(id.text)]
        + pairs.sorted { $0.name < $1.name }
        .map { .array([.string($0.name), .string($0.value)]) }
    ).canonicalText
  }

  static func text(_ pairs: [(name: String, value: String)]) -> String {
    pairs.map { Asked.escaped($0.name) + "=" + Asked.escaped($0.value) }.joined(separator: "&")
  }
}

extension ItemsQuestion {
  /// The day a page shows, and today; nil of a page of several days.
  func day(_ today: LegalDate) -> (shown: LegalDate, today: LegalDate)? {
    span == nil ? (asOf.validOn, today) : nil
  }
}
