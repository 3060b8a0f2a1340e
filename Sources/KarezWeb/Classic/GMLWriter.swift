import KarezCore
import KarezGeometry
import KarezService
import KarezStore

/// Names of a dataset's features and values in GML.
enum GMLNames {
  /// The namespace of all our types.
  static let space = "urn:karez:features"
  static let prefix = "karez"

  /// What of a dataset GML tells: everything there is to ask about whose name XML allows.
  static func queryables(of schema: DatasetSchema) -> [Queryable] {
    Queryable.all(of: schema).filter { isName($0.name) }
  }

  /// Whether a text is a name in XML without a prefix, of letters of any script.
  static func isName(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first else { return false }
    func isLetter(_ scalar: Unicode.Scalar) -> Bool {
      scalar == "_"
        || (scalar.value < 0x80 ? scalar.properties.isAlphabetic : scalar.properties.isIDContinue)
    }
    return isLetter(first)
      && text.unicodeScalars.allSatisfy {
        isLetter($0) || "-.0123456789".unicodeScalars.contains($0)
      }
  }

  /// A feature's name in a document: its dataset, a point, and its id with what no name may hold
  /// written as `_x` and its number.
  static func id(of feature: String, in dataset: DatasetID) -> String {
    var id = dataset.text + "."
    for scalar in feature.unicodeScalars {
      let isPlain =
        scalar.value < 0x80
        && (scalar.properties.isAlphabetic || "-.0123456789".unicodeScalars.contains(scalar))
      id += isPlain ? String(scalar) : "_x" + String(scalar.value, radix: 16) + "_"
    }
    return id
  }

  /// The dataset and the feature of such a name, or of a dataset, a point and an id as it is.
  static func feature(named name: String) -> (dataset: String, feature: String)? {
    let parts = name.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[1].isEmpty else { return nil }
    var id = ""
    var rest = parts[1][...]
    while let start = rest.firstRange(of: "_x") {
      let after = rest[start.upperBound...]
      guard let end = after.firstIndex(of: "_"),
        let scalar = UInt32(after[..<end], radix: 16).flatMap(Unicode.Scalar.init)
      else { break }
      id += rest[..<start.lowerBound]
      id.unicodeScalars.append(scalar)
      rest = after[after.index(after: end)...]
    }
    return (String(parts[0]), id + rest)
  }
}

/// Writes features as GML 3.2 text, one after the other, without a tree in between.
struct GMLWriter {
  private let schema: DatasetSchema
  private let crs: OfferedCRS
  private let placement: CoordinatePlacement
  private let queryables: [Queryable]
  /// The attributes that open the element of a shape or a feature at the top.
  private let system: String
  private(set) var bytes: [UInt8] = []
  private(set) var count = 0

  static let type = "application/gml+xml; version=3.2"
  static let spaces =
    "xmlns:\(GMLNames.prefix)=\"\(GMLNames.space)\" xmlns:gml=\"http://www.opengis.net/gml/3.2\""

  /// `properties` names what is wanted besides what every feature has to say.
  init(
    _ schema: DatasetSchema, in crs: OfferedCRS, named srs: String, properties: [String]? = nil
  ) throws {
    self.schema = schema
    self.crs = crs
    placement = try CoordinatePlacement(in: crs.crs)
    let wanted = properties.map(Set.init)
    queryables = GMLNames.queryables(of: schema).filter { queryable in
      wanted?.contains(queryable.name) ?? true
    }
    system = srs
  }

  /// Adds a feature, or leaves everything as it was where that would be too much.
  ///
  /// One feature is always taken, or no page would ever come to an end.
  mutating func add(_ version: FeatureVersion) throws(GeometryError) -> Bool {
    let start = bytes.count
    write("<wfs:member>")
    try append(version, spaces: "")
    write("</wfs:member>\n")
    guard bytes.count <= ItemsWriter.maximumBytes || count == 0 else {
      bytes.removeLast(bytes.count - start)
      return false
    }
    count += 1
    return true
  }

  /// One feature by itself.
  mutating func write(_ version: FeatureVersion) throws(GeometryError) {
    write("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
    try append(version, spaces: " " + Self.spaces)
  }

  private mutating func write(_ text: String) { bytes += text.utf8 }

  private mutating func append(
    _ version: FeatureVersion, spaces: String
  ) throws(GeometryError) {
    let name = GMLNames.prefix + ":" + schema.id.text
    let id = GMLNames.id(of: version.feature.id, in: schema.id)
    write("<\(name) gml:id=\"\(id)\"\(spaces)>")
    for queryable in queryables {
      let element = GMLNames.prefix + ":" + queryable.name
      switch queryable.kind {
      case .geometry:
        guard let geometry = version.feature.geometry else { continue }
        write("<\(element)>")
        try append(geometry, id: id + ".geometry")
        write("</\(element)>")
      case .value(let property, _):
        let value = version.value(of: property)
        guard value != .null else { continue }
        write("<\(element)>")
        append(text: value.plainText)
        write("</\(element)>")
      }
    }
    write("</\(name)>")
  }

  private mutating func append(text: String) {
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": write("&amp;")
      case "<": write("&lt;")
      case ">": write("&gt;")
      case "\r": write("&#13;")
      case "\t", "\n": bytes += String(scalar).utf8
      case "\u{0}"..<" ", "\u{FFFE}", "\u{FFFF}": write("\u{FFFD}")
      default: bytes += String(scalar).utf8
      }
    }
  }

  // MARK: Shapes

  private mutating func append(_ geometry: Geometry, id: String) throws(GeometryError) {
    let shape = try crs.shape(ofDegrees: geometry, by: placement)
    func head(_ name: String) -> String {
      "<gml:\(name) gml:id=\"\(id)\" srsName=\"\(system)\" srsDimension=\"2\">"
    }
    switch shape {
    case .points(let points):
      write(head("MultiPoint"))
      for (number, point) in points.enumerated() {
        write("<gml:pointMember><gml:Point gml:id=\"\(id).\(number)\"><gml:pos>")
        append([point])
        write("</gml:pos></gml:Point></gml:pointMember>")
      }
      write("</gml:MultiPoint>")
    case .lines(let lines):
      write(head("MultiCurve"))
      for (number, line) in lines.enumerated() {
        write("<gml:curveMember><gml:LineString gml:id=\"\(id).\(number)\"><gml:posList>")
        append(line)
        write("</gml:posList></gml:LineString></gml:curveMember>")
      }
      write("</gml:MultiCurve>")
    case .polygons(let multi):
      write(head("MultiSurface"))
      for (number, polygon) in multi.polygons.enumerated() {
        write("<gml:surfaceMember><gml:Polygon gml:id=\"\(id).\(number)\">")
        for (place, ring) in polygon.rings.enumerated() {
          let side = place == 0 ? "exterior" : "interior"
          write("<gml:\(side)><gml:LinearRing><gml:posList>")
          append(ring.positions)
          write("</gml:posList></gml:LinearRing></gml:\(side)>")
        }
        write("</gml:Polygon></gml:surfaceMember>")
      }
      write("</gml:MultiSurface>")
    }
  }

  private mutating func append(_ positions: [Position]) {
    for (place, position) in positions.enumerated() {
      if place > 0 { bytes.append(UInt8(ascii: " ")) }
      NumberText.append(position.x, to: &bytes)
      bytes.append(UInt8(ascii: " "))
      NumberText.append(position.y, to: &bytes)
    }
  }
}
