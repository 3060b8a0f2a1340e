public import KarezCore

/// 目录主题: one branch of the catalogue's tree; a dataset hangs on exactly one.
public struct Theme: Hashable, Sendable {
  /// Kebab-case, unique in the whole tree.
  public let id: String
  public let title: LocalizedText
  /// Where other catalogues would file it; that of the branch above unless stated.
  public let topic: TopicCategory
  public let themes: [Theme]

  /// This theme and all below it, in the order of the tree.
  public var all: [Theme] { [self] + themes.flatMap(\.all) }
}

/// 专题类别: the subjects that catalogues of all countries share.
///
/// - Source: ISO 19115-1:2014, B.3.30 MD_TopicCategoryCode.
public enum TopicCategory: String, CaseIterable, Hashable, Sendable {
  case farming, biota, boundaries, climatologyMeteorologyAtmosphere, economy, elevation
  case environment, geoscientificInformation, health, imageryBaseMapsEarthCover
  case intelligenceMilitary, inlandWaters, location, oceans, planningCadastre, society
  case structure, transportation, utilitiesCommunication, extraTerrestrial, disaster
}

/// 更新时限: how old a dataset's newest state may be before it counts as stale.
public struct CycleAllowance: Hashable, Sendable {
  public let cycle: UpdateCycle
  public let title: LocalizedText
  /// Nil for a cycle by which nothing ever is.
  public let days: Int?
  public let certainty: Certainty
  public let source: LocalizedText
}

/// Reads `themes.yaml`.
enum ThemeFile {
  static func themes(from node: PackNode) -> (themes: [Theme], faults: [PackFault]) {
    var fields = PackFields(node)
    _ = fields.text("version")
    var known: Set<String> = []
    let themes = branches(&fields, &known, under: nil)
    if themes.isEmpty { fields.add(.keyMissing("themes")) }
    return (themes, fields.finish())
  }

  private static func branches(
    _ fields: inout PackFields, _ known: inout Set<String>, under topic: TopicCategory?
  ) -> [Theme] {
    var themes: [Theme] = []
    for node in fields.list("themes") {
      var own = PackFields(node)
      let id = own.text("id")
      let title = own.localized("title")
      if let id, DatasetID(id) == nil { own.add(.notID(id)) }
      if let id, !known.insert(id).inserted { own.add(.idTwice(id)) }
      let inherited = topic != nil && node["topic"] == nil ? topic : nil
      let topic = inherited ?? own.choice("topic", of: TopicCategory.self)
      let below = branches(&own, &known, under: topic)
      fields.add(own.finish())
      if let id, let title, let topic {
        themes.append(Theme(id: id, title: title, topic: topic, themes: below))
      }
    }
    return themes
  }
}

/// Reads `cycles.yaml`.
enum CycleFile {
  struct Content {
    var version: String?
    var allowances: [UpdateCycle: CycleAllowance] = [:]
    var faults: [PackFault] = []
  }

  static func content(of node: PackNode) -> Content {
    var fields = PackFields(node)
    var content = Content(version: fields.text("version"))
    if let version = content.version, PackManifest.numbers(of: version) == nil {
      fields.add(.notVersion(version))
    }
    for item in fields.list("cycles") {
      guard let allowance = allowance(item, &fields) else { continue }
      if content.allowances.updateValue(allowance, forKey: allowance.cycle) != nil {
        fields.add(.idTwice(allowance.cycle.rawValue), at: item.origin)
      }
    }
    content.faults = fields.finish()
    return content
  }

  private static func allowance(
    _ node: PackNode, _ parent: inout PackFields
  ) -> CycleAllowance? {
    var fields = PackFields(node)
    let cycle = fields.choice("id", of: UpdateCycle.self)
    let title = fields.localized("title")
    var days: Int?
    if fields.optional("allowance") != nil, let quantity = fields.quantity("allowance") {
      if quantity.dimension != .days { fields.add(.dimensionsDiffer) }
      days = Int(quantity.value)
    }
    let certainty = fields.choice("certainty", of: Certainty.self)
    let source = fields.localized("source")
    parent.add(fields.finish())
    guard let cycle, let title, let certainty, let source else { return nil }
    return CycleAllowance(
      cycle: cycle, title: title, days: days, certainty: certainty, source: source)
  }
}

extension PackLibrary {
  /// Whether the newest state of a dataset is older on that day than its update cycle allows.
  ///
  /// The last day of the allowance still is in time; what was never recorded is not stale, but
  /// missing.
  public func isStale(_ schema: DatasetSchema, currentTo: LegalDate?, on day: LegalDate) -> Bool {
    guard let currentTo, let cycle = schema.entry?.cycle, let days = cycles[cycle]?.days,
      let last = currentTo.adding(days: days)
    else { return false }
    return last < day
  }

  /// The theme of that id, wherever it stands in the tree.
  public func theme(_ id: String) -> Theme? {
    themes.lazy.flatMap(\.all).first { $0.id == id }
  }
}
