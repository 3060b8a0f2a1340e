public import KarezCore

/// 流量矩阵: what land of each class became, between two states of a dataset.
///
/// Amounts are whole tenths of a thousandth of a square metre, so that rows and columns close to
/// the last digit: every total is the sum of the cells it stands for.
public struct FlowMatrix: Sendable {
  public let dataset: String
  public let from: LegalDate
  public let until: LegalDate
  public let attribute: String
  /// Land that no polygon of the other state covers.
  public static let uncovered = "-"

  private static let unitsPerSquareMetre = 10_000.0

  private struct Cell: Hashable {
    let from: String
    let to: String
  }

  private var sums: [Cell: Double] = [:]
  private var changes: [String: Double] = [:]
  /// Polygons that one state has and the other has not.
  public internal(set) var changed = 0
  public internal(set) var unchanged = 0

  init(dataset: String, from: LegalDate, until: LegalDate, attribute: String) {
    self.dataset = dataset
    self.from = from
    self.until = until
    self.attribute = attribute
  }

  mutating func add(_ areaM2: Double, from: String, to: String) {
    sums[Cell(from: from, to: to), default: 0] += areaM2
  }

  /// Adds what changed polygons of the earlier state have in changed ones of the later.
  mutating func addChange(_ areaM2: Double, from: String, to: String) {
    add(areaM2, from: from, to: to)
    changes[to, default: 0] += areaM2
  }

  /// How much of a class came from changed polygons.
  func changedInto(_ name: String) -> Double { changes[name] ?? 0 }

  /// Cells in the order of their classes, each with its units.
  private var cells: [(cell: Cell, units: Int64)] {
    sums.map { ($0, Int64(($1 * Self.unitsPerSquareMetre).rounded())) }
      .filter { $0.1 != 0 }
      .sorted { ($0.0.from, $0.0.to) < ($1.0.from, $1.0.to) }
      .map { (cell: $0.0, units: $0.1) }
  }

  private static func text(_ units: Int64) -> String {
    DecimalText.fixed(Double(units) / unitsPerSquareMetre, decimals: 4)
  }

  private func totals(_ name: (Cell) -> String) -> [(name: String, units: Int64)] {
    var totals: [String: Int64] = [:]
    for (cell, units) in cells { totals[name(cell), default: 0] += units }
    return totals.sorted { $0.key < $1.key }.map { (name: $0.key, units: $0.value) }
  }

  public var json: JSONValue {
    func list(_ totals: [(name: String, units: Int64)]) -> JSONValue {
      .array(
        totals.map { total in
          .object([
            "value": .string(total.name), "areaM2": .string(Self.text(total.units)),
          ])
        })
    }
    return .object([
      "dataset": .string(dataset), "from": .string(from.description),
      "to": .string(until.description), "by": .string(attribute),
      "changed": .integer(Int64(changed)), "unchanged": .integer(Int64(unchanged)),
      "cells": .array(
        cells.map { cell, units in
          .object([
            "from": .string(cell.from), "to": .string(cell.to),
            "areaM2": .string(Self.text(units)),
          ])
        }),
      "fromTotals": list(totals(\.from)), "toTotals": list(totals(\.to)),
    ])
  }

  /// The matrix as a table of tabs: classes of the earlier state down, of the later across.
  public func lines(in language: Language) -> [String] {
    let columns = totals(\.to).map(\.name)
    let sum = language == .en ? "sum" : "合计"
    var lines = [([""] + columns + [sum]).joined(separator: "\t")]
    let byCell = Dictionary(uniqueKeysWithValues: cells.map { ($0.cell, $0.units) })
    for row in totals(\.from) {
      let entries = columns.map { to in
        byCell[Cell(from: row.name, to: to)].map(Self.text) ?? ""
      }
      lines.append(([row.name] + entries + [Self.text(row.units)]).joined(separator: "\t"))
    }
    let bottom = totals(\.to)
    let all = bottom.reduce(0) { $0 + $1.units }
    lines.append(
      ([sum] + bottom.map { Self.text($0.units) } + [Self.text(all)]).joined(separator: "\t"))
    return lines
  }
}
