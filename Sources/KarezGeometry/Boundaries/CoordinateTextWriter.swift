public import KarezCore

/// Writes 报批坐标 TXT: exactly the standard's form, rings closed, CRLF.
public struct CoordinateTextWriter: Hashable, Sendable {
  /// The zone the coordinates are written in; its eastings carry the zone's number.
  public let grid: GaussKruger
  /// 数据产生单位.
  public var producer: String
  public var date: LegalDate?

  /// A writer of one zone; nil where the grid has no such zone.
  public init?(
    zone: Int, width: GaussKruger.Width = .threeDegrees, producer: String = "",
    date: LegalDate? = nil
  ) {
    guard let grid = GaussKruger(zone: zone, width: width, isPrefixed: true) else { return nil }
    self.grid = grid
    self.producer = producer
    self.date = date
  }

  /// The text of parcels whose geometry is in degrees of EPSG:4490.
  ///
  /// A parcel of several polygons becomes several parcels with the same number and name, because
  /// the format knows one shell a parcel. Areas are those declared, and planar where none are.
  ///
  /// - Errors: `outsideProjection` with parcel, ring and vertex.
  public func text(_ parcels: [BoundaryDocument.Parcel]) throws(GeometryError) -> String {
    var lines = heading
    lines.append("[地块坐标]")
    for (index, parcel) in parcels.enumerated() {
      for (part, polygon) in parcel.geometry.polygons.enumerated() {
        let place = InputPlace(feature: index + 1, part: part + 1)
        let whole = parcel.geometry.polygons.count == 1
        try write(polygon, of: parcel, isWhole: whole, place: place, into: &lines)
      }
    }
    return lines.map { $0 + "\r\n" }.joined()
  }

  private var heading: [String] {
    let day = date.map { "\($0.year)-\($0.month)-\($0.day)" } ?? ""
    return [
      "[属性描述]", "格式版本号=1.01版本", "数据产生单位=\(Self.plain(producer))", "数据产生日期=\(day)",
      "坐标系=2000国家大地坐标系", "几度分带=\(grid.width.rawValue)", "投影类型=高斯克吕格", "计量单位=米",
      "带号=\(grid.zone)", "精度=0.001", "转换参数=,,,,,,",
    ]
  }

  private func write(
    _ polygon: Polygon, of parcel: BoundaryDocument.Parcel, isWhole: Bool, place: InputPlace,
    into lines: inout [String]
  ) throws(GeometryError) {
    var rings: [Ring] = []
    for (index, ring) in polygon.rings.enumerated() {
      var projected: [Position] = []
      for (vertex, position) in ring.positions.enumerated() {
        do throws(GeometryError) {
          projected.append(try grid.position(ofDegrees: position))
        } catch {
          throw error.located(
            at: place.refined(by: InputPlace(ring: index + 1, vertex: vertex + 1)))
        }
      }
      rings.append(Ring(unchecked: projected))
    }
    let planar = Polygon(shell: rings[0], holes: Array(rings.dropFirst())).planarArea()
    let area = isWhole ? parcel.declaredArea ?? planar : planar
    let count = rings.reduce(0) { $0 + $1.positions.count }
    let fields = [
      String(count), DecimalText.fixed(area.hectares, decimals: 4), parcel.id, parcel.name, "面",
      parcel.mapSheet, parcel.use, parcel.landClass,
    ]
    lines.append(fields.map(Self.plain).joined(separator: ",") + ",@")
    var number = 1
    for (index, ring) in rings.enumerated() {
      for (vertex, position) in ring.positions.enumerated() {
        let isClosing = vertex == ring.positions.count - 1
        let label = isClosing ? number - vertex : number
        let north = DecimalText.fixed(position.y, decimals: 3)
        let east = DecimalText.fixed(position.x, decimals: 3)
        lines.append("J\(label),\(index + 1),\(north),\(east)")
        if !isClosing { number += 1 }
      }
    }
  }

  /// The text without what would break a line into other fields.
  private static func plain(_ text: String) -> String {
    String(
      text.map { character -> Character in
        if character == "," { return "，" }
        return character == "@" || character.isNewline || character == "\t" ? " " : character
      })
  }
}
