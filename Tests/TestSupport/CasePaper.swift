/// A file somebody brings to a case: land for a boundary, a piece of paper for all else.
public struct CasePaper: Sendable {
  public let name: String
  public let text: String

  public init(of document: String) {
    if document == "boundary" {
      name = "boundary.geojson"
      text = Self.square
    } else {
      name = document + ".pdf"
      text = "%PDF-1.7 test"
    }
  }

  /// A square of some seven hectares, in degrees.
  private static let square = """
    {"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":
    {"type":"Polygon","coordinates":[[[76.100,39.400],[76.103,39.400],[76.103,39.403],
    [76.100,39.403],[76.100,39.400]]]}}]}
    """
}
