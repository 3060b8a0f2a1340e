import KarezCore
import KarezReport
import KarezService

/// The page of suggestions: line by line what would be given up, and what the rest is told.
struct AvoidView {
  struct FindingLine {
    let findingTone: String
    let findingWord: String
    let findingText: String
  }

  /// A boundary that is suggested, with what its own check says.
  struct Offer {
    let part: String
    let chip: VerdictChip
    let gone: [FindingLine]
    let hasGone: Bool
    let left: [FindingLine]
    let hasLeft: Bool
    let appeared: [FindingLine]
    let hasAppeared: Bool
    let textAddress: String
    let jsonAddress: String
  }

  struct Line {
    let lineID: String
    let lineMark: String
    let lineTitle: String
    let withinWords: String?
    let tone: String
    let severityWord: String
    let occupiedM2: String
    let occupiedMu: String
    let causes: [FindingLine]
    let isWhole: Bool
    let restM2: String
    let restMu: String
    let givenUpM2: String
    let givenUpMu: String
    let closing: String
    let partsWords: String
    let partsTone: String
    let offer: Offer?
    let trade: Offer?
    let tradeWords: String?
    let tradeNone: String?
  }

  let frame: PageFrame
  let answerID: String
  let answerAddress: String
  let chip: VerdictChip
  let area: String
  let stateWords: String
  let lines: [Line]
  let hasLines: Bool
  let leftOutWords: String?
  let methodWords: String
  let shapesAddress: String
  /// What the map draws beneath.
  let datasets: String

  init(
    _ frame: PageFrame, _ answer: ComplianceAnswer, _ found: Avoidance, _ map: OneMap,
    _ messages: MessageCatalogue
  ) {
    self.frame = frame
    answerID = answer.id
    answerAddress = "/?answer=" + answer.id
    chip = VerdictChip(answer.verdict, messages)
    area = FigureText.grouped(answer.boundary.statutoryArea.text)
    stateWords = messages.text(
      "avoid_state",
      [
        "date": answer.asOf.validOn.description, "commit": answer.asOf.recorded.description,
        "purpose": AnswerWords.purpose(of: answer, map, messages),
      ])
    let whole = answer.boundary.statutoryArea
    lines = found.lines.enumerated().map { Self.line($0, $1, whole, answer.id, messages) }
    hasLines = !lines.isEmpty
    let leftOut = Int(clamping: found.json["linesLeftOut"]?.integer ?? 0)
    leftOutWords =
      leftOut > 0 ? messages.text("avoid_left_out", ["count": FigureText.count(leftOut)]) : nil
    methodWords = messages.text(
      "avoid_method",
      [
        "clearance": Self.metres(found.json["clearanceM"]),
        "reach": Self.metres(found.json["reachM"]),
        "sliver": found.json["sliverM2"]?.string ?? "0",
      ])
    shapesAddress = "/api/v1/checks/avoid?answer=" + answer.id
    datasets = found.datasets.joined(separator: ",")
  }

  static func tone(_ severity: String) -> String {
    switch severity {
    case "prohibits": "stop"
    case "requires": "act"
    default: "inform"
    }
  }

  private static func metres(_ value: JSONValue?) -> String {
    guard let metres = value?.string.flatMap({ Double($0) }) else { return "0" }
    return metres == metres.rounded()
      ? FigureText.grouped(DecimalText.fixed(metres, decimals: 0))
      : DecimalText.fixed(metres, decimals: 3)
  }

  private static func line(
    _ index: Int, _ json: JSONValue, _ whole: Area, _ answer: String, _ messages: MessageCatalogue
  ) -> Line {
    let id = json["id"]?.string ?? ""
    let suggestion = json["suggestion"].flatMap { $0 == .null ? nil : $0 }
    let severity = json["isProhibiting"] == .boolean(true) ? "prohibits" : "requires"
    let (rest, restMu) = areas(suggestion?["restM2"])
    let (givenUp, givenUpMu) = areas(suggestion?["givenUpM2"])
    let (occupied, occupiedMu) = areas(json["occupiedM2"])
    let parts = suggestion?["partsM2"]?.array?.compactMap(\.string) ?? []
    let trade = suggestion?["trade"].flatMap { $0 == .null ? nil : $0 }
    let isMade = trade?["isMade"] == .boolean(true)
    return Line(
      lineID: id, lineMark: String(index % 6), lineTitle: messages.language.text(of: json["title"]),
      withinWords: json["withinM"]?.string.map { _ in
        messages.text("avoid_within", ["metres": metres(json["withinM"])])
      },
      tone: tone(severity), severityWord: messages.text("severity_" + severity),
      occupiedM2: occupied, occupiedMu: occupiedMu, causes: findings(json["findings"], messages),
      isWhole: suggestion == nil, restM2: rest, restMu: restMu, givenUpM2: givenUp,
      givenUpMu: givenUpMu,
      closing: messages.text(
        "avoid_closing",
        [
          "occupied": occupied, "strip": areas(suggestion?["stripM2"]).0,
          "slivers": areas(suggestion?["sliversM2"]).0,
          "count": FigureText.count(Int(clamping: suggestion?["sliverPieces"]?.integer ?? 0)),
        ]),
      partsWords: parts.count == 1
        ? messages.text("avoid_one_part")
        : messages.text(
          "avoid_parts",
          [
            "count": FigureText.count(parts.count),
            "areas": parts.prefix(5).map(FigureText.grouped).joined(separator: " + ")
              + (parts.count > 5 ? " …" : ""),
          ]),
      partsTone: parts.count == 1 ? "order" : "act",
      offer: suggestion.map { offer($0, .rest, id, answer, messages) },
      trade: isMade ? trade.map { offer($0, .traded, id, answer, messages) } : nil,
      tradeWords: isMade
        ? messages.text(
          "avoid_trade_words",
          ["metres": metres(trade?["distanceM"]), "area": areas(trade?["areaM2"]).0]) : nil,
      tradeNone: trade != nil && !isMade
        ? messages.text("avoid_trade_none", ["area": areas(trade?["foundM2"]).0]) : nil)
  }

  private static func offer(
    _ json: JSONValue, _ part: Avoidance.Part, _ line: String, _ answer: String,
    _ messages: MessageCatalogue
  ) -> Offer {
    let file =
      "/checks/avoid/file?answer=\(answer)&line=\(Asked.escaped(line))&part=\(part.rawValue)"
    let gone = findings(json["gone"], messages)
    let left = findings(json["left"], messages)
    let appeared = findings(json["appeared"], messages)
    return Offer(
      part: part.rawValue,
      chip: VerdictChip(json["verdict"]?.string.flatMap(Verdict.init), messages),
      gone: gone, hasGone: !gone.isEmpty, left: left, hasLeft: !left.isEmpty, appeared: appeared,
      hasAppeared: !appeared.isEmpty, textAddress: file + "&format=txt",
      jsonAddress: file + "&format=geojson")
  }

  private static func findings(
    _ json: JSONValue?, _ messages: MessageCatalogue
  ) -> [FindingLine] {
    (json?.array ?? []).map { finding in
      let severity = finding["severity"]?.string ?? "informs"
      return FindingLine(
        findingTone: tone(severity), findingWord: messages.text("severity_" + severity),
        findingText: messages.language.text(of: finding["message"]))
    }
  }

  /// Square metres and 亩, as figures.
  private static func areas(_ json: JSONValue?) -> (String, String) {
    guard let text = json?.string, let value = Double(text), value.isFinite, value >= 0 else {
      return ("0.00", "0.00")
    }
    return (
      FigureText.grouped(text),
      FigureText.grouped(DecimalText.fixed(Area.squareMetres(value).mu, decimals: 2))
    )
  }
}
