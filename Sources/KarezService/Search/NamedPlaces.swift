import KarezCatalog
import KarezCore
public import KarezGeometry
import KarezStore

/// 名称索引: the names of one dataset's features in one state, as one scope shows them.
///
/// It is read from the store once for each commit, day and scope, so that a keystroke looks at
/// names in memory and at no row.
struct NamedPlaces: Sendable {
  struct Place: Sendable {
    let id: String
    let name: String
    /// In lower case.
    let folded: [UInt8]
    /// Letters its characters may be spelled with.
    let letters: UInt32
    let shown: ShownPlace?
  }

  /// How well a name was met; the best first.
  enum Match: Int, Comparable {
    case whole, beginning, within, spelledWhole, spelledBeginning, spelledWithin

    static func < (left: Match, right: Match) -> Bool { left.rawValue < right.rawValue }
  }

  private(set) var places: [Place] = []
  private let attributes: [String]
  private let readings: [Character: [String]]
  private let pinyin: PinyinTable

  init(attributes: [String], readings: [Character: [String]]) {
    self.attributes = attributes
    self.readings = readings
    pinyin = PinyinTable(readings: readings)
  }

  mutating func add(_ version: FeatureVersion) {
    let feature = version.feature
    for attribute in attributes {
      guard case .text(let name)? = feature.attributes[attribute], !name.isEmpty else { continue }
      places.append(
        Place(
          id: feature.id, name: name, folded: Array(name.lowercased().utf8),
          letters: letters(of: name), shown: feature.geometry.flatMap(ShownPlace.init)))
    }
  }

  /// The places a text names, the best first.
  ///
  /// - Complexity: O(names); a name is spelled only where it could be by its letters.
  func found(_ text: String, atMost most: Int) -> [(place: Place, match: Match)] {
    let wanted = Array(text.lowercased().utf8)
    let isSpelled = wanted.count >= 2 && wanted.allSatisfy { (0x61...0x7A).contains($0) }
    let letters = isSpelled ? Self.letters(wanted) : 0
    let plain = String(decoding: wanted, as: UTF8.self)
    var found: [(place: Place, match: Match)] = []
    for place in places {
      if let match = Self.match(wanted, in: place.folded) {
        found.append((place, match))
      } else if isSpelled, place.letters & letters == letters,
        let match = spelled(plain, in: place.name)
      {
        found.append((place, match))
      }
    }
    found.sort {
      ($0.match, $0.place.folded.count, $0.place.name, $0.place.id)
        < ($1.match, $1.place.folded.count, $1.place.name, $1.place.id)
    }
    // A feature has names in several languages, and is one.
    var seen: Set<String> = []
    return Array(found.filter { seen.insert($0.place.id).inserted }.prefix(most))
  }

  /// Letters a name's characters may be spelled with, a bit each.
  ///
  /// Letters that spell a part of a name are all among them, so a name that lacks one need not be
  /// spelled.
  private func letters(of name: String) -> UInt32 {
    name.reduce(0) { letters, character in
      let spellings = readings[character] ?? [character.lowercased()]
      return spellings.reduce(letters) { $0 | Self.letters($1.utf8) }
    }
  }

  /// A bit for each of the letters from `a` to `z` among some bytes.
  private static func letters(_ bytes: some Sequence<UInt8>) -> UInt32 {
    bytes.reduce(0) { (0x61...0x7A).contains($1) ? $0 | 1 << UInt32($1 - 0x61) : $0 }
  }

  private func spelled(_ letters: String, in name: String) -> Match? {
    switch pinyin.match(letters, in: name) {
    case .whole: .spelledWhole
    case .beginning: .spelledBeginning
    case .within: .spelledWithin
    case nil: nil
    }
  }

  static func match(_ wanted: [UInt8], in text: [UInt8]) -> Match? {
    guard let first = wanted.first, wanted.count <= text.count else { return nil }
    for start in 0...(text.count - wanted.count)
    where text[start] == first && text[start...].starts(with: wanted) {
      guard start == 0 else { return .within }
      return wanted.count == text.count ? .whole : .beginning
    }
    return nil
  }
}

extension NamedPlaces: Shelved {
  /// With what an entry costs besides its texts.
  var size: Int { places.reduce(64) { $0 + 160 + 2 * $1.folded.count } }
}

/// 落点: where on the map a feature is: a place that is its own, and the box around it.
public struct ShownPlace: Hashable, Sendable {
  /// In degrees; of a polygon a place inside it.
  public let at: Position
  public let box: BoundingBox

  /// Nil for a geometry without a place.
  public init?(_ geometry: Geometry) {
    guard let box = geometry.boundingBox else { return nil }
    self.box = box
    switch geometry {
    case .points(let positions):
      guard let first = positions.first else { return nil }
      at = first
    case .lines(let lines):
      guard let longest = lines.max(by: { $0.count < $1.count }), !longest.isEmpty else {
        return nil
      }
      at = longest[longest.count / 2]
    case .polygons(let multi):
      at =
        Self.inside(multi)
        ?? Position(x: (box.minX + box.maxX) / 2, y: (box.minY + box.maxY) / 2)
    }
  }

  /// The middle of the widest stretch of land on a line across the polygon with most corners.
  private static func inside(_ multi: MultiPolygon) -> Position? {
    let largest = multi.polygons.max { $0.shell.positions.count < $1.shell.positions.count }
    guard let largest, let box = BoundingBox(around: largest.shell.positions) else { return nil }
    // Not at the middle itself, where corners of regular figures lie.
    let y = box.minY + (box.maxY - box.minY) * 0.4999
    var crossings: [Double] = []
    for ring in largest.rings {
      for (a, b) in zip(ring.positions, ring.positions.dropFirst()) where (a.y > y) != (b.y > y) {
        crossings.append(a.x + (y - a.y) / (b.y - a.y) * (b.x - a.x))
      }
    }
    crossings.sort()
    let stretches = stride(from: 0, to: crossings.count - 1, by: 2).map {
      (crossings[$0], crossings[$0 + 1])
    }
    return stretches.max { $0.1 - $0.0 < $1.1 - $1.0 }.map {
      Position(x: ($0.0 + $0.1) / 2, y: y)
    }
  }
}
