import Foundation
import KarezCore
import KarezService
import TestSupport
import Testing

@testable import KarezWeb

/// The account's own page, the accounts' page, tokens of programs, and the second person's page.
@Suite(.serialized, .enabled(if: WebServerTests.hasBrowserFiles)) struct AccountPageTests {
  typealias Client = WebServerTests.Client

  static let languages = ["zh", "ug", "en"]

  @Test func `the second step wants the code of the sign-in it belongs to`() async throws {
    try await SignInTests.withAccounts { client, map in
      let first = try await client.post(
        "/sign-in", "account=boss&password=\(SignInTests.password)&next=/catalogue")
      #expect(first.status == 200 && first.headers["set-cookie"] == nil)
      #expect(first.body.contains("autocomplete=\"one-time-code\""))
      let ticket = try #require(try SignInTests.ticket(first))
      let wrong = try await client.post(
        "/sign-in/second", "ticket=\(ticket)&code=000000&next=/catalogue")
      #expect(wrong.status == 403 && wrong.headers["set-cookie"] == nil)
      #expect(wrong.body.contains("role=\"alert\""))
      #expect(try SignInTests.ticket(wrong) == ticket, "the step goes on")
      let foreign = try await client.post(
        "/sign-in/second", "ticket=\(String(repeating: "0", count: 64))&code=000000")
      #expect(foreign.status == 403 && foreign.body.contains("name=\"password\""))
      let codes = try await map.accounts.renewRecovery("boss", password: SignInTests.password)
      let right = try await client.post(
        "/sign-in/second", "ticket=\(ticket)&code=\(codes[0])&next=/catalogue")
      #expect(right.status == 303 && right.headers["location"] == "/catalogue")
      let again = try await client.post(
        "/sign-in/second", "ticket=\(ticket)&code=\(codes[1])")
      #expect(again.status == 403, "a sign-in ends once")
    }
  }

  @Test func `an administrator without a second factor reaches the account page and nothing else`()
    async throws
  {
    try await SignInTests.withAccounts { client, map in
      let secret = try await map.accounts.add(
        AccountOrder(id: "sys", name: "sys", roles: ["operator"]), by: .operator)
      try await map.accounts.changePassword(
        of: "sys", from: secret, to: SignInTests.password, keeping: nil)
      let cookie = try SignInTests.cookie(
        try await SignInTests.signIn(client, "sys", SignInTests.password))
      for path in ["/", "/accounts", "/jobs", "/desk"] {
        let reply = try await client.get(path, headers: cookie)
        #expect(reply.status == 303 && reply.headers["location"] == "/account", "\(path)")
      }
      let api = try await client.get("/api/v1/jobs", headers: cookie)
      #expect(api.status == 403 && api.code == "second-factor-to-enrol")
      let page = try await client.get("/account", headers: cookie)
      #expect(page.status == 200)
      let key = try SignInTests.formKey(page)
      let begun = try await client.post(
        "/account/factor/begin", "formKey=\(key)&password=\(SignInTests.password)",
        headers: cookie)
      #expect(begun.status == 303)
      let picture = try await client.get("/account", headers: cookie).body
      #expect(picture.contains("<svg class=\"qr\""))
      let typed = try #require(picture.firstMatch(of: /id="totp-secret">([A-Z2-7]{32})</)?.1)
      let done = try await client.post(
        "/account/factor/confirm",
        "formKey=\(key)&code=\(try SignInTests.code(String(typed)))", headers: cookie)
      #expect(done.status == 200 && done.body.contains("id=\"recovery\""))
      let later = try await client.get("/account", headers: cookie).body
      #expect(!later.contains("id=\"recovery\""))
      #expect(try await client.get("/accounts", headers: cookie).status == 200)
    }
  }

  @Test func `a program's token opens what programs ask for, and no page and no form`()
    async throws
  {
    try await SignInTests.withAccounts { client, map in
      let cookie = try SignInTests.cookie(
        try await SignInTests.signIn(client, "boss", SignInTests.password))
      let key = try SignInTests.formKey(try await client.get("/account", headers: cookie))
      let issued = try await client.post(
        "/account/tokens", "formKey=\(key)&title=nightly&may-view=on&ceiling=public&days=7",
        headers: cookie)
      let text = try #require(
        issued.body.firstMatch(of: /id="new-token">(krz_[0-9a-f]{16}_[0-9a-f]{64})</)?.1)
      let bearer = ["Authorization": "Bearer \(text)"]
      #expect(try await client.get("/api/v1/datasets", headers: bearer).status == 200)
      #expect(try await client.get("/", headers: bearer).status == 303, "a page is for people")
      let form = try await client.post(
        "/accounts", "formKey=&account=x&name=x&role-viewer=on", headers: bearer)
      #expect(form.status == 303)
      for wrong in ["Bearer x", "Basic \(text)", "Bearer \(text)0", String(text)] {
        let reply = try await client.get(
          "/api/v1/datasets", headers: ["Authorization": wrong])
        #expect(reply.status == 401, "\(wrong)")
      }
      let listed = try await client.get("/account", headers: cookie).body
      #expect(!listed.contains(text), "shown once")
      let id = try #require(listed.firstMatch(of: /name="token" value="([0-9a-f]{16})"/)?.1)
      let revoked = try await client.post(
        "/account/tokens/revoke", "formKey=\(key)&token=\(id)", headers: cookie)
      #expect(revoked.status == 303)
      #expect(try await client.get("/api/v1/datasets", headers: bearer).status == 401)
    }
  }

  @Test func `roles an administrator gives wait on the page for a second person`() async throws {
    try await SignInTests.withAccounts { client, map in
      let secret = try await map.accounts.add(
        AccountOrder(id: "sec", name: "安全", roles: ["security"]), by: .operator)
      try await map.accounts.changePassword(
        of: "sec", from: secret, to: SignInTests.password, keeping: nil)
      let typed = try await map.accounts.enrol("sec", password: SignInTests.password).secret
      let codes = try await map.accounts.confirm("sec", code: try SignInTests.code(typed))
      let boss = try SignInTests.cookie(
        try await SignInTests.signIn(client, "boss", SignInTests.password))
      let page = try await client.get("/accounts?lang=en", headers: boss)
      #expect(page.status == 200 && page.body.contains("&lt;b&gt;li&lt;/b&gt;"))
      let key = try SignInTests.formKey(page)
      let made = try await client.post(
        "/accounts", "formKey=\(key)&account=wang&name=Wang&role-submitter=on&ceiling=internal",
        headers: boss)
      #expect(made.status == 200 && made.body.contains("id=\"first-secret\""))
      #expect(try await map.accounts.account("wang").roles.isEmpty)
      let waits = try await client.get("/proposals", headers: boss).body
      #expect(!waits.contains("/proposals/approve"), "not by who proposed")
      let token = try await map.accounts.signIn(
        "sec", password: SignInTests.password, code: codes[0])
      let sec = ["Cookie": "karez-session=\(token)"]
      #expect(try await client.get("/accounts", headers: sec).status == 404)
      let proposals = try await client.get("/proposals", headers: sec)
      let id = try #require(
        proposals.body.firstMatch(of: /name="proposal" value="([0-9]{8}-[0-9]{4})"/)?.1)
      let own = try SignInTests.formKey(proposals)
      let silent = try await client.post(
        "/proposals/refuse", "formKey=\(own)&proposal=\(id)", headers: sec)
      #expect(silent.status == 400)
      let agreed = try await client.post(
        "/proposals/approve", "formKey=\(own)&proposal=\(id)&reason=ok", headers: sec)
      #expect(agreed.status == 303)
      #expect(try await map.accounts.account("wang").roles == ["submitter"])
    }
  }

  @Test func `every page of accounts is whole in each language`() async throws {
    try await SignInTests.withAccounts { client, _ in
      let cookie = try SignInTests.cookie(
        try await SignInTests.signIn(client, "boss", SignInTests.password))
      for language in Self.languages {
        for path in ["/account", "/accounts", "/proposals"] {
          let page = try await client.get("\(path)?lang=\(language)", headers: cookie)
          #expect(page.status == 200 && page.body.contains("</html>"), "\(path) \(language)")
          #expect(!page.body.contains("{{") && !page.body.contains("{count}"))
        }
      }
    }
  }

  @Test func `a reader ends another session of their own on the page`() async throws {
    try await SignInTests.withAccounts { client, map in
      let cookie = try SignInTests.cookie(
        try await SignInTests.signIn(client, "boss", SignInTests.password))
      let page = try await client.get("/account", headers: cookie)
      let key = try SignInTests.formKey(page)
      let id = try #require(page.body.firstMatch(of: /name="session" value="([0-9a-f]{16})"/)?.1)
      let foreign = try await client.post(
        "/account/sessions/end", "formKey=\(key)&session=0000000000000000", headers: cookie)
      #expect(foreign.status == 422)
      let ended = try await client.post(
        "/account/sessions/end", "formKey=\(key)&session=\(id)", headers: cookie)
      #expect(ended.status == 303)
      #expect(try await client.get("/account", headers: cookie).status == 303)
    }
  }
}
