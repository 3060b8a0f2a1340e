import Foundation
import KarezCore
import KarezGeometry
import KarezReading
import TestSupport
import Testing

/// Boundaries as text come through the same door, and say what they are and why.
@Suite struct BoundaryTextTests {
  let text = """
    [属性描述]\r
    格式版本号=1.01版本\r
    坐标系=2000国家大地坐标系\r
    几度分带=3\r
    投影类型=高斯克吕格\r
    计量单位=米\r
    带号=25\r
    精度=0.001\r
    转换参数=,,,,,,\r
    [地块坐标]\r
    5,1.0000,P1,水库,面,J43,水利,1103,@\r
    J1,1,4370000.000,25585000.000\r
    J2,1,4370000.000,25585100.000\r
    J3,1,4370100.000,25585100.000\r
    J4,1,4370100.000,25585000.000\r
    J1,1,4370000.000,25585000.000\r

    """

  @Test func `a submitted text gives its parcels, its zone and the reason for it`() async throws {
    let (layer, features) = try await Workers.read(text: text, as: "地块.dat")
    #expect(layer.format == .boundaryText)
    #expect(layer.name == "地块")
    #expect(layer.crs == .epsg(4_513))
    #expect(layer.crsReason == .zonePrefixAndHeading)
    #expect(try layer.crs.system()?.epsg == 4_513)
    #expect(features.count == 1)
    #expect(features[0].fid == "P1")
    #expect(features[0].attributes["name"] == .text("水库"))
    #expect(features[0].attributes["use"] == .text("水利"))
    #expect(features[0].attributes["declared_area_m2"] == .decimal(10_000))
    guard case .polygons(let multi) = features[0].geometry else {
      Issue.record("no polygon")
      return
    }
    #expect(multi.boundingBox?.minX == 25_585_000)
    #expect(multi.boundingBox?.minY == 4_370_000)
  }

  @Test func `a doubt about one parcel is a warning with its row`() async throws {
    let wrong = text.replacingOccurrences(of: "5,1.0000", with: "5,7.0000")
    let (layer, _) = try await Workers.read(text: wrong, as: "a.txt")
    let warning = try #require(layer.warnings.first { $0.code == "declared-area-differs" })
    #expect(warning.facts["row"] == "1")
    #expect(warning.facts["parcel"] == "P1")
    #expect(warning.facts["declaredM2"] == "70000.00")
  }

  @Test func `a prefix that contradicts the heading is refused`() async throws {
    let wrong = text.replacingOccurrences(of: "带号=25", with: "带号=26")
    await #expect {
      _ = try await Workers.read(text: wrong, as: "a.txt")
    } throws: { error in
      guard case .text(.boundaryText, _, "zone-contradiction", _) = error as? ReadingError else {
        Issue.record("\(error)")
        return false
      }
      return true
    }
  }

  @Test func `a fault in a line of coordinates is told with the line`() async throws {
    let wrong = text.replacingOccurrences(of: "J3,1,4370100.000", with: "J3,1,43701x0.000")
    await #expect {
      _ = try await Workers.read(text: wrong, as: "a.txt")
    } throws: { error in
      guard case .text(.boundaryText, 14, _, _) = error as? ReadingError else {
        Issue.record("\(error)")
        return false
      }
      return true
    }
  }

  @Test func `WKT and a table of vertices are told from each other by content`() async throws {
    let wkt = try await Workers.read(
      text: "POLYGON((76 39,76.01 39,76.01 39.01,76 39.01,76 39))", as: "a.csv")
    #expect(wkt.layer.format == .wkt)
    #expect(wkt.layer.crsReason == .sizeOfDegrees)
    let table = try await Workers.read(
      text: "parcel,x,y\na,76,39\na,76.01,39\na,76.01,39.01\na,76,39.01\n", as: "a.wkt")
    #expect(table.layer.format == .vertexTable)
    #expect(table.features.map(\.geometry) == wkt.features.map(\.geometry))
  }

  @Test func `the expected extent reaches the worker and decides the zone`() async throws {
    let bare = "x,y\n4370000,585000\n4370000,585100\n4370100,585100\n4370100,585000\n"
    let extent = BoundingBox(minX: 73, minY: 35, maxX: 80, maxY: 41)
    await #expect(throws: ReadingError.self) {
      _ = try await Workers.read(text: bare, as: "a.csv")
    }
    let declared = try await Workers.read(
      text: bare, as: "a.csv", ReadOptions(declaredEPSG: 4_534, extent: extent))
    #expect(declared.layer.crs == .epsg(4_534))
    #expect(declared.layer.crsReason == .declared)
  }

  @Test func `text that is none of these is refused`() async throws {
    await #expect(throws: ReadingError.unknownFormat(magic: "68656c6c6f20776f")) {
      _ = try await Workers.read(text: "hello world\n", as: "a.txt")
    }
  }
}
