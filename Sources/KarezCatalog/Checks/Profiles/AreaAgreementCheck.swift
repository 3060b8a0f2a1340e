import KarezCore
import KarezRules

/// A recorded area that is not what the polygon measures.
final class AreaAgreementCheck: GateCheck {
  private let frame: ProfileCheckFrame
  private let attribute: AttributePlace
  private let allowance: AreaAllowance

  init(_ frame: ProfileCheckFrame, _ attribute: String, _ allowance: AreaAllowance) {
    self.frame = frame
    self.attribute = frame.place(of: attribute)
    self.allowance = allowance
  }

  func examine(_ row: ExaminedRow, _ report: inout GateReport) {
    guard let recorded = row.number(of: attribute), let measured = row.areaM2,
      PrintedArea.differ(
        recorded, measured, byMoreThan: allowance.squareMetres(beside: measured)),
      frame.applies(to: row)
    else { return }
    let name = frame.title(of: attribute.name)
    let (stated, found) = (GateWords.area(recorded), GateWords.area(measured))
    let difference = GateWords.area(recorded - measured)
    var finding = frame.finding(
      row,
      what: LocalizedText(
        zh: "\(name.zh) \(stated) 平方米，按图形计算的椭球面积为 \(found) 平方米，相差 \(difference)",
        en: "\(name.en) is \(stated) m², the polygon's statutory area \(found) m², "
          + "\(difference) apart"),
      remedy: LocalizedText(zh: "请重新计算面积或核对图形", en: "compute it anew, or check the polygon"))
    finding.areaM2 = abs(recorded - measured)
    report.note(finding)
  }
}

/// Areas are compared as they are printed, so that a reader can check a decision by its figures.
enum PrintedArea {
  /// Hundredths of a square metre; nil for what is no number.
  static func hundredths(_ squareMetres: Double) -> Int64? {
    DecimalText.units(of: squareMetres, decimals: 2)
  }

  /// Whether two areas are farther apart than is allowed; what equals the allowance is allowed.
  static func differ(_ one: Double, _ other: Double, byMoreThan allowed: Double) -> Bool {
    guard let one = hundredths(one), let other = hundredths(other),
      let allowed = hundredths(allowed)
    else { return true }
    return abs(one - other) > allowed
  }

  static func isLess(_ one: Double, than other: Double) -> Bool {
    guard let one = hundredths(one), let other = hundredths(other) else { return false }
    return one < other
  }
}
