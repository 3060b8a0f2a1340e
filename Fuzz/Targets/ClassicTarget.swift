import HTTPTypes
import Hummingbird
import KarezCore
import KarezGeometry
import KarezStore

@testable import KarezService
@testable import KarezWeb

/// What the classic services are asked: filters of FES, and the pairs of an address.
enum ClassicTarget: FuzzTarget {
  static let name = "classic"

  static func feed(_ bytes: [UInt8]) {
    guard let text = text(bytes), let schema = FuzzedSchema.landPatches else { return }
    let types = Queryable.types(of: schema)
    if let root = try? QueryElement.root(of: text) {
      hold(depth(of: root) <= QueryElement.mostDepth, "deeper than may be")
    }
    if let node = try? QueryMarkup.node(of: text, types: types) {
      hold(node.nodes <= QueryBounds.nodes, "more terms than may be")
      hold(node.vertices <= QueryBounds.vertices, "more vertices than may be")
      _ = try? FilterMaking(schema, crs: .crs84).filter(node)
    }
    if let found = GMLNames.feature(named: text), let dataset = DatasetID(found.dataset) {
      let again = GMLNames.feature(named: GMLNames.id(of: found.feature, in: dataset))
      hold(again?.feature == found.feature, "a name leads back to its feature")
    }
    ask(text)
  }

  private static func depth(of element: QueryElement) -> Int {
    1 + (element.children.map(depth).max() ?? 0)
  }

  private static func ask(_ text: String) {
    let head = HTTPRequest(
      method: .get, scheme: "http", authority: "localhost", path: "/ogc/wms?" + text,
      headerFields: [:])
    let request = Request(head: head, body: RequestBody(buffer: ByteBuffer()))
    guard let asked = try? ClassicAsked(request) else { return }
    if let (box, name) = try? asked.box("bbox") {
      hold(box.minX <= box.maxX && box.minY <= box.maxY, "a box")
      _ = name.flatMap { ClassicCRS(named: $0) }
      _ = name.flatMap { OfferedCRS(named: $0) }
    }
    if let day = LegalDate(year: 2025, month: 1, day: 1) {
      _ = try? asked.asOf(AsOf(validOn: day, recorded: .none))
    }
    _ = try? asked.whole("width", in: 1...10)
    _ = asked.address(of: "", setting: ["count": "1"])
  }
}
