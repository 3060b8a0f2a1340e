import KarezCore
import KarezReading

/// What a boundary file says of a parcel, under the names such files use.
extension SourceFeature {
  private static let idNames = ["id", "parcel_id", "DKBH", "地块编号", "BSM", "fid"]
  private static let nameNames = ["name", "parcel_name", "DKMC", "地块名称", "XMMC", "名称"]

  var parcelID: String { text(Self.idNames) ?? String(row) }
  var parcelName: String { text(Self.nameNames) ?? "" }

  private func text(_ names: [String]) -> String? {
    for name in names {
      switch attributes[name] {
      case .text(let text) where !text.isEmpty: return text
      case .integer(let number): return String(number)
      default: continue
      }
    }
    return nil
  }
}
