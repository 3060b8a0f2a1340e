import Foundation
import KarezCore
import TestSupport
import Testing

@testable import KarezPacks

/// Pictures of other servers: which addresses are taken, and what of them a page's policy names.
@Suite struct BaseLayersTests {
  static func file(_ text: String) throws -> BaseLayersFile {
    var file = BaseLayersFile()
    file.read(try PackNode.read(Array(text.utf8), file: "base-layers.yaml"))
    return file
  }

  static func layer(_ kind: String, _ url: String, more: String = "") -> String {
    """
    # 外部底图
    version: "1.0.0"
    layers:
      - id: "a"
        title: { zh: "影像", en: "imagery" }
        kind: "\(kind)"
        url: "\(url)"
        attribution: "a"
    \(more)
    """
  }

  @Test func `there are none by default`() throws {
    let folder = Places.repository.appending(path: "Packs").path
    #expect(try BaseLayers.load(from: folder) == .none)
  }

  @Test func `an address by squares and one by WMTS become templates`() throws {
    let squares = try Self.file(Self.layer("xyz", "https://tiles.example.org:8443/{z}/{x}/{y}.png"))
    #expect(squares.faults.isEmpty)
    #expect(squares.layers.map(\.origin) == ["https://tiles.example.org:8443"])
    let more = "    layer: \"img\"\n    matrixSet: \"w\"\n    maxZoom: \"17\""
    let wmts = try Self.file(Self.layer("wmts", "http://map.local/img_w/wmts?tk=k", more: more))
    #expect(wmts.faults.isEmpty)
    let template = try #require(wmts.layers.first?.template)
    #expect(template.hasPrefix("http://map.local/img_w/wmts?tk=k&SERVICE=WMTS&"))
    #expect(template.contains("TILEMATRIXSET=w") && template.hasSuffix("TILECOL={x}"))
    #expect(wmts.layers.first?.maxZoom == 17)
  }

  @Test(arguments: ["", "none", "a,b", "a~1", "A", "影像"])
  func `a name that cannot stand in an address of the map is none`(id: String) throws {
    let text = Self.layer("xyz", "https://a.org/{z}/{x}/{y}")
    #expect(try Self.file(text).faults.isEmpty)
    let file = try Self.file(text.replacing("id: \"a\"", with: "id: \"\(id)\""))
    #expect(file.layers.isEmpty && !file.faults.isEmpty)
  }

  @Test(arguments: [
    ("xyz", "https://a.org/{z}/{x}"), ("xyz", "ftp://a.org/{z}/{x}/{y}"),
    ("xyz", "https://a.org; script-src */{z}/{x}/{y}"), ("xyz", "//a.org/{z}/{x}/{y}"),
    ("wms", "https://a.org/{z}/{x}/{y}"), ("xyz", "https:///{z}/{x}/{y}"),
    ("xyz", "https://*/{z}/{x}/{y}"), ("wmts", "https://a.org/wmts"),
  ])
  func `nothing else is taken, least of all into the policy`(kind: String, url: String) throws {
    let file = try Self.file(Self.layer(kind, url))
    #expect(file.layers.isEmpty && !file.faults.isEmpty)
  }
}
