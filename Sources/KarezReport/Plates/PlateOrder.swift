public import KarezCore
public import KarezGeometry
import KarezPacks

/// 图幅纸张: a sheet of the ISO A series.
public enum PlatePaper: String, CaseIterable, Hashable, Sendable {
  case a4
  case a3
  case a2
  case a1
  case a0

  /// In millimetres.
  ///
  /// - Source: ISO 216.
  var sides: (short: Double, long: Double) {
    switch self {
    case .a4: (210, 297)
    case .a3: (297, 420)
    case .a2: (420, 594)
    case .a1: (594, 841)
    case .a0: (841, 1_189)
    }
  }

  /// How much larger letters and signs are than on A4: a large sheet is read from farther away.
  var magnification: Double {
    switch self {
    case .a4: 1
    case .a3: 1.2
    case .a2: 1.5
    case .a1: 1.9
    case .a0: 2.4
    }
  }
}

/// 专题图任务: everything that decides what an official map shows; the same order, the same sheet.
public struct PlateOrder: Hashable, Sendable {
  /// What is drawn over the map to tell places by.
  public enum Grid: String, CaseIterable, Hashable, Sendable {
    /// 经纬网.
    case graticule
    /// 公里网.
    case kilometres
    case none
  }

  /// Scales of official maps, and two for overviews.
  ///
  /// - Source: GB/T 13989, the series of the national base maps; the last is ours.
  public static let scales = [
    500, 1_000, 2_000, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000,
    2_000_000,
  ]
  public static let mostLayers = 12

  public var title = ""
  /// Ids of datasets, in any order: what lies above what is decided as on the portal's map.
  public var layers: [String] = []
  /// An administrative code whose land fills the sheet; nil for a place.
  public var region: String?
  /// Degrees; nil for the region, or all of the installation's.
  public var centre: Position?
  /// The largest that shows all of the region if nil.
  public var scale: Int?
  public var paper = PlatePaper.a4
  public var isLandscape = true
  public var grid = Grid.graticule
  public var asOf: AsOf
  /// 审图号; a slot to be filled in by hand where empty.
  public var approval = ""
  /// 编制单位.
  public var unit = ""
  /// 资料来源; the stewards of the layers where empty.
  public var source = ""

  public init(asOf: AsOf) { self.asOf = asOf }
}
