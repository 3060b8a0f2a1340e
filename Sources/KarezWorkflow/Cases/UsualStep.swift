extension WorkflowDefinition {
  /// 通常的下一步: of steps that may be made, the one from which the fewest steps lead to what is
  /// mostly applied for, the outcome the procedure names first; nil where none leads there.
  ///
  /// Sending back, refusing and withdrawing lead away from it, so none of them is ever the usual one
  /// while another may be made. Conditions and documents are not looked at.
  public func usualStep(of steps: [String], from marking: Set<String>) -> String? {
    guard let wanted = service?.outcomes.first?.states else { return nil }
    let goal = Set(wanted)
    var best: (step: String, distance: Int)?
    for id in steps {
      guard let after = transition(id)?.marking(after: marking),
        let distance = distance(from: after, to: goal)
      else { continue }
      if best.map({ distance < $0.distance }) ?? true { best = (id, distance) }
    }
    return best?.step
  }

  /// Steps from a marking to one that holds a state of the goal; nil where none does.
  private func distance(from begin: Set<String>, to goal: Set<String>) -> Int? {
    var seen: Set<Set<String>> = [begin]
    var ring = [begin]
    var steps = 0
    while !ring.isEmpty, seen.count <= WorkflowCheck.markingsMax {
      if ring.contains(where: { !$0.isDisjoint(with: goal) }) { return steps }
      var next: [Set<String>] = []
      for marking in ring {
        for transition in transitions {
          guard let after = transition.marking(after: marking), seen.insert(after).inserted
          else { continue }
          next.append(after)
        }
      }
      ring = next
      steps += 1
    }
    return nil
  }
}
