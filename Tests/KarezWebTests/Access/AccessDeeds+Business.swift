import Foundation
import KarezCore
import KarezPacks
import TestSupport

@testable import KarezService

/// Deeds aimed at cases of both counties, and at what is an applicant's own.
extension AccessStakes {
  private static func key() -> String { UUID().uuidString }

  var cases: [AccessDeed] {
    AccessMap.counties.flatMap { county in
      acting(in: county) + papers(of: county) + opening(in: county)
    } + deputies
  }

  private func deed(
    _ route: String, _ path: String, _ shape: AccessDeed.Shape, of county: String,
    needsSigner: Bool = false, _ outcome: @escaping @Sendable (Doer) -> AccessDeed.Outcome
  ) -> AccessDeed {
    AccessDeed(
      route: route, path: path, shape: shape,
      known: ["{case}": business.cases[county] ?? ""],
      never: ["{case}": business.never(instead: county)["{case}"] ?? ""],
      needsSigner: needsSigner, outcome: outcome)
  }

  /// A case out of reach is not there, one in reach is for those who act in its procedure.
  private func acting(in county: String) -> [AccessDeed] {
    let roles = procedure.all
    let acts = { @Sendable (doer: Doer) -> AccessDeed.Outcome in
      guard doer.person.looksAtCases(of: county), !doer.isApplicant else { return .absent }
      return doer.acts(as: roles) ? .passes : .forbidden
    }
    let opener = { @Sendable (doer: Doer) -> AccessDeed.Outcome in
      doer.person.looksAtCases(of: county) && !doer.isApplicant ? .forbidden : .absent
    }
    let paper = CasePaper(of: "application")
    let file = (field: "file", name: paper.name, text: paper.text)
    let fields = ["document": "application", "expecting": "0", "key": Self.key()]
    let step = "step=\(CaseRoom.procedure)%20accept&confirmed=true"
    return [
      deed(
        "POST /api/v1/cases/{number}/acts", "/api/v1/cases/{case}/acts",
        .json(
          "{\"act\":\"make\",\"step\":\"accept\",\"expecting\":0,\"key\":\"\(Self.key())\"}"),
        of: county, acts),
      deed(
        "POST /cases/{number}", "/cases/{case}",
        .form("act=make&step=accept&expecting=0&key=\(Self.key())"), of: county, acts),
      deed(
        "POST /api/v1/cases/{number}/documents", "/api/v1/cases/{case}/documents",
        .parts(fields, files: [file]), of: county, acts),
      deed(
        "POST /cases/{number}/documents", "/cases/{case}/documents",
        .parts(fields, files: [file]), of: county, acts),
      deed(
        "POST /api/v1/cases/{number}/tracking-code", "/api/v1/cases/{case}/tracking-code",
        .json("{}"), of: county, opener),
      deed(
        "POST /cases/together", "/cases/together",
        .form(step + "&case:{case}=0&key=\(Self.key())"), of: county
      ) { doer in
        if doer.isApplicant { return .absent }
        return doer.person.looksAtCases(of: county) ? .there : .hidden([200])
      },
    ]
  }

  private func papers(of county: String) -> [AccessDeed] {
    let letter = procedure.letter
    let writes = { @Sendable (doer: Doer) -> AccessDeed.Outcome in
      guard doer.person.looksAtCases(of: county), !doer.isApplicant else { return .absent }
      // Who sees where a case stands is told there is no letter yet, whether there is one or not.
      guard doer.person.readsPapers(of: county) else { return .held }
      return doer.acts(as: letter) ? .passes : .forbidden
    }
    return [
      deed(
        "POST /api/v1/cases/{number}/letter", "/api/v1/cases/{case}/letter",
        .json("{\"act\":\"revise\",\"text\":\"x\\n\\ny\",\"expecting\":0}"), of: county, writes),
      deed(
        "POST /cases/{number}/letter", "/cases/{case}/letter",
        .form("act=revise&text=x%0A%0Ay&expecting=0"), of: county, writes),
      deed(
        "POST /cases/{number}/bundle", "/cases/{case}/bundle", .form("lang=en"), of: county,
        needsSigner: true
      ) { doer in
        guard doer.person.looksAtCases(of: county), !doer.isApplicant else { return .absent }
        return doer.person.readsPapers(of: county) ? .passes : .held
      },
    ]
  }

  /// Nobody opens a case in a county that is not theirs.
  private func opening(in county: String) -> [AccessDeed] {
    let roles = procedure.opening
    let files = CaseRoom.needed.map { document in
      (field: document, name: CasePaper(of: document).name, text: CasePaper(of: document).text)
    }
    return ["/api/v1/cases", "/cases"].map { path in
      let fields = [
        "procedure": CaseRoom.procedure, "region": county, "applicant": "a-deed",
        "project": "deed", "key": Self.key(),
      ]
      return AccessDeed(
        route: "POST " + path, path: path, shape: .parts(fields, files: files), known: [:],
        never: [:]
      ) { doer in
        if doer.isApplicant { return .absent }
        guard doer.acts(as: roles) else { return .forbidden }
        return doer.isNear(county) ? .passes : .held
      }
    }
  }

  private var deputies: [AccessDeed] {
    let known = ["{deputy}": business.deputy]
    let never = ["{deputy}": String(repeating: "0", count: business.deputy.count)]
    let outcome = { @Sendable (doer: Doer) -> AccessDeed.Outcome in
      doer.may(.manageAccounts) ? .passes : .absent
    }
    return [
      AccessDeed(
        route: "POST /cases/deputies/revoke", path: "/cases/deputies/revoke",
        shape: .form("deputy={deputy}"), known: known, never: never, outcome: outcome),
      AccessDeed(
        route: "POST /api/v1/deputies/{id}/revocation",
        path: "/api/v1/deputies/{deputy}/revocation", shape: .json("{}"), known: known,
        never: never, outcome: outcome),
    ]
  }

  // MARK: Applicants

  /// What one applicant has is there for that one, for no other applicant and for no office.
  var applications: [AccessDeed] {
    let owner = "a20250001"
    let paper = CasePaper(of: "application")
    let file = (field: "file", name: paper.name, text: paper.text)
    func deed(
      _ route: String, _ path: String, _ shape: AccessDeed.Shape, _ known: [String: String],
      _ never: [String: String], _ headers: [String: String] = [:]
    ) -> AccessDeed {
      AccessDeed(
        route: route, path: path, shape: shape, headers: headers, known: known, never: never
      ) { $0.id == owner ? .passes : .absent }
    }
    let own = (["{own}": business.own], ["{own}": "YD653999202600009"])
    let draft = (
      ["{draft}": business.draft],
      ["{draft}": String(repeating: "0", count: business.draft.count)]
    )
    let mandate = (["{mandate}": "0123456789abcdef"], ["{mandate}": "0000000000000000"])
    return [
      deed(
        "POST /my/cases/{number}", "/my/cases/{own}",
        .form("step=withdraw&expecting=0&key=\(Self.key())"), own.0, own.1),
      deed(
        "POST /my/cases/{number}/documents", "/my/cases/{own}/documents",
        .parts(
          ["document": "application", "expecting": "0", "key": Self.key()], files: [file]),
        own.0, own.1),
      deed(
        "POST /my/drafts/{draft}", "/my/drafts/{draft}",
        .parts(["act": "save", "expecting": "99", "region": "653101"], files: []), draft.0,
        draft.1),
      deed(
        "PUT /api/v1/my/drafts/{draft}", "/api/v1/my/drafts/{draft}", .json("{\"answers\":{}}"),
        draft.0, draft.1, ["If-Match": "\"99\""]),
      deed(
        "POST /my/mandates", "/my/mandates", .form("revoke={mandate}"), mandate.0, mandate.1),
    ]
  }
}
