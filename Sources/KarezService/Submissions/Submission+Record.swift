public import KarezCore
import KarezGeometry
import KarezStore

extension Submission {
  /// - Errors: `StoreError.corrupt` for a record that is none of a submission.
  init(_ record: PlatformRecord) throws(StoreError) {
    let body = record.body
    guard let state = State(rawValue: record.state), let dataset = body["dataset"]?.string,
      let submittedAt = body["submittedAt"]?.string,
      let mode = body["mode"]?.string.flatMap({ CommitMode(rawValue: $0) }),
      let validFrom = body["validFrom"]?.string.flatMap({ LegalDate($0) }),
      let reason = body["reason"]?.string, let source = body["source"].flatMap(Source.init),
      let ceiling = body["ceiling"]?.string.flatMap({ Classification(rawValue: $0) }),
      let senders = body["senders"]?.texts, let round = body["round"]?.integer
    else { throw .corrupt(what: "submission \(record.key)") }
    self.init(
      id: record.key, dataset: dataset, state: state, submitter: record.owner ?? "",
      submittedAt: submittedAt, mode: mode, validFrom: validFrom,
      validUntil: body["validUntil"]?.string.flatMap { LegalDate($0) }, reason: reason,
      crs: body["crs"]?.string, layer: body["layer"]?.string, ending: body["ending"]?.string,
      source: source, regions: body["regions"]?.texts, ceiling: ceiling, senders: senders,
      round: Int(clamping: round), verdict: body["verdict"].flatMap(Verdict.init),
      signature: body["signature"].flatMap(Signature.init),
      receipt: body["receipt"].flatMap(CommitReceipt.init),
      problem: body["problem"].flatMap { $0 == .null ? nil : $0 }, due: record.due,
      record: record)
  }

  /// The change that records the submission as it is now.
  var change: RecordChange {
    let body = JSONValue.object([
      "dataset": .string(dataset), "submittedAt": .string(submittedAt),
      "mode": .string(mode.rawValue), "validFrom": .string(validFrom.description),
      "validUntil": .optional(validUntil?.description), "reason": .string(reason),
      "crs": .optional(crs), "layer": .optional(layer), "ending": .optional(ending),
      "source": source.json, "regions": regions.map(JSONValue.texts) ?? .null,
      "ceiling": .string(ceiling.rawValue), "senders": .texts(senders),
      "round": .integer(Int64(round)), "verdict": verdict?.json ?? .null,
      "signature": signature?.json ?? .null, "receipt": receipt?.json ?? .null,
      "problem": problem ?? .null,
    ])
    guard let record else {
      return .write(
        PlatformRecord(
          kind: Self.kind, key: id, state: state.rawValue, due: due, owner: submitter, body: body))
    }
    return .write(
      record.next(state: state.rawValue, due: due, owner: submitter, body: body))
  }

  /// What every log entry about it says.
  func said(_ more: [String: JSONValue] = [:]) -> [String: JSONValue] {
    let own: [String: JSONValue] = [
      "submission": .string(id), "dataset": .string(dataset), "round": .integer(Int64(round)),
      "sourceSM3": .string(source.sm3),
    ]
    return own.merging(more) { $1 }
  }

  /// What `karez submissions --json` and the API say of it.
  public var json: JSONValue {
    .object([
      "id": .string(id), "dataset": .string(dataset), "state": .string(state.rawValue),
      "submitter": .string(submitter), "submittedAt": .string(submittedAt),
      "mode": .string(mode.submitted), "validFrom": .string(validFrom.description),
      "validUntil": .optional(validUntil?.description), "reason": .string(reason),
      "source": .string(source.name), "sourceSM3": .string(source.sm3),
      "round": .integer(Int64(round)), "due": .optional(due),
      "verdict": verdict?.json ?? .null, "signature": signature?.json ?? .null,
      "receipt": receipt?.json ?? .null, "problem": problem ?? .null,
    ])
  }
}

extension Submission.Source {
  var json: JSONValue {
    .object(["name": .string(name), "sm3": .string(sm3), "file": .string(file)])
  }

  init?(_ json: JSONValue) {
    guard let name = json["name"]?.string, let sm3 = json["sm3"]?.string,
      let file = json["file"]?.string
    else { return nil }
    self.init(name: name, sm3: sm3, file: file)
  }
}

extension Submission.Verdict {
  var json: JSONValue {
    .object([
      "sm3": .string(sm3), "examined": .integer(Int64(examined)),
      "counts": .object(counts.mapValues { .integer(Int64($0)) }), "blocking": .texts(blocking),
      "base": .integer(Int64(base.value)),
      "ground": .array(
        ground.map { .array([$0.minX, $0.minY, $0.maxX, $0.maxY].map(JSONValue.number)) }),
      "rivals": .array(rivals.map(\.json)),
    ])
  }

  init?(_ json: JSONValue) {
    guard let sm3 = json["sm3"]?.string, let examined = json["examined"]?.integer,
      case .object(let members)? = json["counts"], let blocking = json["blocking"]?.texts,
      let base = json["base"]?.integer.flatMap({ CommitNumber(Int(clamping: $0)) })
    else { return nil }
    self.init(
      sm3: sm3, examined: Int(clamping: examined),
      counts: members.compactMapValues { $0.integer.map { Int(clamping: $0) } },
      blocking: blocking, base: base,
      ground: (json["ground"]?.array ?? []).compactMap(BoundingBox.init),
      rivals: (json["rivals"]?.array ?? []).compactMap(Rival.init))
  }
}

extension BoundingBox {
  /// West, south, east, north as a list of numbers.
  fileprivate init?(_ json: JSONValue) {
    guard let edges = json.array?.compactMap(\.double), edges.count == 4 else { return nil }
    self.init(minX: edges[0], minY: edges[1], maxX: edges[2], maxY: edges[3])
  }
}

extension Submission.Signature {
  var json: JSONValue {
    .object(["by": .string(by), "at": .string(at), "report": .string(report)])
  }

  init?(_ json: JSONValue) {
    guard let by = json["by"]?.string, let at = json["at"]?.string,
      let report = json["report"]?.string
    else { return nil }
    self.init(by: by, at: at, report: report)
  }
}

extension CommitReceipt {
  var json: JSONValue {
    .object([
      "commit": commit.map { .integer(Int64($0.value)) } ?? .null,
      "inserted": .integer(Int64(inserted)), "changed": .integer(Int64(changed)),
      "ended": .integer(Int64(ended)),
    ])
  }

  init?(_ json: JSONValue) {
    guard let inserted = json["inserted"]?.integer, let changed = json["changed"]?.integer,
      let ended = json["ended"]?.integer
    else { return nil }
    self.init(
      commit: json["commit"]?.integer.flatMap { CommitNumber(Int(clamping: $0)) },
      inserted: Int(clamping: inserted), changed: Int(clamping: changed),
      ended: Int(clamping: ended))
  }
}
