public import KarezCore
public import KarezGeometry

/// 筛选条件: what features have to be like; compiled into the query, so that what a scope hides
/// takes no part in it.
///
/// A condition on what a feature does not state is neither met nor failed, as in SQL.
public indirect enum FeatureFilter: Hashable, Sendable {
  case all([FeatureFilter])
  case any([FeatureFilter])
  case not(FeatureFilter)
  case constant(Bool)
  case compare(FilterValue, FilterComparison, FilterValue)
  case like(FilterValue, TextPattern)
  case between(FilterValue, FilterValue, FilterValue)
  case isIn(FilterValue, [FilterValue])
  case isNull(FilterValue)
  /// Whether the feature has no geometry.
  case hasNoGeometry
  case temporal(TemporalRelation, FilterPeriod, FilterPeriod)
  /// The feature's geometry has the relation to a shape in degrees of EPSG:4490.
  case spatial(SpatialRelation, Geometry)
}

public enum FilterComparison: String, CaseIterable, Hashable, Sendable {
  case equal = "="
  case unequal = "<>"
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="

  /// The comparison with its sides exchanged.
  public var turned: FilterComparison {
    switch self {
    case .equal, .unequal: self
    case .less: .greater
    case .lessOrEqual: .greaterOrEqual
    case .greater: .less
    case .greaterOrEqual: .lessOrEqual
    }
  }
}

/// What a feature states, or is known by, that may be asked about and sorted by.
public enum FilterProperty: Hashable, Sendable {
  case attribute(String)
  case validFrom
  case validUntil
  case recordedFrom
  case statutoryArea
}

/// One side of a comparison; days are compared as such.
public enum FilterValue: Hashable, Sendable {
  case property(FilterProperty)
  case literal(AttributeValue)
}

/// A pattern in which `%` stands for any text and `_` for one character; `\` takes the next
/// character as it is.
public struct TextPattern: Hashable, Sendable {
  public enum Piece: Hashable, Sendable {
    case text(String)
    case anyText
    case anyCharacter
  }

  public let pieces: [Piece]

  public init(_ pattern: String) {
    var pieces: [Piece] = []
    var text = ""
    func close() {
      if !text.isEmpty { pieces.append(.text(text)) }
      text = ""
    }
    var isTaken = false
    for scalar in pattern.unicodeScalars {
      if isTaken {
        text.unicodeScalars.append(scalar)
        isTaken = false
      } else if scalar == "\\" {
        isTaken = true
      } else if scalar == "%" {
        close()
        if pieces.last != .anyText { pieces.append(.anyText) }
      } else if scalar == "_" {
        close()
        pieces.append(.anyCharacter)
      } else {
        text.unicodeScalars.append(scalar)
      }
    }
    if isTaken { text += "\\" }
    close()
    self.pieces = pieces
  }
}

/// One end of a period; a bound that is open has no day.
public enum FilterDay: Hashable, Sendable {
  case property(FilterProperty)
  case day(LegalDate)
  case open
}

/// A period in days, both ends included; an instant has the same day twice.
public struct FilterPeriod: Hashable, Sendable {
  public let first: FilterDay
  public let last: FilterDay

  public init(first: FilterDay, last: FilterDay) {
    self.first = first
    self.last = last
  }
}

/// How two periods lie to one another.
///
/// - Source: OGC 21-065r2 (CQL2), temporal functions, after Allen's relations.
public enum TemporalRelation: String, CaseIterable, Hashable, Sendable {
  case after
  case before
  case contains
  case disjoint
  case during
  case equals
  case finishedBy
  case finishes
  case intersects
  case meets
  case metBy
  case overlappedBy
  case overlaps
  case startedBy
  case starts

  /// Whether it is a relation of periods only, not of instants.
  public var isOfPeriods: Bool {
    ![.after, .before, .disjoint, .equals, .intersects].contains(self)
  }
}

/// What features are ordered by; features that do not state it come last.
public struct FeatureOrder: Hashable, Sendable {
  public let property: FilterProperty
  public let isDescending: Bool

  public init(_ property: FilterProperty, isDescending: Bool = false) {
    self.property = property
    self.isDescending = isDescending
  }
}

/// Days of which a feature is shown as it was on the last it had: both ends belong to them.
public struct DaySpan: Hashable, Sendable {
  public let first: LegalDate?
  public let last: LegalDate?

  /// The span, unless it would be empty.
  public init?(first: LegalDate?, last: LegalDate?) {
    if let first, let last, last < first { return nil }
    self.first = first
    self.last = last
  }
}
