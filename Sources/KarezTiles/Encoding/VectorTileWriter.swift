/// A value of a tile's attribute.
public enum TileValue: Hashable, Sendable {
  case text(String)
  case integer(Int64)
  case decimal(Double)
  case boolean(Bool)

  fileprivate var encoded: [UInt8] {
    var message = Protobuf()
    switch self {
    case .text(let text): message.data(1, text.utf8)
    case .decimal(let number): message.double(3, number)
    case .integer(let number): message.number(6, Protobuf.zigzag(Int(number)))
    case .boolean(let flag): message.number(7, flag ? 1 : 0)
    }
    return message.bytes
  }
}

/// Writes one layer as a Mapbox Vector Tile.
///
/// - Source: Vector Tile Specification 2.1.
struct VectorTileWriter {
  enum Kind: UInt64 {
    case point = 1
    case line = 2
    case polygon = 3
  }

  private let name: String
  private var keys: [String: UInt32] = [:]
  private var keyOrder: [String] = []
  private var values: [TileValue: UInt32] = [:]
  private var valueOrder: [TileValue] = []
  private var features: [UInt8] = []
  private var beneath: [UInt8] = []
  private(set) var count = 0

  init(layer name: String) { self.name = name }

  /// Bytes of the features so far; keys and values come on top.
  var byteCount: Int { features.count + beneath.count }

  /// The two numbers that stand for an attribute of a feature.
  mutating func tag(_ key: String, _ value: TileValue) -> (UInt32, UInt32) {
    let keyNumber: UInt32
    if let known = keys[key] {
      keyNumber = known
    } else {
      keyNumber = UInt32(keyOrder.count)
      keys[key] = keyNumber
      keyOrder.append(key)
    }
    if let known = values[value] { return (keyNumber, known) }
    let number = UInt32(valueOrder.count)
    values[value] = number
    valueOrder.append(value)
    return (keyNumber, number)
  }

  /// Adds a feature; what is `beneath` is drawn before all others.
  mutating func add(
    _ kind: Kind, _ geometry: GeometryCommands, tags: [UInt32], isBeneath: Bool = false
  ) {
    var feature = Protobuf()
    if !tags.isEmpty { feature.packed(2, tags) }
    feature.number(3, kind.rawValue)
    feature.data(4, geometry.bytes)
    var framed = Protobuf()
    framed.data(2, feature.bytes)
    if isBeneath { beneath += framed.bytes } else { features += framed.bytes }
    count += 1
  }

  /// The tile; no bytes at all where it has no features.
  func finish() -> [UInt8] {
    guard count > 0 else { return [] }
    var layer = Protobuf()
    layer.number(15, 2)
    layer.data(1, name.utf8)
    var rest = Protobuf()
    for key in keyOrder { rest.data(3, key.utf8) }
    for value in valueOrder { rest.data(4, value.encoded) }
    rest.number(5, UInt64(TilePlane.extent))
    var tile = Protobuf()
    tile.data(3, layer.bytes + beneath + features + rest.bytes)
    return tile.bytes
  }
}

/// A geometry as the commands of a pen that moves by whole units.
struct GeometryCommands {
  private(set) var bytes: [UInt8] = []
  private var pen = SIMD2<Int>(0, 0)

  var isEmpty: Bool { bytes.isEmpty }

  private mutating func move(to place: SIMD2<Double>) {
    let target = SIMD2(Int(place.x), Int(place.y))
    Protobuf.append(Protobuf.zigzag(target.x - pen.x), to: &bytes)
    Protobuf.append(Protobuf.zigzag(target.y - pen.y), to: &bytes)
    pen = target
  }

  private mutating func command(_ id: Int, _ count: Int) {
    Protobuf.append(UInt64(count << 3 | id), to: &bytes)
  }

  /// One or more points.
  mutating func points(_ places: [SIMD2<Double>]) {
    command(1, places.count)
    for place in places { move(to: place) }
  }

  mutating func line(_ places: [SIMD2<Double>]) {
    guard let first = places.first, places.count > 1 else { return }
    command(1, 1)
    move(to: first)
    command(2, places.count - 1)
    for place in places.dropFirst() { move(to: place) }
  }

  /// A ring that its first vertex does not close again; `isReversed` walks it backwards.
  mutating func ring(_ places: [SIMD2<Double>], isReversed: Bool = false) {
    guard places.count > 2 else { return }
    let last = places.count - 1
    command(1, 1)
    move(to: places[isReversed ? last : 0])
    command(2, last)
    for step in 1...last { move(to: places[isReversed ? last - step : step]) }
    command(7, 1)
  }
}
