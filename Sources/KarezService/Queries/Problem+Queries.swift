public import KarezCore
import KarezGeometry

extension Problem {
  /// The one sentence for a query that is not understood.
  static func query(_ fault: QueryFault) -> Problem {
    switch fault {
    case .malformed(let byte):
      return Wording(
        "filter-malformed", "筛选条件写法有误", "the filter is malformed", do: "检查该处写法（CQL2）",
        "mend that place (CQL2)"
      ).problem(.usage, at: "filter: byte \(byte)")
    case .notJSON(let error):
      return Wording(
        "filter-malformed", "筛选条件不是合格的 JSON", "the filter is not JSON", do: "检查该处写法",
        "mend that place"
      ).problem(.usage, at: error.byte.map { "filter: byte \($0)" } ?? "filter")
    case .malformedMember(let name):
      return Wording(
        "filter-malformed", "筛选条件写法有误", "the filter is malformed", do: "检查该成员（CQL2 JSON）",
        "mend that member (CQL2 JSON)"
      ).problem(.usage, at: "filter: \(name.prefix(40))")
    case .tooLarge(let bound): return tooLarge(bound)
    case .shape(let error):
      let inner = Problem.geometry(error, of: "filter")
      return Problem(
        .usage, code: "filter-shape", place: inner.place, what: inner.what, remedy: inner.remedy,
        position: inner.position)
    case .unknownProperty(let name):
      return Wording(
        "property-unknown", "没有这个可查询项", "there is no such queryable",
        do: "见该数据集的 queryables", "see the collection’s queryables"
      ).problem(.usage, at: name)
    case .unknownOperator(let name):
      return Wording(
        "operator-unknown", "不支持这个运算", "the operator is not offered",
        do: "可用的运算见 /ogc/conformance", "see /ogc/conformance for those that are"
      ).problem(.usage, at: name)
    case .unfit(let name):
      return Wording(
        "operator-unfit", "运算的对象类型或个数不对", "the operator is given what it is not for",
        do: "核对两侧的类型", "compare the types on both sides"
      ).problem(.usage, at: name)
    }
  }

  /// A name that a reader's collection does not have.
  public static func unknownQueryable(_ name: String) -> Problem {
    .query(.unknownProperty(String(name.prefix(64))))
  }

  private static func tooLarge(_ bound: QueryFault.Bound) -> Problem {
    let (zh, en) =
      switch bound {
      case .bytes: ("\(QueryBounds.bytes) 字节", "\(QueryBounds.bytes) bytes")
      case .depth: ("\(QueryBounds.depth) 层", "\(QueryBounds.depth) levels")
      case .nodes: ("\(QueryBounds.nodes) 项", "\(QueryBounds.nodes) terms")
      case .vertices: ("\(QueryBounds.vertices) 个顶点", "\(QueryBounds.vertices) vertices")
      case .wildcards: ("\(QueryBounds.wildcards) 个 %", "\(QueryBounds.wildcards) wildcards")
      }
    return Wording(
      "filter-too-large", "筛选条件超过 \(zh)", "the filter has more than \(en)", do: "简化条件",
      "ask for less at once"
    ).problem(.usage, at: "filter")
  }
}

extension JSONError {
  fileprivate var byte: Int? {
    switch self {
    case .unexpected(let byte), .tooDeep(let byte), .duplicateKey(_, let byte),
      .numberOutOfRange(let byte), .invalidText(let byte), .trailing(let byte):
      byte
    case .endsTooSoon: nil
    }
  }
}
