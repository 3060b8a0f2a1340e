import Foundation
import KarezCore
import KarezPacks

@testable import KarezService

/// Deeds aimed at the map: datasets, features, files on their way into them, checks.
extension AccessStakes {
  private static let square = AccessChannel.square
  private static let nowhere = "matrix-nowhere"
  static let shapeFile = (field: "file", name: "shape.geojson", text: square)

  /// Deeds aimed at each dataset; hidden ones are as those there never were.
  var datasets: [AccessDeed] {
    levels.flatMap { level in
      let known = ["{dataset}": AccessMap.dataset(level)]
      let never = ["{dataset}": Self.nowhere]
      func deed(
        _ route: String, _ path: String, _ shape: AccessDeed.Shape,
        _ outcome: @escaping @Sendable (Doer) -> AccessDeed.Outcome
      ) -> AccessDeed {
        AccessDeed(
          route: route, path: path, shape: shape, known: known, never: never, outcome: outcome)
      }
      let isThere = { @Sendable (doer: Doer) -> AccessDeed.Outcome in
        doer.reaches(level) ? .there : .absent
      }
      let inputs = "{\"inputs\":{\"dataset\":\"{dataset}\""
      return [
        deed(
          "POST /catalogue/{id}/download", "/catalogue/{dataset}/download", .form("format=csv")
        ) { $0.reaches(level) ? .passes : .absent },
        deed(
          "POST /catalogue/{id}/request", "/catalogue/{dataset}/request",
          .form("format=csv&reason=x")
        ) { $0.reaches(level) ? .passes : .absent },
        deed(
          "POST /submissions", "/submissions",
          .parts(
            [
              "dataset": "{dataset}", "validFrom": "2025-06-01", "reason": "x",
              "mode": "changes",
            ], files: [Self.shapeFile])
        ) { doer in
          guard !doer.isApplicant else { return .absent }
          guard doer.may(.submit) else { return .forbidden }
          // The form comes back, with what was wrong with it.
          return doer.reaches(level) ? .passes : .hidden([404, 422])
        },
        deed(
          "POST /api/v1/statistics", "/api/v1/statistics",
          .json("{\"dataset\":\"{dataset}\",\"by\":\"name\",\"boundary\":\(Self.square)}"), isThere),
        deed(
          "POST /ogc/processes/{processId}/execution", "/ogc/processes/coverage-check/execution",
          .json(inputs + "}}"), isThere),
        deed(
          "POST /ogc/processes/{processId}/execution", "/ogc/processes/diff/execution",
          .json(inputs + ",\"from\":\"2023-06-01\",\"to\":\"2025-06-01\"}}"), isThere),
        deed(
          "POST /ogc/collections/{id}/items", "/ogc/collections/{dataset}/items",
          .body(type: AccessChannel.geoJSON, Self.feature(id: "new", county: "653101"))
        ) { Self.writing($0, level) },
        AccessDeed(
          route: "POST /catalogue/{id}/revert", path: "/catalogue/{dataset}/revert",
          shape: .form("commit=\(Self.commit(level))&reason=x"), known: known, never: never
        ) { doer in
          guard doer.may(.submit) else { return doer.isApplicant ? .absent : .forbidden }
          return doer.reaches(level) ? .held : .absent
        },
      ]
    }
  }

  private static func feature(id: String, county: String) -> String {
    "{\"type\":\"Feature\",\"geometry\":\(square),\"properties\":{\"number\":\"\(id)\","
      + "\"region\":\"\(county)\"}}"
  }

  /// Nobody who hands in sees every attribute of these datasets, so that nobody changes one.
  private static func writing(_ doer: Doer, _ level: Classification) -> AccessDeed.Outcome {
    guard doer.reaches(level) else { return .absent }
    return doer.may(.submit) ? .held : .forbidden
  }

  /// Deeds aimed at a feature; one of another county is as one there never was.
  var features: [AccessDeed] {
    levels.flatMap { level in
      AccessMap.counties.flatMap { county in
        let id = AccessMap.feature(level, county)
        let known = ["{dataset}": AccessMap.dataset(level), "{feature}": id]
        let item = "/ogc/collections/{dataset}/items/{feature}"
        func deed(
          _ route: String, _ path: String, _ shape: AccessDeed.Shape
        ) -> AccessDeed {
          AccessDeed(
            route: route, path: path, shape: shape, known: known,
            never: ["{dataset}": AccessMap.dataset(level), "{feature}": "matrix-no-feature"]
          ) { doer in
            let isPage = !path.hasPrefix("/ogc/")
            if isPage, !doer.isApplicant, !doer.may(.submit) { return .forbidden }
            let general = Self.writing(doer, level)
            guard general == .held, !doer.isNear(county) else { return general }
            return .hidden([403, 404, 422])
          }
        }
        let body = Self.feature(id: id, county: county)
        return [
          deed(
            "POST /catalogue/{id}/features/{feature}", "/catalogue/{dataset}/features/{feature}",
            .parts(["verb": "end", "day": "2025-06-01", "reason": "x"], files: [])),
          deed(
            "PUT /ogc/collections/{id}/items/{feature}", item,
            .body(type: AccessChannel.geoJSON, body)),
          deed(
            "PATCH /ogc/collections/{id}/items/{feature}", item,
            .body(type: "application/merge-patch+json", "{\"properties\":{\"name\":\"x\"}}")),
          deed("DELETE /ogc/collections/{id}/items/{feature}", item, .nothing),
        ]
      }
    }
  }

  /// Deeds aimed at files on their way: of every level, sent from everywhere and from each county.
  var submissions: [AccessDeed] {
    levels.flatMap { level in
      Self.regions.flatMap { regions in
        Self.acts.map { act in
          let fields = [
            "dataset": AccessMap.dataset(level), "validFrom": "2025-06-01", "reason": "x",
            "mode": "changes",
          ]
          let shape: AccessDeed.Shape =
            act == "correct"
            ? .parts(fields, files: [Self.shapeFile])
            : .form(act == "sign" ? "report=another" : "lang=en")
          return AccessDeed(
            route: "POST /submissions/{id}/{act}", path: "/submissions/{submission}/\(act)",
            shape: shape, known: ["{submission}": Self.submission(act, level, regions)],
            never: ["{submission}": "20250109-0009"]
          ) { doer in
            guard doer.reaches(level), doer.covers(regions) else { return .absent }
            let needed: Set<Permission> =
              switch act {
              case "sign": [.signOff]
              case "correct": [.submit]
              case "again": [.submit, .signOff]
              // Whoever sent it takes it back, and nobody here did.
              default: []
              }
            return doer.mayAny(needed) ? .passes : .forbidden
          }
        }
      }
    }
  }

  /// Deeds aimed at an answer that somebody had who sees everything, and at what somebody saved.
  var checks: [AccessDeed] {
    let ofAnswer: [(String, String, AccessDeed.Shape)] = [
      ("POST /checks/again", "/checks/again", .form("answer={answer}")),
      ("POST /checks/avoid", "/checks/avoid", .form("answer={answer}&line=all")),
      ("POST /checks/saved", "/checks/saved", .form("act=save&answer={answer}&title=x")),
      (
        "POST /api/v1/checks/saved", "/api/v1/checks/saved",
        .json("{\"answer\":\"{answer}\",\"title\":\"x\"}")
      ),
    ]
    let known = ["{answer}": answer]
    let never = ["{answer}": String(repeating: "0", count: answer.count)]
    var deeds = ofAnswer.map { route, path, shape in
      // Whether there is anything to lead around is another question.
      let outcome = path.hasSuffix("/avoid") ? AccessDeed.Outcome.open : .there
      return AccessDeed(route: route, path: path, shape: shape, known: known, never: never) {
        $0.seesAll ? outcome : .absent
      }
    }
    deeds.append(
      AccessDeed(
        route: "POST /answers/{file}/bundle", path: "/answers/{answer}/bundle",
        shape: .form("lang=en"), known: known, never: never, needsSigner: true
      ) { $0.seesAll ? .passes : .absent })
    let ofSaved: [(String, String, AccessDeed.Shape)] = [
      ("POST /checks/saved", "/checks/saved", .form("act=rename&key={saved}&title=y")),
      ("POST /checks/saved", "/checks/saved", .form("act=remove&key={saved}")),
      (
        "POST /api/v1/checks/saved", "/api/v1/checks/saved", .json("{\"remove\":\"{saved}\"}")
      ),
    ]
    for (route, path, shape) in ofSaved {
      deeds.append(
        AccessDeed(
          route: route, path: path, shape: shape, known: ["{saved}": saved],
          never: ["{saved}": String(repeating: "0", count: saved.count)]
        ) { _ in .absent })
    }
    return deeds
  }

  /// Deeds aimed at what somebody else asked for.
  var platform: [AccessDeed] {
    var deeds: [AccessDeed] = []
    func add(
      _ route: String, _ path: String, _ shape: AccessDeed.Shape, _ mark: String, _ id: String?,
      never: String, _ outcome: @escaping @Sendable (Doer) -> AccessDeed.Outcome = { _ in .absent }
    ) {
      guard let id else { return }
      deeds.append(
        AccessDeed(
          route: route, path: path, shape: shape, known: [mark: id], never: [mark: never],
          outcome: outcome))
    }
    add(
      "POST /edits/{key}", "/edits/{edit}", .form("act=confirm"), "{edit}", others.edit,
      never: String(repeating: "0", count: others.edit?.count ?? 4))
    add(
      "POST /checks/batch/{name}", "/checks/batch/{batch}", .form("act=remove"), "{batch}",
      others.batch, never: "10000000000-b00000000000")
    add(
      "DELETE /ogc/jobs/{jobId}", "/ogc/jobs/{process}", .nothing, "{process}", others.process,
      never: UUID().uuidString.lowercased())
    for level in levels {
      add(
        "POST /jobs/cancel", "/jobs/cancel", .form("job={job}"), "{job}", Self.job(level),
        never: "references/nothing"
      ) { $0.may(.manageJobs) && $0.reaches(level) ? .passes : .absent }
    }
    for (act, more) in [
      ("disable", ""), ("unlock", ""), ("reset", ""), ("factors", ""),
      ("roles", "&role-viewer=on&reason=x"),
    ] {
      add(
        "POST /accounts/\(act)", "/accounts/\(act)", .form("account={victim}" + more),
        "{victim}", victim, never: "nobody-there"
      ) { $0.may(.manageAccounts) ? .passes : .absent }
    }
    add(
      "POST /accounts", "/accounts", .form("account={victim}&name=x&role-viewer=on"), "{victim}",
      victim, never: "another-one"
    ) { $0.may(.manageAccounts) ? .passes : .absent }
    // The page of one's own account says what is wrong with its form.
    add(
      "POST /account/tokens/revoke", "/account/tokens/revoke", .form("token={token}"), "{token}",
      token, never: "0123456789abcdef"
    ) { doer in
      if doer.isApplicant { return .absent }
      return doer.may(.manageAccounts) ? .passes : .hidden([404, 422])
    }
    add(
      "POST /account/sessions/end", "/account/sessions/end", .form("session={session}"),
      "{session}", session, never: String(repeating: "0", count: session.count)
    ) { _ in .hidden([404, 422]) }
    return deeds
  }

  /// Deeds aimed at what waits for a second person.
  var proposals: [AccessDeed] {
    func deeds(
      _ id: String, for approving: Set<Permission>,
      isVisible: @escaping @Sendable (Doer) -> Bool
    ) -> [AccessDeed] {
      ["withdraw", "refuse", "approve"].map { act in
        AccessDeed(
          route: "POST /proposals/\(act)", path: "/proposals/\(act)",
          shape: .form("proposal={proposal}"), known: ["{proposal}": id],
          never: ["{proposal}": "R-0000-0000"]
        ) { doer in
          let knows = doer.mayAny(approving.union([.readLog, .manageAccounts]))
          guard knows, isVisible(doer) else { return .absent }
          return act != "withdraw" && doer.mayAny(approving) ? .there : .forbidden
        }
      }
    }
    return deeds(grant, for: [.approveGrants]) { _ in true }
      + levels.flatMap { level in
        releases[level].map { id in
          deeds(id, for: [.release]) { $0.reaches(level) }
        } ?? []
      }
  }
}
