import KarezCore

/// 融合: the polygons of a layer united by the values of its columns.
///
/// In a coverage the border of a group is what is left when every edge that two members share is
/// taken away; so nothing is intersected, and the areas of the groups are the areas of their
/// members. Where members overlap, or miss each other's vertices, that does not hold: such a group
/// is united by GEOS instead, and says so; vertices that were members' come back as they were.
///
/// - Accuracy: a group's area is its members' to 1e-9 of itself; held by `CoverageUnionTests`.
public struct CoverageUnion: Sendable {
  /// The members of one combination of values.
  public struct Group: Sendable {
    /// A value of each column.
    public let values: [String]
    public let members: Int
    /// In degrees of EPSG:4490.
    public let geometry: MultiPolygon
    /// Statutory square metres of the land the group covers.
    public let areaM2: Double
    /// The sum of its members' areas; more than the area where they overlap.
    public let membersAreaM2: Double
    /// Faults among its members; if there are any, GEOS united them.
    public let faults: Int
  }

  /// In the order of their values.
  public let groups: [Group]

  public var flawedGroups: [Group] { groups.filter { $0.faults > 0 } }

  /// Unites a layer's polygons by columns, which are numbers into its `columns`.
  ///
  /// - Errors: `LayerError` where the layer is damaged; `GeometryError` where GEOS failed to unite
  ///   a group with faults.
  public init(
    of layer: Layer, by columns: [Int], tasks: Int = 2,
    progress: (@Sendable (Int) -> Void)? = nil
  ) async throws {
    layer.readsThrough()
    let grouping = try CoverageGrouping(layer, by: columns)
    let faults = try await Self.faults(in: layer, grouping, tasks: tasks)
    // The longest first, each to the task with the least to do.
    var shares = [(load: Int, groups: [Int])](repeating: (0, []), count: max(1, tasks))
    for group in grouping.bySize {
      guard let least = shares.indices.min(by: { shares[$0].load < shares[$1].load }) else { break }
      shares[least].load += grouping.members(of: group).count
      shares[least].groups.append(group)
    }
    var found: [Int: Group] = [:]
    try await withThrowingTaskGroup(of: [(Int, Group)].self) { tasks in
      for share in shares {
        tasks.addTask {
          try share.groups.map { group in
            try Task.checkCancellation()
            let united = try Self.unite(group, of: grouping, in: layer, faults: faults[group])
            progress?(united.members)
            return (group, united)
          }
        }
      }
      for try await part in tasks {
        for (group, united) in part { found[group] = united }
      }
    }
    groups = grouping.values.indices.compactMap { found[$0] }
      .sorted { $0.values.lexicographicallyPrecedes($1.values) }
  }

  /// How many faults stand between members of each group.
  private static func faults(
    in layer: Layer, _ grouping: CoverageGrouping, tasks: Int
  ) async throws -> [Int] {
    let examination = try await CoverageExamination(of: layer, tasks: tasks)
    var faults = [Int](repeating: 0, count: grouping.values.count)
    for number in examination.unsound { faults[grouping.group(of: number)] += 1 }
    // A gap is land of no member, and rightly a hole of the group.
    for fault in examination.faults where fault.kind != .gap {
      let group = grouping.group(of: fault.features[0])
      if fault.features.dropFirst().contains(where: { grouping.group(of: $0) == group }) {
        faults[group] += 1
      }
    }
    return faults
  }

  /// Metres: what borders may miss each other by that are meant to be one.
  private static let grid = 1e-6

  /// What shapes cover together by GEOS, whatever their borders miss each other by up to a
  /// micrometre; vertices that were theirs come back as they were.
  public static func united(_ shapes: [MultiPolygon]) throws(GeometryError) -> MultiPolygon {
    let region = try PlaneRegion.union(of: shapes, isRepairing: true, grid: grid)
    return KnownPlaces(of: shapes).restored(region.multiPolygon())
  }

  private static func unite(
    _ group: Int, of grouping: CoverageGrouping, in layer: Layer, faults: Int
  ) throws -> Group {
    let members = grouping.members(of: group)
    let sum = members.reduce(0) { $0 + layer.areaM2(of: Int($1)) }
    if faults == 0, let geometry = try border(of: members, in: layer) {
      return Group(
        values: grouping.values[group], members: members.count, geometry: geometry.polygons,
        areaM2: geometry.areaM2, membersAreaM2: sum, faults: 0)
    }
    let shapes = try members.map { try layer.geometry(of: Int($0)) }
    let geometry = try united(shapes)
    return Group(
      values: grouping.values[group], members: members.count, geometry: geometry,
      areaM2: geometry.statutoryArea().squareMetres, membersAreaM2: sum, faults: max(1, faults))
  }

  /// What members of a coverage cover, or nil where their edges do not bound it properly.
  private static func border(
    of members: ArraySlice<Int32>, in layer: Layer
  ) throws -> (polygons: MultiPolygon, areaM2: Double)? {
    let matching = EdgeMatching(layer, bits: members.count < 64 ? 7 : 12)
    for member in members { try matching.add(Int(member)) }
    let (starts, ends) = try matching.remainingEdges()
    let assembly = RegionAssembly(starts: starts, ends: ends)
    let unit = PlaneFrame.statutory.unitArea / 2
    guard !assembly.isBroken, assembly.looseRings.isEmpty,
      assembly.rings.allSatisfy({ $0.doubled.magnitude * unit > PairKernel.residue })
    else { return nil }
    return (
      MultiPolygon(assembly.faces.map(assembly.polygon)),
      assembly.faces.reduce(0) { $0 + assembly.doubledArea(of: $1) } * unit
    )
  }
}

/// Which polygons of a layer belong together.
struct CoverageGrouping: Sendable {
  /// The values of each group.
  private(set) var values: [[String]] = []
  private var groupOf: [Int32] = []
  private var order: [Int32] = []
  private var firsts: [Int] = []

  init(_ layer: Layer, by columns: [Int]) throws(LayerError) {
    var known: [[Int]: Int32] = [:]
    groupOf.reserveCapacity(layer.count)
    var counts: [Int] = []
    for number in 0..<layer.count {
      let codes = try columns.map { column throws(LayerError) in
        try layer.code(of: number, column: column)
      }
      let group: Int32
      if let found = known[codes] {
        group = found
      } else {
        group = Int32(truncatingIfNeeded: values.count)
        known[codes] = group
        values.append(zip(columns, codes).map { layer.columns[$0].values[$1] })
        counts.append(0)
      }
      groupOf.append(group)
      counts[Int(group)] += 1
    }
    firsts = counts.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) }
    var next = firsts
    order = Array(repeating: 0, count: layer.count)
    for number in 0..<layer.count {
      let group = Int(groupOf[number])
      order[next[group]] = Int32(truncatingIfNeeded: number)
      next[group] += 1
    }
  }

  func group(of number: Int) -> Int { Int(groupOf[number]) }

  /// The members in the layer's order.
  func members(of group: Int) -> ArraySlice<Int32> { order[firsts[group]..<firsts[group + 1]] }

  /// Groups, those with the most members first.
  var bySize: [Int] {
    values.indices.sorted { members(of: $0).count > members(of: $1).count }
  }
}
