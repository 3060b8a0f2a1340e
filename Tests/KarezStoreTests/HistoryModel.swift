import KarezStore

/// What the store must do, as a table of days and commits; too simple to be wrong.
struct HistoryModel {
  /// Days 0 … 5; what holds on the last holds for ever.
  static let days = 6

  /// One import: content by id; nil ends the feature.
  struct Step {
    var mode: CommitMode
    var from: Int
    var until: Int?
    var contents: [String: Int?]
    /// With `versions`: rows with days of their own, which share none with others of their feature.
    var spans: [Span] = []
  }

  /// What a feature is from a day until another.
  struct Span {
    var id: String
    var from: Int
    var until: Int?
    var content: Int?
  }

  /// For each commit, from 0 on, what is known of each day.
  private(set) var known: [[[String: Int]]] = [
    Array(repeating: [:], count: HistoryModel.days)
  ]
  private var states: [Int] = []

  mutating func apply(_ step: Step) -> (inserted: Int, changed: Int, ended: Int) {
    if step.mode == .versions { return applySpans(step) }
    let before = known[known.count - 1]
    var after = before
    let later = states.filter { $0 > step.from }.min() ?? Self.days
    let end = min(step.until ?? Self.days, later)
    var ids = Set(step.contents.keys)
    if step.mode == .state {
      states.append(step.from)
      ids.formUnion(before[step.from..<end].flatMap(\.keys))
    }
    var counts = (inserted: 0, changed: 0, ended: 0)
    for id in ids {
      let isOpen = step.mode == .changes && step.until == nil
      let range = step.from..<(isOpen ? min(end, nextChange(of: id, after: step.from)) : end)
      let content = step.contents[id] ?? nil
      let wasThere = before[range].contains { $0[id] != nil }
      guard before[range].contains(where: { $0[id] != content }) else { continue }
      for day in range { after[day][id] = content }
      if content == nil {
        counts.ended += 1
      } else if wasThere {
        counts.changed += 1
      } else {
        counts.inserted += 1
      }
    }
    if after != before { known.append(after) }
    return counts
  }

  private mutating func applySpans(_ step: Step) -> (inserted: Int, changed: Int, ended: Int) {
    let before = known[known.count - 1]
    var after = before
    var inserted: Set<String> = []
    var changed: Set<String> = []
    var ended: Set<String> = []
    let whole = step.contents.map {
      Span(id: $0.key, from: step.from, until: step.until, content: $0.value)
    }
    for span in whole + step.spans {
      let days = span.from..<(span.until ?? Self.days)
      guard before[days].contains(where: { $0[span.id] != span.content }) else { continue }
      for day in days { after[day][span.id] = span.content }
      let wasThere = before[days].contains { $0[span.id] != nil }
      if span.content == nil {
        ended.insert(span.id)
      } else if wasThere {
        changed.insert(span.id)
      } else {
        inserted.insert(span.id)
      }
    }
    if after != before { known.append(after) }
    return (inserted.count, changed.subtracting(inserted).count, ended.count)
  }

  private func nextChange(of id: String, after day: Int) -> Int {
    let latest = known[known.count - 1]
    return (day + 1..<Self.days).first { latest[$0][id] != latest[$0 - 1][id] } ?? Self.days
  }
}
