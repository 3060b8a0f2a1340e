import KarezCore
import KarezGeometry
import KarezReading

/// Why a coordinate system was taken for the right one, in words.
enum CRSReasonWording {
  static func text(for layer: SourceLayer, isDeclared: Bool) -> LocalizedText {
    if isDeclared { return LocalizedText(zh: "由使用者指明", en: "named by the user") }
    switch layer.crsReason {
    case .statedCode, .statedDefinition:
      return LocalizedText(zh: "文件载明", en: "stated by the file")
    case .formatDefault: return LocalizedText(zh: "该格式的规定", en: "prescribed by the format")
    case .declared: return LocalizedText(zh: "由使用者指明", en: "named by the user")
    case .unstated, .unrecognised:
      return LocalizedText(zh: "按坐标数值判定", en: "judged by the numbers")
    case .zonePrefix, .zonePrefixAndHeading, .heading, .expectedExtent, .sizeOfDegrees:
      return text(for: evidence(for: layer))
    }
  }

  /// What the reader went by where a text of coordinates left its system open.
  private static func evidence(for layer: SourceLayer) -> CRSEvidence {
    let system = try? layer.crs.system()
    guard let zone = system?.grid?.zone else { return .sizeOfDegrees }
    return switch layer.crsReason {
    case .zonePrefix: .zonePrefix(zone)
    case .zonePrefixAndHeading: .zonePrefixAndHeading(zone)
    case .heading: .heading(zone)
    default: .expectedExtent(zone)
    }
  }

  static func text(for evidence: CRSEvidence) -> LocalizedText {
    switch evidence {
    case .stated: LocalizedText(zh: "文件载明", en: "stated by the file")
    case .zonePrefix(let zone):
      LocalizedText(zh: "Y 坐标前两位为带号 \(zone)", en: "eastings begin with zone \(zone)")
    case .zonePrefixAndHeading(let zone):
      LocalizedText(
        zh: "Y 坐标带号 \(zone) 与表头一致", en: "eastings begin with zone \(zone), as the heading says")
    case .heading(let zone):
      LocalizedText(zh: "表头带号 \(zone)", en: "zone \(zone) of the heading")
    case .expectedExtent(let zone):
      LocalizedText(
        zh: "只有第 \(zone) 带落在本区域内", en: "only zone \(zone) leads into this area")
    case .sizeOfDegrees: LocalizedText(zh: "数值为经纬度", en: "the numbers are degrees")
    }
  }
}
