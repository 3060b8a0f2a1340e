public import KarezCore
import KarezGeometry
import KarezStore

/// 同一地块的另一份汇交件: one that is on its way into the same dataset and may meet this one.
public struct Rival: Hashable, Sendable {
  public let id: String
  public let submitter: String
  public let state: Submission.State
  /// West, south, east, north of where the two meet, in degrees.
  public let place: [Double]

  public var json: JSONValue {
    .object([
      "submission": .string(id), "submitter": .string(submitter),
      "state": .string(state.rawValue), "place": .array(place.map(JSONValue.number)),
    ])
  }

  init(_ id: String, by submitter: String, in state: Submission.State, at box: BoundingBox) {
    self.id = id
    self.submitter = submitter
    self.state = state
    place = [box.minX, box.minY, box.maxX, box.maxY]
  }

  init?(_ json: JSONValue) {
    guard let id = json["submission"]?.string, let submitter = json["submitter"]?.string,
      let state = json["state"]?.string.flatMap({ Submission.State(rawValue: $0) }),
      let place = json["place"]?.array?.compactMap(\.double), place.count == 4
    else { return nil }
    self.id = id
    self.submitter = submitter
    self.state = state
    self.place = place
  }

  /// `76.0000000, 39.0000000 – 76.0100000, 39.0100000`.
  static func text(of place: [Double]) -> String {
    let texts = place.map { DecimalText.fixed($0, decimals: 7) }
    guard texts.count == 4 else { return "" }
    return "\(texts[0]), \(texts[1]) – \(texts[2]), \(texts[3])"
  }

  public func line(in language: Language) -> String {
    let box = Self.text(of: place)
    let remedy = "the second of them to be committed has to be examined again"
    return language == .en
      ? "submission \(id) by \(submitter) is \(state.rawValue) for the same ground (\(box)); \(remedy)"
      : "汇交件 \(id)（\(submitter)，\(state.rawValue)）涉及同一地块（\(box)）；后提交的一份须重新质检"
  }
}

extension Submissions {
  /// Submissions of the dataset that are not over and whose ground meets some boxes.
  func rivals(
    of submission: Submission, on ground: [BoundingBox]
  ) async throws(Problem) -> [Rival] {
    let open: [Submission.State] = [.toSign, .signed]
    let query = RecordQuery(
      Submission.kind, states: open.map(\.rawValue), order: .keyDescending)
    return try await list(query, 1_000).compactMap { other -> Rival? in
      guard other.id != submission.id, other.dataset == submission.dataset,
        submission.bounds.covers(other.regions), let theirs = other.verdict?.ground,
        let place = Self.meeting(ground, theirs)
      else { return nil }
      return Rival(other.id, by: other.submitter, in: other.state, at: place)
    }
  }

  /// Why a submission may not be recorded on what its gate saw: another commit came since.
  ///
  /// It names the last commit, the submission it came by, and where the two meet.
  func staleness(of submission: Submission) async throws(Problem) -> Problem? {
    guard let verdict = submission.verdict else { return nil }
    let dataset = try OneMap.dataset(named: submission.dataset)
    let later = try await map.asked { store throws(StoreError) in
      try await store.commits(of: dataset, in: .all).filter { $0.commit > verdict.base }
    }
    guard let last = later.max(by: { $0.commit < $1.commit }) else { return nil }
    var meeting: (other: Submission, place: BoundingBox)?
    for record in later.reversed() {
      guard let id = record.caseNumber, let other = try await find(id),
        submission.bounds.covers(other.regions),
        let place = Self.meeting(verdict.ground, other.verdict?.ground ?? [])
      else { continue }
      meeting = (other, place)
      break
    }
    return Self.stale(submission, last, after: verdict.base, meeting)
  }

  private static func stale(
    _ submission: Submission, _ last: CommitRecord, after base: CommitNumber,
    _ meeting: (other: Submission, place: BoundingBox)?
  ) -> Problem {
    let who = "\(last.actor.id), \(last.recordedAt)"
    var zh = "质检后第 \(last.commit) 次提交（\(who)）已改变该数据集，本件依据的是第 \(base) 次"
    var en =
      "commit \(last.commit) (\(who)) changed the dataset after the gate had looked at \(base)"
    if let meeting {
      let box = meeting.place
      let place = Rival.text(of: [box.minX, box.minY, box.maxX, box.maxY])
      zh += "；汇交件 \(meeting.other.id) 涉及同一地块（\(place)）"
      en += "; submission \(meeting.other.id) is of the same ground (\(place))"
    }
    return Wording(
      "commit-conflict", zh, en, do: "重新质检，阅读新报告后再签发",
      "have it examined again, read the new report, then sign"
    ).problem(
      .conflict, at: submission.id,
      position: meeting.map { [$0.place.minX, $0.place.minY] })
  }

  /// What two grounds have in common, as one box; nil where none of their boxes meet.
  static func meeting(_ one: [BoundingBox], _ other: [BoundingBox]) -> BoundingBox? {
    var common: BoundingBox?
    for left in one {
      for right in other where left.meets(right) {
        let piece = BoundingBox(
          minX: max(left.minX, right.minX), minY: max(left.minY, right.minY),
          maxX: min(left.maxX, right.maxX), maxY: min(left.maxY, right.maxY))
        common = common?.union(piece) ?? piece
      }
    }
    return common
  }
}
