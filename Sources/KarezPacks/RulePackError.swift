public import KarezAccounts
public import KarezIndicators
public import KarezRules
public import KarezWorkflow

/// Why packs could not be loaded; every fault that was found, not only the first.
public enum RulePackError: Error, Hashable, Sendable {
  /// The folder is not there or cannot be listed.
  case folderUnreadable(folder: String)
  /// What is written in the packs was refused; in order of file and line.
  case refused([PackFault])
}

/// One thing wrong in a pack, and where.
public struct PackFault: Error, Hashable, Sendable {
  public let place: PackOrigin
  public let fact: What

  public init(_ place: PackOrigin, _ fact: What) {
    self.place = place
    self.fact = fact
  }

  public enum What: Hashable, Sendable {
    // Form of a file.
    case fileUnreadable
    case tooLarge(bytes: Int, allowed: Int)
    case notUTF8
    case noChineseComment
    case empty
    case carriageReturn
    case controlCharacter(code: Int)
    case wrongIndent
    case secondDocument
    case tooDeep(allowed: Int)
    case keyExpected
    case keyTwice(String)
    case valueMissing
    case trailing
    case anchorOrTag
    case blockText
    case bareNumber(String)
    case quotesMissing(String)
    case quoteNotClosed
    case bracketNotClosed
    case unknownEscape(String)

    // Keys and values.
    case keyUnknown(String)
    case keyMissing(String)
    case notText(key: String)
    case notList(key: String)
    case notMap(key: String)
    case notBoolean(key: String)
    case notDate(key: String, text: String)
    case notQuantity(key: String, text: String)
    case notDistance(key: String)
    case notOneOf(key: String, text: String, allowed: [String])
    case notID(String)
    case notVersion(String)
    case notNumber(key: String, text: String)
    case limitOnWrongType(key: String, type: String)
    case limitsCross

    // Tables, files and links between them.
    case fileUnexpected
    case fileMissing(String)
    case columnsMissing([String])
    case wrongFieldCount(found: Int, expected: Int)
    case idTwice(String)
    case attributeUnknown(String)
    case codeTableUnknown(String)
    case codeTableUndeclared(String)
    case datasetUnknown(String)
    case themeUnknown(String)
    case packUnknown(String)
    case packTooOld(pack: String, version: String, needed: String)
    case notJSON
    case codeUnknown(table: String, code: String)
    case datasetHasNoArea(String)

    // Exchange between zones.
    case gridTooFine(grid: Double, accuracy: Double)
    case scaleMissing(String)
    case aboveZone(String, zone: String)

    // Rules, parameters and their sources.
    case citationMissing
    case quoteOrSummary
    case lawUnknown(String)
    case articleUnknown(law: String, article: String)
    case quoteNotInArticle(law: String, article: String)
    case quoteUnverifiable(String)
    case factUnknown(String)
    case factHasNoPlace(String)
    case versionsOverlap(id: String, on: String)
    case versionsGap(id: String, from: String, until: String)
    case dimensionsDiffer
    case parameterNotInForce(String)
    case lawNotInForce(String)
    case expression(ExpressionError, text: String)

    // Accounts.
    case chart(ChartOfAccounts.Fault)

    // Indicators and plans.
    case indicator(IndicatorFault)
    case target(TargetFault)
    case planUnitUnknown(String)
    case patternWrong(String)

    // Cases.
    case ruleUnknown(String)
    case expectationMissing
    case valueOfWrongType(fact: String)
    case ruleWithoutCase(rule: String, kind: String)
    /// A rule begins or ends on a day on which neither its pack nor a law it cites does.
    case spanUnexplained(rule: String, day: String)

    // Calendars, terms and procedures.
    case calendar(CalendarError)
    case termUnknown(String)
    case procedure(WorkflowFault)
    case procedureUnknown(String)
    /// A name no value of a case has.
    case valueUnknown(String)
    case letterUnknown(String)
    case chain(ProjectChainFault)
  }
}
