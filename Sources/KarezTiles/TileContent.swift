/// What a tile may hold.
public enum TileBudget {
  /// Bytes of one tile.
  public static let mostBytes = 500_000
  /// Beyond so many polygons in a tile they are drawn together, by what they look like.
  static let mostShapes = 8_000
  static let mostVertices = 600_000
  /// Up to so many features each carries its id and all its coded attributes; beyond, what its
  /// looks depend on.
  static let mostDetailed = 1_500
  /// Ids kept of a tile, for the record of who read what.
  static let mostNamed = 200
}

/// 瓦片内容: one tile's bytes, and what went into them.
public struct TileContent: Sendable {
  /// How the land was drawn.
  public enum Form: Hashable, Sendable {
    /// Each feature by itself, its vertices gathered in cells of so many units; 1 as they lie.
    case shapes(cell: Int)
    /// So many cells along a side, each given to what covers its middle.
    case cells(Int)
  }

  /// A Mapbox Vector Tile; empty where nothing is to be seen.
  public let bytes: [UInt8]
  public let form: Form
  /// Features that the tile shows something of.
  public let features: Int
  /// Some of their ids.
  public let named: [String]

  public init(bytes: [UInt8], form: Form, features: Int, named: [String]) {
    self.bytes = bytes
    self.form = form
    self.features = features
    self.named = named
  }
}

/// Which attributes a tile's features carry.
public struct TileFields: Hashable, Sendable {
  /// What the looks depend on; in every tile.
  public let looks: [String]
  /// The other attributes with code tables; in tiles of few features.
  public let codes: [String]
  /// Names; in tiles of few features.
  public let names: [String]

  public init(looks: [String], codes: [String], names: [String]) {
    self.looks = looks
    self.codes = codes
    self.names = names
  }

  public var all: [String] { looks + codes + names }
}
