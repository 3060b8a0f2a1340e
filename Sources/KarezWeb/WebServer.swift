import Foundation
import Hummingbird
import HummingbirdCore
public import KarezCore
public import KarezPacks
import KarezReport
public import KarezService
public import Logging
import ServiceLifecycle
import UnixSignals

/// The portal and the application API over one One Map.
public struct WebServer: Sendable {
  private let map: OneMap
  private let logger: Logger
  private let limits: WebLimits?
  private let proxies: Set<String>
  private let bundles: BundleSigning?

  /// `proxies` are the addresses of servers in front of this one, whose word counts of who asks
  /// and by what; without `limits` the installation's own hold, and without `bundles` none is signed.
  public init(
    map: OneMap, logger: Logger, limits: WebLimits? = nil, proxies: Set<String> = [],
    bundles: BundleSigning? = nil
  ) {
    self.map = map
    self.logger = logger
    self.limits = limits
    self.proxies = proxies
    self.bundles = bundles
  }

  /// Serves until the task is cancelled or the process is told to stop.
  ///
  /// Told to stop, it takes no more connections, and requests under way have `shutdownWithin`.
  ///
  /// `onStart` gets the address served, with the port chosen where 0 was asked for.
  ///
  /// - Errors: `Problem` of kind forbidden for an address that is not loopback, as long as there
  ///   are no accounts and every caller acts as the operator. Of kind unavailable when the port is
  ///   taken.
  public func run(
    host: String, port: Int, onStart: @escaping @Sendable (String) async -> Void
  ) async throws(Problem) {
    if !["127.0.0.1", "::1", "localhost"].contains(host), try await map.accounts.isEmpty() {
      throw WebError.addressNotLoopback(host).response.problem
    }
    // What a server that was killed had not finished reading is nobody's any more.
    try? FileManager.default.removeItem(at: map.data.appending(path: "uploads"))
    let limits: WebLimits
    if let own = self.limits { limits = own } else { limits = try map.webLimits() }
    var portal = try Portal(map: map, limits: limits, proxies: proxies)
    portal.bundles = bundles
    try await serve(portal, host: host, port: port, onStart: onStart)
  }

  func serve(
    _ portal: Portal, host: String, port: Int,
    onStart: @escaping @Sendable (String) async -> Void
  ) async throws(Problem) {
    let limits = portal.limits
    let shownHost = host == "::1" ? "[::1]" : host
    let application = Application(
      router: try Self.router(portal), server: Self.transport(limits.connections),
      configuration: ApplicationConfiguration(
        address: .hostname(host, port: port), serverName: "karez",
        availableConnectionsDelegate: MaximumAvailableConnections(
          limits.connections.most, logger: logger)),
      onServerRunning: { channel in
        let bound = channel.localAddress?.port ?? port
        await onStart("http://\(shownHost):\(bound)/")
      },
      logger: logger)
    var group = ServiceGroupConfiguration(
      services: [application], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
    group.maximumGracefulShutdownDuration = .seconds(limits.shutdownWithin)
    do {
      try await ServiceGroup(configuration: group).run()
    } catch is CancellationError {
      // What was still under way when the time was over has been told to end.
      return
    } catch {
      logger.error("server ended", metadata: ["error": "\(error)"])
      throw Problem(
        .unavailable, code: "serve-failed", place: "\(host):\(port)",
        what: LocalizedText(zh: "无法在此地址提供服务", en: "this address cannot be served"),
        remedy: LocalizedText(
          zh: "端口可能被占用；换一个 --port", en: "the port may be taken; choose another with --port"))
    }
  }

  /// HTTP as far as it is read: heads of bounded size, and nobody slower than they may be.
  private static func transport(_ limits: WebLimits.Connections) -> HTTPServerBuilder {
    .http1(
      configuration: HTTP1Channel.Configuration(
        additionalChannelHandlers: [RequestPace(limits)],
        idleTimeout: .seconds(Int64(limits.idleFor)),
        httpDecoderConfiguration: .init(
          maxHeaderFieldSize: limits.mostHeaderBytes, maxHeaderListSize: limits.mostHeaderBytes,
          maxHeaderFieldCount: limits.mostHeaders)))
  }

  /// Every route, behind the one boundary that answers for all errors.
  static func router(_ portal: Portal) throws(Problem) -> Router<WebContext> {
    let router = Router(context: WebContext.self, options: .autoGenerateHeadEndpoints)
    router.add(middleware: ResponseBoundary(portal: portal))
    AccountRoutes(portal: portal).add(to: router)
    DirectoryRoutes(portal: portal).add(to: router)
    OwnAccountRoutes(portal: portal).add(to: router)
    AccountsRoutes(portal: portal).add(to: router)
    ProposalRoutes(portal: portal).add(to: router)
    PageRoutes(portal: portal).add(to: router)
    SubmissionRoutes(portal: portal).add(to: router)
    JobRoutes(portal: portal).add(to: router)
    SearchRoutes(portal: portal).add(to: router)
    IdentifyRoutes(portal: portal).add(to: router)
    MeasureRoutes(portal: portal).add(to: router)
    CheckRoutes(portal: portal).add(to: router)
    CheckListRoutes(portal: portal).add(to: router)
    CompareRoutes(portal: portal).add(to: router)
    AvoidRoutes(portal: portal).add(to: router)
    BatchRoutes(portal: portal).add(to: router)
    BundleRoutes(portal: portal).add(to: router)
    DatasetRoutes(portal: portal).add(to: router)
    HistoryRoutes(portal: portal).add(to: router)
    let exports = ExportRoutes(portal: portal)
    exports.add(to: router)
    DownloadRoutes(portal: portal, exports: exports).add(to: router)
    try OGCRoutes(portal: portal).add(to: router)
    OGCItemRoutes(portal: portal, exports: exports).add(to: router)
    OGCWritingRoutes(portal: portal).add(to: router)
    OGCRecordRoutes(portal: portal).add(to: router)
    OGCProcessRoutes(portal: portal).add(to: router)
    OGCJobRoutes(portal: portal).add(to: router)
    CatalogueRoutes(portal: portal).add(to: router)
    FeatureRoutes(portal: portal).add(to: router)
    EditRoutes(portal: portal).add(to: router)
    DifferenceRoutes(portal: portal).add(to: router)
    StatisticsRoutes(portal: portal).add(to: router)
    PlateRoutes(portal: portal).add(to: router)
    LedgerRoutes(portal: portal).add(to: router)
    PlanRoutes(portal: portal).add(to: router)
    CaseRoutes(portal: portal).add(to: router)
    CaseDeskRoutes(portal: portal).add(to: router)
    CasePageRoutes(portal: portal).add(to: router)
    DeputyRoutes(portal: portal).add(to: router)
    ProjectRoutes(portal: portal).add(to: router)
    CasePaperRoutes(portal: portal).add(to: router)
    ProcedureRoutes(portal: portal).add(to: router)
    ServiceRoutes(portal: portal).add(to: router)
    TrackRoutes(portal: portal).add(to: router)
    RegisterRoutes(portal: portal).add(to: router)
    JoinRoutes(portal: portal).add(to: router)
    MyRoutes(portal: portal).add(to: router)
    DraftRoutes(portal: portal).add(to: router)
    MyCaseRoutes(portal: portal).add(to: router)
    LogRoutes(portal: portal).add(to: router)
    AccessStatisticsRoutes(portal: portal).add(to: router)
    MetricsRoutes(portal: portal).add(to: router)
    ScopeRoutes(portal: portal).add(to: router)
    ExchangeRoutes(portal: portal).add(to: router)
    TileRoutes(portal: portal).add(to: router)
    OGCStyleRoutes(portal: portal).add(to: router)
    WMSRoutes(portal: portal).add(to: router)
    WMTSRoutes(portal: portal).add(to: router)
    WFSRoutes(portal: portal).add(to: router)
    AssetRoutes(assets: portal.assets).add(to: router)
    return router
  }
}

/// What the routes share: the map, the texts and the templates.
struct Portal: Sendable {
  let map: OneMap
  let catalogues: MessageCatalogues
  let templates: PageTemplates
  let gate: SignInGate
  /// Where people may sign in besides; nil where the operator named none.
  let directory: Directory?
  let limits: WebLimits
  let allowances: Allowances
  /// Where work is done that keeps a core busy.
  let work: WorkGate
  let contract: ApiContract
  let assets: Assets
  /// Pictures of other servers under the map.
  let baseLayers: BaseLayers
  let counts = RequestCounts()
  /// Addresses of the servers in front of this one.
  let proxies: Set<String>
  /// What bundles of answers are signed with; nil where the server was given no key.
  var bundles: BundleSigning?

  init(map: OneMap, limits: WebLimits, proxies: Set<String> = []) throws(Problem) {
    self.map = map
    self.limits = limits
    self.proxies = Set(proxies.compactMap(Caller.plain))
    allowances = Allowances(limits)
    work = WorkGate(limits.work)
    baseLayers = try map.baseLayers()
    contract = try ApiContract(portal: map.installation.portal)
    assets = try Assets(portal: map.installation.portal)
    gate = SignInGate(accounts: map.accounts, isBehindProxy: !proxies.isEmpty)
    directory = try DirectorySettings.read(in: map.data).map {
      Directory(settings: $0, accounts: map.accounts, fetch: DirectoryFetch.send)
    }
    let folder = map.installation.portal
    do throws(ReportError) {
      catalogues = try MessageCatalogues(folder: folder.appending(path: "messages").path)
      templates = try PageTemplates(folder: folder.appending(path: "templates").path)
    } catch {
      throw error.problem
    }
  }

  func render(_ model: Any, with template: String) throws -> String {
    do throws(ReportError) {
      return try templates.render(model, with: template)
    } catch {
      throw error.problem
    }
  }
}

/// One request's context: Hummingbird's own, and who sends the request.
struct WebContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  /// Set before any route is asked; see `SignInGate`.
  var visitor = Visitor.nobody
  /// Set before any route is asked; see `ResponseBoundary`.
  var caller = Caller.unknown
  /// The machine at the other end of the connection.
  let peer: String?

  init(source: Source) {
    coreContext = CoreRequestContextStorage(source: source)
    peer = source.channel.remoteAddress?.ipAddress
  }

  /// The route that was found, such as `/catalogue/{id}`; empty where there is none.
  var route: String {
    guard let path = endpointPath, path != "NotFound" else { return "" }
    return path.hasPrefix("/") ? path : "/" + path
  }
}
