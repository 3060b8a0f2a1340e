public import KarezCore
public import KarezGeometry

/// 变化图斑: a feature that two states show differently, and what became of it.
public struct PatchChange: Hashable, Sendable {
  public enum Kind: String, CaseIterable, Hashable, Sendable {
    case inserted
    case ended
    case changed
    /// Its land went to several features, with or without itself among them.
    case split
    /// Its land went into one feature together with that of others.
    case merged
  }

  /// How it is known which features the land went to or came from.
  public enum Witness: String, Hashable, Sendable {
    /// Recorded with a commit.
    case lineage
    /// Pieces cover the whole.
    case geometry
  }

  public let id: String
  public internal(set) var kind: Kind
  /// What each state shows of it; nil where it shows nothing.
  public let old: PatchState?
  public let new: PatchState?
  /// Features the land went to.
  public internal(set) var into: [String] = []
  /// Features the land came from.
  public internal(set) var from: [String] = []
  public internal(set) var witness: Witness?

  init(id: String, old: PatchState?, new: PatchState?) {
    self.id = id
    self.old = old
    self.new = new
    kind = old == nil ? .inserted : new == nil ? .ended : .changed
  }
}

/// What one state shows of a feature.
public struct PatchState: Hashable, Sendable {
  public let row: Int64
  /// Nil of a feature that takes up no land.
  public let place: PatchPlace?
}

/// Where a feature's land is, and how much of which class.
public struct PatchPlace: Hashable, Sendable {
  public let region: String
  public let className: String
  public let areaM2: Double
  /// Where it was asked for.
  public let geometry: MultiPolygon?
}

extension PatchChange {
  /// The land the change concerns: of the feature as it is, or was where it is no more or in parts.
  public var areaM2: Double? {
    switch kind {
    case .inserted, .changed: new?.place?.areaM2 ?? old?.place?.areaM2
    case .ended, .split, .merged: old?.place?.areaM2
    }
  }

  public var geometry: MultiPolygon? {
    switch kind {
    case .inserted, .changed: new?.place?.geometry ?? old?.place?.geometry
    case .ended, .split, .merged: old?.place?.geometry
    }
  }

  /// As `karez diff` prints it; the geometry where it is known.
  public var json: JSONValue {
    func area(_ area: Double?) -> JSONValue {
      area.map { .string(DecimalText.fixed($0, decimals: 2)) } ?? .null
    }
    var members: [String: JSONValue] = [
      "id": .string(id), "change": .string(kind.rawValue), "areaM2": area(areaM2),
      "fromM2": area(old?.place?.areaM2), "toM2": area(new?.place?.areaM2),
    ]
    if let old = old?.place { members["fromClass"] = .string(old.className) }
    if let new = new?.place { members["toClass"] = .string(new.className) }
    if let place = new?.place ?? old?.place { members["region"] = .string(place.region) }
    if !into.isEmpty { members["into"] = .array(into.map(JSONValue.string)) }
    if !from.isEmpty { members["from"] = .array(from.map(JSONValue.string)) }
    if let witness { members["knownBy"] = .string(witness.rawValue) }
    if let geometry { members["geometry"] = geometry.geoJSON }
    return .object(members)
  }
}
