import Foundation
import KarezCore
import KarezGeometry
import TestSupport
import Testing

@testable import KarezReading

/// Every section and variant of the format, in files written here by hand.
@Suite struct VCTFileTests {
  // MARK: Polygons

  @Test func `neighbours are drawn from the line they share`() throws {
    let features = try VCTText.neighbours.features()
    #expect(features.map(\.fault) == [nil, nil])
    #expect(features.map(\.fid) == ["1", "2"])
    #expect(features[0].local == [[[[100, 0], [100, 100], [0, 100], [0, 0], [100, 0]]]])
    #expect(
      features[1].local == [[[[100, 0], [200, 0], [200, 100], [100, 100], [100, 0]]]])
    #expect(
      features[0].attributes == [
        "BSM": .text("A1"), "DLBM": .text("0101"), "TBMJ": .decimal(10_000),
      ])
  }

  @Test func `a polygon may have its own rings instead`() throws {
    var text = VCTText.neighbours
    text.polygons = [
      VCTText.direct(1, [VCTText.square(0, 0, 100), VCTText.square(10, 10, 5)]),
      VCTText.direct(2, [VCTText.square(100, 0, 100)]),
    ]
    let features = try text.features()
    #expect(features.map(\.fault) == [nil, nil])
    #expect(features[0].local.count == 1)
    #expect(features[0].local.first?.count == 2)
    #expect(features[1].local.first?.first?.count == 5)
  }

  @Test func `zeros part the rings, and the rings tell which are holes`() throws {
    var text = VCTText.neighbours
    text.lines = [
      VCTText.line(11, VCTText.square(0, 0, 100)), VCTText.line(12, VCTText.square(10, 10, 50)),
      VCTText.line(13, VCTText.square(20, 20, 5)), VCTText.line(14, VCTText.square(300, 0, 10)),
    ]
    text.polygons = [
      VCTText.indirect(1, [11, 0, -12, 0, 14, 0, 13]), VCTText.indirect(2, [12, 0, -13]),
    ]
    let features = try text.features()
    #expect(features.map(\.fault) == [nil, nil])
    #expect(features[0].local.map(\.count) == [2, 1, 1])
    #expect(features[0].local[1][0][0] == [300, 0])
    #expect(features[0].local[2][0][0] == [20, 20])
    #expect(features[1].local.map(\.count) == [2])
  }

  @Test func `eight references stand on a line, or one, or all`() throws {
    let corners = (0...20).map { (Double($0) * 10, $0.isMultiple(of: 2) ? 0.0 : 1.0) }
    let sides = zip(corners, corners.dropFirst()).enumerated().map {
      VCTText.line(Int64(20 + $0.offset), [$0.element.0, $0.element.1])
    }
    let back = VCTText.line(99, [(200, 0), (200, 50), (0, 50), (0, 0)])
    let references = (20..<40).map { Int64($0) } + [99]
    var text = VCTText.neighbours
    text.lines = sides + [back]
    text.rows = ["DLTB\n1,A1,0101,1\nTableEnd"]
    let rowOfEight = VCTText.indirect(1, references)
    let body = references.map { "\($0)" }
    let start = "1\n2001010100\nUnknown\n100\n\(VCTText.place(1, 1))\n21\n21\n"
    for polygon in [
      rowOfEight, start + body.joined(separator: "\n") + "\n0",
      start + body.joined(separator: " , ") + "\n0",
    ] {
      text.polygons = [polygon]
      let features = try text.features()
      #expect(features.map(\.fault) == [nil])
      #expect(features[0].local.first?.first?.count == 24)
    }
  }

  @Test func `a polygon of polygons has the outline of them all`() throws {
    var text = VCTText.neighbours
    text.polygons.append(VCTText.indirect(3, [1, 2], composition: 22))
    text.polygons.append(VCTText.indirect(4, [3], composition: 22))
    text.rows = ["DLTB\n1,A,1,1\n2,B,1,1\n3,C,1,1\n4,D,1,1\nTableEnd"]
    let features = try text.features()
    #expect(features.map(\.fault) == [nil, nil, nil, nil])
    guard case .polygons(let whole) = features[2].geometry else {
      Issue.record("no polygon")
      return
    }
    #expect(whole.planarArea().squareMetres == 20_000)
    #expect(whole.vertexCount == 7)
    #expect(features[3].geometry == features[2].geometry)
  }

  // MARK: Points and lines

  @Test func `points have a count before them or none`() throws {
    var text = VCTText()
    text.classes = ["1000110000,测量控制点,Point,KZD"]
    text.tables = ["KZD,1\nDM,Char,20\n0"]
    let head = "1000110000\nUnknown\n"
    text.points = [
      "1\n\(head)1\n1\n\(VCTText.place(1, 2))\n0", "2\n\(head)1\n\(VCTText.place(3, 4))\n0",
      "3\n\(head)4\n2\n\(VCTText.place(5, 6))\n\(VCTText.place(7, 8))\n0",
      "4\n\(head)3\n2\n\(VCTText.place(1, 1))\n\(VCTText.place(2, 2))\n0",
    ]
    text.rows = ["KZD\n1,a\n2,b\n3,c\n4,d\nTableEnd"]
    let features = try text.features()
    #expect(features.map(\.fault) == [nil, nil, nil, nil])
    let counts = features.map { $0.geometry?.vertexTotal ?? 0 }
    #expect(counts == [1, 1, 2, 1])
  }

  @Test func `lines have several parts, or refer to other lines`() throws {
    var text = VCTText.neighbours
    text.classes.append("1000620000,行政区界线,Line,XZQJX")
    text.tables.append("XZQJX,1\nJXLX,Char,6\n0")
    text.lines += [
      "21\n1000620000\nUnknown\n1\n2\n11\n\(VCTText.run([(0, 0), (1, 1)]))\n11\n"
        + VCTText.run([(5, 5), (6, 6), (7, 7)]) + "\n0",
      "22\n1000620000\nUnknown\n100\n2\n12,13\n0",
    ]
    text.rows.append("XZQJX\n21,640200\n22,650200\nTableEnd")
    let (file, features) = try VCTText.read(Array(text.text.utf8), layer: "XZQJX")
    #expect(file.layers.map(\.name) == ["DLTB", "XZQJX"])
    #expect(file.layers.map(\.title) == ["地类图斑", "行政区界线"])
    #expect(file.layers.map(\.featureCount) == [2, 2])
    #expect(features.map(\.fault) == [nil, nil])
    guard case .lines(let parts) = features[0].geometry,
      case .lines(let joined) = features[1].geometry
    else {
      Issue.record("no lines")
      return
    }
    #expect(parts.map(\.count) == [2, 3])
    #expect(joined.map(\.count) == [7])
    #expect(features[1].attributes["JXLX"] == .text("650200"))
  }

  // MARK: Attributes

  @Test func `values come in the types of their fields`() throws {
    var text = VCTText.neighbours
    text.tables = [
      "DLTB,8\nBSM,Char,18\nN,Int4\nI,Integer,10\nF,Float,15,2\nD,Double,20,4\nT,Date,8\n"
        + "V,Varbin\nZ,VarChar\n0"
    ]
    text.rows = [
      "DLTB\n1,A1,7,-3,1.50,2.25,20241231,x.bin,备注\n2,,abc,,1e400,,2024-02-30,,\nTableEnd"
    ]
    let (file, features) = try VCTText.read(Array(text.text.utf8))
    #expect(file.layers[0].fields.map(\.name) == ["BSM", "N", "I", "F", "D", "T", "Z"])
    #expect(file.layers[0].warnings == [ReadWarning(code: "field-skipped", facts: ["field": "V"])])
    let day = try #require(LegalDate(year: 2024, month: 12, day: 31))
    #expect(
      features[0].attributes == [
        "BSM": .text("A1"), "N": .integer(7), "I": .integer(-3), "F": .decimal(1.5),
        "D": .decimal(2.25), "T": .date(day), "Z": .text("备注"),
      ])
    #expect(
      features[1].attributes == [
        "BSM": .null, "N": .text("abc"), "I": .null, "F": .text("1e400"), "D": .null,
        "T": .text("2024-02-30"), "Z": .null,
      ])
  }

  @Test func `quotation marks hold a value with separators together`() throws {
    var text = VCTText.neighbours
    text.rows = ["DLTB\n1,\"a,\"\"b\"\",c\",0101,1\n2,\"plain\",0301,2\nTableEnd"]
    let features = try text.features()
    #expect(features.map(\.fault) == [nil, nil])
    #expect(features[0].attributes["BSM"] == .text("a,\"b\",c"))
    #expect(features[1].attributes["BSM"] == .text("\"plain\""))
  }

  @Test(arguments: [";", "|", "\t", "@"])
  func `the head names the separator of values`(separator: String) throws {
    var text = VCTText.neighbours
    text.head[text.head.count - 1] = "Separator:" + separator
    text.rows = [
      "DLTB\n"
        + ["1", "甲,乙", "0101", "1.5"].joined(separator: separator) + "\n"
        + ["2", "丼昡", "0301", "2"].joined(separator: separator) + "\nTableEnd"
    ]
    for encoding in [TextEncoding.utf8, .gb18030] {
      let (_, features) = try VCTText.read(try encoding.encode(text.text))
      #expect(features.map(\.fault) == [nil, nil])
      #expect(
        features.map { $0.attributes["BSM"] } == [.text("甲,乙"), .text("丼昡")])
    }
  }

  @Test func `a row may begin with a field that is the identifier itself`() throws {
    var text = VCTText.neighbours
    text.rows = ["DLTB\n1,0101,10000\n2,0301,10000\nTableEnd"]
    let features = try text.features()
    #expect(features.map(\.fault) == [nil, nil])
    #expect(features.map { $0.attributes["BSM"] } == [.text("1"), .text("2")])
  }

  @Test func `rows may come in any order and in pieces`() throws {
    var text = VCTText.neighbours
    text.rows = ["DLTB\n2,A2,0301,2\nTableEnd", "dltb\n1,A1,0101,1\nTableEnd"]
    let features = try text.features()
    #expect(features.map(\.fault) == [nil, nil])
    #expect(features.map { $0.attributes["BSM"] } == [.text("A1"), .text("A2")])
  }

  @Test func `a table without geometry is a layer of rows`() throws {
    var text = VCTText.neighbours
    text.tables.append("QLR,2,NoneGeometry\nQLRMC,Char,50\nZJH,Char,20\n0")
    text.rows.append("QLR\n1,张三,1\n2,李四,2\nTableEnd")
    let (file, features) = try VCTText.read(Array(text.text.utf8), layer: "QLR")
    #expect(file.layers.map(\.geometry) == [.polygon, .none])
    #expect(features.map(\.fault) == [nil, nil])
    #expect(features.map { $0.attributes["QLRMC"] } == [.text("张三"), .text("李四")])
  }

  // MARK: Classes and sections

  @Test func `classes that share a table are one layer, those without one are named by code`()
    throws
  {
    var text = VCTText.neighbours
    text.classes = [
      "2001010100,地类图斑,Polygon,DLTB", "2001010200,飞地,Polygon,DLTB", "3001,无表,Polygon,",
      "2001019000,注记,Annotation,ZJ",
    ]
    text.polygons.append(
      VCTText.direct(3, [VCTText.square(0, 0, 1)])
        .replacingOccurrences(of: "2001010100", with: "3001"))
    text.polygons[1] = text.polygons[1].replacingOccurrences(of: "2001010100", with: "2001010200")
    let (file, features) = try VCTText.read(Array(text.text.utf8))
    #expect(file.layers.map(\.name) == ["DLTB", "3001"])
    #expect(file.layers.map(\.title) == ["地类图斑、飞地", "无表"])
    #expect(file.layers.map(\.featureCount) == [2, 1])
    #expect(features.map(\.fault) == [nil, nil])
    #expect(try text.features("3001").map(\.fault) == [nil])
  }

  @Test func `what is not kept is told of`() throws {
    var text = VCTText.neighbours
    text.head.append("Comment:一次")
    text.head.append("Nonsense")
    text.extra = [
      "AnnotationBegin\n5\n2001019000\nUnknown\n1\n注记\n1,2,0\n0\nAnnotationEnd\n",
      "TopologyBegin\nNodeTopologyBegin\nNodeTopologyEnd\nEdgeTopologyBegin\n1\n0\n"
        + "EdgeTopologyEnd\nTopologyEnd\n",
      "StyleBegin\nStyleEnd\n",
    ]
    text.polygons.append(
      VCTText.direct(9, [VCTText.square(0, 0, 1)])
        .replacingOccurrences(of: "2001010100", with: "777"))
    text.rows.append("LOST\n1,2\nTableEnd")
    let (file, features) = try VCTText.read(Array(text.text.utf8))
    #expect(features.map(\.fault) == [nil, nil])
    #expect(
      file.layers[0].warnings == [
        ReadWarning(code: "vct-head-key", facts: ["key": "Comment"]),
        ReadWarning(code: "vct-head-key", facts: ["key": "Nonsense"]),
        ReadWarning(
          code: "vct-section-skipped", facts: ["section": "Annotation", "count": "1"]),
        ReadWarning(code: "vct-section-skipped", facts: ["section": "Style", "count": "0"]),
        ReadWarning(code: "vct-section-skipped", facts: ["section": "Topology", "count": "1"]),
        ReadWarning(
          code: "vct-class-undeclared",
          facts: ["kind": "Polygon", "count": "1", "line": "\(line(of: "9\n777", in: text))"]),
        ReadWarning(code: "vct-table-undeclared", facts: ["table": "LOST"]),
      ])
  }

  private func line(of part: String, in text: VCTText) -> Int {
    let before = text.text.components(separatedBy: "\n" + part)[0]
    return before.components(separatedBy: "\n").count + 1
  }

  @Test func `comments, blank lines and carriage returns change nothing`() throws {
    let plain = VCTText.neighbours
    let expected = try plain.features()
    let commented = plain.text.replacingOccurrences(
      of: "LineBegin", with: "CommentBegin\nLineBegin 不是\nCommentEnd\n\n \tLineBegin ")
    let files = [
      plain.text.replacingOccurrences(of: "\n", with: "\r\n"), commented,
      "CommentBegin\n说明\nCommentEnd\n" + plain.text,
      plain.text.replacingOccurrences(of: "\n", with: "\n\n"),
      plain.text.replacingOccurrences(of: "HeadBegin", with: "HEADBEGIN")
        .replacingOccurrences(of: "PolygonEnd", with: "polygonend"),
    ]
    for file in files {
      #expect(try VCTText.read(Array(file.utf8)).features == expected)
      #expect(try FileContent(head: Array(file.utf8)) == .vct)
    }
  }

  // MARK: Encodings

  @Test func `the encoding is what the bytes are`() throws {
    var text = VCTText.neighbours
    // 𠮷 and 㐂 are beyond GBK: four bytes of GB18030.
    text.rows = ["DLTB\n1,水浇地𠮷㐂,0101,1\n2,خەت,0301,2\nTableEnd"]
    for (encoding, name) in [
      (TextEncoding.utf8, "UTF-8"), (.utf8WithBOM, "UTF-8"), (.gb18030, "GB18030"),
    ] {
      let (file, features) = try VCTText.read(try encoding.encode(text.text))
      #expect(file.encoding.name == name)
      #expect(file.layers[0].title == "地类图斑")
      #expect(
        features.map { $0.attributes["BSM"] } == [.text("水浇地𠮷㐂"), .text("خەت")])
      #expect(file.crs == .epsg(4_513))
    }
  }

  @Test func `a text that is not of the encoding is its feature's fault`() throws {
    let text = VCTText.neighbours
    let bytes = try TextEncoding.gb18030.encode(
      text.text.replacingOccurrences(of: "1,A1,", with: "1,地类名称BAD,"))
    let place = try #require(bytes.firstRange(of: Array("BAD".utf8))?.lowerBound)
    var spoilt = bytes
    spoilt.replaceSubrange(place..<(place + 3), with: [0xFF, 0x80, 0xFF])
    let (_, features) = try VCTText.read(spoilt)
    #expect(features.map(\.fault) == [.textUndecodable(field: "BSM"), nil])
    #expect(features[0].geometry != nil)
  }

  // MARK: Through the worker

  @Test func `a file comes through the worker like any other`() async throws {
    let bytes = try TextEncoding.gb18030.encode(VCTText.neighbours.text)
    let (layer, features) = try await Workers.read(bytes: bytes, as: "一.vct")
    #expect(layer.name == "DLTB")
    #expect(layer.title == "地类图斑")
    #expect(layer.format == .vct)
    #expect(layer.crs == .epsg(4_513))
    #expect(layer.crsReason == .statedDefinition)
    #expect(layer.encoding == SourceEncoding(name: "GB18030", reason: .bytes))
    #expect(layer.featureCount == 2)
    #expect(features == (try VCTText.read(bytes).features))
  }

  @Test func `several layers of areas are to be chosen from, by names people know`() async throws {
    var text = VCTText.neighbours
    text.classes.append("1000600100,行政区,Polygon,XZQ")
    text.polygons.append(
      VCTText.direct(3, [VCTText.square(0, 0, 10)])
        .replacingOccurrences(of: "2001010100", with: "1000600100"))
    text.tables.append("XZQ,1\nXZQMC,Char,100\n0")
    text.rows.append("XZQ\n3,县\nTableEnd")
    await #expect(throws: ReadingError.layerNotChosen(layers: ["DLTB（地类图斑）", "XZQ（行政区）"])) {
      _ = try await Workers.read(text: text.text, as: "a.vct")
    }
    let (layer, features) = try await Workers.read(
      text: text.text, as: "a.vct", ReadOptions(layer: "XZQ"))
    #expect(layer.title == "行政区")
    #expect(features.map { $0.attributes["XZQMC"] } == [.text("县")])
  }
}
