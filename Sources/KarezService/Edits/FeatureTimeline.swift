import KarezCore
import KarezGeometry
import KarezStore

/// All that was ever recorded of one feature.
struct FeatureTimeline {
  let id: String
  let versions: [RecordedVersion]

  /// What is recorded at a commit, by day.
  func recorded(at commit: CommitNumber?) -> [RecordedVersion] {
    versions.filter { commit.map($0.isRecorded) ?? ($0.recordedUntil == nil) }
      .sorted { $0.version.validity.from < $1.version.validity.from }
  }

  /// The last commit that wrote or superseded any of it.
  var changedBy: CommitNumber {
    versions.reduce(.none) { max($0, $1.version.recordedFrom, $1.recordedUntil ?? .none) }
  }

  func conflict(after commit: CommitNumber) -> EditConflict? {
    guard changedBy > commit else { return nil }
    let box = recorded(at: nil).last?.version.feature.geometry?.boundingBox
    return EditConflict(
      id: id, changedBy: changedBy,
      place: box.map { [$0.minX, $0.minY, $0.maxX, $0.maxY] })
  }

  /// Adds rows that make the feature what it was at a commit, on all days.
  func restore(_ commit: CommitNumber, in edit: inout FeatureEdit) {
    let then = recorded(at: commit)
    for version in then { edit.add(version.version.feature, version.version.validity) }
    for days in Self.days(
      of: recorded(at: nil).map(\.version.validity), without: then.map(\.version.validity))
    {
      edit.end(id, days)
    }
  }

  /// The days of some validities that none of others has; those of one feature share no day.
  static func days(of validities: [Validity], without others: [Validity]) -> [Validity] {
    var rest = validities
    for other in others {
      rest = rest.flatMap { days -> [Validity] in
        guard days.overlaps(other) else { return [days] }
        let before = days.from < other.from ? Validity(from: days.from, until: other.from) : nil
        let after = other.until.flatMap { until in
          days.until.map { until < $0 } ?? true ? Validity(from: until, until: days.until) : nil
        }
        return [before, after].compactMap(\.self)
      }
    }
    return rest
  }
}
