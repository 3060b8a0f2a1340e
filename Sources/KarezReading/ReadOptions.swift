public import KarezGeometry

/// Under which limits a file is read.
public enum ReaderProfile: String, CaseIterable, Hashable, Sendable {
  /// Anyone's upload: short, small, refused as soon as it is not.
  case interactive
  /// A named operator's import: streamed, as long and as large as it is.
  case bulk
}

/// What a worker may use up.
///
/// - Source: the upload limits of the security requirements; the memory limit is the address space
///   of the worker, which bounds what is resident.
public struct ReadingLimits: Hashable, Sendable {
  /// Largest file; nil for any.
  public var fileBytes: Int64?
  /// Longest time spent waiting for the worker, all waits added up; nil for any.
  public var seconds: Double?
  /// Longest wait for one sign of life.
  public var silentSeconds: Double
  public var verticesInFile: Int64?
  public var verticesInFeature: Int64
  public var memoryBytes: UInt64

  public init(
    fileBytes: Int64?, seconds: Double?, silentSeconds: Double, verticesInFile: Int64?,
    verticesInFeature: Int64, memoryBytes: UInt64
  ) {
    self.fileBytes = fileBytes
    self.seconds = seconds
    self.silentSeconds = silentSeconds
    self.verticesInFile = verticesInFile
    self.verticesInFeature = verticesInFeature
    self.memoryBytes = memoryBytes
  }

  public static func limits(of profile: ReaderProfile) -> ReadingLimits {
    switch profile {
    case .interactive:
      ReadingLimits(
        fileBytes: 100 << 20, seconds: 30, silentSeconds: 30, verticesInFile: 5_000_000,
        verticesInFeature: 1_000_000, memoryBytes: 1 << 30)
    case .bulk:
      ReadingLimits(
        fileBytes: nil, seconds: nil, silentSeconds: 600, verticesInFile: nil,
        verticesInFeature: 1_000_000, memoryBytes: 1 << 30)
    }
  }
}

/// How a file is to be read.
public struct ReadOptions: Hashable, Sendable {
  /// The layer wanted; nil for the only one, or the only one of polygons.
  public var layer: String?
  public var profile: ReaderProfile
  /// The CRS the caller vouches for; it is reported as declared, and what the file says as well.
  public var declared: SourceCRS?
  /// Where coordinates should lie, in degrees of EPSG:4490; decides what text files leave open.
  public var extent: BoundingBox?
  public var limits: ReadingLimits

  public init(
    layer: String? = nil, profile: ReaderProfile = .interactive, declaredEPSG: Int? = nil,
    declared: SourceCRS? = nil, extent: BoundingBox? = nil, limits: ReadingLimits? = nil
  ) {
    self.extent = extent
    self.layer = layer
    self.profile = profile
    self.declared = declared ?? declaredEPSG.map(SourceCRS.epsg)
    self.limits = limits ?? .limits(of: profile)
  }
}
