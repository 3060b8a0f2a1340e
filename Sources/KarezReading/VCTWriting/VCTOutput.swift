package import KarezCore
package import KarezGeometry

/// How a VCT file is written.
package struct VCTOptions: Sendable {
  /// 间接坐标面: polygons refer to lines, and a border two of them share is written once.
  package var sharesLines = true
  /// GB18030, of which GBK is the part almost every text keeps to; or UTF-8 without a mark.
  package var encoding = TextEncoding.gb18030
  /// Digits after the point; nil for 7 of a metre and 12 of a degree, a ten-thousandth of a
  /// millimetre both: by no more can a position move, and a patch of 14 km around not by
  /// 0.001 m² even if all its vertices moved outwards.
  package var decimals: Int?
  package var date: LegalDate?
  package var mapScale = 2_000

  package init() {}
}

/// One layer of a VCT file: a feature class and its attribute table.
package struct VCTOutputLayer: Sendable {
  package struct Field: Sendable {
    package let name: String
    package let type: AttributeType

    package init(name: String, type: AttributeType) {
      self.name = name
      self.type = type
    }
  }

  /// 要素代码.
  package let code: String
  /// 要素名称.
  package let title: String
  package let table: String
  package let geometry: GeometryKind
  package let fields: [Field]

  package init(
    code: String, title: String, table: String, geometry: GeometryKind, fields: [Field]
  ) {
    self.code = code
    self.title = title
    self.table = table
    self.geometry = geometry
    self.fields = fields
  }
}

/// Why a feature cannot be written; rows count from 1 in their layer.
package enum VCTOutputError: Error, Hashable, Sendable {
  case geometryMissing(row: Int)
  case geometryKind(row: Int)
  /// Beyond what the digits after the point leave room for.
  case coordinateOutOfRange(row: Int)
  case valueCount(row: Int)
  case notFinite(row: Int, field: String)
  /// A text the encoding has no bytes for.
  case notInEncoding(row: Int, field: String)
  case systemUnsupported(CoordinateReferenceSystem)
  /// Every separator there is occurs in some text.
  case noSeparator
}

/// A place on the grid of the file's last digit.
struct VCTGridPlace: Hashable {
  var x: Int64
  var y: Int64

  static func < (left: VCTGridPlace, right: VCTGridPlace) -> Bool {
    (left.x, left.y) < (right.x, right.y)
  }

  /// Well mixed, so that different places hardly ever have the same.
  var mixed: UInt64 { Self.mix(UInt64(bitPattern: x) &+ Self.mix(UInt64(bitPattern: y))) }

  static func mix(_ value: UInt64) -> UInt64 {
    var mixed = value &+ 0x9E37_79B9_7F4A_7C15
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

/// Numbers of a fixed count of digits after the point.
struct VCTGrid {
  let decimals: Int
  private let steps: Double
  private let wholeSteps: Int64

  init(decimals: Int) {
    self.decimals = decimals
    wholeSteps = (0..<decimals).reduce(Int64(1)) { step, _ in step * 10 }
    steps = Double(wholeSteps)
  }

  /// The nearest place of the grid; nil where a Double no longer tells its steps apart.
  func place(_ position: Position) -> VCTGridPlace? {
    let x = (position.x * steps).rounded()
    let y = (position.y * steps).rounded()
    guard x.magnitude < 0x1p53, y.magnitude < 0x1p53 else { return nil }
    return VCTGridPlace(x: Int64(x), y: Int64(y))
  }

  func append(_ place: VCTGridPlace, to bytes: inout [UInt8]) {
    append(place.x, to: &bytes)
    bytes.append(UInt8(ascii: ","))
    append(place.y, to: &bytes)
  }

  func append(_ units: Int64, to bytes: inout [UInt8]) {
    if units < 0 { bytes.append(UInt8(ascii: "-")) }
    let (whole, rest) = units.magnitude.quotientAndRemainder(
      dividingBy: wholeSteps.magnitude)
    bytes += String(whole).utf8
    guard decimals > 0 else { return }
    bytes.append(UInt8(ascii: "."))
    let digits = String(rest).utf8
    for _ in digits.count..<decimals { bytes.append(UInt8(ascii: "0")) }
    bytes += digits
  }
}
