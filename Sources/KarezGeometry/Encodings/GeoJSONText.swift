extension Geometry {
  /// Appends the geometry as GeoJSON text, without a tree in between; for layers of millions.
  ///
  /// - Shape: as `geoJSON`; rings keep their direction unless they are to be oriented.
  /// - Assumes: finite positions.
  package func append(geoJSON bytes: inout [UInt8], isOriented: Bool) {
    switch self {
    case .points(let positions):
      let isOne = positions.count == 1
      bytes.open(isOne ? "Point" : "MultiPoint")
      if isOne { bytes.append(positions[0]) } else { bytes.append(positions) }
    case .lines(let lines):
      let isOne = lines.count == 1
      bytes.open(isOne ? "LineString" : "MultiLineString")
      if isOne { bytes.append(lines[0]) } else { bytes.list(lines) { $0.append($1) } }
    case .polygons(let multi):
      let isOne = multi.polygons.count == 1
      bytes.open(isOne ? "Polygon" : "MultiPolygon")
      let write = { (bytes: inout [UInt8], polygon: Polygon) in
        let shell = isOriented ? polygon.shell.oriented(counterClockwise: true) : polygon.shell
        let holes =
          isOriented
          ? polygon.holes.map { $0.oriented(counterClockwise: false) } : polygon.holes
        bytes.list([shell] + holes) { $0.append($1.positions) }
      }
      if isOne { write(&bytes, multi.polygons[0]) } else { bytes.list(multi.polygons, write) }
    }
    bytes.append(UInt8(ascii: "}"))
  }
}

extension [UInt8] {
  fileprivate mutating func open(_ type: StaticString) {
    append(contentsOf: "{\"type\":\"\(type)\",\"coordinates\":".utf8)
  }

  fileprivate mutating func append(_ position: Position) {
    append(UInt8(ascii: "["))
    NumberText.append(position.x, to: &self)
    append(UInt8(ascii: ","))
    NumberText.append(position.y, to: &self)
    append(UInt8(ascii: "]"))
  }

  fileprivate mutating func append(_ positions: [Position]) {
    list(positions) { $0.append($1) }
  }

  fileprivate mutating func list<Item>(
    _ items: [Item], _ write: (inout [UInt8], Item) -> Void
  ) {
    append(UInt8(ascii: "["))
    for (index, item) in items.enumerated() {
      if index > 0 { append(UInt8(ascii: ",")) }
      write(&self, item)
    }
    append(UInt8(ascii: "]"))
  }
}
