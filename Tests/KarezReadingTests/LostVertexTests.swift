import KarezGeometry
import KarezReading
import TestSupport
import Testing

/// A vertex that is no number is refused with its line; it is never left out of the ring.
@Suite struct LostVertexTests {
  func kml(_ coordinates: String, before: String = "", tag: String = "coordinates") -> String {
    """
    <?xml version="1.0" encoding="UTF-8"?>
    <kml xmlns="http://www.opengis.net/kml/2.2"><Document><name>d</name>\(before)<Placemark>
    <name>n</name><Polygon><outerBoundaryIs><LinearRing><\(tag)>
    76,39 76.01,39
    \(coordinates)
    76,39</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark></Document></kml>
    """
  }

  struct Bad: Sendable, CustomTestStringConvertible {
    let tuple: String
    var found: String?
    var testDescription: String { tuple }
  }

  @Test(arguments: [
    Bad(tuple: "nan,39.41"), Bad(tuple: "76.01,NaN"), Bad(tuple: "inf,39"),
    Bad(tuple: "76.01,-Infinity"), Bad(tuple: "1e999,39"), Bad(tuple: "7601x,39.4"),
    Bad(tuple: "76.01,39.4y"), Bad(tuple: "0x4C,39"), Bad(tuple: "76.01"), Bad(tuple: "76.01,"),
    Bad(tuple: ",39.01"), Bad(tuple: "76.01,39.01,0,5"), Bad(tuple: "76.01,39.01,z"),
    Bad(tuple: "76.01,39.01,"), Bad(tuple: "76.01, 39.01", found: "76.01,"),
    Bad(tuple: "76.01;39.01"), Bad(tuple: "76.01，39.01"), Bad(tuple: "&#55;6.01,39.01"),
    Bad(tuple: "<!-- -->76.01,39.01", found: "<!"), Bad(tuple: "<b/>76.01,39.01", found: "<b"),
    Bad(tuple: "<![CDATA[76.01,39.01]]>", found: "<!"),
  ])
  func `a tuple of KML that is no position is refused with its line`(bad: Bad) async throws {
    await #expect {
      _ = try await Workers.read(text: kml(bad.tuple), as: "a.kml")
    } throws: { error in
      guard case .text(.kml, 5, "unexpected", let detail) = error as? ReadingError else {
        Issue.record("\(error)")
        return false
      }
      return detail.split(separator: "\t").dropFirst().first.map(String.init)
        == bad.found ?? bad.tuple
    }
  }

  @Test func `the prefix, the attributes and the line ends of the element make no difference`()
    async throws
  {
    for tag in ["coordinates id=\"a>b\"", "coordinates ", "coordinates\n"] {
      let text = kml("nan,39.01", tag: tag)
      for text in [text, text.replacing("\n", with: "\r\n")] {
        await #expect(throws: ReadingError.self) {
          _ = try await Workers.read(text: text, as: "a.kml")
        }
      }
    }
  }

  @Test func `what is not an element of coordinates is not looked at`() async throws {
    let before = """
      <!-- <coordinates>nan,1</coordinates> --><description><![CDATA[<coordinates>x,1]]></description>
      <?x <coordinates>y ?><open>1</open>
      """
    for tuples in ["76.01,39.01 76,39.01", "+76.01,3901e-2,1e2\t76.0,39.01,-0.5"] {
      let (_, features) = try await Workers.read(text: kml(tuples, before: before), as: "a.kml")
      guard case .polygons(let multi)? = features.first?.geometry else {
        Issue.record("no polygon: \(features)")
        return
      }
      #expect(multi.vertexCount == 5)
    }
  }

  @Test(arguments: ["[null,1]", "[\"1\",1]", "[1]", "[]", "null", "1", "[1,{}]", "[1,2,3,4,5]"])
  func `a position of GeoJSON that is none makes its feature a fault`(position: String)
    async throws
  {
    let text = """
      {"type":"Feature","properties":null,"geometry":{"type":"Polygon","coordinates":
      [[[0,0],[1,0],[1,1],\(position),[0,1],[0,0]]]}}
      """
    let (_, features) = try await Workers.read(text: text, as: "a.json")
    #expect(features.count == 1)
    #expect(features[0].geometry == nil)
    #expect(features[0].fault != nil)
  }

  func drawing(_ values: [(Int, String)]) -> String {
    let body = values.map { "\($0.0)\n\($0.1)\n" }.joined()
    return "0\nSECTION\n2\nENTITIES\n0\nLWPOLYLINE\n8\nb\n90\n5\n70\n1\n" + body
      + "0\nENDSEC\n0\nEOF\n"
  }

  func values(_ changed: (Int, String)...) -> [(Int, String)] {
    [(10, "0"), (20, "0"), (10, "10"), (20, "0")] + changed
      + [(10, "10"), (20, "10"), (10, "0"), (20, "10")]
  }

  func expectRefusal(
    of text: String, line: Int64, code: String = "unexpected"
  ) async {
    await #expect {
      _ = try await Workers.read(text: text, as: "a.dxf")
    } throws: { error in
      guard case .text(.dxf, line, code, _) = error as? ReadingError else {
        Issue.record("\(error)")
        return false
      }
      return true
    }
  }

  @Test(arguments: ["nan", "inf", "7x", "x", "", "1e999", "0x7"])
  func `a number of a drawing that is none is refused with its line`(value: String) async {
    await expectRefusal(of: drawing(values((10, value), (20, "5"))), line: 22)
    await expectRefusal(of: drawing(values((10, "5"), (20, value))), line: 24)
  }

  @Test func `a vertex of a drawing without an ordinate is refused`() async {
    await expectRefusal(of: drawing(values((10, "5"))), line: 24)
    await expectRefusal(of: drawing(values((20, "5"))), line: 24)
  }

  @Test func `a drawing that lost vertices, or its end, is refused`() async {
    await expectRefusal(of: drawing(values()), line: 6, code: "point-count-differs")
    let whole = drawing(values((10, "5"), (20, "5")))
    await expectRefusal(of: String(whole.prefix(90)), line: 28, code: "ends-too-soon")
  }

  @Test func `a drawing with the line ends of Windows is read`() async throws {
    let text = drawing(values((10, " 5."), (20, "+.5e1 "))).replacing("\n", with: "\r\n")
    let (_, features) = try await Workers.read(text: text, as: "a.dxf")
    guard case .polygons(let multi)? = features.first?.geometry else {
      Issue.record("no polygon: \(features)")
      return
    }
    #expect(multi.vertexCount == 6)
  }
}
