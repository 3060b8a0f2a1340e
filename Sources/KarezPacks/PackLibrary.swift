public import KarezCore
public import KarezRules
public import KarezWorkflow

/// 规则包: everything the packs say, read and linked.
///
/// - Shape: only a library without a fault can exist; `load(from:)` throws otherwise.
public struct PackLibrary: Sendable {
  public internal(set) var manifests: [PackManifest] = []
  /// The exact packs read, sorted by id.
  public internal(set) var packs: [PackVersion] = []
  /// Sorted by id.
  public internal(set) var schemas: [DatasetSchema] = []
  public internal(set) var codeTables: [String: CodeTable] = [:]
  /// The catalogue's tree.
  public internal(set) var themes: [Theme] = []
  public internal(set) var cycles: [UpdateCycle: CycleAllowance] = [:]
  /// How characters are read, without tones: `pinyin.csv`.
  public internal(set) var pinyin: [Character: [String]] = [:]
  /// What the search of the header finds by name; nil where the packs do not say.
  public internal(set) var search: SearchRules?
  /// Text of the style file of each dataset that has one (MapLibre style layers).
  public internal(set) var styles: [DatasetID: String] = [:]
  /// Sorted by id.
  public internal(set) var laws: [Law] = []
  public internal(set) var ruleBook = RuleBook(rules: [], vocabulary: Vocabulary(facts: []))
  public internal(set) var cases: [RuleCase] = []
  /// What the quality gate asks besides what the schemas say; sorted by id.
  public internal(set) var profiles: [RuleProfile] = []
  public internal(set) var gateCases: [GateCase] = []
  public internal(set) var glossary: [GlossaryTerm] = []
  /// Nil where the packs state none: then nothing is called noise.
  public internal(set) var sliverTolerance: SliverTolerance?
  /// Nil where no pack brings one.
  public internal(set) var calendar: WorkCalendar?
  /// Statutory terms by their ids.
  public internal(set) var terms: [String: Term] = [:]
  /// Every version of every procedure, by id and the newest first.
  public internal(set) var procedures: [WorkflowDefinition] = []
  public internal(set) var procedureCases: [ProcedureCase] = []
  /// What applicants are asked; one form a procedure at most, by the procedure.
  public internal(set) var forms: [ApplicationForm] = []
  /// Nil where no pack has indicators.
  public internal(set) var supervision: PlanSupervision?
  /// Where each rule is written.
  public internal(set) var rulePlaces: [String: PackOrigin] = [:]

  /// Reads the folder of packs.
  ///
  /// - Errors: `RulePackError.folderUnreadable`, or `refused` with every fault found.
  public static func load(from folder: String) throws(RulePackError) -> PackLibrary {
    try PackMemory.library(of: folder) { () throws(RulePackError) in
      var loader = PackLoader(folder: folder)
      return try loader.load()
    }
  }

  /// 用途: the purposes a check can be asked for.
  public var purposes: CodeTable? { codeTables["purposes"] }

  /// Every edition of a family of code tables, in the order of their names.
  public func editions(of family: String) -> [CodeTable] {
    codeTables.values.filter { $0.edition?.family == family }.sorted { $0.id < $1.id }
  }

  /// The version of a procedure that cases are opened under on a day.
  public func procedure(_ id: String, on day: LegalDate) -> WorkflowDefinition? {
    procedures.first { $0.id == id && $0.validity.contains(day) }
  }

  /// The version a running case stands under.
  public func procedure(_ id: String, version: String) -> WorkflowDefinition? {
    procedures.first { $0.id == id && $0.version == version }
  }

  /// What whoever applies for a procedure is asked; nil where it is applied for at the window only.
  public func form(of procedure: String) -> ApplicationForm? {
    forms.first { $0.procedure == procedure }
  }

  public func law(_ id: String) -> Law? { laws.first { $0.id == id } }

  public func schema(_ id: DatasetID) -> DatasetSchema? { schemas.first { $0.id == id } }
}

/// 细碎图斑容差: below what area a piece is more likely noise of digitising than an occupation.
///
/// It decides nothing: such pieces are counted, and told of beside the total.
public struct SliverTolerance: Hashable, Sendable {
  public let area: Area
  public let certainty: Certainty
  public let source: LocalizedText
}

/// 术语: one row of the glossary.
public struct GlossaryTerm: Hashable, Sendable {
  public let zh: String
  public let en: String
  public let identifier: String
  /// `type`, `dataset`, `fact`, `case` and so on.
  public let kind: String
  public let source: String
  /// Words not to use for it.
  public let avoid: [String]
  public let note: String
}
