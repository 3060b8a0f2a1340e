public import KarezCore

/// 项目链条: the procedures one project goes through, in what order, and what each rests on.
public struct ProjectChain: Hashable, Sendable {
  /// 链条环节: a procedure of ours, or what another department does and gives a paper of.
  public struct Step: Hashable, Sendable {
    public enum Body: Hashable, Sendable {
      case procedure(String)
      case outside(LocalizedText)
    }

    public let id: String
    public let body: Body
    /// 阶段; nil where no limit counts the chain.
    public let stage: String?
    /// Clocks that count towards the whole.
    public let counts: [String]
    /// In which case a project has the step; nil where each has it.
    public let only: LocalizedText?
    public let needs: [Need]

    public init(
      id: String, body: Body, stage: String?, counts: [String], only: LocalizedText?,
      needs: [Need]
    ) {
      self.id = id
      self.body = body
      self.stage = stage
      self.counts = counts
      self.only = only
      self.needs = needs
    }

    public var procedure: String? {
      if case .procedure(let id) = body { id } else { nil }
    }
  }

  /// 前置: what an earlier step has to have come to.
  public struct Need: Hashable, Sendable {
    /// The earlier step.
    public let of: String
    /// One of these has to have been made; none where the step is of another department.
    public let decisions: [String]
    /// Which document of the later procedure it is.
    public let fills: String?
    /// A clock of the earlier procedure that must not have run out.
    public let within: String?

    public init(of: String, decisions: [String], fills: String?, within: String?) {
      self.of = of
      self.decisions = decisions
      self.fills = fills
      self.within = within
    }
  }

  public let id: String
  public let title: LocalizedText
  /// Whether the limit of the whole is about it.
  public let isCounted: Bool
  public let citations: [Citation]
  public let steps: [Step]

  public init(
    id: String, title: LocalizedText, isCounted: Bool, citations: [Citation], steps: [Step]
  ) {
    self.id = id
    self.title = title
    self.isCounted = isCounted
    self.citations = citations
    self.steps = steps
  }

  public func step(_ id: String) -> Step? { steps.first { $0.id == id } }

  /// The steps that are of a procedure; a chain may have one more than once.
  public func steps(of procedure: String) -> [Step] {
    steps.filter { $0.procedure == procedure }
  }

  /// Every decision a later step needs of one.
  public func decisions(of step: String) -> Set<String> {
    steps.flatMap(\.needs).filter { $0.of == step }
      .reduce(into: []) { $0.formUnion($1.decisions) }
  }
}

/// 项目全链条: the chains there are, what a project's code looks like, and the days of the whole.
public struct ProjectChains: Hashable, Sendable {
  /// 阶段: a part of a project's way.
  public struct Stage: Hashable, Sendable {
    public let id: String
    public let title: LocalizedText

    public init(id: String, title: LocalizedText) {
      self.id = id
      self.title = title
    }
  }

  /// 总时限: what all departments have together, in working days.
  public struct Limit: Hashable, Sendable {
    public let term: Term
    public let promised: Int
    public let certainty: Certainty
    public let source: LocalizedText

    public init(term: Term, promised: Int, certainty: Certainty, source: LocalizedText) {
      self.term = term
      self.promised = promised
      self.certainty = certainty
      self.source = source
    }
  }

  /// A regular expression for a whole code.
  public let codePattern: String
  public let codeCertainty: Certainty
  public let limit: Limit
  public let stages: [Stage]
  /// Procedures that go with no project.
  public let apart: [String]
  public let chains: [ProjectChain]

  public init(
    codePattern: String, codeCertainty: Certainty, limit: Limit, stages: [Stage],
    apart: [String], chains: [ProjectChain]
  ) {
    self.codePattern = codePattern
    self.codeCertainty = codeCertainty
    self.limit = limit
    self.stages = stages
    self.apart = apart
    self.chains = chains
  }

  public func chain(_ id: String) -> ProjectChain? { chains.first { $0.id == id } }

  /// Whether a text has the form of a project's code.
  public func isCode(_ text: String) -> Bool {
    guard let form = try? Regex(codePattern) else { return false }
    return text.wholeMatch(of: form) != nil
  }

  /// 所循链条: the chain that a project with cases of these procedures follows: the one that has most
  /// of them, and of two the one that lacks fewer.
  public func followed(by procedures: Set<String>) -> ProjectChain? {
    func own(_ chain: ProjectChain) -> Set<String> { Set(chain.steps.compactMap(\.procedure)) }
    let known = chains.map { (chain: $0, own: own($0)) }
    return known.filter { !$0.own.isDisjoint(with: procedures) }.max { left, right in
      let (a, b) = (
        left.own.intersection(procedures).count, right.own.intersection(procedures).count
      )
      guard a == b else { return a < b }
      return left.own.subtracting(procedures).count > right.own.subtracting(procedures).count
    }?.chain
  }
}
