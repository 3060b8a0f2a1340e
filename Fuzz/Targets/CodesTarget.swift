import KarezAccounts
import KarezCore
import KarezGeometry

@testable import KarezService

/// Short texts of one form each: days, moments, codes, quantities.
enum CodesTarget: FuzzTarget {
  static let name = "codes"

  static func feed(_ bytes: [UInt8]) {
    guard let text = text(bytes) else { return }
    if let day = LegalDate(text) {
      hold(day.description == text, "a day has one spelling: \(text)")
      hold(LegalDate(daysSince1970: day.daysSince1970) == day, "days counted: \(text)")
    }
    if let moment = Timestamp(text) {
      hold(Timestamp(moment.description) == moment, "a moment read again: \(text)")
    }
    if let name = AccountName(text) {
      hold(name.description == text, "an account has one spelling: \(text)")
    }
    if let part = AccountPart(text) { hold(part.description == text, "so has a part: \(text)") }
    if let lot = LotName(text) {
      hold(LotName(lot.description) == lot, "a lot read again: \(text)")
    }
    if let measure = Measure(.squareMetre, decimals: 2), let amount = Amount(text, measure) {
      hold(Amount(amount.text, measure) == amount, "an amount read again: \(text)")
    }
    if let code = try? ParcelCode(text) { hold(code.text == text, "a code is its text") }
    if let code = try? RealEstateUnitCode(text) {
      hold(text.hasPrefix(code.parcel.text), "a unit's code begins with its parcel's")
      _ = code.grouped
    }
    if let id = DatasetID(text) { hold(id.text == text, "a name is its text") }
    if let units = LedgerUnits.units(text), units.magnitude < 1 << 48 {
      hold(LedgerUnits.units(LedgerUnits.text(units)) == units, "an area read again: \(text)")
    }
    if let quantity = Quantity(text) { hold(quantity.value >= 0, "no sign was read: \(text)") }
    if let address = MailAddress(text) {
      hold(!text.hasControl && !text.contains(" ") && !text.contains("<"), "an address: \(text)")
      hold(text.hasSuffix("@" + address.domain), "its domain: \(text)")
    }
    if let sheet = MapSheet(text) {
      hold(sheet.box.minX < sheet.box.maxX && sheet.box.minY < sheet.box.maxY, "\(text)")
    }
  }
}
