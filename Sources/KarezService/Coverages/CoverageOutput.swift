import Foundation
public import KarezCore
import KarezGeometry

/// `karez dissolve` and `karez simplify`: a polygon layer made into another one, as GeoJSON.
public struct CoverageOutput: Sendable {
  /// What was written.
  public struct Summary: Sendable {
    public let json: JSONValue
    fileprivate let zh: [String]
    fileprivate let en: [String]

    public func lines(in language: Language) -> [String] { language == .en ? en : zh }
  }

  /// How much a border may give up at a vertex.
  public enum Tolerance: Sendable {
    case squareMetres(Double)
    case metres(Double)
  }

  let source: LayerSource

  public init(source: LayerSource) { self.source = source }

  /// Unites the polygons that have the same values, and writes one feature a combination.
  ///
  /// A group with overlaps among its members covers less than their sum; the summary names it.
  public func dissolve(
    _ argument: LayerArgument, by attributes: [String], to path: String,
    progress: @escaping @Sendable (Int) -> Void
  ) async throws(Problem) -> Summary {
    let layer = try await layer(argument, columns: attributes, progress: progress)
    let groups: [CoverageUnion.Group]
    do {
      let columns = try attributes.map { name throws(Problem) in
        guard let column = layer.column(named: name) else {
          let known = layer.columns.map(\.name).joined(separator: ", ")
          throw Wording.attributeUnknown(name, known: known).problem(.usage, at: argument.text)
        }
        return column
      }
      groups = try await CoverageUnion(of: layer, by: columns).groups
    } catch let problem as Problem {
      throw problem
    } catch let error as LayerError {
      throw .layer(error, of: argument.text)
    } catch {
      throw Problem.from(error, file: argument.text)
    }
    let features = groups.map { group in
      var properties = Dictionary(
        zip(attributes, group.values.map(Self.value))
      ) { first, _ in first }
      properties["members"] = .integer(Int64(group.members))
      properties["areaM2"] = .string(Self.area(group.areaM2))
      properties["faults"] = .integer(Int64(group.faults))
      return Self.feature(group.geometry, properties, id: nil)
    }
    try Self.write(features, to: path)
    return Self.summary(of: groups, layer.count)
  }

  private static func summary(of groups: [CoverageUnion.Group], _ count: Int) -> Summary {
    let flawed = groups.filter { $0.faults > 0 }
    let area = area(groups.reduce(0) { $0 + $1.areaM2 })
    var zh = ["图斑 \(count) 个融合为 \(groups.count) 组，\(area) m²"]
    var en = ["\(count) polygons united to \(groups.count) groups, \(area) m²"]
    for group in flawed {
      let name = group.values.map { $0 == "\u{0}" ? "-" : $0 }.joined(separator: ", ")
      let overlap = Self.area(group.membersAreaM2 - group.areaM2)
      zh.append("! \(name)：组内问题 \(group.faults) 处，成员面积之和多出 \(overlap) m²；用 karez coverage 查看")
      en.append(
        "! \(name): \(group.faults) faults among members, which sum to \(overlap) m² more; "
          + "see karez coverage")
    }
    return Summary(
      json: .object([
        "polygons": .integer(Int64(count)), "areaM2": .string(area),
        "groups": .array(
          groups.map { group in
            .object([
              "values": .array(group.values.map(value)),
              "members": .integer(Int64(group.members)), "areaM2": .string(Self.area(group.areaM2)),
              "membersAreaM2": .string(Self.area(group.membersAreaM2)),
              "faults": .integer(Int64(group.faults)),
            ])
          }),
      ]), zh: zh, en: en)
  }

  /// Writes the layer with fewer vertices, neighbours still fitting.
  ///
  /// - Errors: `Problem` of kind refused for a layer with overlaps or mismatches.
  public func simplify(
    _ argument: LayerArgument, tolerance: Tolerance, to path: String,
    progress: @escaping @Sendable (Int) -> Void
  ) async throws(Problem) -> Summary {
    let layer = try await layer(argument, columns: [], progress: progress)
    let limit: CoverageSimplification.Tolerance =
      switch tolerance {
      case .metres(let distance): .metres(distance)
      case .squareMetres(let area): .squareMetres(area)
      }
    let simplification: CoverageSimplification
    var features: [JSONValue] = []
    do {
      simplification = try await CoverageSimplification(of: layer, tolerance: limit)
      for number in 0..<layer.count {
        features.append(
          Self.feature(
            try simplification.geometry(of: number), [:], id: try layer.id(of: number)))
      }
    } catch CoverageError.notACoverage(let faults) {
      throw .coverageFaulty(faults, at: argument.text)
    } catch let error as LayerError {
      throw .layer(error, of: argument.text)
    } catch {
      throw Problem.from(error, file: argument.text)
    }
    try Self.write(features, to: path)
    let (whole, left) = (simplification.vertexCount, simplification.remainingCount)
    return Summary(
      json: .object([
        "polygons": .integer(Int64(layer.count)), "vertices": .integer(Int64(whole)),
        "remaining": .integer(Int64(left)),
      ]), zh: ["图斑 \(layer.count) 个，节点由 \(whole) 减为 \(left)"],
      en: ["\(layer.count) polygons, \(whole) vertices reduced to \(left)"])
  }

  private func layer(
    _ argument: LayerArgument, columns: [String], progress: @escaping @Sendable (Int) -> Void
  ) async throws(Problem) -> Layer {
    let found = try await source.layers(argument, columns: columns, progress: progress)
    do {
      return try Layer.merging(
        found.selections, columns: columns,
        spoolingIn: FileManager.default.temporaryDirectory.path)
    } catch {
      throw .layer(error, of: argument.text)
    }
  }

  /// A value of a group; null for what is not stated, a zero character in a dataset's layer.
  private static func value(_ text: String) -> JSONValue {
    text == "\u{0}" ? .null : .string(text)
  }

  private static func area(_ area: Double) -> String { DecimalText.fixed(area, decimals: 6) }

  private static func feature(
    _ geometry: MultiPolygon, _ properties: [String: JSONValue], id: String?
  ) -> JSONValue {
    var members: [String: JSONValue] = [
      "type": .string("Feature"), "geometry": geometry.geoJSON,
      "properties": .object(properties),
    ]
    if let id { members["id"] = .string(id) }
    return .object(members)
  }

  /// Feature by feature, so that the text of all is never a value in memory besides.
  private static func write(_ features: [JSONValue], to path: String) throws(Problem) {
    var text = "{\"type\":\"FeatureCollection\",\"features\":["
    for (index, feature) in features.enumerated() {
      if index > 0 { text += "," }
      text += "\n" + feature.canonicalText
    }
    try OutputFile.write(text + "\n]}\n", to: path)
  }
}

extension Problem {
  static func coverageFaulty(_ faults: Int, at place: String) -> Problem {
    Wording(
      "coverage-faulty", "图层有重叠或节点不一致 \(faults) 处，不能保持拓扑地化简",
      "the layer has \(faults) overlaps or mismatches, and cannot be simplified keeping its topology",
      do: "先用 karez coverage 查出并改正", "find and mend them with karez coverage"
    ).problem(at: place)
  }
}
