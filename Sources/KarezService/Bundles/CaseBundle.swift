public import KarezCore
public import KarezCrypto
import KarezPacks
import KarezRules
import KarezStore
import KarezWorkflow

/// 办件封存: a case with its events, its files, the law it was decided by, and the check it rests on.
///
/// - Shape: beside the parts of an answer's bundle, where the case has one: `case/events.json`, the
///   events in order; `case/state.json`, what they came to on the day of sealing; `case/files/…`,
///   every file the events name, under its digest.
enum CaseBundle {
  static let kind = "case"
  static let eventsName = "case/events.json"
  static let stateName = "case/state.json"
  static let filesName = "case/files/"

  /// What the events of a case come to, with the last day of every clock.
  static func state(
    _ events: [CaseEvent], by packs: PackLibrary, on day: LegalDate, at number: String
  ) throws(Problem) -> JSONValue {
    let state = try Cases.state(events, number)
    let opening = state.opening
    let version = state.procedureVersion
    guard let definition = packs.procedure(opening.procedure, version: version) else {
      throw Cases.procedureUnknown("\(opening.procedure) \(version)")
    }
    guard let calendar = packs.calendar else { throw Cases.noCalendar }
    let workflow = Workflow(definition, by: calendar)
    let view: CaseView
    do throws(CalendarError) {
      view = try CaseView(state, events, workflow, as: [], on: max(day, state.lastDay))
    } catch { throw CaseWording.problem(.calendar(error), at: number) }
    let facts = state.facts.map { ($0.key.text, JSONValue.string("\($0.value)")) }
    return .object([
      "on": .string(day.description), "view": view.json,
      "marking": .array(state.marking.sorted().map(JSONValue.string)),
      "facts": .object(Dictionary(uniqueKeysWithValues: facts)),
    ])
  }

  /// Steps that the procedure of the time does not let a case make, one line each.
  static func impossibleSteps(_ events: [CaseEvent], by packs: PackLibrary) -> [String] {
    guard let first = events.first, var state = try? CaseState([first]) else {
      return ["\(eventsName): no case"]
    }
    var lines: [String] = []
    for event in events.dropFirst() {
      if case .moved(let id, let took, let put) = event.fact {
        let definition = packs.procedure(
          state.opening.procedure, version: state.procedureVersion)
        let step = definition?.transition(id)
        let isOwn = step?.taken(from: state.marking)?.sorted() == took && step?.to == put
        if !isOwn { lines.append("\(eventsName)[\(event.position - 1)]: \(id)") }
      }
      guard (try? state.apply(event)) != nil else {
        return lines + ["\(eventsName)[\(event.position - 1)]: \(event.fact.kind)"]
      }
    }
    return lines
  }

  /// Digests of every file the events name.
  static func files(_ events: [CaseEvent]) -> [String] {
    var digests: [String] = []
    for event in events {
      switch event.fact {
      case .documentAttached(let document): digests += document.files
      case .letterWritten(let mark): digests += [mark.sm3, mark.draft]
      case .effectDone(_, let result): digests += result["sm3"]?.string.map { [$0] } ?? []
      default: break
      }
    }
    return Set(digests).sorted()
  }
}

extension OneMap {
  /// A bundle of a case as it is now, after it was replayed and came out the same.
  ///
  /// - Errors: `Problem` of kind conflict where the check's packs are no longer installed, or the
  ///   case does not come out the same.
  public func seal(
    case number: String, by signer: any Signer, for principal: Principal
  ) async throws(Problem) -> SealedBundle {
    guard let known = try await cases.whole(number, for: principal) else {
      throw Cases.unknown(number)
    }
    try await cases.noteRead(of: ["bundle"], in: number, by: principal)
    var parts: [String: [UInt8]] = [:]
    if let id = known.state.run(of: .complianceCheck)?.result?["answer"]?.string {
      let answer = try await keptAnswer(id: id, in: principal.scope)
      guard try await mayTakeBundle(of: answer, principal) else { throw .bundleOutOfScope }
      parts = try await bundleParts(ofAnswer: id)
    } else {
      parts = try packFiles()
    }
    let day = max(try cases.now().day, known.state.lastDay)
    let events = JSONValue.array(known.events.map(\.json))
    parts[CaseBundle.eventsName] = Array(events.canonicalText.utf8)
    let state = try CaseBundle.state(known.events, by: packs, on: day, at: number)
    parts[CaseBundle.stateName] = Array(state.canonicalText.utf8)
    for sm3 in CaseBundle.files(known.events) {
      guard let bytes = cases.content(sm3) else {
        throw .store(.corrupt(what: "case file \(sm3)"))
      }
      parts[CaseBundle.filesName + sm3] = bytes
    }
    guard parts.values.reduce(0, { $0 + $1.count }) < BundleArchive.mostBytes / 2 else {
      throw .bundle(.tooLarge, at: number)
    }
    let head = SealedBundle.Head(
      kind: CaseBundle.kind, subject: number, sealedAt: clock.now().description,
      engine: Engine.version)
    let bundle: SealedBundle
    do throws(CryptoError) { bundle = try .sealed(head, parts, by: signer) } catch {
      throw .crypto(error)
    }
    let replayed = try await BundleReplay(bundle: bundle).outcome()
    if let difference = replayed.differences.first { throw .notReproduced(number, difference) }
    try await asked { store throws(StoreError) in
      try await store.record(
        kind: "case-sealed",
        body: .object([
          "case": .string(number), "sm3": .string(SM3.digest(bundle.bytes()).description),
          "version": .integer(Int64(known.state.version)), "key": .string(bundle.signature.key),
        ]), by: principal.actor)
    }
    return bundle
  }
}

extension BundleReplay {
  /// What differs where the case's events are folded and judged again; one line each.
  func caseDifferences(by packs: PackLibrary) throws(Problem) -> [String] {
    guard let list = json(CaseBundle.eventsName)?.array,
      let kept = json(CaseBundle.stateName),
      let day = kept["on"]?.string.flatMap({ LegalDate($0) })
    else { throw .bundle(.altered(part: CaseBundle.eventsName), at: "") }
    let events = list.compactMap { CaseEvent($0) }
    guard events.count == list.count else {
      return ["\(CaseBundle.eventsName): \(list.count - events.count) are no events"]
    }
    var lines = CaseBundle.impossibleSteps(events, by: packs)
    for sm3 in CaseBundle.files(events) {
      let bytes = bundle.parts[CaseBundle.filesName + sm3]
      if bytes.map({ SM3.digest($0).description }) != sm3 {
        lines.append(CaseBundle.filesName + sm3)
      }
    }
    do throws(Problem) {
      let again = try CaseBundle.state(events, by: packs, on: day, at: bundle.head.subject)
      lines += Self.differences(from: kept.canonicalText, to: again.canonicalText)
    } catch {
      lines.append("\(CaseBundle.stateName): \(error.line(in: .en))")
    }
    return lines
  }
}
