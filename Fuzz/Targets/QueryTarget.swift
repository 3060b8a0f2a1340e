import HTTPTypes
import Hummingbird
import KarezCore
import KarezGeometry
import KarezStore

@testable import KarezService
@testable import KarezWeb

/// CQL2 as text and as JSON, made filters of a dataset, and what else an address under `/ogc` asks.
enum QueryTarget: FuzzTarget {
  static let name = "query"

  static func feed(_ bytes: [UInt8]) {
    guard let text = text(bytes), let schema = FuzzedSchema.landPatches else { return }
    for node in [try? QueryText.node(of: text), try? QueryJSON.node(of: text)].compactMap({ $0 }) {
      hold(node.nodes <= QueryBounds.nodes, "more terms than may be")
      hold(node.vertices <= QueryBounds.vertices, "more vertices than may be")
      _ = try? FilterMaking(schema, crs: .crs84).filter(node)
      _ = try? FilterMaking(schema, crs: .cgcs2000).filter(node)
    }
    if let cursor = FeatureCursor(text: text) {
      hold(FeatureCursor(text: cursor.text) == cursor, "a cursor is what it says")
    }
    let head = HTTPRequest(
      method: .get, scheme: "http", authority: "localhost",
      path: "/ogc/collections/land-patches/items?" + text, headerFields: [.accept: text])
    let request = Request(head: head, body: RequestBody(buffer: ByteBuffer()))
    _ = try? OGCFormat.chosen(request, among: OGCFormat.allCases)
    let asked = OGCAsked(request)
    if let box = try? asked.box() { hold(box.minX <= box.maxX, "a box") }
    if case .during(let span)? = try? asked.time(), let first = span.first, let last = span.last {
      hold(first <= last, "a span")
    }
    _ = try? asked.crs("crs")
    _ = asked.order()
  }
}
