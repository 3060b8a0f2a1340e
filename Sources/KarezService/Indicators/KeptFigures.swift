public import KarezCore
public import KarezIndicators
import KarezRules
import KarezStore

/// 指标值记录: the figures of a region and a year, as they were computed at a commit.
public struct KeptFigures: Hashable, Sendable {
  static let kind = RecordKind.witnessed("indicator-figures")

  /// 锁定: why nothing is computed over it any more.
  public struct Lock: Hashable, Sendable {
    public let reason: String
    public let by: String
    public let at: String
  }

  public let region: String
  public let year: Int
  public let validOn: LegalDate
  public let recorded: CommitNumber
  public let computedAt: String
  public internal(set) var figures: [IndicatorFigure]
  public internal(set) var levels: [String: WarningLevel]
  public internal(set) var lock: Lock?

  static func key(_ year: Int, _ region: String) -> String { "\(year)/\(region)" }

  public func figure(_ indicator: String) -> IndicatorFigure? {
    figures.first { $0.indicator == indicator }
  }

  /// Without the figures that rest on a dataset, an attribute or accounts the reader does not have.
  func seen(by scope: Scope, of map: OneMap) async throws(Problem) -> KeptFigures {
    var reached: [DatasetID: Set<String>] = [:]
    for schema in try await map.schemas(in: scope) {
      reached[schema.id] = Set(schema.attributes.map(\.name))
    }
    var kept = self
    var hidden: Set<String> = []
    // What rests on a hidden figure is hidden with it, however long the chain.
    while true {
      let more = figures.filter { figure in
        !hidden.contains(figure.indicator)
          && figure.inputs.contains { input in
            switch input.reading?.origin {
            case .map(let tally, _, _, _, _):
              reached[tally.dataset].map { names in
                tally.attribute.map { !names.contains($0) } ?? false
              } ?? true
            case .indicator(let id): hidden.contains(id)
            case .ledger: !scope.readsLedgers
            case .external, nil: false
            }
          }
      }
      guard !more.isEmpty else { break }
      hidden.formUnion(more.map(\.indicator))
    }
    kept.figures = figures.filter { !hidden.contains($0.indicator) }
    kept.levels = levels.filter { !hidden.contains($0.key) }
    return kept
  }
}

extension KeptFigures {
  public var json: JSONValue {
    .object([
      "region": .string(region), "year": .integer(Int64(year)),
      "validOn": .string(validOn.description), "recorded": .integer(Int64(recorded.value)),
      "computedAt": .string(computedAt), "figures": .array(figures.map(Self.json)),
      "levels": .object(levels.mapValues { .string($0.name) }),
      "lock": lock.map {
        .object(["reason": .string($0.reason), "by": .string($0.by), "at": .string($0.at)])
      } ?? .null,
    ])
  }

  /// What `json` wrote; nil for anything else.
  init?(_ json: JSONValue) {
    guard let region = json["region"]?.string, let year = json["year"]?.integer,
      let day = json["validOn"]?.string.flatMap({ LegalDate($0) }),
      let recorded = json["recorded"]?.integer.flatMap({ CommitNumber(Int(clamping: $0)) }),
      let at = json["computedAt"]?.string, let figures = json["figures"]?.array
    else { return nil }
    self.region = region
    self.year = Int(clamping: year)
    validOn = day
    self.recorded = recorded
    computedAt = at
    self.figures = figures.compactMap { Self.figure($0, region, Int(clamping: year)) }
    guard self.figures.count == figures.count else { return nil }
    levels = [:]
    if case .object(let names)? = json["levels"] {
      levels = names.compactMapValues { $0.string.flatMap(WarningLevel.init(named:)) }
    }
    if let lock = json["lock"], let reason = lock["reason"]?.string, let by = lock["by"]?.string,
      let at = lock["at"]?.string
    {
      self.lock = Lock(reason: reason, by: by, at: at)
    }
  }

  private static func json(_ figure: IndicatorFigure) -> JSONValue {
    var absence = JSONValue.null
    switch figure.absence {
    case .missing(let names): absence = .object(["missing": .array(names.map { .string($0.text) })])
    case .noQuotient: absence = .object(["missing": .array([])])
    case nil: break
    }
    return .object([
      "indicator": .string(figure.indicator), "value": json(figure.value), "absence": absence,
      "inputs": .array(
        figure.inputs.map { input in
          .object([
            "name": .string(input.name.text), "value": json(input.reading?.value),
            "origin": input.reading.map { json($0.origin) } ?? .null,
          ])
        }),
    ])
  }

  private static func json(_ value: Quantity?) -> JSONValue {
    guard let value else { return .null }
    return .object([
      "dimension": .string(value.dimension.rawValue), "value": .number(value.value),
    ])
  }

  private static func quantity(_ json: JSONValue?) -> Quantity? {
    guard let name = json?["dimension"]?.string, let dimension = Dimension(rawValue: name),
      let value = json?["value"]?.double, value.isFinite,
      let unit = Unit.allCases.first(where: {
        $0.dimension == dimension && $0.inBaseUnits.numerator == $0.inBaseUnits.denominator
      })
    else { return nil }
    return Quantity(value, unit)
  }

  private static func json(_ origin: SeriesReading.Origin) -> JSONValue {
    switch origin {
    case .map(let tally, let day, let commit, let features, let codes):
      .object([
        "from": .string("map"), "dataset": .string(tally.dataset.text),
        "attribute": .optional(tally.attribute),
        "prefixes": .array(tally.prefixes.map(JSONValue.string)),
        "measure": .string(tally.measure.rawValue), "validOn": .string(day.description),
        "recorded": .integer(Int64(commit.value)), "features": .integer(Int64(features)),
        "codes": .array(codes.map(JSONValue.string)),
      ])
    case .ledger(let kind, let day):
      .object([
        "from": .string("ledger"), "kind": .string(kind), "validOn": .string(day.description),
      ])
    case .external(let source, let steward, let year):
      .object([
        "from": .string("external"), "source": .string(source), "steward": .string(steward),
        "year": .integer(Int64(year)),
      ])
    case .indicator(let id):
      .object(["from": .string("indicator"), "indicator": .string(id)])
    }
  }

  private static func figure(
    _ json: JSONValue, _ region: String, _ year: Int
  ) -> IndicatorFigure? {
    guard let indicator = json["indicator"]?.string, let inputs = json["inputs"]?.array else {
      return nil
    }
    let missing = json["absence"]?["missing"]?.array?.compactMap(\.string)
    return IndicatorFigure(
      indicator: indicator, region: region, year: year, value: quantity(json["value"]),
      absence: missing.map { $0.isEmpty ? .noQuotient : .missing($0.map { FactID($0) }) },
      inputs: inputs.compactMap { input in
        guard let name = input["name"]?.string else { return nil }
        let reading = quantity(input["value"]).flatMap { value in
          input["origin"].flatMap(origin).map { SeriesReading(value, from: $0) }
        }
        return .init(name: FactID(name), reading: reading)
      })
  }

  private static func origin(_ json: JSONValue) -> SeriesReading.Origin? {
    let day = json["validOn"]?.string.flatMap { LegalDate($0) }
    switch json["from"]?.string {
    case "map":
      guard let id = json["dataset"]?.string.flatMap({ DatasetID($0) }), let day,
        let measure = json["measure"]?.string.flatMap(MapTally.Measure.init),
        let commit = json["recorded"]?.integer.flatMap({ CommitNumber(Int(clamping: $0)) }),
        let features = json["features"]?.integer
      else { return nil }
      let tally = MapTally(
        dataset: id, attribute: json["attribute"]?.string,
        prefixes: json["prefixes"]?.array?.compactMap(\.string) ?? [], measure: measure)
      return .map(
        tally, validOn: day, recorded: commit, features: Int(clamping: features),
        codes: json["codes"]?.array?.compactMap(\.string) ?? [])
    case "ledger":
      guard let kind = json["kind"]?.string, let day else { return nil }
      return .ledger(kind: kind, validOn: day)
    case "external":
      guard let source = json["source"]?.string, let steward = json["steward"]?.string,
        let year = json["year"]?.integer
      else { return nil }
      return .external(source: source, steward: steward, year: Int(clamping: year))
    case "indicator":
      return json["indicator"]?.string.map { .indicator($0) }
    default: return nil
    }
  }
}
