import Foundation
import KarezCore
import KarezGeometry

@testable import KarezReading

/// A VCT file as text, put together section by section.
struct VCTText {
  var head = [
    "DataMark:LANDUSE-VCT", "Version:3.0", "CoordinateSystemType:P", "Dim:2", "XAxisDirection:E",
    "YAxisDirection:N", "XYUnit:M", "ZUnit:M", "Spheroid:CGCS2000,6378137.0,298.257222101",
    "PrimeMeridian:Greenwich", "Projection:高斯-克吕格投影", "Parameters:75,1,25500000,0,3,25",
    "VerticalDatum:1985国家高程基准", "TemporalReferenceSystem:北京时间",
    "ExtentMin:25585000,4370000", "ExtentMax:25585200,4370100", "MapScale:2000", "Offset:0,0",
    "Date:20241231", "Separator:,",
  ]
  var classes = ["2001010100,地类图斑,Polygon,DLTB"]
  var tables = ["DLTB,3\nBSM,Char,18\nDLBM,Char,5\nTBMJ,Float,15,2\n0"]
  var points: [String] = []
  var lines: [String] = []
  var polygons: [String] = []
  var extra: [String] = []
  var rows = ["DLTB\n1,A1,0101,10000.00\n2,A2,0301,10000.00\nTableEnd"]

  /// Two squares of 100 m side by side, the line between them drawn once.
  static var neighbours: VCTText {
    var text = VCTText()
    text.lines = [
      line(11, [(100, 0), (100, 100)]), line(12, [(100, 100), (0, 100), (0, 0), (100, 0)]),
      line(13, [(100, 0), (200, 0), (200, 100), (100, 100)]),
    ]
    text.polygons = [indirect(1, [11, 12]), indirect(2, [13, -11])]
    return text
  }

  var text: String {
    var sections = ["HeadBegin\n" + head.joined(separator: "\n") + "\nHeadEnd\n"]
    sections.append(section("FeatureCode", classes))
    sections.append(section("TableStructure", tables))
    sections.append(section("Point", points))
    sections.append(section("Line", lines))
    sections.append(section("Polygon", polygons))
    sections += extra
    sections.append(section("Attribute", rows))
    return sections.joined(separator: "\n")
  }

  private func section(_ name: String, _ parts: [String]) -> String {
    ([name + "Begin"] + parts + [name + "End"]).joined(separator: "\n") + "\n"
  }

  // MARK: Objects

  static func place(_ east: Double, _ north: Double) -> String {
    String(format: "%.4f,%.4f", 25_585_000 + east, 4_370_000 + north)
  }

  static func run(_ places: [(Double, Double)]) -> String {
    (["\(places.count)"] + places.map { place($0.0, $0.1) }).joined(separator: "\n")
  }

  static func line(
    _ identifier: Int64, _ places: [(Double, Double)], code: String = "1099000000"
  ) -> String {
    "\(identifier)\n\(code)\nUnknown\n1\n1\n11\n\(run(places))\n0"
  }

  static func indirect(
    _ identifier: Int64, _ references: [Int64], composition: Int = 21
  ) -> String {
    var rows: [String] = []
    for start in stride(from: 0, to: references.count, by: 8) {
      rows.append(
        references[start..<min(start + 8, references.count)].map { "\($0)" }.joined(separator: ","))
    }
    return "\(identifier)\n2001010100\nUnknown\n100\n\(place(1, 1))\n\(composition)\n"
      + "\(references.count)\n\(rows.joined(separator: "\n"))\n0"
  }

  static func direct(_ identifier: Int64, _ rings: [[(Double, Double)]]) -> String {
    "\(identifier)\n2001010100\nUnknown\n1\n\(place(1, 1))\n\(rings.count)\n"
      + rings.map { "11\n" + run($0) }.joined(separator: "\n") + "\n0"
  }

  static func square(_ x: Double, _ y: Double, _ side: Double) -> [(Double, Double)] {
    [(x, y), (x + side, y), (x + side, y + side), (x, y + side), (x, y)]
  }

  // MARK: Reading

  /// The features of a layer, read in this process.
  static func read(
    _ bytes: [UInt8], layer name: String? = nil
  ) throws(ReadingError) -> (file: VCTFile, features: [SourceFeature]) {
    let file = try VCTFile(MemoryBytes(bytes))
    guard let layer = file.layers.first(where: { name == nil || $0.name == name }) else {
      throw .noLayer
    }
    var features: [SourceFeature] = []
    try file.walk(layer, most: 1_000_000) { features.append($0) }
    return (file, features)
  }

  func features(_ layer: String? = nil) throws(ReadingError) -> [SourceFeature] {
    try Self.read(Array(text.utf8), layer: layer).features
  }
}

extension SourceFeature {
  /// The polygons as numbers of metres from the corner of the sample.
  var local: [[[[Double]]]] {
    guard case .polygons(let multi) = geometry else { return [] }
    return multi.polygons.map { polygon in
      polygon.rings.map { ring in
        ring.positions.map { [$0.x - 25_585_000, $0.y - 4_370_000] }
      }
    }
  }

  var vctFault: VCTObjectFault? {
    guard case .vct(let fault) = fault else { return nil }
    return fault
  }
}
