extension Layer {
  /// Where one polygon lies in the file, checked against the sections.
  struct Place {
    let number: Int
    let firstRing: Int
    let ringCount: Int
    /// Unit of its first vertex.
    let firstUnit: Int
    let isWide: Bool
    let isSound: Bool
    /// Statutory square metres.
    let area: Double
    /// In units of 1e-9°, outward.
    let low: SIMD2<Int64>
    let high: SIMD2<Int64>
  }

  /// - Errors: `damaged` where the offsets do not fit the file.
  @inline(__always)
  func place(of number: Int) throws(LayerError) -> Place {
    guard number >= 0, number < count else { throw damaged("polygon number") }
    let first = Int(value(.firstRing, number, as: UInt32.self))
    let end = Int(value(.firstRing, number + 1, as: UInt32.self))
    guard first < end, end <= ringCount else { throw damaged("rings") }
    let firstUnit = Int(value(.ringStart, first, as: UInt32.self))
    var last = firstUnit
    let flags = value(.flags, number, as: UInt8.self)
    let isWide = flags & LayerFormat.Flag.wide != 0
    for ring in first..<end {
      let next = Int(value(.ringStart, ring + 1, as: UInt32.self))
      guard next >= last + (isWide ? 2 : 1), !isWide || (next - last) % 2 == 0 else {
        throw damaged("ring")
      }
      last = next
    }
    guard last <= unitCount else { throw damaged("vertices") }
    let box = value(.boxes, number, as: SIMD4<Int32>.self)
    let low = SIMD2(Self.unbiased(box[0]), Self.unbiased(box[1]))
    let high = SIMD2(Self.unbiased(~box[2]), Self.unbiased(~box[3]))
    let shifts = SIMD2(repeating: shift)
    return Place(
      number: number, firstRing: first, ringCount: end - first, firstUnit: firstUnit,
      isWide: isWide, isSound: flags & LayerFormat.Flag.unsound == 0,
      area: value(.areas, number, as: Double.self), low: origin &+ (low &<< shifts),
      high: origin &+ ((high &+ 1) &<< shifts) &- 1)
  }

  @inline(__always)
  private static func unbiased(_ value: Int32) -> Int64 { Int64(value) + 0x8000_0000 }

  /// The caller's number of a polygon.
  public func row(of number: Int) -> Int64 {
    precondition(number >= 0 && number < count, "polygon \(number) of \(count)")
    return value(.rows, number, as: Int64.self)
  }

  /// Statutory area of a polygon, as it was when it was laid down.
  public func areaM2(of number: Int) -> Double {
    precondition(number >= 0 && number < count, "polygon \(number) of \(count)")
    return value(.areas, number, as: Double.self)
  }

  public func isSound(_ number: Int) -> Bool {
    precondition(number >= 0 && number < count, "polygon \(number) of \(count)")
    return value(.flags, number, as: UInt8.self) & LayerFormat.Flag.unsound == 0
  }

  /// The UTF-8 of a polygon's id.
  public func idBytes(of number: Int) throws(LayerError) -> UnsafeRawBufferPointer {
    precondition(number >= 0 && number < count, "polygon \(number) of \(count)")
    let start = Int(value(.idStart, number, as: UInt32.self))
    let end = Int(value(.idStart, number + 1, as: UInt32.self))
    let total = Int(value(.idStart, count, as: UInt32.self))
    guard start <= end, end <= total else { throw damaged("ids") }
    return UnsafeRawBufferPointer(start: base(of: .idBytes) + start, count: end - start)
  }

  public func id(of number: Int) throws(LayerError) -> String {
    String(decoding: try idBytes(of: number), as: UTF8.self)
  }

  public func column(named name: String) -> Int? { columns.firstIndex { $0.name == name } }

  /// The code of a polygon's value; an index into the column's values.
  public func code(of number: Int, column: Int) throws(LayerError) -> Int {
    precondition(number >= 0 && number < count, "polygon \(number) of \(count)")
    precondition(column >= 0 && column < columns.count, "column \(column)")
    let code = Int(value(.codes, column * count + number, as: UInt32.self))
    guard code < columns[column].values.count else { throw damaged("codes") }
    return code
  }

  public func text(of number: Int, column: Int) throws(LayerError) -> String {
    columns[column].values[try code(of: number, column: column)]
  }

  /// The polygon with its own vertices to the last bit, in degrees.
  ///
  /// Shells run counterclockwise and holes clockwise, whatever the source had.
  public func geometry(of number: Int) throws(LayerError) -> MultiPolygon {
    let place = try place(of: number)
    var polygons: [Polygon] = []
    var shell: Ring?
    var holes: [Ring] = []
    for ring in place.firstRing..<place.firstRing + place.ringCount {
      var positions = positions(ofRing: ring, in: place)
      positions.append(positions[0])
      let isHole = value(.ringRole, ring, as: UInt8.self) == 1
      if isHole, shell != nil {
        holes.append(Ring(unchecked: positions))
      } else {
        if let shell { polygons.append(Polygon(shell: shell, holes: holes)) }
        shell = Ring(unchecked: positions)
        holes = []
      }
    }
    if let shell { polygons.append(Polygon(shell: shell, holes: holes)) }
    return MultiPolygon(polygons)
  }

  private func positions(ofRing ring: Int, in place: Place) -> [Position] {
    let start = Int(value(.ringStart, ring, as: UInt32.self))
    let end = Int(value(.ringStart, ring + 1, as: UInt32.self))
    let vertices = base(of: .vertices)
    if place.isWide {
      return stride(from: start, to: end, by: 2).map { unit in
        let degrees = vertices.loadUnaligned(fromByteOffset: unit * 8, as: SIMD2<Double>.self)
        return Position(x: degrees.x, y: degrees.y)
      }
    }
    return (start..<end).map { unit in
      let offset = vertices.load(fromByteOffset: unit * 8, as: SIMD2<UInt32>.self)
      return Position(
        x: Double(place.low.x + Int64(offset.x)) / 1e9,
        y: Double(place.low.y + Int64(offset.y)) / 1e9)
    }
  }

  /// The polygon laid into the statutory plane.
  public func shape(of number: Int) throws(LayerError) -> PlaneShape {
    let place = try place(of: number)
    let frame = PlaneFrame.statutory
    let vertices = base(of: .vertices)
    let corner = SIMD2(Double(place.low.x), Double(place.low.y))
    var flat = FlatRings()
    for ring in place.firstRing..<place.firstRing + place.ringCount {
      let start = Int(value(.ringStart, ring, as: UInt32.self))
      let end = Int(value(.ringStart, ring + 1, as: UInt32.self))
      let first = flat.positions.count
      if place.isWide {
        for unit in stride(from: start, to: end, by: 2) {
          let degrees = vertices.loadUnaligned(
            fromByteOffset: unit * 8, as: SIMD2<Double>.self)
          flat.positions.append(frame.source(of: Position(x: degrees.x, y: degrees.y)))
        }
      } else {
        for unit in start..<end {
          let offset = vertices.load(fromByteOffset: unit * 8, as: SIMD2<UInt32>.self)
          flat.positions.append(SIMD2(Double(offset.x), Double(offset.y)) + corner)
        }
      }
      let isHole = value(.ringRole, ring, as: UInt8.self) == 1
      flat.rings.append(
        FlatRings.Ring(first: first, count: flat.positions.count - first, isHole: isHole))
    }
    return PlaneShape(flat, in: frame, isSound: place.isSound)
  }
}
