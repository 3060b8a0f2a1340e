import Foundation
import FoundationNetworking
import KarezCore
import KarezService
import TestSupport
import Testing

@testable import KarezWeb

/// 攻击测试 of what people and programs type: on every page that shows it again, and in every
/// table that is taken away.
@Suite(.serialized, .enabled(if: WebServerTests.hasBrowserFiles)) struct StoredTextTests {
  typealias Client = WebServerTests.Client

  static func withOffice(
    _ texts: HostileOffice.Texts, _ body: (HostileOffice, Client, OneMap) async throws -> Void
  ) async throws {
    var office: HostileOffice?
    try await WebServerTests.withServer { map in
      office = try await HostileOffice.prepare(map, texts)
    } _: { client, map in
      try await Workers(map: map) { _, _ in }.runDue()
      try await body(try #require(office), client, map)
    }
  }

  @Test func `stored XSS: what people typed is shown as text on every page of theirs`()
    async throws
  {
    try await Self.withOffice(.scripts) { office, client, _ in
      var shown: [String] = []
      var bare: [String] = []
      for reader in office.readers {
        for path in reader.pages {
          let reply = try await client.get(path, headers: reader.headers)
          #expect(reply.status == 200, "\(reader.name), \(path): \(reply.body.prefix(200))")
          for payload in Hostile.payloads {
            #expect(!reply.body.contains(payload), "\(reader.name), \(path) holds \(payload)")
          }
          #expect(!reply.body.contains("<img src=x"), "\(reader.name), \(path)")
          let isShown = reply.body.contains("&lt;img") || reply.body.contains("&lt;script")
          if isShown { shown.append(path) } else { bare.append("\(reader.name) \(path)") }
        }
      }
      print("stored text: \(shown.count) pages show it as text; \(bare.count) do not: \(bare)")
      #expect(shown.count >= 18, "\(bare)")
      for path in [
        "/cases/", "/my/cases/", "/my/drafts/", "/proposals", "/accounts", "/account?", "/jobs",
        "/plan/projects", "/ledger/accounts/", "/ledger/transactions/", "/projects", "/checks?",
        "/checks/batch/",
      ] {
        #expect(shown.contains { $0.hasPrefix(path) }, "\(path) shows none of it")
      }
    }
  }

  @Test(
    .enabled(
      if: FileManager.default.isExecutableFile(atPath: "/usr/bin/chromium"),
      "no Chromium: run make setup"))
  func `stored XSS: no script of what people typed runs in a real browser`() async throws {
    try await Self.withOffice(.scripts) { office, client, _ in
      let script = Places.repository.appending(path: "Tests/Browser/attack.py").path
      var arguments = [script, client.base]
      for reader in office.readers {
        arguments.append("--cookie=karez-session=\(reader.cookie)")
        arguments += reader.pages
      }
      let count = office.readers.reduce(0) { $0 + $1.pages.count }
      let outcome = try await AttackTests.run(ProviderProgram.python, arguments)
      #expect(outcome.status == 0, "\(outcome.output)\(outcome.problems)")
      #expect(outcome.output.contains("\(count) pages, nothing ran"), "\(outcome.output)")
    }
  }

  // MARK: Tables

  /// A table to be taken away, by whom, and whether something of what was typed is in it.
  struct Table {
    let reader: String
    let path: String
    var isTyped = true
  }

  static func tables(_ office: HostileOffice) -> [Table] {
    let day = "validOn=2025-06-01"
    let later = "validOn=2026-12-31"
    let account = "/ledger/accounts/\(HostileOffice.account)/file?\(later)"
    return [
      Table(reader: "clerk", path: "/api/v1/datasets/\(Hostile.dataset)/export?\(day)"),
      // Statistics group by codes and regions, and refuse what people type freely.
      Table(
        reader: "clerk", path: "/statistics/file?dataset=\(Hostile.dataset)&\(day)",
        isTyped: false),
      Table(reader: "clerk", path: account),
      Table(reader: "clerk", path: "/ledger/file?\(later)", isTyped: false),
      Table(reader: "clerk", path: "/checks/batch/\(office.batch)/file?lang=en"),
    ]
  }

  @Test func `CSV formula: no cell of any table that is taken away begins as a formula`()
    async throws
  {
    try await Self.withOffice(.formulas) { office, client, _ in
      var all = Self.tables(office).map {
        Table(reader: $0.reader, path: $0.path + "&format=csv", isTyped: $0.isTyped)
      }
      all += [
        Table(
          reader: "clerk",
          path: "/ogc/collections/\(Hostile.dataset)/items?f=csv&datetime=2025-06-01"),
        Table(reader: "clerk", path: "/register.csv?lang=en", isTyped: false),
        Table(reader: "watch", path: "/log/statistics.csv?lang=en", isTyped: false),
      ]
      for table in all {
        let reply = try await client.get(
          table.path, headers: try office.headers(of: table.reader))
        #expect(reply.status == 200, "\(table.path): \(reply.body.suffix(900))")
        #expect(reply.headers["content-type"]?.hasPrefix("text/csv") == true, "\(table.path)")
        let text = reply.body.replacing("\u{FEFF}", with: "")
        let found = text.matches(of: /(?m)(?:^|,)"?([=+@\t\r-])[A-Z(]/)
        #expect(found.isEmpty, "\(table.path): \(text.prefix(600))")
        let isThere = text.contains("'=HYPERLINK") || text.contains("'+CMD")
        #expect(isThere == table.isTyped, "\(table.path): \(text.prefix(600))")
      }
    }
  }

  @Test func `XLSX formula: no formula of a workbook is one that somebody typed`() async throws {
    try await Self.withOffice(.formulas) { office, client, _ in
      for table in Self.tables(office) {
        let address = client.base + table.path + "&format=xlsx"
        var request = URLRequest(url: try #require(URL(string: address)))
        for (name, value) in try office.headers(of: table.reader) {
          request.setValue(value, forHTTPHeaderField: name)
        }
        let (data, response) = try await Client.session.data(for: request)
        let status = (response as? HTTPURLResponse)?.statusCode
        #expect(status == 200, "\(table.path)")
        try await Places.withTemporaryFolder { folder in
          let file = folder.appending(path: "table.xlsx")
          try data.write(to: file)
          let told = try await AttackTests.python(Self.reading, [file.path])
          let lines = String(decoding: told, as: UTF8.self)
          #expect(lines.contains("sheets: "), "a workbook was read")
          let isTyped = lines.contains("HYPERLINK") || lines.contains("CMD")
          #expect(!isTyped, "\(table.path): \(lines)")
          #expect(!lines.contains("externalLink"), "\(table.path): \(lines)")
        }
      }
    }
  }

  /// Tells the formulas of a workbook, and whether it leads anywhere else.
  static let reading = """
    import re,sys,zipfile
    z=zipfile.ZipFile(sys.argv[2])
    sheets=[n for n in z.namelist() if n.startswith('xl/worksheets/') and n.endswith('.xml')]
    assert sheets
    lines=['sheets: %d' % len(sheets)]+[n for n in z.namelist() if 'externalLink' in n]
    for n in sheets:
        lines+=re.findall(r'<f[ >][^<]*', z.read(n).decode('utf-8'))
    open(sys.argv[1],'w').write('\\n'.join(lines))
    """
}
