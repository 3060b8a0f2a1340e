/// 限额: how much may be asked of the server, how fast, and how much it does at the same time.
///
/// - Units: seconds and bytes; allowances and costs in units of a page.
public struct WebLimits: Hashable, Sendable {
  /// 令牌桶: so much comes back in a minute, so much may be asked at once.
  public struct Allowance: Hashable, Sendable {
    public var perMinute: Int
    public var atOnce: Int

    public init(perMinute: Int, atOnce: Int) {
      self.perMinute = perMinute
      self.atOnce = atOnce
    }
  }

  /// Work that keeps a core busy.
  public struct Work: Hashable, Sendable {
    public var atOnce: Int
    /// Of those, how many whoever holds no office may take together.
    public var forOthers: Int
    public var mostWaiting: Int
    /// Of those, how many of whoever holds no office.
    public var othersWaiting: Int
    /// And how many one account, or one address that has none, may have waiting.
    public var mostWaitingEach: Int
    public var longestWait: Int
    /// What whoever is turned away is told to wait.
    public var comeBackAfter: Int
    public var checkWithin: Int
    public var workWithin: Int
    /// Of one statement that looks at rows for a filter or an order, from its own start.
    public var queryWithin: Int
  }

  /// Of one picture of the map, which WMS and WMTS draw.
  public struct Pictures: Hashable, Sendable {
    /// Pixels of its width, and of its height.
    public var mostSide: Int
    /// Pixels of all of it.
    public var mostPixels: Int
    public var mostLayers: Int
    /// Features of each layer that are told of at one pixel.
    public var mostFound: Int
  }

  /// Of one answer of WFS.
  public struct Features: Hashable, Sendable {
    public var mostReturned: Int
    /// Features before those that are returned.
    public var mostSkipped: Int
  }

  public struct Connections: Hashable, Sendable {
    public var most: Int
    /// How long one may take to bring a request's head, and stay without a request.
    public var idleFor: Int
    /// From when on a body has to come with `leastBytesPerSecond`.
    public var readingStartsWithin: Int
    public var leastBytesPerSecond: Int
    /// How long a reader may take nothing of what is sent.
    public var writingStallsFor: Int
    public var mostHeaderBytes: Int
    public var mostHeaders: Int
    public var mostAddressBytes: Int
  }

  /// How much one check page does at a time, and how alternatives are looked for.
  public struct Checks: Hashable, Sendable {
    public var mostFiles: Int
    public var mostParcels: Int
    public var mostVertices: Int
    /// Batches of one person that wait or are under way.
    public var mostOpenBatches: Int
    public var mostSaved: Int
    public var mostCompared: Int
    /// Lines that one answer's boundary is led around.
    public var mostLines: Int
    /// How far a boundary keeps clear of a line it leaves, so that neither a file of whole
    /// millimetres nor a distance told in them touches it again.
    public var clearanceMetres: Double
    /// How far from a boundary land is looked for that makes up for what is given up.
    public var reachMetres: Double
  }

  /// Of cases.
  public struct CaseWork: Hashable, Sendable {
    /// Of one form with files.
    public var mostAttachmentBytes: Int
    /// Files that come with one form.
    public var mostFiles: Int
    /// Cases in which one step is made at once.
    public var mostTogether: Int
  }

  /// Of applicants' accounts and their applications.
  public struct ApplicantLimits: Hashable, Sendable {
    /// How long the code that ends a registration is taken.
    public var codeWithin: Int
    public var mostCodeTries: Int
    /// Codes that are sent to one contact.
    public var mostCodesAnHour: Int
    /// Registrations that are begun on the whole installation.
    public var mostRegistrationsAnHour: Int
    /// How often one applicant may have a name and a number compared.
    public var mostNameAsksADay: Int
    /// How long a draft is kept after it was last saved.
    public var draftLasts: Int
    /// Of one applicant at a time.
    public var mostDrafts: Int
    /// Mandates of one principal that are in force at a time.
    public var mostMandates: Int
    /// How often one principal may try to give one, whether it comes about or not.
    public var mostMandateTriesADay: Int
  }

  /// Who may read the server's figures besides who is named here: nobody.
  public struct Readers: Hashable, Sendable {
    /// Addresses of machines.
    public var addresses: [String]
    /// SM3 of tokens, hexadecimal.
    public var tokens: [String]

    public init(addresses: [String], tokens: [String]) {
      self.addresses = addresses
      self.tokens = tokens
    }
  }

  public var account: Allowance
  public var address: Allowance
  public var signIn: Allowance
  /// Of tiles of the map, which come by the dozen and cost nothing of the others.
  public var tile: Allowance
  /// Of an address that asks without having signed in; tiles apart, as above.
  public var anonymous: Allowance
  public var anonymousTile: Allowance
  /// How many accounts and addresses are remembered at most, each.
  public var mostKept: Int
  /// What each sort of request costs, by its name.
  public var costs: [String: Int]
  public var work: Work
  public var pictures: Pictures
  public var features: Features
  public var connections: Connections
  public var checks: Checks
  public var cases: CaseWork
  public var applicants: ApplicantLimits
  /// How long requests under way have when the server is told to stop.
  public var shutdownWithin: Int
  /// Of the server's own figures.
  public var readers: Readers

  /// The sorts of requests whose cost the file states.
  public static let sorts = [
    "page", "rows", "edit", "upload", "comparison", "check", "export",
  ]
  /// What a megabyte of an upload costs besides.
  public static let megabyte = "megabyte"

  /// Reads `web.yaml` of the packs' folder, or the operator's own file in its stead.
  ///
  /// - Errors: `RulePackError.refused` with every fault found.
  public static func load(file path: String) throws(RulePackError) -> WebLimits {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let bytes: [UInt8]
    do throws(PackFault) {
      bytes = try PackFolder.read(path, named: name).bytes
    } catch {
      throw .refused([error])
    }
    var file = WebLimitsFile()
    file.read(try PackNode.read(bytes, file: name))
    guard let limits = file.limits else { throw .refused(file.faults) }
    return limits
  }
}
