import KarezCore
import KarezPacks
import KarezRules
import KarezStore
import KarezWorkflow

/// 代办: acting in a case for somebody who is away.
extension Cases {
  /// What whoever acts may act as: by their own offices, or by those of the absent they name.
  ///
  /// Nobody acts in one case in two names: who gave the opinion in their own does not decide on it
  /// in another's, nor the other way round.
  func roles(
    for order: Order, in known: Loaded, _ workflow: Workflow, by principal: Principal
  ) async throws(Problem) -> Set<String> {
    let number = known.state.opening.number
    let needed = workflow.definition.roles
    let hats = Self.hats(of: principal.actor.id, in: known.events)
    guard Self.mayAct(as: order.deputyFor, after: hats) else {
      throw Deputies.otherHat(at: number)
    }
    var roles = self.roles(of: principal)
    if let absent = order.deputyFor {
      let opening = known.state.opening
      let share = try await map.deputies.shares(of: principal).first {
        $0.absent == absent && $0.covers(opening.procedure, in: opening.region)
      }
      guard let share else { throw Deputies.none(for: absent, at: number) }
      roles = share.roles
    }
    guard !roles.isDisjoint(with: needed) else {
      throw CaseWording.problem(.wrongRole(needed: needed.sorted()), at: number)
    }
    return roles
  }

  /// Whoever is at the machine acts alone until there is an account that could act beside them.
  func isAlone(_ principal: Principal) async throws(Problem) -> Bool {
    guard principal == .operator else { return false }
    return try await map.accounts.isEmpty()
  }

  /// Steps that decide, and what is signed, are the person's own; a program prepares them.
  static func requirePerson(
    _ act: CaseOrder.Act, _ definition: WorkflowDefinition, _ principal: Principal
  ) throws(Problem) {
    let isPersonal =
      switch act {
      case .make(let step): definition.transition(step).map(definition.decides) ?? false
      case .attach(let document): document.id == definition.letter?.document
      default: false
      }
    if isPersonal { try principal.requireInPerson() }
  }

  /// Refuses documents the procedure does not ask for.
  static func requireKnown(
    _ documents: [String], of definition: WorkflowDefinition, at place: String
  ) throws(Problem) {
    for id in documents where !definition.documents.contains(where: { $0.id == id }) {
      throw CaseWording.problem(.documentUnknown(id), at: place)
    }
  }

  /// In whose names somebody acted in a case; nil among them for their own.
  static func hats(of actor: String, in events: [CaseEvent]) -> Set<String?> {
    Set(events.filter { $0.actor == actor }.map(\.deputyFor))
  }

  static func mayAct(as absent: String?, after hats: Set<String?>) -> Bool {
    let all = hats.union([absent])
    return all.count == 1
  }
}

extension CaseOrder.Act {
  /// The step, or what else was done, as records tell of it.
  var name: String {
    switch self {
    case .attach(let document): "attach:" + document.id
    case .review(let document, _, _): "review:" + document
    case .make(let transition): "make:" + transition
    case .pause(let reason): "pause:" + reason
    case .resume(let reason): "resume:" + reason
    case .extend(let clock, _): "extend:" + clock
    case .settle: "settle"
    case .retry(let order): "retry:" + String(order)
    case .write(let mark): "write:" + mark.step
    case .tick: "tick"
    case .establish: "establish"
    }
  }
}
