import Foundation
import HTTPTypes
import Hummingbird
import KarezCore
import KarezIndicators
import KarezPacks
import KarezReport
import KarezService

/// `/plan`: what the plan asks, what the map comes to, and how far its projects are.
struct PlanRoutes: Sendable {
  let portal: Portal

  func add(to router: Router<WebContext>) {
    router.get("plan", use: overview)
    router.get("plan/indicators", use: indicators)
    router.get("plan/indicators/{indicator}", use: indicator)
    router.get("plan/projects", use: projects)
    router.get("api/v1/plan/indicators", use: answerIndicators)
    router.get("api/v1/plan/projects", use: answerProjects)
  }

  // MARK: Pages

  @Sendable
  func overview(_ request: Request, context: WebContext) async throws -> Response {
    let own = try portal.map.indicators()
    let scope = context.visitor.scope
    let words = PlanWords(own, portal, Asked(request).language)
    let year = try await own.years().first
    let region = shownRegion(nil, own, context)
    let kept = try await kept(own, year, region, context)
    let view = PlanView(
      frame(request, context), words, kept: kept, projects: try await own.projects(in: scope),
      warnings: try await own.warnings(in: scope))
    return .html(try portal.render(view, with: "plan"))
  }

  @Sendable
  func indicators(_ request: Request, context: WebContext) async throws -> Response {
    let asked = Asked(request)
    let own = try portal.map.indicators()
    let years = try await own.years()
    let year = try Self.year(asked) ?? years.first
    let region = shownRegion(asked.text("region"), own, context)
    let kept = try await kept(own, year, region, context)
    let view = PlanIndicatorsView(
      frame(request, context), PlanWords(own, portal, asked.language), kept: kept, years: years,
      year: year, region: region, of: own.regions(in: context.visitor.scope))
    return .html(try portal.render(view, with: "plan-indicators"))
  }

  /// One indicator: its definition, what its figure rests on, and those of the other regions.
  @Sendable
  func indicator(_ request: Request, context: WebContext) async throws -> Response {
    let asked = Asked(request)
    let own = try portal.map.indicators()
    guard let definition = own.plan.book.definition(try context.parameters.require("indicator"))
    else { throw WebError.notFound }
    let scope = context.visitor.scope
    let years = try await own.years()
    let year = try Self.year(asked) ?? years.first
    let region = shownRegion(asked.text("region"), own, context)
    var all: [KeptFigures] = []
    if let year { all = try await own.kept(year: year, in: scope) }
    let target = own.plan.target(of: definition.id, region: region)
    let forecast = try await own.forecast(
      of: definition.id, region: region, to: target?.year ?? (year ?? 0) + 1, in: scope)
    let view = PlanIndicatorView(
      frame(request, context), PlanWords(own, portal, asked.language), definition, all: all,
      year: year, region: region, target: target, forecast: forecast)
    return .html(try portal.render(view, with: "plan-indicator"))
  }

  @Sendable
  func projects(_ request: Request, context: WebContext) async throws -> Response {
    let asked = Asked(request)
    let own = try portal.map.indicators()
    let view = PlanProjectsView(
      frame(request, context), PlanWords(own, portal, asked.language), asked,
      try await own.projects(in: context.visitor.scope))
    return .html(try portal.render(view, with: "plan-projects"))
  }

  private func frame(_ request: Request, _ context: WebContext) -> PageFrame {
    PageFrame(portal, request, context, at: .desk)
  }

  /// The region asked for, where it is one; else the first the visitor may see whole.
  private func shownRegion(
    _ asked: String?, _ own: Indicators, _ context: WebContext
  ) -> String {
    let regions = own.regions(in: context.visitor.scope)
    return regions.first { $0 == asked } ?? regions.first ?? ""
  }

  private func kept(
    _ own: Indicators, _ year: Int?, _ region: String, _ context: WebContext
  ) async throws -> KeptFigures? {
    guard let year else { return nil }
    return try await own.kept(year: year, in: context.visitor.scope)
      .first { $0.region == region }
  }

  private static func year(_ asked: Asked) throws(WebError) -> Int? {
    guard let text = asked.text("year") else { return nil }
    guard let year = Int(text), (1900...2200).contains(year) else {
      throw .fieldInvalid(name: "year")
    }
    return year
  }

  // MARK: Answers for programs

  @Sendable
  func answerIndicators(_ request: Request, context: WebContext) async throws -> Response {
    let own = try portal.map.indicators()
    let latest = try await own.years().first
    guard let year = try Self.year(Asked(request)) ?? latest else {
      return .json(.object(["figures": .array([])]))
    }
    let kept = try await own.kept(year: year, in: context.visitor.scope)
    return .json(
      .object([
        "year": .integer(Int64(year)), "figures": .array(kept.map(\.json)),
      ]))
  }

  @Sendable
  func answerProjects(_ request: Request, context: WebContext) async throws -> Response {
    let projects = try await portal.map.indicators().projects(in: context.visitor.scope)
    return .json(.object(["projects": .array(projects.map(\.json))]))
  }
}
