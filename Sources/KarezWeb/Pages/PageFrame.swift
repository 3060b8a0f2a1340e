import Hummingbird
import KarezCore
import KarezPacks
import KarezReport
import KarezService

/// What stands around every page's own content: words, header, rail, menu.
///
/// A page's view holds one as `frame`, and its template begins `{{<frame}}`; inside, the names
/// here are known too, `t.…` among them.
struct PageFrame {
  struct LanguageLink {
    let code: String
    let label: String
    let languageAddress: String
    let isCurrent: Bool
  }

  /// One of the places of the rail.
  struct PlaceLink {
    let placeTitle: String
    let placeAddress: String
    let placeKey: String
    let placeIcon: String
    let isHere: Bool
  }

  /// A part of the address that stays when the day is changed.
  struct Kept {
    let keptName: String
    let keptValue: String
  }

  /// The control every page has that shows facts.
  struct AsOfControl {
    /// The parameter of the address that names the day.
    let dayName: String
    let shownDay: String
    let isPast: Bool
    let pastWords: String
    let nowAddress: String
    let kept: [Kept]
  }

  struct VisitorWords {
    let name: String
    let standing: String
    let formKey: String
    let isSignedIn: Bool
  }

  let t: [String: String]
  let language: String
  let languageTag: String
  let direction: String
  let isUnreviewed: Bool
  let languages: [LanguageLink]
  let regionTitle: String
  let places: [PlaceLink]
  let asOf: AsOfControl?
  let visitor: VisitorWords
  /// Whether there is anything behind this page for the visitor.
  let isInside: Bool
  /// Whether the visitor reads the public edition, and the way to sign in and come back.
  let isPublicEdition: Bool
  let signInAddress: String
  /// Whether there is something to look for from the header.
  let hasSearch: Bool
  /// Whether what is shown may be taken away as files.
  let offersFiles: Bool
  /// Whether the visitor applies, and has a page of their own.
  let isApplicant: Bool

  /// The frame of the page a request asks for.
  ///
  /// A page that shows facts names the day they are of, and today. One that knows the last commit
  /// names it: as recorded at that one is as recorded now.
  init(
    _ portal: Portal, _ request: Request, _ context: WebContext, at place: Place? = nil,
    day: (shown: LegalDate, today: LegalDate)? = nil, dayName: String = "validOn",
    last: CommitNumber? = nil
  ) {
    let asked = Asked(request)
    let language = asked.language
    let messages = portal.catalogues[language]
    t = messages.texts
    self.language = language.rawValue
    languageTag = messages.languageTag
    direction = messages.direction
    isUnreviewed = !messages.isReviewed
    languages = [(Language.zh, "中"), (.ug, "ئۇ"), (.en, "EN")].map {
      LanguageLink(
        code: $0.0.rawValue, label: $0.1,
        languageAddress: asked.address(setting: "lang", to: $0.0.rawValue),
        isCurrent: $0.0 == language)
    }
    regionTitle = portal.map.region?.title[language] ?? messages.text("product_subtitle")
    let who = context.visitor
    isInside = who.principal.may(.view) && !who.isPublicReader
    isPublicEdition = who.isPublicReader
    hasSearch = who.principal.may(.view) && !who.mustChangePassword && !who.mustEnrol
    signInAddress =
      SignInGate.signInPath + "?next=" + Asked.escaped(asked.address(without: ["lang"]))
    offersFiles = !who.isPublicReader || portal.gate.edition == .download
    isApplicant = who.isApplicant
    places = Place.allCases.filter { $0.isOpen(to: who.principal) }
      .map { $0.link(isHere: $0 == place, messages, for: who.principal) }
    asOf = day.map { Self.control($0, named: dayName, last: last, asked, messages) }
    visitor = Self.words(of: who, messages)
  }

  private static func words(of who: Visitor, _ messages: MessageCatalogue) -> VisitorWords {
    let titles = who.principal.roles.map { $0.title[messages.language] }
    return VisitorWords(
      name: who.principal.name ?? messages.text("visitor_operator"),
      standing: who.isAtTheMachine
        ? messages.text("visitor_no_accounts")
        : messages.language.listed(titles),
      formKey: who.formKey, isSignedIn: who.isSignedIn)
  }

  private static func control(
    _ day: (shown: LegalDate, today: LegalDate), named name: String, last: CommitNumber?,
    _ asked: Asked, _ messages: MessageCatalogue
  ) -> AsOfControl {
    // A page of another day begins at its beginning.
    let kept = asked.parameters.filter { ![name, "answer", "cursor"].contains($0.name) }
    // Pages of `/ogc` pin the commit themselves, so that all of them are of one state.
    let stated = name == "validOn" ? try? asked.commit("recorded") : nil
    let recorded = stated.flatMap { commit in
      last.map { commit < $0 } ?? true ? commit : nil
    }
    let date = day.shown.description
    return AsOfControl(
      dayName: name, shownDay: date, isPast: day.shown != day.today || recorded != nil,
      pastWords: recorded.map {
        messages.text("as_of_past_recorded", ["date": date, "commit": $0.description])
      } ?? messages.text("as_of_past", ["date": date]),
      nowAddress: asked.address(without: recorded == nil ? [name] : [name, "recorded"]),
      kept: kept.map { Kept(keptName: $0.name, keptValue: $0.value) })
  }
}

/// The places of the rail that exist; at most seven.
enum Place: CaseIterable {
  case map
  case desk
  case catalogue
  case jobs
  case administration
  case log

  /// Whether the rail shows the place to somebody.
  fileprivate func isOpen(to principal: Principal) -> Bool {
    switch self {
    case .map: principal.may(.view)
    case .desk: principal.may(.view) && principal != .publicReader
    case .catalogue: principal.may(.view)
    case .jobs: principal.may(.manageJobs)
    case .administration:
      principal.name != nil
        && !principal.permissions.isDisjoint(
          with: [.manageAccounts, .approveGrants, .classify, .release, .publishPacks, .readLog])
    case .log: principal.may(.readLog)
    }
  }

  fileprivate func link(
    isHere: Bool, _ messages: MessageCatalogue, for principal: Principal
  ) -> PageFrame.PlaceLink {
    switch self {
    case .map:
      PageFrame.PlaceLink(
        placeTitle: messages.text("place_map"), placeAddress: "/", placeKey: "m",
        placeIcon: "M9 4 3 6.5v13.5l6-2.500 6 2.500 6-2.500V4l-6 2.500zM9 4v13.500M15 6.500V20",
        isHere: isHere)
    case .desk:
      PageFrame.PlaceLink(
        placeTitle: messages.text("place_desk"), placeAddress: "/desk", placeKey: "d",
        placeIcon: "M4 13h4l2 3h4l2-3h4M4 13l3-8h10l3 8v6H4z", isHere: isHere)
    case .catalogue:
      PageFrame.PlaceLink(
        placeTitle: messages.text("place_catalogue"), placeAddress: "/catalogue", placeKey: "c",
        placeIcon: "M4 6c0-4 16-4 16 0s-16 4-16 0v12c0 4 16 4 16 0V6M4 12c0 4 16 4 16 0",
        isHere: isHere)
    case .jobs:
      PageFrame.PlaceLink(
        placeTitle: messages.text("place_jobs"), placeAddress: "/jobs", placeKey: "j",
        placeIcon: "M12 8v4l3 2M12 3a9 9 0 1 0 .01 0", isHere: isHere)
    case .administration:
      PageFrame.PlaceLink(
        placeTitle: messages.text("place_administration"),
        placeAddress: principal.may(.manageAccounts) ? "/accounts" : "/proposals",
        placeKey: "a", placeIcon: "M12 3l8 3v6c0 5-4 8-8 9-4-1-8-4-8-9V6zM9 12l2 2 4-4",
        isHere: isHere)
    case .log:
      PageFrame.PlaceLink(
        placeTitle: messages.text("place_log"), placeAddress: "/log", placeKey: "l",
        placeIcon: "M5 4h14v16H5zM8 8h8M8 12h8M8 16h5", isHere: isHere)
    }
  }
}

extension MessageCatalogue {
  /// As `lang` of HTML wants it.
  var languageTag: String { language == .zh ? "zh-Hans" : language.rawValue }
  var direction: String { language.isRightToLeft ? "rtl" : "ltr" }
}
