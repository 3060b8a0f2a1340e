import Foundation
import Hummingbird
public import KarezCore
import KarezReport
public import KarezService
public import Logging

/// The portal and the application API over one One Map.
public struct WebServer: Sendable {
  private let map: OneMap
  private let logger: Logger

  public init(map: OneMap, logger: Logger) {
    self.map = map
    self.logger = logger
  }

  /// Serves until the task is cancelled or the process is told to stop.
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
    let router = try Self.router(map: map)
    let shownHost = host == "::1" ? "[::1]" : host
    let application = Application(
      router: router,
      configuration: ApplicationConfiguration(
        address: .hostname(host, port: port), serverName: "karez"),
      onServerRunning: { channel in
        let bound = channel.localAddress?.port ?? port
        await onStart("http://\(shownHost):\(bound)/")
      },
      logger: logger)
    do {
      try await application.runService()
    } catch {
      logger.error("server ended: \(error)")
      throw Problem(
        .unavailable, code: "serve-failed", place: "\(host):\(port)",
        what: LocalizedText(zh: "无法在此地址提供服务", en: "this address cannot be served"),
        remedy: LocalizedText(
          zh: "端口可能被占用；换一个 --port", en: "the port may be taken; choose another with --port"))
    }
  }

  /// Every route, behind the one boundary that answers for all errors.
  static func router(map: OneMap) throws(Problem) -> Router<WebContext> {
    let portal = try Portal(map: map)
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
    CheckRoutes(portal: portal).add(to: router)
    DatasetRoutes(portal: portal).add(to: router)
    HistoryRoutes(portal: portal).add(to: router)
    let exports = ExportRoutes(portal: portal)
    exports.add(to: router)
    DownloadRoutes(portal: portal, exports: exports).add(to: router)
    CatalogueRoutes(portal: portal).add(to: router)
    FeatureRoutes(portal: portal).add(to: router)
    EditRoutes(portal: portal).add(to: router)
    DifferenceRoutes(portal: portal).add(to: router)
    LogRoutes(portal: portal).add(to: router)
    ExchangeRoutes(portal: portal).add(to: router)
    AssetRoutes(assets: try Assets(portal: map.installation.portal)).add(to: router)
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

  init(map: OneMap) throws(Problem) {
    self.map = map
    gate = SignInGate(accounts: map.accounts)
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

  init(source: Source) { coreContext = CoreRequestContextStorage(source: source) }
}
