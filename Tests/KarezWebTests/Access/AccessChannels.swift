import KarezCore

/// 渠道: how every address of the server is asked in the access matrix.
///
/// A route that is not here fails `AccessMatrixTests`: whoever adds one says how it is asked.
enum AccessChannel: Sendable {
  /// Nothing in the address names a thing; everything it says is held against who asks.
  case listing([String])
  /// `{dataset}` stands for one that may be out of scope.
  case dataset([String])
  /// `{dataset}` and `{feature}`; either may be out of scope.
  case feature([String])
  /// `{attribute}` of a dataset in scope may be out of it.
  case attribute([String])
  /// `{submission}` may be out of scope.
  case submission([String])
  /// `{answer}` was worked out by somebody who sees everything.
  case answer([String])
  /// `{download}`, `{edit}`, `{process}` or `{batch}`, which is for whoever asked for it and for nobody else.
  case own([String])
  /// `{case}` of a county: where it stands.
  case ofCase([String])
  /// `{case}` of a county: a paper of it.
  case papers([String])
  /// `{account}` or `{transaction}` of a county's ledger.
  case account([String])
  /// `{own}` or `{draft}`, which is one applicant's.
  case mine([String])
  /// For machines that are named, or keyed by the installation: no two servers say the same.
  case figures([String])
  /// A form or a body that is sent; here only that it says nothing it must not.
  case sent(String, type: String, body: String)

  static let days = "from=2023-06-01&to=2025-06-01"
  static let square =
    "{\"type\":\"Polygon\",\"coordinates\":[[[100,30],[100.02,30],[100.02,30.01],[100,30.01],"
    + "[100,30]]]}"
  static let geoJSON = "application/geo+json"
  static let form = "application/x-www-form-urlencoded"
  static let wms = "/ogc/wms?service=WMS&version=1.3.0&"
  static let wfs = "/ogc/wfs?service=WFS&version=2.0.0&"
  /// The land of the matrix, two fields beside one another.
  static let frame = "crs=CRS:84&bbox=100,30,100.02,30.01&width=64&height=32"

  /// Where it is asked.
  var paths: [String] {
    switch self {
    case .listing(let paths), .dataset(let paths), .feature(let paths), .attribute(let paths),
      .submission(let paths), .answer(let paths), .own(let paths), .ofCase(let paths),
      .papers(let paths), .account(let paths), .mine(let paths), .figures(let paths):
      paths
    case .sent(let path, _, _): [path]
    }
  }

  /// By method and path, as the router has them.
  static let all = portal.merging(ogc) { portal, _ in portal }

  private static let portal: [String: [AccessChannel]] = [
    "GET /": [.listing(["/", "/?lang=en&validOn=2024-06-01"]), .answer(["/?answer={answer}"])],
    "GET /account": [.listing(["/account"])],
    "GET /account/factor/begin": [.listing(["/account/factor/begin"])],
    "GET /account/factor/confirm": [.listing(["/account/factor/confirm"])],
    "GET /account/factor/remove": [.listing(["/account/factor/remove"])],
    "GET /account/keys": [.listing(["/account/keys"])],
    "GET /account/recovery": [.listing(["/account/recovery"])],
    "GET /account/sessions/end": [.listing(["/account/sessions/end"])],
    "GET /account/tokens": [.listing(["/account/tokens"])],
    "GET /account/tokens/revoke": [.listing(["/account/tokens/revoke"])],
    "GET /accounts": [.listing(["/accounts"])],
    "GET /accounts/disable": [.listing(["/accounts/disable"])],
    "GET /accounts/factors": [.listing(["/accounts/factors"])],
    "GET /accounts/reset": [.listing(["/accounts/reset"])],
    "GET /accounts/roles": [.listing(["/accounts/roles"])],
    "GET /accounts/unlock": [.listing(["/accounts/unlock"])],
    "GET /answers/{file}": [
      .answer(["/answers/{answer}", "/answers/{answer}.json", "/answers/{answer}.pdf"])
    ],
    "GET /api/v1/cases": [
      .listing(["/api/v1/cases?list=all", "/api/v1/cases?list=open&region=6531&limit=5"])
    ],
    "GET /api/v1/cases/{number}": [.ofCase(["/api/v1/cases/{case}"])],
    "GET /api/v1/cases/{number}/letter": [.papers(["/api/v1/cases/{case}/letter"])],
    "GET /api/v1/cases/{number}/documents/{document}": [
      .papers(["/api/v1/cases/{case}/documents/application"])
    ],
    "GET /api/v1/catalogue": [
      .listing([
        "/api/v1/catalogue", "/api/v1/catalogue?search=canary", "/api/v1/catalogue?theme=survey",
      ])
    ],
    "GET /api/v1/catalogue/{id}": [.dataset(["/api/v1/catalogue/{dataset}"])],
    "GET /api/v1/catalogue/{id}/metadata.xml": [
      .dataset(["/api/v1/catalogue/{dataset}/metadata.xml"])
    ],
    "GET /api/v1/checks/avoid": [.answer(["/api/v1/checks/avoid?answer={answer}"])],
    "GET /api/v1/checks/batch/{name}": [.own(["/api/v1/checks/batch/{batch}"])],
    "GET /api/v1/checks/compare": [
      .answer(["/api/v1/checks/compare?answers={answer},{answer}x"])
    ],
    "GET /api/v1/checks/saved": [.listing(["/api/v1/checks/saved"])],
    "GET /api/v1/commits": [
      .listing(["/api/v1/commits"]), .dataset(["/api/v1/commits?dataset={dataset}"]),
    ],
    "GET /api/v1/datasets": [.listing(["/api/v1/datasets"])],
    "GET /api/v1/datasets/{id}/diff": [
      .dataset(["/api/v1/datasets/{dataset}/diff?\(days)&geometry=true"]),
      .attribute(["/api/v1/datasets/{dataset}/diff?\(days)&by={attribute}"]),
      .dataset(["/api/v1/datasets/matrix-public/diff?\(days)&units={dataset}"]),
    ],
    "GET /api/v1/datasets/{id}/export": [
      .dataset([
        "/api/v1/datasets/{dataset}/export?format=csv",
        "/api/v1/datasets/{dataset}/export?format=geojson",
        "/api/v1/datasets/{dataset}/export?format=csv&region=653121",
      ])
    ],
    "GET /api/v1/datasets/{id}/features": [
      .dataset([
        "/api/v1/datasets/{dataset}/features", "/api/v1/datasets/{dataset}/features?paint=true",
        "/api/v1/datasets/{dataset}/features?bbox=100.005,29,101,31&minimumAreaM2=1",
        "/api/v1/datasets/{dataset}/features?validOn=2024-06-01",
      ])
    ],
    "GET /api/v1/datasets/{id}/features/{feature}/history": [
      .feature(["/api/v1/datasets/{dataset}/features/{feature}/history"])
    ],
    "GET /api/v1/datasets/{id}/increment": [
      .dataset([
        "/api/v1/datasets/{dataset}/increment?since=0",
        "/api/v1/datasets/{dataset}/increment?since=0&region=653121",
      ])
    ],
    "GET /api/v1/datasets/{id}/units": [
      .dataset(["/api/v1/datasets/{dataset}/units?\(days)"])
    ],
    "GET /api/v1/deputies": [.listing(["/api/v1/deputies"])],
    "GET /api/v1/jobs": [.listing(["/api/v1/jobs"])],
    "GET /api/v1/ledger/accounts": [
      .listing(["/api/v1/ledger/accounts", "/api/v1/ledger/accounts?region=6531&year=2026"])
    ],
    "GET /api/v1/ledger/accounts/{kind}/{region}/{year}/{part}": [
      .account(["/api/v1/ledger/accounts/{account}"])
    ],
    "GET /api/v1/ledger/transactions/{number}": [
      .account(["/api/v1/ledger/transactions/{transaction}"])
    ],
    "GET /api/v1/measure": [
      .listing(["/api/v1/measure?line=100,30,100.01,30,100.01,30.01&closed=true"])
    ],
    "GET /api/v1/my/drafts/{draft}": [.mine(["/api/v1/my/drafts/{draft}"])],
    "GET /api/v1/openapi.json": [.listing(["/api/v1/openapi.json"])],
    "GET /api/v1/procedures": [.listing(["/api/v1/procedures"])],
    "GET /api/v1/procedures/{pack}/{id}": [
      .listing(["/api/v1/procedures/administrative-procedure/site-selection"])
    ],
    "GET /api/v1/procedures/{pack}/{id}/drawing": [
      .listing(["/api/v1/procedures/administrative-procedure/site-selection/drawing?format=bpmn"])
    ],
    "GET /api/v1/projects": [.listing(["/api/v1/projects?code=2025-653121-48-01-000001"])],
    "GET /api/v1/proposals": [.listing(["/api/v1/proposals"])],
    "GET /api/v1/register": [
      .listing(["/api/v1/register", "/api/v1/register?county=653121&limit=5"])
    ],
    "GET /search": [
      .listing(["/search", "/search?q=canary&lang=en", "/search?q=matrix"]),
      .feature(["/search?q={feature}"]), .ofCase(["/search?q={case}"]),
    ],
    "GET /api/v1/search": [
      .listing(["/api/v1/search?q=canary", "/api/v1/search?q=matrix&lang=en"]),
      .dataset(["/api/v1/search?q={dataset}"]), .feature(["/api/v1/search?q={feature}"]),
      .ofCase(["/api/v1/search?q={case}"]),
    ],
    "GET /api/v1/services": [.listing(["/api/v1/services"])],
    "GET /api/v1/services/{pack}/{id}": [
      .listing(["/api/v1/services/administrative-procedure/site-selection"])
    ],
    "GET /api/v1/statistics": [
      .dataset([
        "/api/v1/statistics?dataset={dataset}",
        "/api/v1/statistics?dataset={dataset}&by=name&level=township&validOn=2024-06-01",
      ]),
      .attribute(["/api/v1/statistics?dataset={dataset}&by={attribute}"]),
    ],
    "GET /api/v1/submissions": [.listing(["/api/v1/submissions"])],
    "GET /api/v1/submissions/{id}": [.submission(["/api/v1/submissions/{submission}"])],
    "GET /assets/{name}": [.listing(["/assets/frame.css", "/assets/openapi.json"])],
    "GET /cases": [.listing(["/cases", "/cases?list=all&lang=en", "/cases?list=overdue"])],
    "GET /cases/deputies": [.listing(["/cases/deputies", "/cases/deputies?lang=en"])],
    "GET /cases/new": [
      .listing(["/cases/new?procedure=administrative-procedure/site-selection"])
    ],
    "GET /cases/supervision": [.listing(["/cases/supervision", "/cases/supervision?lang=en"])],
    "GET /cases/{number}": [.ofCase(["/cases/{case}?lang=en"])],
    "GET /cases/{number}/papers/{order}": [.listing(["/cases/{case}/papers/9"])],
    "GET /cases/{number}/documents": [.listing(["/cases/{case}/documents"])],
    "GET /cases/{number}/fees/{order}": [.listing(["/cases/{case}/fees/9"])],
    "GET /cases/{number}/letter": [.papers(["/cases/{case}/letter"])],
    "GET /cases/{number}/documents/{document}": [
      .papers(["/cases/{case}/documents/application"])
    ],
    "GET /catalogue": [
      .listing(["/catalogue", "/catalogue?search=canary&lang=en", "/catalogue?theme=survey"])
    ],
    "GET /catalogue/{id}": [.dataset(["/catalogue/{dataset}", "/catalogue/{dataset}?lang=en"])],
    "GET /catalogue/{id}/features": [.feature(["/catalogue/{dataset}/features?feature={feature}"])],
    "GET /catalogue/{id}/features/{feature}": [
      .feature([
        "/catalogue/{dataset}/features/{feature}",
        "/catalogue/{dataset}/features/{feature}?tab=history",
      ])
    ],
    "GET /checks": [.listing(["/checks", "/checks?lang=en"])],
    "GET /checks/avoid": [.answer(["/checks/avoid?answer={answer}"])],
    "GET /checks/avoid/file": [
      .answer(["/checks/avoid/file?answer={answer}&line=all&part=rest&format=txt"])
    ],
    "GET /checks/batch/{name}": [
      .own(["/checks/batch/{batch}", "/checks/batch/{batch}?verdict=prohibited"])
    ],
    "GET /checks/batch/{name}/file": [.own(["/checks/batch/{batch}/file?format=csv"])],
    "GET /checks/batch/{name}/progress": [.own(["/checks/batch/{batch}/progress"])],
    "GET /checks/batch/{name}/shapes": [.own(["/checks/batch/{batch}/shapes"])],
    "GET /checks/compare": [
      .listing(["/checks/compare"]), .answer(["/checks/compare?answers={answer}"]),
    ],
    "GET /desk": [.listing(["/desk"])],
    "GET /differences": [
      .listing(["/differences"]), .dataset(["/differences?dataset={dataset}&\(days)"]),
      .attribute(["/differences?dataset={dataset}&\(days)&by={attribute}"]),
    ],
    "GET /differences/progress": [.dataset(["/differences/progress?dataset={dataset}&\(days)"])],
    "GET /differences/shapes": [.dataset(["/differences/shapes?dataset={dataset}&\(days)"])],
    "GET /downloads/{name}": [.own(["/downloads/{download}"])],
    "GET /downloads/{name}/file": [.own(["/downloads/{download}/file"])],
    "GET /downloads/{name}/progress": [.own(["/downloads/{download}/progress"])],
    "GET /edits/{key}": [.own(["/edits/{edit}"])],
    "GET /exchange": [.listing(["/exchange"])],
    "GET /favicon.ico": [.listing(["/favicon.ico"])],
    "GET /healthz": [.listing(["/healthz"])],
    "GET /identify": [
      .dataset([
        "/identify?at=100.003,30.003&layers={dataset}",
        "/identify?at=100.003,30.003&layers={dataset}&validOn=2024-06-01&recorded=3&lang=en",
      ]),
      .listing([
        "/identify?at=100.003,30.003&layers=matrix-public,matrix-internal,matrix-confidential",
        "/identify?at=100.013,30.003&layers=matrix-public,matrix-internal,matrix-confidential",
      ]),
    ],
    "GET /jobs": [.listing(["/jobs"])],
    "GET /jobs/rows": [.listing(["/jobs/rows"])],
    "GET /join": [.listing(["/join", "/join?lang=ug"])],
    "GET /join/confirm": [.listing(["/join/confirm"])],
    "GET /plan": [.listing(["/plan", "/plan?lang=en"])],
    "GET /plan/indicators": [
      .listing(["/plan/indicators", "/plan/indicators?lang=en&year=2026&region=653121"])
    ],
    "GET /plan/indicators/{indicator}": [
      .listing(["/plan/indicators/red-line-area?lang=en&year=2026"])
    ],
    "GET /plan/projects": [.listing(["/plan/projects", "/plan/projects?lang=en&stage=listed"])],
    "GET /api/v1/plan/indicators": [.listing(["/api/v1/plan/indicators?year=2026"])],
    "GET /api/v1/plan/projects": [.listing(["/api/v1/plan/projects"])],
    "GET /ledger": [
      .listing(["/ledger", "/ledger?lang=en&validOn=2026-06-01&kind=compensation-quota"])
    ],
    "GET /ledger/accounts/{kind}/{region}/{year}/{part}": [
      .account(["/ledger/accounts/{account}?lang=en"])
    ],
    "GET /ledger/accounts/{kind}/{region}/{year}/{part}/file": [
      .account(["/ledger/accounts/{account}/file?format=csv"])
    ],
    "GET /ledger/file": [.listing(["/ledger/file?format=csv"])],
    "GET /ledger/transactions/{number}": [.account(["/ledger/transactions/{transaction}"])],
    "GET /log": [.listing(["/log", "/log?dataset=matrix-public&lang=en"])],
    "GET /log/statistics": [.listing(["/log/statistics", "/log/statistics?from=2025-01&lang=en"])],
    "GET /log/statistics.csv": [.listing(["/log/statistics.csv"])],
    "GET /log/parcel/{feature}": [.feature(["/log/parcel/{feature}"])],
    "GET /my": [.listing(["/my", "/my?lang=en"])],
    "GET /my/cases/{number}": [.mine(["/my/cases/{own}"])],
    "GET /my/cases/{number}/documents/{document}": [
      .mine(["/my/cases/{own}/documents/application"])
    ],
    "GET /my/cases/{number}/papers/{order}": [.listing(["/my/cases/{own}/papers/9"])],
    "GET /my/drafts": [.listing(["/my/drafts"])],
    "GET /my/drafts/{draft}": [.mine(["/my/drafts/{draft}"])],
    "GET /my/ground": [.listing(["/my/ground"])],
    "GET /my/cases/{number}/documents": [.listing(["/my/cases/{own}/documents"])],
    "GET /my/mandates": [.listing(["/my/mandates"])],
    "GET /my/name": [.listing(["/my/name"])],
    "GET /metrics": [.figures(["/metrics"])],
    "GET /password": [.listing(["/password"])],
    "GET /print": [
      .listing(["/print", "/print?lang=en"]),
      .dataset(["/print?layers={dataset}&centre=100.01,30.005&scale=10000"]),
    ],
    // A scale that there is not is refused only once all layers are found: what is drawn costs time.
    "GET /print/preview.png": [
      .dataset(["/print/preview.png?layers={dataset}&centre=100.01,30.005&scale=3"])
    ],
    "GET /print/sheet.pdf": [
      .dataset(["/print/sheet.pdf?layers=matrix-public,{dataset}&centre=100.01,30.005&scale=3"])
    ],
    "GET /procedures": [.listing(["/procedures"])],
    "GET /procedures/{pack}/{id}": [
      .listing(["/procedures/administrative-procedure/site-selection?lang=en"])
    ],
    "GET /proposals": [.listing(["/proposals"])],
    "GET /proposals/approve": [.listing(["/proposals/approve"])],
    "GET /proposals/refuse": [.listing(["/proposals/refuse"])],
    "GET /proposals/withdraw": [.listing(["/proposals/withdraw"])],
    "GET /readyz": [.listing(["/readyz"])],
    "GET /projects": [
      .listing(["/projects", "/projects?code=2025-653121-48-01-000001&lang=en"])
    ],
    "GET /register": [.listing(["/register", "/register?county=653121&lang=en"])],
    "GET /register.csv": [.listing(["/register.csv?lang=en"])],
    "GET /scope": [.figures(["/scope"])],
    "GET /services": [.listing(["/services", "/services?lang=ug"])],
    "GET /services/{pack}/{id}": [
      .listing(["/services/administrative-procedure/site-selection?lang=en"])
    ],
    "GET /sign-in": [.listing(["/sign-in"])],
    "GET /sign-in/directory": [.listing(["/sign-in/directory?next=/catalogue"])],
    "GET /sign-in/directory/back": [
      .listing(["/sign-in/directory/back?state=x&code=y&iss=http://127.0.0.1:9"])
    ],
    "GET /sign-in/second": [.listing(["/sign-in/second"])],
    "GET /statistics": [
      .listing(["/statistics"]), .dataset(["/statistics?dataset={dataset}&validOn=2025-06-01"]),
      .attribute(["/statistics?dataset={dataset}&by={attribute}"]),
      .answer(["/statistics?dataset=matrix-public&answer={answer}"]),
    ],
    "GET /statistics/file": [.dataset(["/statistics/file?dataset={dataset}&format=csv"])],
    "GET /statistics/progress": [.dataset(["/statistics/progress?dataset={dataset}"])],
    "GET /statistics/rows": [
      .dataset([
        "/statistics/rows?dataset={dataset}&region=653101",
        "/statistics/rows?dataset={dataset}&by=name&class=-",
      ]),
      .attribute(["/statistics/rows?dataset={dataset}&by={attribute}"]),
    ],
    "GET /submissions/new": [
      .listing(["/submissions/new"]), .dataset(["/submissions/new?dataset={dataset}"]),
    ],
    "GET /submissions/{id}": [.submission(["/submissions/{submission}"])],
    "GET /submissions/{id}/progress": [.submission(["/submissions/{submission}/progress"])],
    "GET /submissions/{id}/report.json": [.submission(["/submissions/{submission}/report.json"])],
    "GET /track": [.listing(["/track", "/track?lang=en"])],
    "POST /account/factor/begin": [.sent("/account/factor/begin", type: form, body: "")],
    "POST /account/factor/confirm": [
      .sent("/account/factor/confirm", type: form, body: "code=000000")
    ],
    "POST /account/factor/remove": [
      .sent("/account/factor/remove", type: form, body: "password=x")
    ],
    "POST /account/keys": [.sent("/account/keys", type: form, body: "title=x&key=y")],
    "POST /account/recovery": [.sent("/account/recovery", type: form, body: "password=x")],
    "POST /account/sessions/end": [.sent("/account/sessions/end", type: form, body: "session=x")],
    "POST /account/tokens": [.sent("/account/tokens", type: form, body: "title=x")],
    "POST /account/tokens/revoke": [.sent("/account/tokens/revoke", type: form, body: "token=x")],
    "POST /accounts": [.sent("/accounts", type: form, body: "id=x")],
    "POST /accounts/disable": [.sent("/accounts/disable", type: form, body: "account=stranger")],
    "POST /accounts/factors": [.sent("/accounts/factors", type: form, body: "account=stranger")],
    "POST /accounts/reset": [.sent("/accounts/reset", type: form, body: "account=stranger")],
    "POST /accounts/roles": [.sent("/accounts/roles", type: form, body: "account=stranger")],
    "POST /accounts/unlock": [.sent("/accounts/unlock", type: form, body: "account=stranger")],
    "POST /answers/{file}/bundle": [.sent("/answers/none/bundle", type: form, body: "")],
    "POST /api/v1/cases": [
      .sent(
        "/api/v1/cases", type: "application/json",
        body: "{\"procedure\":\"x/y\",\"region\":\"653121\",\"applicant\":\"a\"}")
    ],
    "POST /api/v1/cases/{number}/acts": [
      .sent(
        "/api/v1/cases/{case}/acts", type: "application/json",
        body: "{\"act\":\"make\",\"step\":\"accept\",\"expecting\":0}")
    ],
    "POST /api/v1/cases/{number}/letter": [
      .sent(
        "/api/v1/cases/{case}/letter", type: "application/json",
        body: "{\"act\":\"draft\",\"step\":\"not-accept\"}")
    ],
    "POST /api/v1/cases/{number}/documents": [
      .sent("/api/v1/cases/{case}/documents", type: form, body: "document=boundary")
    ],
    "POST /api/v1/cases/{number}/tracking-code": [
      .sent(
        "/api/v1/cases/{case}/tracking-code", type: "application/json", body: "{}")
    ],
    "POST /api/v1/checks/batch": [
      .sent("/api/v1/checks/batch", type: "application/json", body: "{\"boundary\":\(square)}")
    ],
    "POST /api/v1/checks/saved": [
      .sent("/api/v1/checks/saved", type: "application/json", body: "{\"answer\":\"none\"}")
    ],
    "POST /api/v1/checks": [
      .sent("/api/v1/checks", type: "application/json", body: "{\"boundary\":\(square)}")
    ],
    "POST /api/v1/statistics": [
      .sent(
        "/api/v1/statistics", type: "application/json",
        body: "{\"dataset\":\"matrix-public\",\"by\":\"name\",\"boundary\":\(square)}")
    ],
    "POST /api/v1/track": [
      .sent(
        "/api/v1/track", type: "application/json",
        body: "{\"number\":\"{case}\",\"code\":\"{code}\"}")
    ],
    "POST /api/v1/deputies": [
      .sent(
        "/api/v1/deputies", type: "application/json",
        body: "{\"deputy\":\"nobody\",\"from\":\"2025-01-01\",\"through\":\"2025-01-02\"}")
    ],
    "POST /api/v1/deputies/{id}/revocation": [
      .sent("/api/v1/deputies/none/revocation", type: "application/json", body: "{}")
    ],
    "POST /cases/deputies": [
      .sent(
        "/cases/deputies", type: form, body: "deputy=nobody&from=2025-01-01&through=2025-01-02")
    ],
    "POST /cases/deputies/revoke": [
      .sent("/cases/deputies/revoke", type: form, body: "deputy=none")
    ],
    "POST /cases": [.sent("/cases", type: form, body: "")],
    "POST /cases/together": [.sent("/cases/together", type: form, body: "step=x/y%20z")],
    "POST /cases/{number}": [
      .sent("/cases/{case}", type: form, body: "act=make&step=accept&expecting=1")
    ],
    "POST /cases/{number}/bundle": [
      .sent("/cases/{case}/bundle", type: form, body: "")
    ],
    "POST /cases/{number}/letter": [
      .sent("/cases/{case}/letter", type: form, body: "act=draft&step=grant")
    ],
    "POST /cases/{number}/fees/{order}": [
      .sent("/cases/{case}/fees/9", type: form, body: "act=cash&note=1")
    ],
    "POST /cases/{number}/documents": [
      .sent("/cases/{case}/documents", type: form, body: "")
    ],
    "POST /catalogue/{id}/download": [
      .sent("/catalogue/matrix-public/download", type: form, body: "format=csv")
    ],
    "POST /catalogue/{id}/features/{feature}": [
      .sent("/catalogue/matrix-public/features/x", type: form, body: "act=end")
    ],
    "POST /catalogue/{id}/request": [
      .sent("/catalogue/matrix-public/request", type: form, body: "format=csv&reason=x")
    ],
    "POST /catalogue/{id}/revert": [
      .sent("/catalogue/matrix-public/revert", type: form, body: "commit=1")
    ],
    "POST /checks": [.sent("/checks", type: form, body: "")],
    "POST /checks/again": [.sent("/checks/again", type: form, body: "answer=none")],
    "POST /checks/avoid": [.sent("/checks/avoid", type: form, body: "answer=none&line=all")],
    "POST /checks/batch": [.sent("/checks/batch", type: form, body: "")],
    "POST /checks/batch/{name}": [.sent("/checks/batch/none", type: form, body: "act=remove")],
    "POST /checks/compare": [.sent("/checks/compare", type: form, body: "")],
    "POST /checks/saved": [.sent("/checks/saved", type: form, body: "act=save&answer=none")],
    "POST /desk/read": [.sent("/desk/read", type: form, body: "notice=x")],
    "POST /edits/{key}": [.sent("/edits/none", type: form, body: "act=confirm")],
    "POST /jobs/cancel": [.sent("/jobs/cancel", type: form, body: "job=x")],
    "POST /password": [.sent("/password", type: form, body: "old=x&new=y&again=y")],
    "POST /proposals/approve": [.sent("/proposals/approve", type: form, body: "proposal=x")],
    "POST /proposals/refuse": [.sent("/proposals/refuse", type: form, body: "proposal=x")],
    "POST /proposals/withdraw": [.sent("/proposals/withdraw", type: form, body: "proposal=x")],
    "POST /sign-in": [.sent("/sign-in", type: form, body: "account=stranger&password=x")],
    "POST /sign-in/second": [.sent("/sign-in/second", type: form, body: "code=000000")],
    "POST /sign-out": [.sent("/sign-out", type: form, body: "")],
    "POST /statistics": [.sent("/statistics", type: form, body: "dataset=matrix-public")],
    "POST /submissions": [.sent("/submissions", type: form, body: "")],
    "POST /submissions/{id}/{act}": [
      .sent("/submissions/20250101-0003/withdraw", type: form, body: "")
    ],
    "POST /join": [.sent("/join", type: form, body: "kind=person&name=x&contact=x")],
    "POST /join/confirm": [.sent("/join/confirm", type: form, body: "ticket=x&code=1")],
    "POST /my/cases/{number}": [
      .sent("/my/cases/{own}", type: form, body: "step=withdraw")
    ],
    "POST /my/cases/{number}/documents": [
      .sent("/my/cases/{own}/documents", type: form, body: "document=boundary")
    ],
    "POST /my/drafts": [
      .sent("/my/drafts", type: form, body: "procedure=administrative-procedure/site-selection")
    ],
    "POST /my/drafts/{draft}": [.sent("/my/drafts/{draft}", type: form, body: "act=save")],
    "POST /my/mandates": [.sent("/my/mandates", type: form, body: "revoke=x")],
    "POST /my/name": [.sent("/my/name", type: form, body: "number=1")],
    "PUT /api/v1/my/drafts/{draft}": [
      .sent("/api/v1/my/drafts/none", type: "application/json", body: "{\"answers\":{}}")
    ],
    "POST /track": [.sent("/track", type: form, body: "number={case}&code={code}")],
  ]
}
