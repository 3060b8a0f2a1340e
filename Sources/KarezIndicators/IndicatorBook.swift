import KarezCore
public import KarezRules

/// Why definitions of indicators are refused; each says which one.
public enum IndicatorFault: Error, Hashable, Sendable {
  case nameTwice(String)
  /// 循环引用: the names of the loop, in order.
  case loop([String])
  case expression(ExpressionError, in: String)
  /// The formula gives another dimension than the indicator's unit has.
  case unitDiffers(found: FactType, unit: String, in: String)
}

/// 指标体系: definitions whose formulas were checked against their series and one another.
///
/// - Shape: every name exists, every formula gives the dimension of its unit, and no formula rests
///   on itself.
public struct IndicatorBook: Sendable {
  public let definitions: [IndicatorDefinition]
  public let series: [SeriesDefinition]
  /// The definitions, each after those its formula names.
  public let inOrder: [IndicatorDefinition]
  let vocabulary: Vocabulary
  private let byID: [String: IndicatorDefinition]
  private let byName: [FactID: IndicatorDefinition]
  private let seriesByName: [FactID: SeriesDefinition]

  public init(
    definitions: [IndicatorDefinition], series: [SeriesDefinition]
  ) throws(IndicatorFault) {
    self.definitions = definitions
    self.series = series
    var seen: Set<FactID> = []
    for name in series.map(\.name) + definitions.map(\.name) where !seen.insert(name).inserted {
      throw .nameTwice(name.text)
    }
    byID = Dictionary(definitions.map { ($0.id, $0) }) { first, _ in first }
    byName = Dictionary(definitions.map { ($0.name, $0) }) { first, _ in first }
    seriesByName = Dictionary(series.map { ($0.name, $0) }) { first, _ in first }
    let facts =
      series.map { ($0.name, $0.title, $0.unit) }
      + definitions.map { ($0.name, $0.title, $0.unit) }
    vocabulary = Vocabulary(
      facts: facts.map {
        FactDeclaration(
          id: $0.0, title: $0.1, type: .quantity($0.2.dimension), source: .attribute)
      },
      functions: IndicatorFunctions.all)
    for definition in definitions { try Self.check(definition, vocabulary) }
    inOrder = try Self.ordered(definitions, byName)
  }

  public func definition(_ id: String) -> IndicatorDefinition? { byID[id] }
  public func definition(named name: FactID) -> IndicatorDefinition? { byName[name] }
  public func series(_ name: FactID) -> SeriesDefinition? { seriesByName[name] }

  /// The series an indicator rests on, through whatever other indicators.
  public func series(under definition: IndicatorDefinition) -> [SeriesDefinition] {
    var found: [SeriesDefinition] = []
    var waiting = [definition]
    while let next = waiting.popLast() {
      for name in next.expression.facts {
        if let own = seriesByName[name], !found.contains(own) { found.append(own) }
        if let other = byName[name] { waiting.append(other) }
      }
    }
    return found
  }

  private static func check(
    _ definition: IndicatorDefinition, _ vocabulary: Vocabulary
  ) throws(IndicatorFault) {
    let found: FactType
    do throws(ExpressionError) {
      found = try vocabulary.type(of: definition.expression)
    } catch {
      throw .expression(error, in: definition.id)
    }
    guard found == .quantity(definition.unit.dimension) else {
      throw .unitDiffers(found: found, unit: definition.unit.text, in: definition.id)
    }
  }

  private static func ordered(
    _ definitions: [IndicatorDefinition], _ byName: [FactID: IndicatorDefinition]
  ) throws(IndicatorFault) -> [IndicatorDefinition] {
    var done: [IndicatorDefinition] = []
    var known: Set<FactID> = []
    for definition in definitions where !known.contains(definition.name) {
      // Depth first with a path of its own, so that a long chain cannot exhaust the stack.
      var path: [(definition: IndicatorDefinition, left: [FactID])] = [
        (definition, definition.expression.facts)
      ]
      while let top = path.last {
        var left = top.left
        guard let name = left.popLast() else {
          path.removeLast()
          if known.insert(top.definition.name).inserted { done.append(top.definition) }
          continue
        }
        path[path.count - 1].left = left
        guard !known.contains(name), let next = byName[name] else { continue }
        if let start = path.firstIndex(where: { $0.definition.name == name }) {
          throw .loop(path[start...].map(\.definition.id) + [next.id])
        }
        path.append((next, next.expression.facts))
      }
    }
    return done
  }
}

/// Functions that formulas of indicators may call beside the language's own.
enum IndicatorFunctions {
  static let all =
    [Dimension.area, .count, .money, .mass, .volume, .length].map(share)
    + [perHead, perYuan, intensityFall]

  /// `area_share(part, whole)` and its like: how many per cent the part is of the whole.
  private static func share(of dimension: Dimension) -> NativeFunction {
    NativeFunction(
      name: dimension.rawValue + "_share",
      parameters: [.quantity(dimension), .quantity(dimension)], result: .quantity(.share)
    ) { values in
      quotient(values, times: 100, .percent)
    }
  }

  /// `area_per_head(land, people)`: square metres for each of what is counted.
  private static let perHead = NativeFunction(
    name: "area_per_head", parameters: [.quantity(.area), .quantity(.count)],
    result: .quantity(.area)
  ) { values in
    quotient(values, times: 1, .squareMetre)
  }

  /// `area_per_100m_yuan(land, product)`: land for a hundred million yuan.
  private static let perYuan = NativeFunction(
    name: "area_per_100m_yuan", parameters: [.quantity(.area), .quantity(.money)],
    result: .quantity(.area)
  ) { values in
    quotient(values, times: 100_000_000, .squareMetre)
  }

  /// `intensity_fall(land, product, land_then, product_then)`: by how many per cent the land used
  /// for a unit of product has fallen.
  ///
  /// - Source: 单位GDP建设用地下降率, (1 − (U_t/GDP_t)/(U_0/GDP_0)) × 100 %, GDP at constant prices.
  private static let intensityFall = NativeFunction(
    name: "intensity_fall",
    parameters: [.quantity(.area), .quantity(.money), .quantity(.area), .quantity(.money)],
    result: .quantity(.share)
  ) { values in
    let numbers = numbers(values)
    guard numbers.count == 4, numbers.allSatisfy({ $0 > 0 }) else { return nil }
    let fall = 1 - numbers[0] / numbers[1] / (numbers[2] / numbers[3])
    return .quantity(Quantity(fall * 100, .percent))
  }

  private static func numbers(_ values: [FactValue]) -> [Double] {
    values.compactMap { value in
      guard case .quantity(let quantity) = value else { return nil }
      return quantity.value
    }
  }

  private static func quotient(
    _ values: [FactValue], times factor: Double, _ unit: Unit
  ) -> FactValue? {
    let numbers = numbers(values)
    guard numbers.count == 2, numbers[1] != 0 else { return nil }
    return .quantity(Quantity(numbers[0] / numbers[1] * factor, unit))
  }
}
