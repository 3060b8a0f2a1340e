import KarezCore

/// Values that must be built as a standard says.
final class FormatCheck: GateCheck {
  private let attributes: [(attribute: Attribute, place: AttributePlace, format: CodeFormat)]

  init(_ schema: DatasetSchema) {
    attributes = schema.attributes.compactMap { attribute in
      attribute.format.flatMap { CodeFormat(rawValue: $0) }.map {
        (attribute, AttributePlace(attribute.name, in: schema), $0)
      }
    }
  }

  func examine(_ row: ExaminedRow, _ report: inout GateReport) {
    for (attribute, place, format) in attributes {
      guard case .text(let text)? = row[place],
        let fault = format.fault(of: text)
      else { continue }
      report.note(.formatWrong(attribute, text, fault, row))
    }
  }
}

/// The formats a schema may name.
enum CodeFormat: String, CaseIterable {
  case parcelCode = "parcel-code"
  case realEstateUnitCode = "real-estate-unit-code"
  case administrativeCode = "administrative-code"

  /// What keeps a text from being such a code, to follow the text itself.
  func fault(of text: String) -> LocalizedText? {
    switch self {
    case .parcelCode:
      do throws(ParcelCodeError) { _ = try ParcelCode(text) } catch {
        return Self.fault(error, of: LocalizedText(zh: "宗地代码", en: "parcel code"))
      }
      return nil
    case .realEstateUnitCode:
      do throws(ParcelCodeError) { _ = try RealEstateUnitCode(text) } catch {
        return Self.fault(error, of: LocalizedText(zh: "不动产单元代码", en: "real-estate unit code"))
      }
      return nil
    case .administrativeCode:
      // 省 地 县 乡 村, and the padded 19 digits of survey exchange.
      let isCode =
        [2, 4, 6, 9, 12, 19].contains(text.utf8.count)
        && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
      return isCode
        ? nil
        : LocalizedText(
          zh: "不是行政区划代码：应为 2、4、6、9、12 或 19 位数字",
          en: "is not an administrative code: 2, 4, 6, 9, 12 or 19 digits")
    }
  }

  private static func fault(_ error: ParcelCodeError, of name: LocalizedText) -> LocalizedText {
    let reason =
      switch error {
      case .wrongLength(let text, let expected):
        LocalizedText(
          zh: "有 \(text.count) 位，应为 \(expected) 位",
          en: "\(text.count) characters, not \(expected)")
      case .notADigit(_, let position):
        LocalizedText(zh: "第 \(position) 位不是数字", en: "character \(position) is no digit")
      case .unknownOwnership:
        LocalizedText(zh: "第 13 位不是 G、J 或 Z", en: "character 13 is none of G, J, Z")
      case .unknownUse:
        LocalizedText(zh: "第 14 位不是宗地特征码", en: "character 14 is no feature code")
      case .unknownFixture:
        LocalizedText(zh: "第 20 位不是 W、F、L 或 Q", en: "character 20 is none of W, F, L, Q")
      case .impossibleCombination:
        LocalizedText(zh: "特征码不能如此组合", en: "the feature codes do not go together")
      }
    return LocalizedText(
      zh: "不是\(name.zh)：\(reason.zh)", en: "is not a \(name.en): \(reason.en)")
  }
}
