import Foundation
public import KarezCore
import KarezGeometry

/// `bench coverage` and `bench union`: a layer file examined, or united by attributes; the library
/// alone, nothing read and nothing drawn, so that it can be set beside other engines.
public struct CoverageBenchmark: Sendable {
  let layer: Layer
  let path: String

  /// - Errors: a file that is not a layer.
  public init(layerAt path: String) throws(Problem) {
    self.path = path
    do throws(LayerError) {
      layer = try Layer(at: path)
    } catch {
      throw .layer(error, of: path)
    }
  }

  /// Looks for faults; `output` gets the ids of the features of every fault, one a line.
  public func examine(writing output: String?) async throws(Problem) -> CheckBenchmark.Figures {
    let before = ResourceUse.now()
    do {
      let examination = try await CoverageExamination(of: layer)
      let after = ResourceUse.now()
      var result: [String: JSONValue] = ["polygons": .integer(Int64(examination.examined))]
      for kind in CoverageFault.Kind.allCases {
        let count = examination.faults.count { $0.kind == kind }
        result[kind.rawValue] = .integer(Int64(count))
      }
      if let output {
        let numbers = Set(examination.faults.flatMap(\.features)).sorted()
        let ids = try numbers.map { try layer.id(of: $0) }
        try OutputFile.write("id\n" + ids.map { $0 + "\n" }.joined(), to: output)
      }
      return Self.figures("coverage", before, after, result)
    } catch {
      throw problem(error)
    }
  }

  /// Unites by attributes; `output` gets a line a group: values, area in square degrees, vertices.
  public func unite(
    by attributes: [String], writing output: String?
  ) async throws(Problem) -> CheckBenchmark.Figures {
    let columns = attributes.compactMap { layer.column(named: $0) }
    guard columns.count == attributes.count, !columns.isEmpty else {
      throw Wording(
        "attribute-unknown", "没有字段 \(attributes.joined(separator: ", "))",
        "there is no attribute \(attributes.joined(separator: ", "))",
        do: "可选：\(layer.columns.map(\.name).joined(separator: ", "))",
        "choose from \(layer.columns.map(\.name).joined(separator: ", "))"
      ).problem(.usage, at: path)
    }
    let before = ResourceUse.now()
    do {
      let groups = try await CoverageUnion(of: layer, by: columns).groups
      let after = ResourceUse.now()
      if let output {
        let heads = attributes.joined(separator: ",")
        let rows = groups.map { group in
          let values = group.values.joined(separator: ",")
          let area = group.geometry.planarArea().squareMetres
          return "\(values),\(area),\(group.geometry.vertexCount)\n"
        }
        try OutputFile.write("\(heads),area,points\n" + rows.joined(), to: output)
      }
      let flawed = groups.count { $0.faults > 0 }
      return Self.figures(
        "union", before, after,
        ["groups": .integer(Int64(groups.count)), "flawed": .integer(Int64(flawed))])
    } catch {
      throw problem(error)
    }
  }

  private func problem(_ error: any Error) -> Problem {
    switch error {
    case let error as LayerError: .layer(error, of: path)
    default: .from(error, file: path)
    }
  }

  private static func figures(
    _ job: String, _ before: ResourceUse, _ after: ResourceUse, _ result: [String: JSONValue]
  ) -> CheckBenchmark.Figures {
    func rounded(_ value: Double) -> JSONValue { .number((value * 1000).rounded() / 1000) }
    return CheckBenchmark.Figures(
      json: .object([
        "job": .string(job),
        "wallS": rounded(after.wallSeconds - before.wallSeconds),
        "cpuS": rounded(after.cpuSeconds - before.cpuSeconds),
        "peakMB": rounded(after.peakMegabytes),
        "result": .object(result),
      ]))
  }
}
