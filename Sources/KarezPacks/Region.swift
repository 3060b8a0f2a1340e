public import KarezCore

/// What is one prefecture's own; another prefecture is another folder.
///
/// Names, codes, zones, the source of its outlines, and the shares its demonstration data follows.
public struct Region: Hashable, Sendable {
  /// One division of the country with its code and names.
  public struct County: Hashable, Sendable {
    public let code: String
    public let name: LocalizedText
  }

  public struct Township: Hashable, Sendable {
    public let code: String
    public let county: String
    public let name: String
    /// `subdistrict`, `town`, `township` or `other`.
    public let kind: String
    /// Which polygon of the county's outline it lies in, from 1.
    public let part: Int
  }

  /// Where the outlines come from at set-up.
  public struct OutlineSource: Hashable, Sendable {
    public enum Datum: String, CaseIterable, Hashable, Sendable {
      case gcj02 = "GCJ-02"
      case cgcs2000 = "CGCS2000"
    }

    public let package: String
    public let version: String
    public let sha256: String
    public let folder: String
    public let datum: Datum
  }

  /// A round patch of country.
  ///
  /// - Units: degrees of EPSG:4490, metres.
  public struct Disc: Hashable, Sendable {
    public let longitude: Double
    public let latitude: Double
    public let radius: Double
  }

  /// How the demonstration data is laid out; invented, not surveyed.
  public struct Landscape: Hashable, Sendable {
    /// How many times denser patches lie in an oasis than in the desert.
    public let density: Double
    public let oases: [Disc]
    public let highlands: [Disc]
    /// Shares in per cent, by dataset.
    public let shares: [String: Double]
    /// Numbers of features, by dataset.
    public let counts: [String: Int]
  }

  /// 地类 and how much of the region it covers.
  public struct ClassShare: Hashable, Sendable {
    public let landClass: String
    public let name: String
    public let area: Area
    /// Per cent of the class in oases, at their margins and in the wild; together 100.
    public let bands: [Double]
  }

  /// A code of a land class, and how often it stands for the class.
  public struct ClassCode: Hashable, Sendable {
    public let landClass: String
    public let code: String
    /// `oasis`, `margin`, `wild` or `any`.
    public let band: String
    /// `low`, `high` or `any`.
    public let terrain: String
    public let weight: Double
  }

  public let title: LocalizedText
  public let adcode: String
  /// 3° Gauss–Krüger zones the region reaches into.
  public let zones: [Int]
  /// - Units: degrees; west, south, east, north.
  public let extent: [Double]
  public let outlines: OutlineSource
  public let landscape: Landscape
  public let counties: [County]
  public let townships: [Township]
  public let classShares: [ClassShare]
  public let classCodes: [ClassCode]
  /// Parts village names are put together from: the first and the second.
  public let villageNames: [[String]]
}
