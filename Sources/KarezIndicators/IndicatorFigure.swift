public import KarezCore
public import KarezRules

/// 取数: what a series says of a region and a year, and where that is from.
public struct SeriesReading: Hashable, Sendable {
  /// Where a figure is from, so that it can be opened.
  public enum Origin: Hashable, Sendable {
    /// Rows of a dataset as of two times; codes are those that were added up.
    case map(MapTally, validOn: LegalDate, recorded: CommitNumber, features: Int, codes: [String])
    case ledger(kind: String, validOn: LegalDate)
    /// What a steward brought.
    case external(source: String, steward: String, year: Int)
    /// Another indicator of the book.
    case indicator(String)
  }

  public let value: Quantity
  public let origin: Origin

  public init(_ value: Quantity, from origin: Origin) {
    self.value = value
    self.origin = origin
  }
}

/// 指标值: what an indicator comes to for a region and a year, with everything it rests on.
public struct IndicatorFigure: Hashable, Sendable {
  public struct Input: Hashable, Sendable {
    public let name: FactID
    /// Nil where it is missing.
    public let reading: SeriesReading?

    public init(name: FactID, reading: SeriesReading?) {
      self.name = name
      self.reading = reading
    }
  }

  /// Why there is no value.
  public enum Absence: Hashable, Sendable {
    case missing([FactID])
    /// Everything is there, but what it would be divided by is nothing.
    case noQuotient
  }

  public let indicator: String
  public let region: String
  public let year: Int
  public let value: Quantity?
  public let absence: Absence?
  public let inputs: [Input]

  public init(
    indicator: String, region: String, year: Int, value: Quantity?, absence: Absence?,
    inputs: [Input]
  ) {
    self.indicator = indicator
    self.region = region
    self.year = year
    self.value = value
    self.absence = absence
    self.inputs = inputs
  }
}

extension IndicatorBook {
  /// Figures of all definitions for a region and a year, in the order of the definitions.
  ///
  /// What is missing for one leaves the others alone; what rests on it names it.
  public func figures(
    region: String, year: Int, on day: LegalDate,
    reading: (SeriesDefinition) throws -> SeriesReading?
  ) rethrows -> [IndicatorFigure] {
    var readings: [FactID: SeriesReading] = [:]
    for definition in series { readings[definition.name] = try reading(definition) }
    var figures: [String: IndicatorFigure] = [:]
    for definition in inOrder {
      let figure = figure(of: definition, region, year, on: day, readings)
      figures[definition.id] = figure
      if let value = figure.value {
        readings[definition.name] = SeriesReading(value, from: .indicator(definition.id))
      }
    }
    return definitions.compactMap { figures[$0.id] }
  }

  private func figure(
    of definition: IndicatorDefinition, _ region: String, _ year: Int, on day: LegalDate,
    _ readings: [FactID: SeriesReading]
  ) -> IndicatorFigure {
    let facts = Facts(readings.mapValues { .quantity($0.value) })
    let found = vocabulary.calculate(definition.expression, given: facts, on: day)
    var value: Quantity?
    if case .quantity(let quantity) = found.value { value = quantity }
    return IndicatorFigure(
      indicator: definition.id, region: region, year: year, value: value,
      absence: value != nil ? nil : found.missing.isEmpty ? .noQuotient : .missing(found.missing),
      inputs: found.read.map { .init(name: $0, reading: readings[$0]) })
  }
}
