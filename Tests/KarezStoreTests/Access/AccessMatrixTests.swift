import Foundation
import KarezCore
import TestSupport
import Testing

@testable import KarezStore

/// 访问矩阵: every call of the port × every dataset × scopes of every clause, on every engine; and
/// the proof that the matrix would notice a clause that is forgotten somewhere.
@Suite struct AccessMatrixTests {
  /// `KAREZ_MATRIX=long` asks for every scope there is.
  static let isLong = ProcessInfo.processInfo.environment["KAREZ_MATRIX"] == "long"

  static let regions: [[String]?] = [
    nil, ["653101"], ["65312"], ["6531"], [], ["653101", "653122"], ["65310%"], ["9"],
  ]
  static let withheld: [Set<String>] = [[], ["grade", "owner"], ["land-internal/grade"]]

  /// Every scope that clauses make of one another, or those with one or two clauses besides levels.
  static let scopes: [Scope] = {
    var scopes: Set<Scope> = []
    for ceiling in Classification.allCases {
      for zone in NetworkZone.allCases {
        for attributes in Classification.allCases {
          for names in withheld {
            for prefixes in regions {
              let special = [
                zone != .classified, attributes < ceiling, !names.isEmpty, prefixes != nil,
              ].count { $0 }
              guard isLong || special <= 1 else { continue }
              scopes.insert(
                Scope(
                  ceiling: ceiling, regionPrefixes: prefixes, zone: zone,
                  attributeCeiling: attributes, withheld: names))
            }
          }
        }
      }
    }
    return scopes.sorted { "\($0)" < "\($1)" }
  }()

  static func prepared(_ store: any OneMapStore) async throws -> RelationalStore {
    try await AccessModel.prepare(store)
    for (place, scope) in AccessCell.answerScopes.enumerated() {
      try await store.keepAnswer(
        id: "answer-\(place)", digest: "sm3:\(place)", json: "{}", by: .operator, in: scope)
    }
    for region in AccessModel.counties {
      try await store.post(try AccessCell.ledgerOrder(region))
    }
    return try #require(store as? RelationalStore)
  }

  static func cells(of call: PortCall) -> [AccessCell] {
    // What neither names a dataset nor differs between them is asked once.
    let levels = call.isOfDatasets ? AccessModel.levels : [Classification.public]
    return scopes.flatMap { scope in
      levels.map { AccessCell(call: call, level: $0, scope: scope) }
    }
  }

  /// Cells that show something else than they have to.
  static func faults(
    _ store: RelationalStore, _ call: PortCall, stopping: Bool = false
  ) async throws -> (cells: Int, faults: [String]) {
    var faults: [String] = []
    let cells = cells(of: call)
    for cell in cells {
      let (seen, wanted) = (try await cell.observed(store), try cell.expected())
      guard seen != wanted else { continue }
      faults.append("\(call) \(cell.level) \(cell.scope.clauses): \(seen) ≠ \(wanted)")
      if stopping { break }
    }
    return (cells.count, faults)
  }

  @Test(arguments: StoreEngine.all)
  func `every cell shows what the scope reaches and nothing else`(
    engine: StoreEngine
  ) async throws {
    try await engine.withStore { store in
      let store = try await Self.prepared(store)
      var count = 0
      for call in PortCall.allCases {
        let (cells, faults) = try await Self.faults(store, call)
        count += cells
        #expect(faults.isEmpty, "\(faults.count): \(faults.prefix(3).joined(separator: "\n"))")
      }
      print("access matrix, \(engine.testDescription): \(count) cells of the port")
      #expect(count > 1_000)
      #expect(try await store.verifyLog { _ in }.faults == [])
    }
  }

  @Test func `a clause forgotten in any call is noticed`() async throws {
    try await StoreEngine(kind: .embedded).withStore { store in
      let store = try await Self.prepared(store)
      var all = 0
      var missed: [String] = []
      var mutants = PortCall.allCases.flatMap { call in
        AccessMutant.allCases.filter { $0.concerns(call) }.map { (call, $0) }
      }
      // The short form takes a third of them, another third of each call's than of the next one's.
      if !Self.isLong {
        mutants = mutants.enumerated().filter { $0.offset.isMultiple(of: 3) }.map(\.element)
      }
      for (call, mutant) in mutants {
        all += 1
        let weakened = store.under(
          AccessRule { asked, scope in asked == call ? mutant.applied(to: scope) : scope })
        if try await Self.faults(weakened, call, stopping: true).faults.isEmpty {
          missed.append("\(call) \(mutant)")
        }
      }
      let caught = all - missed.count
      print("access mutants: \(caught) of \(all) caught; missed: \(missed)")
      #expect(all > (Self.isLong ? 120 : 40))
      #expect(Double(caught) >= 0.95 * Double(all), "\(missed)")
    }
  }

  @Test func `every call of the port is in the matrix or says why not`() throws {
    let file = Places.repository.appending(path: "Sources/KarezStore/OneMapStore.swift")
    let text = try String(contentsOf: file, encoding: .utf8)
    let port = try #require(text.split(separator: "public protocol OneMapStore").last)
    let named = Set(port.matches(of: /\n  func (\w+)\(/).map { String($0.1) })
    #expect(named.count > 20)
    #expect(
      named == Set(PortCall.allCases.map(\.rawValue)).union(PortCall.unscoped.keys),
      "a call that is new belongs in PortCall, and in the matrix")
  }

  @Test func `a zone caps every scope, and keeps definitions it shows nobody`() async throws {
    try await StoreEngine(kind: .embedded).withStore { store in
      let store = try await Self.prepared(store).within(.internal)
      let shown = try await store.schemas(in: .all).map(\.id.text)
      #expect(shown.contains("land-restricted") && !shown.contains("land-confidential"))
      try await store.define(AccessModel.schema(.confidential), by: .operator, in: .all)
    }
  }
}

/// 变异: one way in which a scope could be compiled wrongly.
enum AccessMutant: CaseIterable {
  case datasetsDropped, datasetsRaised, datasetsLowered
  case zoneDropped, zoneWidened
  case attributesDropped, attributesRaised, withheldDropped, withheldForgotten
  case regionsDropped, regionsWidened, regionsEmptied

  /// Whether it could change anything of what a call answers.
  func concerns(_ call: PortCall) -> Bool {
    let clauses: Set<PortCall.Clause> =
      switch self {
      case .datasetsDropped, .datasetsRaised, .datasetsLowered: [.level, .ceiling]
      case .zoneDropped, .zoneWidened: [.level]
      case .attributesDropped, .attributesRaised, .withheldDropped, .withheldForgotten:
        [.attributes]
      case .regionsDropped: [.regions, .bounds]
      case .regionsWidened, .regionsEmptied: [.regions]
      }
    return !call.clauses.isDisjoint(with: clauses)
  }

  func applied(to scope: Scope) -> Scope { Scope(scope.clauses.compactMap(changed)) }

  private func changed(_ clause: ScopeClause) -> ScopeClause? {
    switch (self, clause) {
    case (.datasetsDropped, .datasets), (.zoneDropped, .zone), (.attributesDropped, .attributes),
      (.withheldDropped, .withheld), (.regionsDropped, .regions):
      nil
    case (.datasetsRaised, .datasets(let level)): .datasets(upTo: Self.level(level, 1))
    case (.datasetsLowered, .datasets(let level)): .datasets(upTo: Self.level(level, -1))
    case (.zoneWidened, .zone(.public)): .zone(.internal)
    case (.zoneWidened, .zone): .zone(.classified)
    case (.attributesRaised, .attributes(let level)): .attributes(upTo: Self.level(level, 1))
    case (.withheldForgotten, .withheld(let names)): .withheld(Set(names.sorted().dropFirst()))
    case (.regionsWidened, .regions(let prefixes)): .regions(prefixes.map { String($0.dropLast()) })
    case (.regionsEmptied, .regions): .regions([])
    default: clause
    }
  }

  private static func level(_ level: Classification, _ step: Int) -> Classification {
    let all = Classification.allCases
    let place = (all.firstIndex(of: level) ?? 0) + step
    return all[min(max(place, 0), all.count - 1)]
  }
}
