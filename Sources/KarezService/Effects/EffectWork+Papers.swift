import KarezCore
import KarezCrypto
import KarezRules
import KarezStore
import KarezWorkflow

extension EffectWork {
  // MARK: 证照

  static let certificateKind = RecordKind.witnessed("certificate")
  /// The last number of each series.
  static let seriesKind = RecordKind.witnessed("certificate-series")

  /// A certificate under the next number of its series; number and event are recorded together,
  /// so no number is left out and none is given twice.
  func certificate(
    _ form: CertificateForm, _ values: CaseValues
  ) async throws(Problem) -> EffectOutcome {
    guard let press = map.press else { throw Self.noPress }
    let beginning = form.numbering.beginning(region: values.county, year: run.on.year)
    let series = try await map.asked { store throws(StoreError) in
      try await store.record(Self.seriesKind, beginning)
    }
    let serial = Int(clamping: (series?.body["last"]?.integer ?? 0)) + 1
    let number = form.numbering.number(
      region: values.county, year: run.on.year, serial: serial)
    guard let number else { throw Cases.numbersUsedUp(beginning) }
    var filled = values
    filled.certificate = number
    let lines = form.lines.compactMap { line in
      filled.text(line.value).map { CaseSheet.Line(label: line.label.zh, value: $0) }
    }
    let words = filled.text(form.certifies)
    let certified = JSONValue.object([
      "number": .string(number), "case": .string(self.number), "words": .string(words),
      "lines": .array(lines.map { .array([.string($0.label), .string($0.value)]) }),
      "boundary": .optional(known.state.boundary?.sm3),
    ])
    let sm3 = SM3.digest(certified.canonicalText).description
    let sheet = CaseSheet(
      title: form.title.zh, number: number, lines: lines, paragraphs: [words],
      boundary: try known.state.boundary.map { mark throws(Problem) in
        try map.cases.boundary(mark)
      },
      code: "karez:certificate:\(number):sm3:\(sm3)", day: run.on)
    let kept = try map.cases.keep(try await press.pdf(of: sheet, on: map), named: "c.pdf")
    let next = JSONValue.object(["last": .integer(Int64(serial))])
    let counter =
      series?.next(state: "open", due: nil, owner: nil, body: next)
      ?? PlatformRecord(kind: Self.seriesKind, key: beginning, state: "open", body: next)
    let certificate = PlatformRecord(
      kind: Self.certificateKind, key: number, state: "issued",
      body: .object([
        "case": .string(self.number), "order": .integer(Int64(run.position)),
        "certified": certified, "sm3": .string(kept.sm3),
      ]))
    var outcome = EffectOutcome.done([
      "number": .string(number), "sm3": .string(kept.sm3),
      "bytes": .integer(Int64(kept.bytes)), "certified": .string(sm3),
    ])
    outcome.changes = [.write(counter), .write(certificate)]
    return outcome
  }

  static let noPress = Wording(
    "printer-missing", "此处不能打印证照", "certificates cannot be printed here",
    do: "由 karez serve 或 karez jobs run 办理", "let karez serve or karez jobs run do it"
  ).problem(.unavailable, at: "")

  // MARK: 通知

  /// A notice in the outbox; it leaves the store as files and no other way.
  func notice(_ form: NoticeForm, _ values: CaseValues) -> EffectOutcome {
    let body = JSONValue.object([
      "case": .string(number), "of": .string(run.effect.of),
      "to": .string(known.state.opening.applicant), "on": .string(run.on.description),
      "title": form.title.json,
      "text": .object(
        Dictionary(
          uniqueKeysWithValues: Language.allCases.map {
            ($0.rawValue, .string(values.text(form.text, in: $0)))
          })),
    ])
    let notice = CaseOutbox.Notice(key: key, body: body)
    var outcome = EffectOutcome.done(["notice": .string(key)])
    outcome.changes = [
      notice.change(owner: known.state.opening.applicant),
      CaseOutboxHandler.job(for: notice, at: map.clock.now()).change,
    ]
    return outcome
  }

  // MARK: 子办件

  /// A case of another procedure about the same land, with the documents both know.
  func openSubCase() async throws(Problem) -> EffectOutcome {
    let opened = try await map.cases.openBeside(known, run.effect.of, key: key, on: run.on)
    return .done(["case": .string(opened)])
  }
}
