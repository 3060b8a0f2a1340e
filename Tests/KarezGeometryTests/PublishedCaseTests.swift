import Foundation
import KarezCore
import KarezGeometry
import TestSupport
import Testing

/// The published cases of another library, read where they lie; areas and validity must agree.
@Suite(.enabled(if: Places.shared != nil)) struct PublishedCaseTests {
  /// One case: its shapes, and operations with what they should give.
  struct Case {
    let title: String
    let a: String
    let b: String?
    let operations: [(name: String, startsWithB: Bool, result: String)]
  }

  static func cases(of file: String) throws -> [Case] {
    let folder = try #require(Places.shared).appending(path: "data/geometry-cases/jts-general")
    let text = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
    return text.split(separator: "<case>").dropFirst().map { part in
      func body(_ tag: String) -> String? {
        guard let open = part.range(of: "<\(tag)>"), let close = part.range(of: "</\(tag)>") else {
          return nil
        }
        return part[open.upperBound..<close.lowerBound].trimmingCharacters(
          in: .whitespacesAndNewlines)
      }
      let operations = part.matches(of: /<op name="(\w+)" arg1="(\w)"[^>]*>([^<]*)<\/op>/).map {
        (
          name: String($0.output.1).lowercased(),
          startsWithB: $0.output.2.uppercased() == "B",
          result: $0.output.3.trimmingCharacters(in: .whitespacesAndNewlines)
        )
      }
      return Case(
        title: body("desc") ?? "", a: body("a") ?? "", b: body("b"), operations: operations)
    }
  }

  /// The polygons of a text; nil for points, lines and collections.
  static func polygons(_ wkt: String) -> MultiPolygon? {
    guard case .polygons(let multi)? = try? Geometry(wkt: wkt) else { return nil }
    return multi
  }

  @Test(arguments: [("TestOverlayAA.xml", 25), ("TestNGOverlayA.xml", 40)])
  func `overlays of published shapes have the published areas`(file: String, least: Int) throws {
    var examined = 0
    for example in try Self.cases(of: file) {
      guard let a = Self.polygons(example.a), let b = example.b.flatMap(Self.polygons) else {
        continue
      }
      let regions = (
        try PlaneRegion(a, plane: .asGiven), try PlaneRegion(b, plane: .asGiven)
      )
      for operation in example.operations {
        guard let expected = Self.polygons(operation.result) else { continue }
        let (one, other) = operation.startsWithB ? (regions.1, regions.0) : regions
        let result: PlaneRegion
        switch operation.name.replacing("ng", with: "") {
        case "intersection": result = try one.intersection(other)
        case "union": result = try one.union(other)
        case "difference": result = try one.subtracting(other)
        default: continue
        }
        let (area, published) = (result.area.squareMetres, expected.planarArea().squareMetres)
        // Published results are rounded to the digits they are printed with.
        #expect(
          abs(area - published) <= 1e-6 * max(1, published),
          "\(file): \(example.title): \(operation.name)")
        examined += 1
      }
    }
    #expect(examined >= least, "\(examined) examined")
  }

  @Test(arguments: [("TestValid.xml", 60), ("TestValid2.xml", 100)])
  func `published shapes are valid or not as published`(file: String, least: Int) throws {
    var examined = 0
    for example in try Self.cases(of: file) {
      guard let operation = example.operations.first(where: { $0.name == "isvalid" }) else {
        continue
      }
      do throws(GeometryError) {
        guard case .polygons(let multi) = try Geometry(wkt: example.a) else { continue }
        let fault = try multi.validityFault()
        #expect((fault == nil) == (operation.result == "true"), "\(file): \(example.title)")
      } catch {
        // Lines and collections are refused; of polygons only those that are invalid may be.
        if case .unsupportedGeometry = error.cause { continue }
        #expect(operation.result == "false", "\(file): \(example.title): \(error)")
      }
      examined += 1
    }
    #expect(examined >= least, "\(examined) examined")
  }
}
