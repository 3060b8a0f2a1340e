import Hummingbird
import KarezCore
import KarezGeometry
import KarezService
import KarezStore
import KarezTiles

/// What an address of a classic service asks for: pairs whose names are read in any letters.
///
/// Names that are not ours are read over, as the standards want it: programs add their own.
struct ClassicAsked {
  private let values: [String: String]
  let language: Language

  /// - Errors: `ClassicFault` for a name that stands twice, and for control characters.
  init(_ request: Request) throws(ClassicFault) {
    let asked = Asked(request)
    var values: [String: String] = [:]
    for (name, value) in asked.parameters {
      let plain = name.lowercased()
      guard values.updateValue(value, forKey: plain) == nil,
        value.unicodeScalars.allSatisfy({ Self.isFit($0) })
      else { throw .invalid(String(plain.prefix(40))) }
    }
    self.values = values
    language =
      values["language"].flatMap { Language(rawValue: String($0.prefix(2)).lowercased()) }
      ?? asked.language
  }

  /// Space of any sort may stand in a filter; other control characters nowhere.
  private static func isFit(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value >= 0x20 && scalar.value != 0x7F || [0x09, 0x0A, 0x0D].contains(scalar.value)
  }

  /// Nil where it is absent or empty.
  func text(_ name: String) -> String? { values[name].flatMap { $0.isEmpty ? nil : $0 } }

  func required(_ name: String) throws(ClassicFault) -> String {
    guard let text = text(name) else { throw .missing(name) }
    return text
  }

  /// The same question with some of it changed.
  func address(of path: String, setting changes: [String: String]) -> String {
    let pairs = values.merging(changes) { $1 }.sorted { $0.key < $1.key }
    return path + "?"
      + pairs.map { Asked.escaped($0.key) + "=" + Asked.escaped($0.value) }.joined(separator: "&")
  }

  func whole(_ name: String, in range: ClosedRange<Int>) throws(ClassicFault) -> Int? {
    guard let text = text(name) else { return nil }
    guard let number = Int(text), range.contains(number) else { throw .invalid(name) }
    return number
  }

  func list(_ name: String) -> [String]? {
    text(name)?.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
  }

  /// Four numbers as they stand, and a system's name after them where one does.
  func box(_ name: String) throws(ClassicFault) -> (box: BoundingBox, crs: String?)? {
    guard let parts = list(name) else { return nil }
    let numbers = parts.prefix(4).compactMap { Double($0.replacing(" ", with: "")) }
    guard (4...5).contains(parts.count), numbers.count == 4, let box = BoundingBox(numbers) else {
      throw .invalid(name)
    }
    return (box, parts.count == 5 ? parts[4] : nil)
  }

  /// The state asked for: `time` the valid day, `recorded` the commit; today and the last without.
  func asOf(_ today: AsOf) throws(ClassicFault) -> AsOf {
    var asOf = today
    if let text = text("time"), !["current", "default"].contains(text.lowercased()) {
      guard
        let day = LegalDate(text) ?? Timestamp(text)?.day(secondsEast: 8 * 3_600)
      else {
        throw ClassicFault(
          code: "InvalidDimensionValue", place: "time", zh: "TIME 须是一个日期",
          en: "TIME has to be one day")
      }
      asOf = AsOf(validOn: day, recorded: asOf.recorded)
    }
    if let text = text("recorded"), !["current", "default"].contains(text.lowercased()) {
      guard let commit = Int(text).flatMap(CommitNumber.init), commit <= today.recorded else {
        throw .invalid("recorded")
      }
      asOf = AsOf(validOn: asOf.validOn, recorded: commit)
    }
    return asOf
  }
}

/// A system of coordinates as the classic services name it.
struct ClassicCRS: Hashable {
  /// `EPSG:4490`, `CRS:84`.
  let name: String
  let system: PictureFrame.System
  /// Latitude or northing before longitude or easting.
  let isNorthFirst: Bool

  static let all: [ClassicCRS] =
    [
      ClassicCRS(name: "CRS:84", system: .degrees, isNorthFirst: false),
      ClassicCRS(name: "EPSG:4490", system: .degrees, isNorthFirst: true),
      ClassicCRS(name: "EPSG:4326", system: .degrees, isNorthFirst: true),
      ClassicCRS(name: "EPSG:3857", system: .webMercator, isNorthFirst: false),
    ]
    + OfferedCRS.all.compactMap { offered in
      guard let grid = offered.crs.grid, let code = grid.epsg else { return nil }
      return ClassicCRS(name: "EPSG:\(code)", system: .grid(grid), isNorthFirst: true)
    }

  init(name: String, system: PictureFrame.System, isNorthFirst: Bool) {
    self.name = name
    self.system = system
    self.isNorthFirst = isNorthFirst
  }

  /// The system of a name in any of the ways there are to write it.
  init?(named text: String) {
    let short = OfferedCRS.shortName(of: text)
    guard let found = Self.all.first(where: { $0.name == short }) else { return nil }
    self = found
  }

  /// A box whose numbers stand as the system has them, with x east.
  func eastFirst(_ box: BoundingBox) -> BoundingBox {
    isNorthFirst
      ? BoundingBox(minX: box.minY, minY: box.minX, maxX: box.maxY, maxY: box.maxX) : box
  }
}
