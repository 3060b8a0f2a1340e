import Foundation
public import KarezCore
import KarezPacks
import KarezStore
public import KarezWorkflow

/// 项目: the cases of one project code, along the chain of procedures they belong to.
public struct Projects: Sendable {
  let map: OneMap

  /// Cases of one project that are looked at; a project has some dozen.
  public static let mostCases = 500

  /// The chains of the packs.
  public func chains() throws(Problem) -> ProjectChains {
    do throws(RulePackError) {
      return try map.packs.projectChains(from: map.installation.packs.path)
    } catch {
      throw .packs(error)
    }
  }

  /// A project as far as the reader may see its cases.
  ///
  /// - `chain`: the one to be followed; nil for the one its cases tell.
  /// - Errors: notFound where no case of the code is in scope, or there is no such chain.
  public func project(
    _ code: String, along chain: String? = nil, for principal: Principal
  ) async throws(Problem) -> ProjectView {
    let chains = try chains()
    let cases = map.cases
    var found: [ProjectProgress.Case] = []
    var filter = Cases.Filter(.all)
    filter.project = code
    let heads = try await cases.page(filter, limit: Self.mostCases, for: principal).heads
    for head in heads {
      let known = try await cases.loaded(head.stored.number, for: principal)
      let workflow = try cases.workflow(of: known.state)
      do throws(CaseHistoryError) {
        found.append(try ProjectProgress.Case(known.events, workflow.definition))
      } catch {
        throw .store(.corrupt(what: "case \(head.stored.number)"))
      }
    }
    guard !found.isEmpty else { throw Self.unknown(code) }
    let followed: ProjectChain?
    if let chain {
      followed = chains.chain(chain)
      guard followed != nil else { throw Self.chainUnknown(chain) }
    } else {
      followed = chains.followed(by: Set(found.map(\.state.opening.procedure)))
    }
    guard let calendar = map.packs.calendar else { throw Cases.noCalendar }
    let today = try cases.now().day
    do throws(CalendarError) {
      return try ProjectView(
        code, found, followed, chains, by: calendar,
        on: max(today, found.map(\.state.lastDay).max() ?? today))
    } catch {
      throw CaseWording.problem(.calendar(error), at: code)
    }
  }

  private static func unknown(_ code: String) -> Problem {
    Wording(
      "project-unknown", "没有这个项目的办件", "there is no case of such a project", do: "核对项目代码",
      "check its code"
    ).problem(.notFound, at: String(code.prefix(64)))
  }

  private static func chainUnknown(_ id: String) -> Problem {
    Wording(
      "chain-unknown", "没有这个链条", "there is no such chain", do: "用 karez case chains 查看",
      "see karez case chains"
    ).problem(.notFound, at: String(id.prefix(64)))
  }
}

extension OneMap {
  public var projects: Projects { Projects(map: self) }
}
