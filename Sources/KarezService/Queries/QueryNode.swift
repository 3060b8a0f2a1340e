import KarezCore
import KarezGeometry

/// What a CQL2 text or CQL2 JSON says, before anyone has looked at what it is about.
///
/// - Source: OGC 21-065r2 (CQL2).
indirect enum QueryNode: Hashable, Sendable {
  /// An operator or function in small letters, and what it is applied to.
  case call(String, [QueryNode])
  case property(String)
  case text(String)
  case integer(Int64)
  case decimal(Double)
  case boolean(Bool)
  case day(LegalDate)
  case moment(Timestamp)
  /// `..`, one end of a period.
  case open
  case period(QueryNode, QueryNode)
  case shape(Geometry)
  case box(BoundingBox)
  case list([QueryNode])
}

/// Why a query is not understood; carries facts, no sentences.
enum QueryFault: Error, Hashable {
  case malformed(byte: Int)
  case notJSON(JSONError)
  /// A member of the JSON form that is no expression.
  case malformedMember(String)
  case tooLarge(Bound)
  case shape(GeometryError)
  /// A name no feature of the dataset can state, as far as the reader may know.
  case unknownProperty(String)
  case unknownOperator(String)
  /// What an operator is applied to is not what it is for.
  case unfit(String)

  enum Bound: Hashable {
    case bytes
    case depth
    case nodes
    case vertices
    case wildcards
  }
}

/// How much one query may ask.
enum QueryBounds {
  static let bytes = 4_096
  static let depth = 16
  static let nodes = 64
  static let vertices = 1_000
  /// Of one pattern: every `%` may be tried at every place of a text.
  static let wildcards = 8
}

extension QueryNode {
  private var parts: [QueryNode] {
    switch self {
    case .call(_, let parts), .list(let parts): parts
    case .period(let first, let last): [first, last]
    default: []
    }
  }

  var nodes: Int { parts.reduce(1) { $0 + $1.nodes } }

  var vertices: Int {
    let own =
      switch self {
      case .box: 4
      case .shape(.points(let points)): points.count
      case .shape(.lines(let lines)): lines.reduce(0) { $0 + $1.count }
      case .shape(.polygons(let multi)): multi.vertexCount
      default: 0
      }
    return parts.reduce(own) { $0 + $1.vertices }
  }

  func checkBounds() throws(QueryFault) {
    if nodes > QueryBounds.nodes { throw .tooLarge(.nodes) }
    if vertices > QueryBounds.vertices { throw .tooLarge(.vertices) }
  }
}

extension LegalDate {
  /// 东八区: the day it legally is at a moment.
  init?(at moment: Timestamp) {
    guard let day = moment.day(secondsEast: 8 * 3_600) else { return nil }
    self = day
  }
}
