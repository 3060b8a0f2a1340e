/// What is wrong with a VCT file as a whole; lines count from 1.
public enum VCTFault: Error, Hashable, Sendable {
  /// The bytes end in the middle of a section.
  case endsTooSoon(line: Int64, section: String)
  /// An older edition of the format, which is written differently.
  case edition(String)
  case sectionMissing(String)
  /// A line that is not what its section wants.
  case unexpected(line: Int64, section: String, found: String)
  case lineTooLong(line: Int64, limit: Int64)
  /// More of something than is held in memory.
  case tooMany(kind: String, line: Int64, limit: Int64)
  /// A value of the head by which no coordinate can be understood.
  case headValue(key: String, value: String)
}

/// What keeps one object of a VCT file from being taken.
public struct VCTObjectFault: Hashable, Sendable {
  public enum Kind: String, CaseIterable, Hashable, Sendable {
    /// 目标标识码 is not a whole number above zero.
    case identifier
    /// Another object of the layer has the same.
    case identifierTwice = "identifier-twice"
    /// A number of things is not a number, or there are more or fewer of them.
    case count
    case coordinate
    /// The zero that ends an object is not where it should be.
    case ending
    case featureType = "feature-type"
    /// A kind of curve other than a polyline.
    case curve
    /// The line referred to is not in the file, stands twice or is faulty itself.
    case lineMissing = "line-missing"
    case lineTwice = "line-twice"
    case lineFaulty = "line-faulty"
    /// A line does not begin where the one before it ends.
    case linesApart = "lines-apart"
    /// The lines of a ring do not come back to its beginning.
    case ringOpen = "ring-open"
    /// A ring of fewer than three different points.
    case ringShort = "ring-short"
    case polygonMissing = "polygon-missing"
    case polygonFaulty = "polygon-faulty"
    /// A polygon refers to itself, directly or through others.
    case cycle
    /// More references than one object can mean.
    case tooManyReferences = "too-many-references"
    case tooManyRings = "too-many-rings"
    /// The attribute table has no row, or two, for the object; or a row of another width.
    case rowMissing = "row-missing"
    case rowTwice = "row-twice"
    case rowWidth = "row-width"
    /// A row of attributes to which no object belongs.
    case figureMissing = "figure-missing"
  }

  public let kind: Kind
  /// The line of the file.
  public let line: Int64
  /// The object it is about, where that is another one; 0 for none.
  public let object: Int64
  /// What was found, where that says more.
  public let found: String

  public init(_ kind: Kind, line: Int64, object: Int64 = 0, found: String = "") {
    self.kind = kind
    self.line = line
    self.object = object
    self.found = found
  }
}

/// Why the parser of one object stopped.
enum VCTStop: Error {
  case object(VCTObjectFault)
  case file(ReadingError)
}
