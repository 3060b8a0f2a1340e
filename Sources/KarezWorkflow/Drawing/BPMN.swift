public import KarezCore

/// BPMN 2.0 of a procedure, with its drawing, for other programs to show.
///
/// - Shape: a state is a task or an end event; a state that more than one step leaves has an
///   exclusive gateway behind it, a split and a join have parallel ones, a timer is a boundary
///   event. A step with effects is a service task. What ends every branch at once leads to a
///   terminating end.
/// - Source: OMG BPMN 2.0.2 (ISO/IEC 19510), Common Executable is not claimed.
public struct BPMN {
  private let definition: WorkflowDefinition
  private let layout: WorkflowLayout
  private let language: Language
  private var nodes: [String] = []
  private var shapes: [String] = []
  private var flows: [(id: String, name: String, from: String, to: String)] = []
  private var centres: [String: (x: Int, y: Int)] = [:]

  /// The document.
  public static func document(of definition: WorkflowDefinition, in language: Language) -> String {
    var writer = BPMN(definition, language)
    writer.addStates()
    for transition in definition.transitions { writer.add(transition) }
    return writer.text()
  }

  private init(_ definition: WorkflowDefinition, _ language: Language) {
    self.definition = definition
    self.language = language
    layout = WorkflowLayout(definition)
  }

  private static func name(_ id: String) -> String {
    String(id.map { $0.isLetter || $0.isNumber ? $0 : "_" })
  }

  private func stateID(_ id: String) -> String { "state_" + Self.name(id) }

  // MARK: Nodes

  private mutating func node(
    _ tag: String, _ id: String, _ name: String, _ inside: String = "", attributes: String = "",
    at centre: (x: Int, y: Int), size: (width: Int, height: Int)
  ) {
    let head = "<bpmn:\(tag) id=\"\(id)\" name=\"\(Markup.escaped(name))\"\(attributes)"
    nodes.append(inside.isEmpty ? head + "/>" : head + ">\(inside)</bpmn:\(tag)>")
    centres[id] = centre
    shapes.append(
      "<bpmndi:BPMNShape id=\"\(id)_shape\" bpmnElement=\"\(id)\">"
        + "<dc:Bounds x=\"\(centre.x - size.width / 2)\" y=\"\(centre.y - size.height / 2)\" "
        + "width=\"\(size.width)\" height=\"\(size.height)\"/></bpmndi:BPMNShape>")
  }

  private mutating func flow(_ from: String, _ to: String, _ name: String = "") {
    flows.append((id: "flow_\(flows.count + 1)", name: name, from: from, to: to))
  }

  /// Steps people or the program make from a state; timers leave it at its border.
  private func leaving(_ state: String) -> [Transition] {
    definition.transitions.filter { transition in
      if case .due = transition.trigger { return false }
      return transition.origin.states.contains(state)
    }
  }

  private mutating func addStates() {
    for state in definition.states {
      guard let box = layout.box(state.id) else { continue }
      let id = stateID(state.id)
      let name = state.title[language]
      if state.kind == .end {
        let isTerminating = definition.transitions.contains {
          $0.clears && $0.to.contains(state.id)
        }
        node(
          "endEvent", id, name,
          isTerminating ? "<bpmn:terminateEventDefinition id=\"\(id)_all\"/>" : "",
          at: box.middle, size: (36, 36))
        continue
      }
      let isManual = leaving(state.id).contains {
        if case .person = $0.trigger { true } else { false }
      }
      node(
        isManual ? "userTask" : "task", id, name, at: box.middle, size: (box.width, box.height))
      if state.kind == .begin {
        node(
          "startEvent", "start", definition.title[language],
          at: (box.x - 22, box.y - 18), size: (36, 36))
        flow("start", id)
      }
      guard leaving(state.id).count > 1 else { continue }
      let gateway = id + "_choice"
      node(
        "exclusiveGateway", gateway, "",
        at: (box.x + box.width + 24, box.middle.y), size: (30, 30))
      flow(id, gateway)
    }
  }

  // MARK: Steps

  /// Where the flow of a step leaves a state.
  private mutating func exit(_ state: String, _ transition: Transition) -> String {
    let id = stateID(state)
    guard case .due(let clock) = transition.trigger else {
      return leaving(state).count > 1 ? id + "_choice" : id
    }
    let timer = id + "_" + Self.name(transition.id)
    let declared = definition.clock(clock)
    let days = declared?.term.length ?? 0
    let title = declared?.term.title[language] ?? clock
    let centre = centres[id] ?? (0, 0)
    // Working days have no form in ISO 8601; the term says in which unit it is counted.
    let note = "\(days) \(declared?.term.unit.rawValue ?? "")"
    node(
      "boundaryEvent", timer, title,
      "<bpmn:documentation>\(Markup.escaped(note))</bpmn:documentation>"
        + "<bpmn:timerEventDefinition id=\"\(timer)_term\"><bpmn:timeDuration>P\(days)D"
        + "</bpmn:timeDuration></bpmn:timerEventDefinition>",
      attributes: " attachedToRef=\"\(id)\"", at: (centre.x, centre.y + 22), size: (28, 28))
    return timer
  }

  private mutating func add(_ transition: Transition) {
    let title = transition.title[language]
    let id = "step_" + Self.name(transition.id)
    let targets = transition.to.map(stateID)
    let isJoin: Bool =
      if case .all(let states) = transition.origin { states.count > 1 } else { false }
    var ends = transition.origin.states.map { exit($0, transition) }
    let middle = centre(of: ends, targets)
    if isJoin {
      node("parallelGateway", id + "_join", title, at: (middle.x - 24, middle.y), size: (30, 30))
      for end in ends { flow(end, id + "_join") }
      ends = [id + "_join"]
    }
    if !transition.effects.isEmpty {
      let what = transition.effects.map { "\($0.kind.rawValue): \($0.of)" }
        .joined(separator: "; ")
      node(
        "serviceTask", id, title,
        "<bpmn:documentation>\(Markup.escaped(what))</bpmn:documentation>", at: middle,
        size: (60, 28))
      for end in ends { flow(end, id, title) }
      ends = [id]
    }
    if targets.count > 1 {
      node("parallelGateway", id + "_split", title, at: (middle.x + 24, middle.y), size: (30, 30))
      for end in ends { flow(end, id + "_split", title) }
      ends = [id + "_split"]
    }
    for end in ends { for target in targets { flow(end, target, title) } }
  }

  private func centre(of first: [String], _ second: [String]) -> (x: Int, y: Int) {
    let points = (first + second).compactMap { centres[$0] }
    let count = max(1, points.count)
    return (points.reduce(0) { $0 + $1.x } / count, points.reduce(0) { $0 + $1.y } / count)
  }

  // MARK: Text

  private func text() -> String {
    let process = Self.name(definition.id)
    var lines = [
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
      "<bpmn:definitions xmlns:bpmn=\"http://www.omg.org/spec/BPMN/20100524/MODEL\" "
        + "xmlns:bpmndi=\"http://www.omg.org/spec/BPMN/20100524/DI\" "
        + "xmlns:dc=\"http://www.omg.org/spec/DD/20100524/DC\" "
        + "xmlns:di=\"http://www.omg.org/spec/DD/20100524/DI\" id=\"definitions\" "
        + "targetNamespace=\"urn:karez:\(Markup.escaped(definition.id))\">",
      "<bpmn:process id=\"\(process)\" name=\"\(Markup.escaped(definition.title[language]))\" "
        + "isExecutable=\"false\">",
    ]
    lines += nodes
    for flow in flows {
      let name = flow.name.isEmpty ? "" : " name=\"\(Markup.escaped(flow.name))\""
      lines.append(
        "<bpmn:sequenceFlow id=\"\(flow.id)\"\(name) sourceRef=\"\(flow.from)\" "
          + "targetRef=\"\(flow.to)\"/>")
    }
    lines.append("</bpmn:process>")
    lines.append("<bpmndi:BPMNDiagram id=\"diagram\">")
    lines.append("<bpmndi:BPMNPlane id=\"plane\" bpmnElement=\"\(process)\">")
    lines += shapes
    for flow in flows {
      guard let from = centres[flow.from], let to = centres[flow.to] else { continue }
      lines.append(
        "<bpmndi:BPMNEdge id=\"\(flow.id)_edge\" bpmnElement=\"\(flow.id)\">"
          + "<di:waypoint x=\"\(from.x)\" y=\"\(from.y)\"/>"
          + "<di:waypoint x=\"\(to.x)\" y=\"\(to.y)\"/></bpmndi:BPMNEdge>")
    }
    lines += ["</bpmndi:BPMNPlane>", "</bpmndi:BPMNDiagram>", "</bpmn:definitions>"]
    return lines.joined(separator: "\n") + "\n"
  }
}
