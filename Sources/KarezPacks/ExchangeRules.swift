public import KarezCore
import KarezCrypto

/// 交换规则: what may leave an installation for another, and in which form.
public struct ExchangeRules: Hashable, Sendable {
  public let version: String
  /// SM3 of the file, which bundles name.
  public let sm3: String
  /// How long a bundle may be on its way.
  public let lastsSeconds: Int
  public let meter: MeterRule
  public let editions: [EditionRule]

  public func edition(_ id: String) -> EditionRule? { editions.first { $0.id == id } }

  /// Reads `exchange.yaml` of the packs' folder; `schemas` are the datasets there are.
  ///
  /// - Errors: `RulePackError.refused` with every fault found.
  public static func load(
    from folder: String, schemas: [DatasetSchema]
  ) throws(RulePackError) -> ExchangeRules {
    let name = "exchange.yaml"
    let bytes: [UInt8]
    do throws(PackFault) {
      bytes = try PackFolder.read(folder + "/" + name, named: name).bytes
    } catch {
      throw .refused([error])
    }
    var file = ExchangeRulesFile(schemas: schemas)
    file.read(try PackNode.read(bytes, file: name), sm3: SM3.digest(bytes).description)
    guard let rules = file.rules else { throw .refused(file.faults) }
    return rules
  }
}

/// 累计输出限额: how much ground in one piece a recipient may come to hold at a large scale.
public struct MeterRule: Hashable, Sendable {
  public let limit: Area
  /// What is shown at a scale of 1 to less than this counts.
  public let largerThan: Int
  /// Ground no further apart than this is one piece.
  public let joinsWithinMetres: Double
  /// How far around points and lines the ground is shown by them.
  public let reachMetres: Double
  /// Where the recipient may not hold more than the limit.
  public let stops: Set<NetworkZone>
  /// Of datasets that show ground at a scale: its denominator.
  public let scales: [DatasetID: Int]
  /// Datasets that are said to count nowhere.
  public let unscaled: Set<DatasetID>
  public let certainty: Certainty
  public let source: LocalizedText

  /// One of which nothing is said counts: it may show ground at any scale.
  public func counts(_ dataset: DatasetID) -> Bool {
    guard let scale = scales[dataset] else { return !unscaled.contains(dataset) }
    return scale < largerThan
  }
}

/// 版: what of a map goes to a lower zone, and how it is made coarser.
public struct EditionRule: Hashable, Sendable {
  public let id: String
  public let title: LocalizedText
  /// The zone it is for.
  public let zone: NetworkZone
  /// Whether it goes nowhere without the number of a map approval (审图号).
  public let needsMapApproval: Bool
  /// Positions are to be no more accurate than this.
  public let accuracyMetres: Double?
  public let gridMetres: Double?
  public let simplifyMetres: Double?
  public let certainty: Certainty
  public let source: LocalizedText
  /// Nil takes in every dataset the zone may hold whole.
  public let datasets: [Part]?

  public struct Part: Hashable, Sendable {
    public let dataset: DatasetID
    /// The dataset it becomes part of in the other zone.
    public let into: DatasetID
    /// Attributes that stay, by name; nil for all the zone may hold.
    public let keeps: Set<String>?
  }

  /// How a dataset goes into the edition; nil where it is left out.
  public func part(_ schema: DatasetSchema) -> Part? {
    if let datasets { return datasets.first { $0.dataset == schema.id } }
    let isHeld = ([schema.classification] + schema.attributes.map(\.classification))
      .allSatisfy { $0 <= zone.ceiling }
    return isHeld ? Part(dataset: schema.id, into: schema.id, keeps: nil) : nil
  }

  /// The figures people ask about, as the edition states them.
  public var figures: [(name: String, metres: Double)] {
    [("accuracy", accuracyMetres), ("grid", gridMetres), ("simplify", simplifyMetres)]
      .compactMap { name, metres in metres.map { (name, $0) } }
  }
}
