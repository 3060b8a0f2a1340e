import KarezCore
import KarezGeometry
import TestSupport
import Testing

/// The variants of 报批坐标 TXT that are in use, and what each is told to be.
@Suite struct CoordinateTextTests {
  /// A square kilometre in zone 25 with a hole, as the standard writes it.
  struct Sample {
    var heading = [
      "[属性描述]", "格式版本号=1.01版本", "数据产生单位=某测绘院", "数据产生日期=2025-11-1",
      "坐标系=2000国家大地坐标系", "几度分带=3", "投影类型=高斯克吕格", "计量单位=米", "带号=25", "精度=0.001",
      "转换参数=,,,,,,",
    ]
    var fields = "10,99.0000,DK-01,试验地块,面,J43E001001,工业用地,0601,@"
    var points = [
      "J1,1,4370000.000,25585000.000", "J2,1,4370000.000,25586000.000",
      "J3,1,4371000.000,25586000.000", "J4,1,4371000.000,25585000.000",
      "J1,1,4370000.000,25585000.000", "J5,2,4370400.000,25585400.000",
      "J6,2,4370400.000,25585500.000", "J7,2,4370500.000,25585500.000",
      "J8,2,4370500.000,25585400.000", "J5,2,4370400.000,25585400.000",
    ]
    var lineEnd = "\r\n"

    var text: String {
      (heading + ["[地块坐标]", fields] + points).joined(separator: lineEnd) + lineEnd
    }

    func read(
      as encoding: TextEncoding = .utf8, options: BoundaryDocument.Options = .init()
    ) throws -> BoundaryDocument {
      try BoundaryDocument(reading: encoding.encode(text), options: options)
    }
  }

  static let kashgarExtent = BoundingBox(minX: 73.4, minY: 35.4, maxX: 79.9, maxY: 40.3)

  static func statutory(_ document: BoundaryDocument, parcel: Int = 0) throws -> Double {
    let converter = try CoordinateConverter(from: document.crs)
    return try converter.degrees(of: document.parcels[parcel].geometry).statutoryArea()
      .squareMetres
  }

  @Test func `the standard form reads without a doubt`() throws {
    let document = try Sample().read()
    #expect(document.format == .coordinateText)
    #expect(document.crs.description == "EPSG:4513")
    #expect(document.evidence == .zonePrefixAndHeading(25))
    #expect(document.doubts.isEmpty)
    let parcel = try #require(document.parcels.first)
    #expect(parcel.doubts.isEmpty)
    #expect(parcel.id == "DK-01")
    #expect(parcel.name == "试验地块")
    #expect(parcel.use == "工业用地")
    #expect(parcel.mapSheet == "J43E001001")
    #expect(parcel.landClass == "0601")
    #expect(parcel.declaredArea == .hectares(99))
    #expect(document.heading["数据产生单位"] == "某测绘院")
    #expect(abs(try Self.statutory(document) - 989_821.89) <= 0.01)
  }

  @Test(arguments: TextEncoding.allCases)
  func `every encoding gives the same parcels`(encoding: TextEncoding) throws {
    let document = try Sample().read(as: encoding)
    #expect(document.encoding == encoding)
    #expect(document.parcels == (try Sample().read().parcels))
  }

  @Test(arguments: ["\n", "\r\n", "\r"])
  func `lines may end in any of the three ways`(lineEnd: String) throws {
    var sample = Sample()
    sample.lineEnd = lineEnd
    let standard = try Sample().read().parcels
    #expect(try sample.read().parcels == standard)
  }

  @Test func `thirteen fields are read like eight`() throws {
    var sample = Sample()
    sample.fields = "10,99.0000,DK-01,试验地块,面,J43E001001,工业用地,0601,类型,0101,10,9,备注,@"
    let document = try sample.read()
    #expect(document.parcels == (try Sample().read().parcels))
  }

  @Test func `another number of fields is read and said`() throws {
    var sample = Sample()
    sample.fields = "10,99.0000,DK-01,试验地块,面,,@"
    #expect(try sample.read().parcels[0].doubts == [.fieldCountUnusual(6)])
  }

  @Test func `a section before the description is passed over`() throws {
    var sample = Sample()
    sample.heading.insert(contentsOf: ["[扩展信息]", "版本=2", ""], at: 0)
    let parcel = try sample.read().parcels[0]
    let standard = try Sample().read().parcels[0]
    #expect(parcel.geometry == standard.geometry)
    #expect(parcel.doubts.isEmpty)
    #expect(parcel.line == 16)
  }

  @Test(arguments: ["10", "8", ""])
  func `the count may include the closing points or not, or be missing`(count: String) throws {
    var sample = Sample()
    sample.fields = "\(count),99.0000,DK-01,试验地块,面,J43E001001,工业用地,0601,@"
    #expect(try sample.read().parcels[0].doubts.isEmpty)
  }

  @Test(arguments: ["7", "9", "11", "13"])
  func `another count is a damaged file and refused with its line`(count: String) throws {
    var sample = Sample()
    sample.fields = "\(count),99.0000,DK-01,试验地块,面,J43E001001,工业用地,0601,@"
    let error = try #require(throws: GeometryError.self) { _ = try sample.read() }
    #expect(error.code == "point-count-differs")
    #expect(error.facts == [count, "10"])
    #expect(error.place.line == 13)
  }

  @Test(arguments: ["10", "8"])
  func `rings without a closing point are closed, and it is said`(count: String) throws {
    var sample = Sample()
    sample.points.remove(at: 9)
    sample.points.remove(at: 4)
    sample.fields = "\(count),99.0000,DK-01,试验地块,面,J43E001001,工业用地,0601,@"
    let parcel = try sample.read().parcels[0]
    #expect(parcel.doubts == [.closingPointAbsent(rings: 2)])
    #expect(parcel.geometry == (try Sample().read().parcels[0].geometry))
  }

  @Test func `numbering that restarts with each ring makes no difference`() throws {
    var sample = Sample()
    for index in 5..<10 {
      let rest = sample.points[index].drop { $0 != "," }
      sample.points[index] = "J\(index == 9 ? 1 : index - 4)" + rest
    }
    let standard = try Sample().read().parcels
    #expect(try sample.read().parcels == standard)
  }

  @Test func `several parcels follow one another`() throws {
    var sample = Sample()
    sample.points.append("5,1.0000,DK-02,又一块,面,,公路用地,1003,@")
    sample.points += [
      "J9,1,4370000.000,25587000.000", "J10,1,4370000.000,25587100.000",
      "J11,1,4370100.000,25587100.000", "J12,1,4370100.000,25587000.000",
      "J9,1,4370000.000,25587000.000",
    ]
    let document = try sample.read()
    #expect(document.parcels.map(\.id) == ["DK-01", "DK-02"])
    #expect(document.parcels.allSatisfy { $0.doubts.isEmpty })
    sample.points[10] = "5,1.0000,DK-01,又一块,面,,公路用地,1003,@"
    #expect(try sample.read().doubts == [.parcelIDRepeated("DK-01")])
  }

  @Test func `swapped columns are turned back, and it is said`() throws {
    var sample = Sample()
    sample.points = sample.points.map { line in
      let parts = line.split(separator: ",")
      return "\(parts[0]),\(parts[1]),\(parts[3]),\(parts[2])"
    }
    let document = try sample.read()
    #expect(document.doubts == [.axesSwapped])
    #expect(document.parcels == (try Sample().read().parcels))
  }

  @Test func `a missing prefix is taken from the heading, and it is said`() throws {
    var sample = Sample()
    sample.points = sample.points.map { $0.replacing(",25", with: ",") }
    let document = try sample.read()
    #expect(document.crs.description == "EPSG:4534")
    #expect(document.evidence == .heading(25))
    #expect(document.doubts == [.zonePrefixMissing(zone: 25)])
    #expect(abs(try Self.statutory(document) - 989_821.89) <= 0.01)
  }

  @Test func `without prefix and heading only a single fitting zone is taken`() throws {
    var sample = Sample()
    sample.points = sample.points.map { $0.replacing(",25", with: ",") }
    sample.heading.removeAll { $0.hasPrefix("带号") }
    #expect(throws: GeometryError.self) { _ = try sample.read() }
    let narrow = BoundingBox(minX: 75.9, minY: 39.4, maxX: 76.1, maxY: 39.6)
    let document = try sample.read(options: .init(extent: narrow))
    #expect(document.crs.description == "EPSG:4534")
    #expect(document.doubts == [.zoneInferred(zone: 25)])
    // 75.99°, 78.99° and, were it wide enough, 72.99° all lie in the prefecture.
    #expect(throws: GeometryError.self) {
      _ = try sample.read(options: .init(extent: Self.kashgarExtent))
    }
  }

  @Test func `a prefix that contradicts the heading is an error`() throws {
    var sample = Sample()
    sample.heading = sample.heading.map { $0 == "带号=25" ? "带号=26" : $0 }
    #expect(throws: GeometryError.zoneContradiction(declared: 26, found: 25)) {
      _ = try sample.read()
    }
  }

  @Test func `zone 24 has no EPSG code and is read all the same`() throws {
    var sample = Sample()
    sample.heading = sample.heading.map { $0 == "带号=25" ? "带号=24" : $0 }
    sample.points = sample.points.map { $0.replacing(",25", with: ",24") }
    let document = try sample.read()
    #expect(document.crs.epsg == nil)
    #expect(document.crs.description == "CGCS2000 3° GK zone 24")
    #expect(abs(try Self.statutory(document) - 989_821.89) <= 0.01)
  }

  @Test(arguments: [
    "坐标系=1980西安坐标系", "坐标系=1954年北京坐标系", "坐标系=GCJ-02", "坐标系=gcj02 (CGCS2000)", "坐标系=火星坐标系",
    "坐标系=百度坐标系", "坐标系=BD-09", "坐标系=bd09ll",
  ])
  func `a datum whose shift is secret is refused`(line: String) throws {
    var sample = Sample()
    sample.heading[4] = line
    let name = String(line.dropFirst(4))
    #expect(throws: GeometryError.datumShiftUnknown(crs: name)) { _ = try sample.read() }
  }

  @Test func `a datum that is not stated is said`() throws {
    var sample = Sample()
    sample.heading.remove(at: 4)
    #expect(try sample.read().doubts == [.datumNotStated("")])
  }

  @Test func `a declared area that is not the measured one is said`() throws {
    var sample = Sample()
    sample.fields = "10,98.9000,DK-01,试验地块,面,J43E001001,工业用地,0601,@"
    guard
      case .declaredAreaDiffers(let declared, let planar, let statutory) =
        try #require(try sample.read().parcels[0].doubts.first)
    else {
      Issue.record("another doubt")
      return
    }
    #expect(declared == .hectares(98.9))
    #expect(planar.text == "990000.00")
    #expect(statutory.text == "989821.89")
  }

  @Test func `the statutory area is as good a declaration as the planar`() throws {
    var sample = Sample()
    sample.fields = "10,98.9822,DK-01,试验地块,面,J43E001001,工业用地,0601,@"
    #expect(try sample.read().parcels[0].doubts.isEmpty)
  }

  @Test func `a place outside the expected extent is said`() throws {
    var sample = Sample()
    sample.heading = sample.heading.map { $0 == "带号=25" ? "带号=38" : $0 }
    sample.points = sample.points.map { $0.replacing(",25", with: ",38") }
    let document = try sample.read(options: .init(extent: Self.kashgarExtent))
    #expect(document.doubts.map(\.code) == ["outside-expected-extent"])
  }

  @Test func `full-width punctuation is read, and it is said`() throws {
    var sample = Sample()
    sample.points[1] = "J2，1，4370000.000，25586000.000"
    let document = try sample.read()
    #expect(document.doubts == [.fullWidthPunctuation])
    #expect(document.parcels == (try Sample().read().parcels))
  }

  struct Broken: Sendable, CustomTestStringConvertible {
    let point: Int
    let line: String
    let expectedLine: Int
    var testDescription: String { line }
  }

  @Test(arguments: [
    Broken(point: 1, line: "J2,1,nan,25586000", expectedLine: 15),
    Broken(point: 1, line: "J2,1,inf,25586000", expectedLine: 15),
    Broken(point: 1, line: "J2,1,1e999,25586000", expectedLine: 15),
    Broken(point: 1, line: "J2,1,0x10,25586000", expectedLine: 15),
    Broken(point: 1, line: "J2,0,4370000,25586000", expectedLine: 15),
    Broken(point: 1, line: "J2,1,4370000", expectedLine: 15),
    Broken(point: 1, line: "J2,1,4370000,25586000,7", expectedLine: 15),
    Broken(point: 9, line: "J9,1,4370000,25586000", expectedLine: 23),
    Broken(point: 2, line: "1,1,@", expectedLine: 16),
    Broken(point: 2, line: "x,1,a,b,面,,,,@", expectedLine: 16),
    Broken(point: 2, line: "4,1,a,b,线,,,,@", expectedLine: 16),
  ])
  func `a line that cannot be trusted is refused with its number`(broken: Broken) throws {
    var sample = Sample()
    sample.points[broken.point] = broken.line
    let error = try #require(throws: GeometryError.self) { _ = try sample.read() }
    #expect(error.place.line == broken.expectedLine, "\(error)")
  }

  @Test func `a parcel that begins with an inner ring is refused`() throws {
    var sample = Sample()
    sample.points.removeFirst(5)
    sample.fields = "5,1.0000,DK-01,试验地块,面,J43E001001,工业用地,0601,@"
    let error = try #require(throws: GeometryError.self) { _ = try sample.read() }
    #expect(error.facts == ["2", "shell-before-holes"])
    #expect(error.place == InputPlace(line: 14, feature: nil, ring: 2))
  }

  @Test(arguments: ["度", "公里", "千米", "英尺", "毫米", "km"])
  func `coordinates in another unit than metres are refused`(unit: String) throws {
    var sample = Sample()
    sample.heading[7] = "计量单位=\(unit)"
    let error = try #require(throws: GeometryError.self) { _ = try sample.read() }
    #expect(error.facts == [unit, "metres"])
    #expect(error.place.line == 8)
  }

  @Test(arguments: ["计量单位=", "计量单位= 米 ", "计量单位=m", "计量单位=M", "计量单位=Metre"])
  func `metres are metres by any of their names`(line: String) throws {
    var sample = Sample()
    sample.heading[7] = line
    #expect(try sample.read().doubts.isEmpty)
  }

  @Test func `a ring that goes on after closing is refused`() throws {
    var sample = Sample()
    sample.points.insert("J9,1,4370000.000,25585000.500", at: 5)
    let error = try #require(throws: GeometryError.self) { _ = try sample.read() }
    #expect(error.place == InputPlace(line: 19, ring: 1))
  }

  @Test(arguments: ["", "[地块坐标]\n", "[属性描述]\n坐标系=2000国家大地坐标系\n"])
  func `a file without a parcel has no geometry`(text: String) {
    let error = #expect(throws: GeometryError.self) {
      _ = try BoundaryDocument(reading: Array(text.utf8))
    }
    #expect(error?.cause == .noGeometry)
  }
}
