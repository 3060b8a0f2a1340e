package import KarezCore
package import KarezGeometry

/// Writes layers as one VCT 3.0 file.
///
/// Features are taken one after another; `write` then gives the whole file, the same bytes for
/// the same features. Objects are numbered from 1 in the order they came, and lines that only draw
/// polygons after them, in the order in which they are first needed.
///
/// - Complexity: sixteen bytes a vertex, the attributes' own text, and what `VCTBorders` holds.
/// - Source: GB/T 17798-2007; 1099000000 is the code the land survey gives such lines.
package struct VCTWriter {
  private let crs: CoordinateReferenceSystem
  private let options: VCTOptions
  private let grid: VCTGrid
  private var layers: [VCTPendingLayer] = []
  private var places: [VCTGridPlace] = []
  private var extent: (low: VCTGridPlace, high: VCTGridPlace)?
  /// Line breaks in texts that became spaces, because a row is a line.
  package private(set) var replacedBreaks = 0

  /// - Errors: `systemUnsupported` for a system the head has no words for.
  package init(
    crs: CoordinateReferenceSystem, options: VCTOptions = VCTOptions()
  ) throws(VCTOutputError) {
    guard crs == .cgcs2000 || crs.grid != nil else { throw .systemUnsupported(crs) }
    self.crs = crs
    self.options = options
    grid = VCTGrid(decimals: options.decimals ?? (crs.isGeographic ? 12 : 7))
  }

  package mutating func begin(_ layer: VCTOutputLayer) {
    layers.append(VCTPendingLayer(layer))
  }

  /// Takes the next feature of the layer begun last; its geometry is in the file's system.
  package mutating func add(
    _ geometry: Geometry?, values: [AttributeValue]
  ) throws(VCTOutputError) {
    precondition(!layers.isEmpty, "no layer begun")
    let last = layers.count - 1
    let row = layers[last].count + 1
    guard values.count == layers[last].layer.fields.count else { throw .valueCount(row: row) }
    try add(geometry, row: row, last)
    replacedBreaks += try layers[last].add(values, row: row, options.encoding)
  }

  private mutating func add(
    _ geometry: Geometry?, row: Int, _ last: Int
  ) throws(VCTOutputError) {
    let runs: [[Position]]
    switch (layers[last].layer.geometry, geometry) {
    case (.none, _): runs = []
    case (_, nil): throw .geometryMissing(row: row)
    case (.point, .points(let positions)?): runs = [positions]
    case (.line, .lines(let lines)?): runs = lines
    case (.polygon, .polygons(let multi)?):
      runs = multi.polygons.flatMap { $0.rings.map(\.positions) }
    default: throw .geometryKind(row: row)
    }
    if layers[last].layer.geometry != .none, runs.contains(where: \.isEmpty) || runs.isEmpty {
      throw .geometryMissing(row: row)
    }
    let isRing = layers[last].layer.geometry == .polygon
    for run in runs {
      let start = places.count
      for position in isRing ? run.dropLast() : run[...] {
        guard let place = grid.place(position) else { throw .coordinateOutOfRange(row: row) }
        places.append(place)
        stretch(to: place)
      }
      layers[last].runs.append(start..<places.count)
    }
    layers[last].endRuns.append(layers[last].runs.count)
  }

  private mutating func stretch(to place: VCTGridPlace) {
    guard let (low, high) = extent else {
      extent = (place, place)
      return
    }
    extent = (
      VCTGridPlace(x: min(low.x, place.x), y: min(low.y, place.y)),
      VCTGridPlace(x: max(high.x, place.x), y: max(high.y, place.y))
    )
  }

  // MARK: The file

  /// Gives the file's bytes, a megabyte at a time.
  package func write(_ sink: ([UInt8]) throws -> Void) throws {
    let used = layers.reduce(into: Set<UInt8>()) { $0.formUnion($1.used) }
    guard let separator = VCTPendingLayer.separators.first(where: { !used.contains($0) }) else {
      throw VCTOutputError.noSeparator
    }
    var out = VCTBuffer()
    out.bytes = try options.encoding.encode(heading(separator))
    try section("Point", .point, &out, sink) { identifier, layer, runs, out in
      writePoint(identifier, layer, runs, &out)
    }
    let references = try writeLines(&out, sink)
    try writePolygons(references, &out, sink)
    try writeRows(separator, &out, sink)
    try sink(out.bytes)
  }

  /// Runs the body for every object of a kind, with its identifier, layer and runs of places.
  private func each(
    _ kind: GeometryKind, _ body: (Int, VCTOutputLayer, ArraySlice<Range<Int>>) throws -> Void
  ) rethrows {
    var first = 1
    for layer in layers {
      if layer.layer.geometry == kind {
        for index in 0..<layer.count {
          try body(first + index, layer.layer, layer.runs(of: index))
        }
      }
      first += layer.count
    }
  }

  private func section(
    _ name: String, _ kind: GeometryKind, _ out: inout VCTBuffer, _ sink: ([UInt8]) throws -> Void,
    _ write: (Int, VCTOutputLayer, ArraySlice<Range<Int>>, inout VCTBuffer) throws -> Void
  ) throws {
    out.line(name + "Begin")
    try each(kind) { identifier, layer, runs in
      try write(identifier, layer, runs, &out)
      try out.settle(sink)
    }
    out.line(name + "End")
    out.end()
  }

  private func writePoint(
    _ identifier: Int, _ layer: VCTOutputLayer, _ runs: ArraySlice<Range<Int>>,
    _ out: inout VCTBuffer
  ) {
    let count = runs.reduce(0) { $0 + $1.count }
    out.start(identifier, code: layer.code, type: count == 1 ? 1 : 4)
    out.line(String(count))
    for run in runs { out.places(places[run], grid) }
    out.line("0")
  }

  /// Lines of their own, then those that draw polygons; for each polygon, the lines it refers to.
  private func writeLines(
    _ out: inout VCTBuffer, _ sink: ([UInt8]) throws -> Void
  ) throws -> [[Int64]] {
    out.line("LineBegin")
    try each(.line) { identifier, layer, runs in
      out.start(identifier, code: layer.code, type: 1)
      out.line(String(runs.count))
      for run in runs { out.elements(places[run], grid) }
      out.line("0")
      try out.settle(sink)
    }
    var references: [[Int64]] = []
    if options.sharesLines {
      var rings: [ArraySlice<VCTGridPlace>] = []
      each(.polygon) { _, _, runs in rings += runs.map { places[$0] } }
      let total = layers.reduce(0) { $0 + $1.count }
      var borders = VCTBorders(of: rings, from: Int64(total + 1))
      try each(.polygon) { _, _, runs in
        var own: [Int64] = []
        for (number, run) in runs.enumerated() {
          if number > 0 { own.append(0) }
          own += try borders.references(of: places[run]) { identifier, line in
            out.start(Int(identifier), code: "1099000000", type: 1)
            out.line("1")
            out.elements(line[...], grid)
            out.line("0")
            try out.settle(sink)
          }
        }
        references.append(own)
      }
    }
    out.line("LineEnd")
    out.end()
    return references
  }

  private func writePolygons(
    _ references: [[Int64]], _ out: inout VCTBuffer, _ sink: ([UInt8]) throws -> Void
  ) throws {
    var number = 0
    try section("Polygon", .polygon, &out, sink) { identifier, layer, runs, out in
      out.start(identifier, code: layer.code, type: options.sharesLines ? 100 : 1)
      let rings = runs.map { places[$0] }
      out.places([VCTLabel.place(in: rings)], grid)
      if options.sharesLines {
        out.line("21")
        out.references(references[number])
        number += 1
      } else {
        out.line(String(rings.count))
        for ring in rings { out.elements(ring + ring.prefix(1), grid) }
      }
      out.line("0")
    }
  }

  private func writeRows(
    _ separator: UInt8, _ out: inout VCTBuffer, _ sink: ([UInt8]) throws -> Void
  ) throws {
    out.line("AttributeBegin")
    var first = 1
    for layer in layers {
      if layer.count > 0 {
        out.bytes += try options.encoding.encode(layer.layer.table)
        out.end()
        for index in 0..<layer.count {
          out.bytes += String(first + index).utf8
          out.bytes += layer.row(index).map { $0 == VCTPendingLayer.mark ? separator : $0 }
          out.end()
          try out.settle(sink)
        }
        out.line("TableEnd")
      }
      first += layer.count
    }
    out.line("AttributeEnd")
  }

  // MARK: Head, classes and tables

  private func heading(_ separator: UInt8) -> String {
    var lines = ["HeadBegin", "DataMark:LANDUSE-VCT", "Version:3.0"]
    lines += system
    lines += ["VerticalDatum:1985国家高程基准", "TemporalReferenceSystem:北京时间"]
    if let extent {
      lines += ["ExtentMin:" + text(extent.low), "ExtentMax:" + text(extent.high)]
    }
    lines += ["MapScale:\(options.mapScale)", "Offset:0,0"]
    if let date = options.date { lines.append("Date:" + VCTPendingLayer.text(date)) }
    lines += [
      "Separator:" + String(UnicodeScalar(separator)), "HeadEnd", "", "FeatureCodeBegin",
    ]
    for layer in layers.map(\.layer) where layer.geometry != .none {
      let kind = layer.geometry.rawValue
      lines.append(
        "\(layer.code),\(layer.title),\(kind.prefix(1).uppercased() + kind.dropFirst()),\(layer.table)"
      )
    }
    lines += ["FeatureCodeEnd", "", "TableStructureBegin"]
    for layer in layers { lines += layer.structure }
    lines += ["TableStructureEnd", "", ""]
    return lines.joined(separator: "\r\n")
  }

  private var system: [String] {
    let axes = ["Dim:2", "XAxisDirection:E", "YAxisDirection:N"]
    let datum = ["Spheroid:CGCS2000,6378137.0,298.257222101", "PrimeMeridian:Greenwich"]
    guard let zone = crs.grid else {
      return ["CoordinateSystemType:D"] + axes + ["XYUnit:D"] + datum
    }
    let parameters =
      "\(Int(zone.centralMeridian)),1,\(Int(zone.falseEasting)),0,\(zone.width.rawValue),\(zone.zone)"
    return ["CoordinateSystemType:P"] + axes + ["XYUnit:M"] + datum
      + ["Projection:高斯-克吕格投影", "Parameters:" + parameters]
  }

  private func text(_ place: VCTGridPlace) -> String {
    var bytes: [UInt8] = []
    grid.append(place, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// Bytes of a file on their way out.
struct VCTBuffer {
  var bytes: [UInt8] = []

  mutating func end() { bytes += [0x0D, 0x0A] }

  mutating func line(_ text: String) {
    bytes += text.utf8
    end()
  }

  /// The lines every object begins with.
  mutating func start(_ identifier: Int, code: String, type: Int) {
    line(String(identifier))
    line(code)
    line("Unknown")
    line(String(type))
  }

  mutating func places(_ places: ArraySlice<VCTGridPlace>, _ grid: VCTGrid) {
    for place in places {
      grid.append(place, to: &bytes)
      end()
    }
  }

  /// One polyline, as part of a line or as a ring.
  mutating func elements(_ places: ArraySlice<VCTGridPlace>, _ grid: VCTGrid) {
    line("11")
    line(String(places.count))
    self.places(places, grid)
  }

  /// Eight to a line.
  mutating func references(_ references: [Int64]) {
    line(String(references.count))
    for start in stride(from: 0, to: references.count, by: 8) {
      let row = references[start..<min(start + 8, references.count)]
      line(row.map(String.init).joined(separator: ","))
    }
  }

  mutating func settle(_ sink: ([UInt8]) throws -> Void) rethrows {
    guard bytes.count >= 1 << 20 else { return }
    try sink(bytes)
    bytes.removeAll(keepingCapacity: true)
  }
}
