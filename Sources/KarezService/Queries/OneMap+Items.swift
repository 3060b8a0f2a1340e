public import KarezCore
import KarezCrypto
public import KarezGeometry
public import KarezStore

/// What a reader asks of the features of one dataset, as it was written.
public struct ItemsQuestion: Hashable, Sendable {
  /// How a filter is written.
  public enum FilterLanguage: String, CaseIterable, Hashable, Sendable {
    case text = "cql2-text"
    case json = "cql2-json"
    /// Of the older services only.
    case markup = "fes-2.0"
  }

  public let asOf: AsOf
  public var span: DaySpan?
  public var id: String?
  public var box: BoundingBox?
  public var boxCRS = OfferedCRS.crs84
  public var filter: String?
  public var filterLanguage = FilterLanguage.text
  public var filterCRS = OfferedCRS.crs84
  /// Names, with `-` before those that run down.
  public var order: [String] = []

  public init(asOf: AsOf) { self.asOf = asOf }

  /// Whether all features of the state are asked for.
  public var isPlain: Bool { span == nil && id == nil && box == nil && filter == nil }
}

extension OneMap {
  /// The query of a question, every name of it held against what the reader may know.
  ///
  /// - Errors: `Problem` of kind usage for what is not understood; a hidden attribute is as one that
  ///   never was.
  public func query(
    _ question: ItemsQuestion, of schema: DatasetSchema
  ) throws(Problem) -> FeatureQuery {
    var query = FeatureQuery(dataset: schema.id, asOf: question.asOf, id: question.id)
    query.span = question.span
    do throws(QueryFault) {
      query.order = try Self.order(question.order, of: schema)
      var filters: [FeatureFilter] = []
      if let box = question.box {
        filters.append(try Self.inBox(box, question.boxCRS, of: schema))
      }
      if let text = question.filter {
        let node =
          switch question.filterLanguage {
          case .text: try QueryText.node(of: text)
          case .json: try QueryJSON.node(of: text)
          case .markup:
            try QueryMarkup.node(of: text, types: Queryable.types(of: schema))
          }
        filters.append(try FilterMaking(schema, crs: question.filterCRS).filter(node))
      }
      query.filter = filters.isEmpty ? nil : filters.count == 1 ? filters[0] : .all(filters)
    } catch {
      throw .query(error)
    }
    return query
  }

  private static func inBox(
    _ box: BoundingBox, _ crs: OfferedCRS, of schema: DatasetSchema
  ) throws(QueryFault) -> FeatureFilter {
    // What has no place is everywhere, as OGC API Features has it.
    guard schema.geometry != .none else { return .constant(true) }
    do throws(GeometryError) {
      return .spatial(.intersects, try box.shape(in: crs))
    } catch {
      throw .shape(error)
    }
  }

  private static func order(
    _ names: [String], of schema: DatasetSchema
  ) throws(QueryFault) -> [FeatureOrder] {
    guard names.count <= 8 else { throw .tooLarge(.nodes) }
    let queryables = Queryable.all(of: schema)
    var order: [FeatureOrder] = []
    for name in names {
      let isDescending = name.hasPrefix("-")
      let plain = isDescending ? String(name.dropFirst()) : name
      guard let found = queryables.first(where: { $0.name == plain }),
        case .value(let property, _) = found.kind
      else { throw .unknownProperty(String(plain.prefix(64))) }
      order.append(FeatureOrder(property, isDescending: isDescending))
    }
    return order
  }

  // MARK: Pages

  /// How many features are held at once.
  private static let itemsAtOnce = 1_000

  /// Shows features one after the other until there are `limit`, or `take` wants no more; whoever
  /// reads what is not public is noted before anything of it can leave.
  ///
  /// - Returns: where to go on; nil at the end.
  public func eachItem(
    _ query: FeatureQuery, after cursor: FeatureCursor?, limit: Int, in scope: Scope,
    _ take: (FeatureVersion) throws(Problem) -> Bool
  ) async throws(Problem) -> FeatureCursor? {
    var cursor = cursor
    var left = limit
    repeat {
      let (after, most) = (cursor, min(left, Self.itemsAtOnce))
      let page = try await asked { store throws(StoreError) in
        try await store.features(query, after: after, limit: most, in: scope)
      }
      var taken: FeatureVersion?
      var ids: [String] = []
      var isFull = false
      for version in page.versions {
        guard try take(version) else {
          isFull = true
          break
        }
        taken = version
        ids.append(version.feature.id)
      }
      try await noteRead(of: query.dataset, features: ids, in: scope)
      if isFull { return taken.map { FeatureCursor(after: $0, in: query.order) } ?? cursor }
      left -= page.versions.count
      cursor = page.next
    } while cursor != nil && left > 0
    return cursor
  }

  /// Where a page begins that leaves out so many features; nil at the end.
  ///
  /// Nobody is shown what is passed over, so that nothing is noted of it.
  public func cursor(
    passing count: Int, of query: FeatureQuery, in scope: Scope
  ) async throws(Problem) -> FeatureCursor? {
    var cursor: FeatureCursor?
    var left = count
    repeat {
      let (after, most) = (cursor, min(left, Self.itemsAtOnce))
      let page = try await asked { store throws(StoreError) in
        try await store.features(query, after: after, limit: most, in: scope)
      }
      left -= page.versions.count
      cursor = page.next
    } while cursor != nil && left > 0
    return cursor
  }

  /// How many features a query finds.
  public func count(of query: FeatureQuery, in scope: Scope) async throws(Problem) -> Int {
    var count = 0
    var cursor: FeatureCursor?
    repeat {
      let after = cursor
      let page = try await asked { store throws(StoreError) in
        try await store.features(query, after: after, limit: 10_000, in: scope)
      }
      count += page.versions.count
      cursor = Task.isCancelled ? nil : page.next
    } while cursor != nil
    return count
  }

  /// A token that leads on from a cursor, for the same question in the same scope.
  public func token(of cursor: FeatureCursor, for question: String, in scope: Scope) -> String? {
    CursorSeal(store).token(of: cursor, for: Self.context(question, scope))
  }

  /// - Errors: `Problem` of kind usage for a token that was not given for this question.
  public func cursor(
    of token: String, for question: String, in scope: Scope
  ) throws(Problem) -> FeatureCursor {
    guard let cursor = CursorSeal(store).cursor(of: token, for: Self.context(question, scope))
    else {
      throw Wording(
        "cursor-invalid", "翻页凭据无效，或不是这一查询的", "the token of the page is not one of this question",
        do: "从第一页重新开始", "begin again with the first page"
      ).problem(.usage, at: "cursor")
    }
    return cursor
  }

  private static func context(_ question: String, _ scope: Scope) -> String {
    scope.json.canonicalText + "\n" + question
  }

  /// What tells whether an answer is still the same: its question, the state and who asks.
  ///
  /// Nobody without the installation's key can make one, so that a tag tells nothing of a scope.
  public func tag(of parts: [String], in scope: Scope) -> String {
    let text = JSONValue.array((parts + [scope.json.canonicalText]).map(JSONValue.string))
    let code = HashFunction.sm3.code(
      of: Array(text.canonicalText.utf8), key: CursorSeal(store).tagKey)
    return Hexadecimal.text(Array(code.prefix(16)))
  }
}

extension BoundingBox {
  /// The box as a shape of degrees, the point or line it may be included.
  fileprivate func shape(in crs: OfferedCRS) throws(GeometryError) -> Geometry {
    guard minX < maxX, minY < maxY else {
      let ends = [Position(x: minX, y: minY), Position(x: maxX, y: maxY)]
      return try crs.degrees(of: ends[0] == ends[1] ? .points([ends[0]]) : .lines([ends]))
    }
    return .polygons(try crs.polygon(of: self))
  }
}
