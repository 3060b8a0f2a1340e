import KarezCore

/// Which entries of the log are wanted.
public struct LogQuery: Hashable, Sendable {
  public var kind: String?
  public var actor: String?
  /// A dataset, or a feature, that the entry speaks of.
  public var dataset: String?
  public var feature: String?
  /// RFC 3339, UTC, to the millisecond; `until` is not among them.
  public var from: String?
  public var until: String?

  public init(
    kind: String? = nil, actor: String? = nil, dataset: String? = nil, feature: String? = nil,
    from: String? = nil, until: String? = nil
  ) {
    self.kind = kind
    self.actor = actor
    self.dataset = dataset
    self.feature = feature
    self.from = from
    self.until = until
  }

  var condition: SQL {
    var conditions: [SQL] = []
    if let kind { conditions.append("kind = \(kind)") }
    if let actor { conditions.append("actor = \(actor)") }
    if let from { conditions.append("at >= \(from)") }
    if let until { conditions.append("at < \(until)") }
    if let dataset { conditions.append(Self.speaks(of: "\"dataset\":" + Self.quoted(dataset))) }
    if let feature { conditions.append(Self.speaks(of: Self.quoted(feature))) }
    return .and(conditions)
  }

  private static func quoted(_ text: String) -> String { JSONValue.string(text).canonicalText }

  /// Bodies are canonical, so what they speak of stands in them as it is written here.
  private static func speaks(of text: String) -> SQL {
    let literal = text.map { ["%", "_", "!"].contains($0) ? "!\($0)" : String($0) }.joined()
    return "body LIKE \("%" + literal + "%") ESCAPE '!'"
  }
}

/// Entries of a search, newest first; `next` is the number to go on before, nil at the end.
public struct LogPage: Hashable, Sendable {
  public let entries: [LogEntry]
  public let next: Int64?

  public init(entries: [LogEntry], next: Int64?) {
    self.entries = entries
    self.next = next
  }
}

extension RelationalStore {
  public func logEntries(
    _ query: LogQuery, before number: Int64?, limit: Int
  ) async throws(StoreError) -> LogPage {
    let limit = max(1, min(limit, 1_000))
    return try await reading { session in
      var condition = query.condition
      if let number { condition = "number < \(number) AND \(condition)" }
      let found = try session.all(
        """
        SELECT \(LogChain.columns) FROM karez_log WHERE \(condition)
        ORDER BY number DESC LIMIT \(raw: String(limit + 1))
        """
      ).map { try LogChain.entry(of: $0) }
      let page = Array(found.prefix(limit))
      return LogPage(entries: page, next: found.count > limit ? page.last?.number : nil)
    }
  }
}
