import KarezCore
import KarezGeometry
import KarezRules
public import KarezService
import KarezTiles

extension AnswerView {
  /// Puts an answer into the words of one language.
  public init(_ answer: ComplianceAnswer, in setting: AnswerSetting, messages: MessageCatalogue) {
    let language = messages.language
    let drawing = MapDrawing(
      of: answer, layers: setting.layers, northLetter: messages.text("north"))
    self.language = language.rawValue
    languageTag = language == .zh ? "zh-Hans" : language.rawValue
    direction = language.isRightToLeft ? "rtl" : "ltr"
    isUnreviewed = !messages.isReviewed
    t = messages.texts
    regionTitle = setting.region?[language]
    id = answer.id
    validOn = answer.asOf.validOn.description
    recorded = answer.asOf.recorded.description
    answeredAt = answer.answeredAt
    purposeTitle =
      answer.purpose.map { setting.title(of: $0, in: language) } ?? messages.text("purpose_none")
    verdict = Self.words(for: answer.verdict, messages)
    boundaryArea = AreaFigures(answer.boundary.statutoryArea)
    parcels = FigureText.count(answer.boundary.parcels)
    crs = answer.boundary.crs
    crsReason = answer.boundary.crsReason[language]
    warnings = answer.boundary.warnings.map {
      WarningEntry(warningCode: $0.code, warningMessage: $0.message[language])
    }
    hasWarnings = !warnings.isEmpty
    let entries = FindingOrder.of(answer).map {
      FindingEntry($0, in: answer, setting: setting, messages: messages)
    }
    findings = entries.filter { !$0.isUndecided }
    hasFindings = !findings.isEmpty
    undecided = entries.filter(\.isUndecided)
    hasUndecided = !undecided.isEmpty
    undecidedWords = messages.text("findings_undecided", ["count": String(undecided.count)])
    landUse = answer.landUse.map {
      LandUseEntry(landCode: $0.code, landName: $0.name[language], landArea: AreaFigures($0.area))
    }
    hasLandUse = !landUse.isEmpty
    landUseTotal = AreaFigures(answer.landUse.reduce(.zero) { $0 + $1.area })
    let layers = answer.layers.map { LayerEntry($0, messages: messages) }
    checkedLayers = layers.filter { $0.status != CheckedLayer.Status.unavailable.rawValue }
    uncheckedLayers = layers.filter { $0.status == CheckedLayer.Status.unavailable.rawValue }
    hasUncheckedLayers = !uncheckedLayers.isEmpty
    packs = answer.packs.map {
      PackEntry(packID: $0.id, packVersion: $0.version, packDigest: String($0.sm3.prefix(16)))
    }
    publicationWords = answer.publication.map { publication in
      messages.text(
        "pack_publication",
        ["number": String(publication.number), "sm3": String(publication.sm3.prefix(16)) + "…"])
    }
    digest = answer.digest
    mapSVG = drawing.svg
    mapCaption = messages.text("map_frame", ["scale": FigureText.count(drawing.scale)])
    legend = Self.legend(of: answer, setting: setting, messages: messages)
  }

  private static func words(for verdict: Verdict, _ messages: MessageCatalogue) -> VerdictWords {
    let key = "verdict_" + verdict.rawValue.replacing("-", with: "_")
    return VerdictWords(
      code: verdict.rawValue, word: messages.text(key),
      sentence: messages.text(key + "_sentence"))
  }

  private static func legend(
    of answer: ComplianceAnswer, setting: AnswerSetting, messages: MessageCatalogue
  ) -> [LegendEntry] {
    var entries = [
      LegendEntry(title: messages.text("legend_boundary"), paint: MapDrawing.boundaryPaint)
    ]
    let severities = Severity.allCases.filter { severity in
      answer.findings.contains { $0.geometry != nil && $0.finding.severity == severity }
    }
    for severity in severities {
      let words =
        messages.text("legend_piece") + " · " + messages.text("severity_" + severity.rawValue)
      entries.append(LegendEntry(title: words, paint: MapDrawing.paint(for: severity)))
    }
    for layer in setting.layers.reversed() {
      for entry in layer.legend {
        entries.append(LegendEntry(title: entry.title[messages.language], paint: entry.paint))
      }
    }
    return entries
  }
}

extension AnswerView.AreaFigures {
  init(_ area: Area) {
    squareMetres = FigureText.squareMetres(area)
    hectares = FigureText.hectares(area)
    mu = FigureText.mu(area)
  }
}

extension AnswerView.LegendEntry {
  init(title: String, paint: MapPaint) {
    legendTitle = title
    fill = paint.fill ?? "none"
    fillOpacity = DecimalText.fixed(paint.fillOpacity, decimals: 2)
    line = paint.line ?? "none"
    isDashed = paint.isDashed
  }
}

extension AnswerView.LayerEntry {
  init(_ layer: CheckedLayer, messages: MessageCatalogue) {
    layerTitle = layer.title[messages.language]
    status = layer.status.rawValue
    statusWord = messages.text("status_" + layer.status.rawValue)
    layerCurrentTo = layer.currentTo?.description ?? "—"
    layerArea = AnswerView.AreaFigures(layer.occupied)
    layerShare = layer.sharePercent
    layerFeatures = FigureText.count(layer.features)
    featuresWords = messages.text("layer_features", count: layer.features)
    isTouched = layer.features > 0
    noiseWords = layer.noise.words(messages)
    staleWords = layer.status == .stale ? messages.text("status_stale") : nil
    nearWords = layer.near.words(messages)
    hasNear = layer.near.contains { $0.features > 0 }
  }
}

extension [NearFeatures] {
  /// What lies around, fact by fact; where nothing does, how far was looked.
  fileprivate func words(_ messages: MessageCatalogue) -> String? {
    guard let farthest = map(\.withinMetres).max() else { return nil }
    let found = filter { $0.features > 0 }.map {
      $0.title[messages.language] + " (" + FigureText.count($0.features) + ")"
    }
    guard !found.isEmpty else {
      return messages.text("around_none", ["metres": FigureText.metres(farthest)])
    }
    let separator = messages.language == .en ? "; " : "；"
    return messages.text("around", ["list": found.joined(separator: separator)])
  }
}

extension Noise {
  /// How many pieces are slivers, and their area; nil where none is.
  fileprivate func words(_ messages: MessageCatalogue) -> String? {
    guard features > 0 else { return nil }
    return messages.text(
      "of_it_slivers", count: features,
      ["area": FigureText.squareMetres(.squareMetres(areaM2))])
  }
}

extension AnswerView.FindingEntry {
  init(
    _ order: FindingOrder, in answer: ComplianceAnswer, setting: AnswerSetting,
    messages: MessageCatalogue
  ) {
    let language = messages.language
    let found = answer.findings[order.index]
    let finding = found.finding
    let citation = finding.citation
    number = order.number
    place = order.index + 1
    isUndecided = finding.outcome == FindingOrder.undecided
    rule = finding.rule
    severity = finding.severity.rawValue
    severityWord = messages.text("severity_" + finding.severity.rawValue)
    message = finding.message[language]
    isUnconfirmed = finding.certainty == .unconfirmed
    certaintyWord = messages.text("certainty_" + finding.certainty.rawValue)
    law = citation.title[language]
    articleWords = citation.articleName[language]
    quotation = citation.quote
    gist = citation.quote == nil ? citation.summary?[language] : nil
    findingArea = found.area.map(AnswerView.AreaFigures.init)
    noiseWords = found.noise.words(messages)
    hasPiece = found.geometry.map { !$0.polygons.isEmpty } ?? false
    showWords = messages.text("finding_show", ["number": String(order.number)])
    approverTitle = finding.approver.map { setting.title(of: $0, in: language) }
    missing = finding.missingDocuments.map { setting.title(of: $0, in: language) }
    isMissingSomething = !missing.isEmpty
    steps = finding.trace.map {
      AnswerView.Step(
        stepTitle: $0.title[language],
        stepValue: setting.titles[$0.value]?[language] ?? FigureText.quantity($0.value))
    }
    hasSteps = !steps.isEmpty
  }
}
