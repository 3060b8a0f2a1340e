import Foundation
import FoundationXML
import KarezCore
import KarezPacks
import KarezWorkflow
import TestSupport
import Testing

@Suite struct DrawingTests {
  static func procedures() throws -> [WorkflowDefinition] {
    let found = try Fixtures.library.get().procedures
    try #require(found.count >= 7)
    return found
  }

  @Test func `states stand apart, steps go to the right, and nothing leaves the picture`() throws {
    for definition in try Self.procedures() {
      let layout = WorkflowLayout(definition)
      #expect(layout.boxes.map(\.id) == definition.states.map(\.id))
      for (place, box) in layout.boxes.enumerated() {
        #expect(box.x >= 0 && box.y >= 0)
        #expect(box.x + box.width <= layout.width && box.y + box.height <= layout.height)
        for other in layout.boxes.dropFirst(place + 1) {
          let isApart =
            box.x + box.width <= other.x || other.x + other.width <= box.x
            || box.y + box.height <= other.y || other.y + other.height <= box.y
          #expect(isApart, "\(definition.id): \(box.id) lies on \(other.id)")
        }
      }
      for arrow in layout.arrows where !arrow.isBack {
        let (from, to) = (layout.box(arrow.from), layout.box(arrow.to))
        #expect((from?.x ?? 0) < (to?.x ?? 0), "\(definition.id): \(arrow)")
      }
      let made = Set(layout.arrows.map(\.transition))
      #expect(made == Set(definition.transitions.map(\.id)))
    }
  }

  @Test func `drawings are markup, in every language, and the same each time`() throws {
    for definition in try Self.procedures() {
      for language in Language.allCases {
        let text = WorkflowSVG.drawing(of: definition, standing: ["accepted"], in: language)
        #expect(text == WorkflowSVG.drawing(of: definition, standing: ["accepted"], in: language))
        let root = try Element.root(of: text)
        #expect(root.name == "svg")
        let states = root.all("g").filter { $0.attributes["class"]?.hasPrefix("state") == true }
        #expect(states.count == definition.states.count)
        #expect(root.all("path").count > definition.transitions.count)
      }
    }
  }

  /// What the specification asks of any process, looked at in the document itself.
  @Test func `BPMN is whole: ids are one, flows lead from node to node, everything is drawn`()
    throws
  {
    for definition in try Self.procedures() {
      let root = try Element.root(of: BPMN.document(of: definition, in: .zh))
      let process = try #require(root.all("bpmn:process").first)
      let ids = process.children.compactMap { $0.attributes["id"] }
      #expect(Set(ids).count == ids.count)
      let flows = process.children.filter { $0.name == "bpmn:sequenceFlow" }
      let nodes = process.children.filter { $0.name != "bpmn:sequenceFlow" }
      let names = Set(nodes.compactMap { $0.attributes["id"] })
      #expect(nodes.filter { $0.name == "bpmn:startEvent" }.count == 1)
      #expect(nodes.contains { $0.name == "bpmn:endEvent" })
      for flow in flows {
        let (from, to) = (flow.attributes["sourceRef"] ?? "", flow.attributes["targetRef"] ?? "")
        #expect(names.contains(from) && names.contains(to), "\(definition.id): \(from) → \(to)")
      }
      for node in nodes {
        let id = node.attributes["id"] ?? ""
        let (incoming, outgoing) = (
          flows.filter { $0.attributes["targetRef"] == id }.count,
          flows.filter { $0.attributes["sourceRef"] == id }.count
        )
        switch node.name {
        case "bpmn:startEvent": #expect(incoming == 0 && outgoing == 1, "\(id)")
        case "bpmn:endEvent": #expect(incoming > 0 && outgoing == 0, "\(id)")
        case "bpmn:boundaryEvent":
          #expect(incoming == 0 && outgoing == 1, "\(id)")
          #expect(names.contains(node.attributes["attachedToRef"] ?? ""), "\(id)")
        case "bpmn:exclusiveGateway": #expect(outgoing > 1, "\(id)")
        case "bpmn:parallelGateway": #expect(incoming + outgoing > 2, "\(id)")
        default: #expect(incoming > 0 && outgoing == 1, "\(definition.id) \(id): \(outgoing) out")
        }
      }
      let drawn = Set(
        (root.all("bpmndi:BPMNShape") + root.all("bpmndi:BPMNEdge"))
          .compactMap { $0.attributes["bpmnElement"] })
      #expect(drawn == Set(ids))
    }
  }

  /// An element of a document, read by the library's own parser.
  final class Element {
    let name: String
    let attributes: [String: String]
    var children: [Element] = []

    init(_ name: String, _ attributes: [String: String]) {
      self.name = name
      self.attributes = attributes
    }

    func all(_ name: String) -> [Element] {
      (self.name == name ? [self] : []) + children.flatMap { $0.all(name) }
    }

    static func root(of text: String) throws -> Element {
      let reader = Reader()
      let parser = XMLParser(data: Data(text.utf8))
      parser.delegate = reader
      let isWhole = parser.parse()
      #expect(isWhole, "\(parser.parserError.map { "\($0)" } ?? "")")
      return try #require(reader.root)
    }
  }

  final class Reader: NSObject, XMLParserDelegate {
    var root: Element?
    private var open: [Element] = []

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
      qualifiedName: String?, attributes: [String: String]
    ) {
      let element = Element(name, attributes)
      open.last?.children.append(element)
      if root == nil { root = element }
      open.append(element)
    }

    func parser(
      _ parser: XMLParser, didEndElement name: String, namespaceURI: String?,
      qualifiedName: String?
    ) { open.removeLast() }
  }
}
