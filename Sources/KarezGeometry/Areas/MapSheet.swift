/// 图幅: one sheet of the national map series, from 1:1,000,000 to 1:5,000.
///
/// - Shape: a letter for the row and two digits for the column of the millionth sheet, then a
///   letter for the scale and three digits each for row and column in it, from the north-west.
/// - Source: GB/T 13989-2012.
public struct MapSheet: Hashable, Sendable {
  /// As it is written: `J43`, `J43G001001`.
  public let number: String
  /// In degrees.
  public let box: BoundingBox

  /// Rows and columns of a millionth sheet at each scale, by its letter.
  private static let divisions: [UInt8: Double] = [
    UInt8(ascii: "B"): 2, UInt8(ascii: "C"): 4, UInt8(ascii: "D"): 12, UInt8(ascii: "E"): 24,
    UInt8(ascii: "F"): 48, UInt8(ascii: "G"): 96, UInt8(ascii: "H"): 192,
  ]

  /// The sheet of a number, if there is one.
  public init?(_ number: String) {
    let bytes = Array(number.utf8)
    guard bytes.count == 3 || bytes.count == 10,
      (UInt8(ascii: "A")...UInt8(ascii: "V")).contains(bytes[0]),
      let column = Self.whole(bytes[1...2]), (1...60).contains(column)
    else { return nil }
    let south = Double(bytes[0] - UInt8(ascii: "A")) * 4
    let west = Double(column - 31) * 6
    guard bytes.count == 10 else {
      self.number = number
      box = BoundingBox(minX: west, minY: south, maxX: west + 6, maxY: south + 4)
      return
    }
    guard let parts = Self.divisions[bytes[3]], let row = Self.whole(bytes[4...6]),
      let place = Self.whole(bytes[7...9]), (1...Int(parts)).contains(row),
      (1...Int(parts)).contains(place)
    else { return nil }
    self.number = number
    let (height, width) = (4 / parts, 6 / parts)
    let top = south + 4 - Double(row - 1) * height
    let left = west + Double(place - 1) * width
    box = BoundingBox(minX: left, minY: top - height, maxX: left + width, maxY: top)
  }

  private static func whole(_ digits: ArraySlice<UInt8>) -> Int? {
    guard digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
  }

  /// The sheet as a polygon.
  public var polygon: MultiPolygon {
    let corners = [
      Position(x: box.minX, y: box.minY), Position(x: box.maxX, y: box.minY),
      Position(x: box.maxX, y: box.maxY), Position(x: box.minX, y: box.maxY),
      Position(x: box.minX, y: box.minY),
    ]
    return MultiPolygon([Polygon(shell: Ring(unchecked: corners))])
  }
}
