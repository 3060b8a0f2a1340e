import KarezCore
import KarezGeometry
import KarezRules
import KarezStore

/// One row of a draft as the checks see it; what is measured is measured once.
final class ExaminedRow {
  let row: Int64
  let id: String
  /// Values by the places of the gate's schema if it is in order, else by name.
  let values: RowValues
  let isInOrder: Bool
  let ends: Bool
  /// The row's own days, where rows have any.
  let validity: Validity?
  let geometry: Geometry?
  /// In the CRS of the source, where that is a plane to judge rings in.
  let written: Geometry?
  let box: BoundingBox?
  /// Whether the reader could not read the geometry, which has been told.
  let isUnreadable: Bool
  /// Whether its polygon was found to have no fault in the statutory plane; `false` says nothing.
  var isCertainlyValid = false
  /// The feature as it was recorded before, where a check asked for it.
  var precedent: Precedent?
  private let expected: GeometryKind

  /// `isInOrder` says that the row's values are in the order of the gate's schema.
  init(
    _ row: DraftRow, of expected: GeometryKind, isInOrder: Bool = false, judgesAsWritten: Bool,
    isUnreadable: Bool = false
  ) {
    self.row = row.row
    id = row.id
    values = isInOrder || row.values.order == nil ? row.values : RowValues(row.values.named)
    self.isInOrder = isInOrder
    ends = row.ends
    validity = row.validity
    geometry = row.geometry
    written = judgesAsWritten ? row.source : nil
    box = row.geometry?.boundingBox
    self.expected = expected
    self.isUnreadable = isUnreadable
  }

  /// The lower left corner of the geometry, as a place to tell of.
  var corner: Position? { box.map { Position(x: $0.minX, y: $0.minY) } }

  /// The middle of the geometry's box.
  var middle: Position? { box?.middle }

  /// Whether there is a geometry of the kind expected, and on the globe; all that measures skips
  /// what is not.
  private(set) lazy var isUsable: Bool = {
    guard let geometry, let box, geometry.kind == expected else { return false }
    return box.minX >= -180 && box.maxX <= 180 && box.minY >= -90 && box.maxY <= 90
  }()

  /// The polygons, if they can be measured.
  var polygons: MultiPolygon? {
    guard isUsable, case .polygons(let multi)? = geometry else { return nil }
    return multi
  }

  /// 椭球面积 in square metres.
  private(set) lazy var areaM2: Double? = polygons?.statutoryArea().squareMetres

  /// SM3 of what the row says, its days left out, as a version recorded from it has it.
  var contentSM3: String {
    Feature(id: id, geometry: geometry, attributes: values.named).contentSM3
  }

  /// What the row says of an attribute; nil where it says nothing.
  subscript(place: AttributePlace) -> AttributeValue? {
    guard isInOrder, let index = place.index else { return values.rest[place.name] }
    if case .null = values.ordered[index] { return nil }
    return values.ordered[index]
  }

  /// The attribute as text; numbers as their digits.
  func text(of attribute: AttributePlace) -> String? {
    switch self[attribute] {
    case .text(let text)?: text
    case .integer(let number)?: String(number)
    default: nil
    }
  }

  /// The first characters of the attribute as text; all of it where no number of them is given.
  func text(of attribute: AttributePlace, first digits: Int?) -> String? {
    guard let text = text(of: attribute) else { return nil }
    guard let digits, text.utf8.count > digits else { return text }
    // Plain characters are one byte each, and need no search for their ends.
    let isPlain = text.utf8.prefix(digits + 1).allSatisfy { 0x20...0x7E ~= $0 }
    return isPlain
      ? String(decoding: text.utf8.prefix(digits), as: UTF8.self) : String(text.prefix(digits))
  }

  func number(of attribute: AttributePlace) -> Double? {
    switch self[attribute] {
    case .decimal(let number)?: number
    case .integer(let number)?: Double(number)
    default: nil
    }
  }

  /// Whether the attribute says nothing.
  func isEmpty(_ attribute: AttributePlace) -> Bool {
    switch self[attribute] {
    case nil, .null?: true
    default: false
    }
  }
}

/// Where rows have an attribute: its place in the schema, or its name where the schema has none.
struct AttributePlace {
  let name: String
  let index: Int?

  init(_ name: String, in schema: DatasetSchema) {
    self.name = name
    index = schema.attributes.firstIndex { $0.name == name }
  }
}

extension BoundingBox {
  /// A place to tell of, where nothing better is known; on the globe, or nil.
  var middle: Position? {
    let middle = Position(x: (minX + maxX) / 2, y: (minY + maxY) / 2)
    return abs(middle.x) <= 180 && abs(middle.y) <= 90 ? middle : nil
  }
}
