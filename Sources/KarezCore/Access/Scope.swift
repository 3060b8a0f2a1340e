/// 安全区: which network an installation stands in; it caps what anyone there may reach.
public enum NetworkZone: String, CaseIterable, Hashable, Sendable {
  case `public`
  case `internal`
  case classified

  /// The highest level that may be kept or shown in the zone.
  public var ceiling: Classification {
    switch self {
    case .public: .public
    case .internal: .restricted
    case .classified: .confidential
    }
  }
}

/// 可见条件: one thing a scope holds its reader to.
///
/// A scope is its clauses: one that is not there holds to nothing, which is how tests show that
/// each of them is needed.
public enum ScopeClause: Hashable, Sendable {
  /// Datasets up to a level.
  case datasets(upTo: Classification)
  /// Attributes up to a level.
  case attributes(upTo: Classification)
  /// Attributes that are not for this reader whatever their level: `owner` of any dataset,
  /// `parcels/owner` of one.
  case withheld(Set<String>)
  /// Beginnings of the administrative codes of rows.
  case regions([String])
  case zone(NetworkZone)
}

/// 可见范围: what an actor may reach; compiled into every query below the store's port.
///
/// A dataset above `ceiling` does not exist for the reader: it is neither listed nor counted, and
/// asking for it by name gives the same answer as asking for one that was never made. An
/// attribute out of scope has no column, and a row of another region was never recorded.
public struct Scope: Hashable, Sendable {
  public let ceiling: Classification
  /// Prefixes of administrative codes the reader may see; nil means every region.
  public let regionPrefixes: [String]?
  public let zone: NetworkZone
  /// Of attributes; never above what datasets are reached up to.
  public let attributeCeiling: Classification
  public let withheld: Set<String>

  public init(
    ceiling: Classification, regionPrefixes: [String]? = nil, zone: NetworkZone = .classified,
    attributeCeiling: Classification? = nil, withheld: Set<String> = []
  ) {
    self.ceiling = ceiling
    self.regionPrefixes = regionPrefixes
    self.zone = zone
    self.attributeCeiling = min(attributeCeiling ?? ceiling, ceiling)
    self.withheld = withheld
  }

  /// Everything; what the operator at the machine has.
  public static let all = Scope(ceiling: .confidential)

  // MARK: Clauses

  public var clauses: [ScopeClause] {
    [.datasets(upTo: ceiling), .attributes(upTo: attributeCeiling), .zone(zone)]
      + (withheld.isEmpty ? [] : [.withheld(withheld)])
      + (regionPrefixes.map { [.regions($0)] } ?? [])
  }

  /// The scope of some clauses; several of one sort hold all at once, none hold to nothing.
  public init(_ clauses: [ScopeClause]) {
    var datasets = Classification.confidential
    var attributes = Classification.confidential
    var zone = NetworkZone.classified
    var withheld: Set<String> = []
    var regions: [String]?
    for clause in clauses {
      switch clause {
      case .datasets(let level): datasets = min(datasets, level)
      case .attributes(let level): attributes = min(attributes, level)
      case .withheld(let names): withheld.formUnion(names)
      case .regions(let prefixes): regions = Self.common(regions, prefixes)
      case .zone(let other): zone = zone.ceiling <= other.ceiling ? zone : other
      }
    }
    self.init(
      ceiling: datasets, regionPrefixes: regions, zone: zone, attributeCeiling: attributes,
      withheld: withheld)
  }

  /// The same, held to more.
  public func held(to clauses: ScopeClause...) -> Scope { Scope(self.clauses + clauses) }

  /// The same, in every region.
  public var everywhere: Scope {
    Scope(
      clauses.filter {
        if case .regions = $0 { false } else { true }
      })
  }

  private static func common(_ left: [String]?, _ right: [String]) -> [String] {
    guard let left else { return right }
    let both = left.flatMap { one in
      right.compactMap { other in
        one.hasPrefix(other) ? one : other.hasPrefix(one) ? other : nil
      }
    }
    return Set(both).sorted()
  }
}

extension Scope {
  /// The highest level of a dataset that is there for the reader.
  public var reach: Classification { min(ceiling, zone.ceiling) }

  /// Whether the dataset exists for this reader.
  ///
  /// An identifier travels with its dataset, whatever level its attribute has; where it is
  /// withheld, the dataset is not there, since its features could not be told apart.
  public func reaches(_ schema: DatasetSchema) -> Bool {
    schema.classification <= reach && !isWithheld(schema.identifier, of: schema.id)
  }

  /// Whether the reader may know the attribute and its values.
  public func mayRead(_ attribute: Attribute, of dataset: DatasetID) -> Bool {
    attribute.classification <= min(attributeCeiling, reach)
      && !isWithheld(attribute.name, of: dataset)
  }

  private func isWithheld(_ name: String, of dataset: DatasetID) -> Bool {
    withheld.contains(name) || withheld.contains("\(dataset)/\(name)")
  }

  /// The schema as this reader may know it.
  public func shown(_ schema: DatasetSchema) -> DatasetSchema {
    schema.keeping { mayRead($0, of: schema.id) }
  }

  /// Whether it reaches everything the other reaches.
  public func covers(_ other: Scope) -> Bool {
    let isHigher =
      reach >= other.reach
      && min(attributeCeiling, reach) >= min(other.attributeCeiling, other.reach)
    guard isHigher, withheld.isSubset(of: other.withheld) else { return false }
    guard let own = regionPrefixes else { return true }
    guard let regions = other.regionPrefixes else { return false }
    return regions.allSatisfy { region in own.contains { region.hasPrefix($0) } }
  }
}
