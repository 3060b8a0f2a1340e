import KarezCore
public import KarezService

/// An answer as plain text: what a terminal shows.
public enum AnswerText {
  public static func text(
    of answer: ComplianceAnswer, in setting: AnswerSetting, messages: MessageCatalogue
  ) -> String {
    let view = AnswerView(answer, in: setting, messages: messages)
    let region = view.regionTitle.map { " · " + $0 } ?? ""
    var lines = [messages.text("answer_title") + region]
    if view.isUnreviewed { lines.append("(" + messages.text("unreviewed") + ")") }
    lines.append("")
    lines += facts(view, messages)
    lines += ["", "■ " + messages.text("verdict") + ": " + view.verdict.word]
    lines.append("  " + view.verdict.sentence)
    lines += section(
      "findings", messages, findings(view.findings, messages), empty: "no_findings")
    if view.hasUndecided {
      lines += ["", "■ " + view.undecidedWords, "  " + messages.text("findings_undecided_help")]
      lines += findings(view.undecided, messages)
    }
    lines += section("land_use", messages, landUse(view, messages), empty: "land_use_none")
    lines += section(
      "layers_checked", messages, view.checkedLayers.map { layerLine($0, messages) },
      empty: "layers_empty")
    lines += section(
      "layers_not_checked", messages,
      view.uncheckedLayers.map { "  " + $0.layerTitle + ": " + $0.statusWord },
      empty: "layers_all_checked")
    lines += section("versions", messages, versions(view, messages), empty: "versions")
    lines += ["", messages.text("disclaimer")]
    return lines.joined(separator: "\n") + "\n"
  }

  private static func section(
    _ key: String, _ messages: MessageCatalogue, _ lines: [String], empty: String
  ) -> [String] {
    ["", "■ " + messages.text(key)] + (lines.isEmpty ? ["  " + messages.text(empty)] : lines)
  }

  private static func areas(_ area: AnswerView.AreaFigures, _ messages: MessageCatalogue) -> String
  {
    [
      area.squareMetres + " " + messages.text("square_metres"),
      area.hectares + " " + messages.text("hectares"), area.mu + " " + messages.text("mu"),
    ].joined(separator: " = ")
  }

  private static func facts(_ view: AnswerView, _ messages: MessageCatalogue) -> [String] {
    var lines = [
      messages.text("as_of") + ": " + view.validOn + " · " + messages.text("recorded") + " "
        + view.recorded,
      messages.text("purpose") + ": " + view.purposeTitle,
      messages.text("statutory_area") + ": " + areas(view.boundaryArea, messages),
      messages.text("parcels") + ": " + view.parcels + " · " + view.crs + " (" + view.crsReason
        + ")",
    ]
    lines += view.warnings.map { messages.text("warnings") + ": " + $0.warningMessage }
    return lines
  }

  private static func findings(
    _ entries: [AnswerView.FindingEntry], _ messages: MessageCatalogue
  ) -> [String] {
    var lines: [String] = []
    for finding in entries {
      let doubt = finding.isUnconfirmed ? " [" + finding.certaintyWord + "]" : ""
      lines.append(
        "  \(finding.number). [" + finding.severityWord + "]" + doubt + " " + finding.message)
      if let area = finding.findingArea { lines.append("     " + areas(area, messages)) }
      if let noise = finding.noiseWords { lines.append("     " + noise) }
      lines.append("     " + finding.law + " " + finding.articleWords)
      if let quotation = finding.quotation {
        lines.append("     " + messages.text("quote") + ": " + quotation)
      }
      if let gist = finding.gist { lines.append("     " + messages.text("summary") + ": " + gist) }
      if let approver = finding.approverTitle {
        lines.append("     " + messages.text("approver") + ": " + approver)
      }
      if finding.isMissingSomething {
        let separator = messages.language == .en ? ", " : "、"
        lines.append(
          "     " + messages.text("missing_documents") + ": "
            + finding.missing.joined(separator: separator))
      }
    }
    return lines
  }

  private static func landUse(_ view: AnswerView, _ messages: MessageCatalogue) -> [String] {
    guard view.hasLandUse else { return [] }
    let lines = view.landUse.map {
      "  " + $0.landCode + " " + $0.landName + ": " + areas($0.landArea, messages)
    }
    return lines + ["  " + messages.text("total") + ": " + areas(view.landUseTotal, messages)]
  }

  private static func layerLine(
    _ layer: AnswerView.LayerEntry, _ messages: MessageCatalogue
  ) -> String {
    let found =
      layer.isTouched
      ? layer.layerArea.squareMetres + " " + messages.text("square_metres") + " ("
        + layer.layerShare
        + " %, " + layer.featuresWords + ")"
      : "0"
    return "  " + layer.layerTitle + ": " + found + " · " + messages.text("current_to") + " "
      + layer.layerCurrentTo + (layer.staleWords.map { " [" + $0 + "]" } ?? "")
      + [layer.noiseWords, layer.nearWords].compactMap(\.self).map { " · " + $0 }.joined()
  }

  private static func versions(_ view: AnswerView, _ messages: MessageCatalogue) -> [String] {
    view.packs.map { "  " + $0.packID + " " + $0.packVersion + " (sm3 " + $0.packDigest + "…)" }
      + [view.publicationWords].compactMap { $0.map { "  " + $0 } }
      + [
        "  " + messages.text("digest") + ": " + view.digest,
        "  " + messages.text("answer_id") + ": " + view.id + " · " + view.answeredAt,
      ]
  }
}
