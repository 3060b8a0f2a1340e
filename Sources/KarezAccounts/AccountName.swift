/// 账户要件: what sort of the quantity an account holds: land class, quality grade, paddy or not.
///
/// - Shape: as text `0101-9-paddy`, `0103-11-dry`, `0102`, `any` where nothing is told apart.
public struct AccountPart: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// 地类编码, letters and digits.
  public let landClass: String?
  /// 质量等别: 1 is the best.
  public let grade: Int?
  public let isPaddy: Bool?

  public static let any = AccountPart(unchecked: nil, nil, nil)
  public static let grades = 1...15

  private init(unchecked landClass: String?, _ grade: Int?, _ isPaddy: Bool?) {
    self.landClass = landClass
    self.grade = grade
    self.isPaddy = isPaddy
  }

  public init?(landClass: String?, grade: Int?, isPaddy: Bool?) {
    if let landClass {
      let isPlain = landClass.utf8.allSatisfy {
        (0x30...0x39).contains($0) || (0x41...0x5A).contains($0)
      }
      guard isPlain, (2...6).contains(landClass.utf8.count) else { return nil }
    }
    if let grade, !Self.grades.contains(grade) { return nil }
    self.init(unchecked: landClass, grade, isPaddy)
  }

  public init?(_ text: some StringProtocol) {
    guard text != "any" else {
      self = .any
      return
    }
    var landClass: String?
    var grade: Int?
    var isPaddy: Bool?
    for piece in text.split(separator: "-", omittingEmptySubsequences: false) {
      // In this order, each at most once: a part has one spelling only.
      switch piece {
      case "paddy" where isPaddy == nil: isPaddy = true
      case "dry" where isPaddy == nil: isPaddy = false
      default:
        guard isPaddy == nil else { return nil }
        let isGrade = piece.utf8.count <= 2 && !piece.hasPrefix("0")
        if isGrade, let number = Int(piece), grade == nil {
          grade = number
        } else {
          guard landClass == nil, grade == nil else { return nil }
          landClass = String(piece)
        }
      }
    }
    guard let part = AccountPart(landClass: landClass, grade: grade, isPaddy: isPaddy),
      part.description == String(text)
    else { return nil }
    self = part
  }

  public var description: String {
    let pieces = [landClass, grade.map(String.init), isPaddy.map { $0 ? "paddy" : "dry" }]
    let text = pieces.compactMap(\.self).joined(separator: "-")
    return text.isEmpty ? "any" : text
  }

  public static func < (left: AccountPart, right: AccountPart) -> Bool {
    left.description < right.description
  }
}

/// 账户编号: what an account is of: kind, region, year and part.
///
/// - Shape: as text `quota/110101/2026/0103-11-dry`.
public struct AccountName: Hashable, Sendable, Comparable, CustomStringConvertible {
  public let kind: String
  /// 行政区划代码, six digits.
  public let region: String
  public let year: Int
  public let part: AccountPart

  public static let years = 1949...2200

  public init?(kind: String, region: String, year: Int, part: AccountPart = .any) {
    let isDigits = region.utf8.count == 6 && region.utf8.allSatisfy { (0x30...0x39).contains($0) }
    guard isDigits, Self.years.contains(year), Self.isName(kind) else { return nil }
    self.init(unchecked: kind, region, year, part)
  }

  private init(unchecked kind: String, _ region: String, _ year: Int, _ part: AccountPart) {
    self.kind = kind
    self.region = region
    self.year = year
    self.part = part
  }

  public init?(_ text: some StringProtocol) {
    let pieces = text.split(separator: "/", omittingEmptySubsequences: false)
    guard pieces.count == 4, pieces[2].utf8.count == 4, let year = Int(pieces[2]),
      let part = AccountPart(pieces[3])
    else { return nil }
    self.init(kind: String(pieces[0]), region: String(pieces[1]), year: year, part: part)
  }

  /// Lower-case words joined by hyphens.
  static func isName(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= 60 && text.utf8.first != 0x2D
      && text.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == 0x2D }
  }

  /// The account of the year after that holds the same.
  public var nextYear: AccountName? {
    AccountName(kind: kind, region: region, year: year + 1, part: part)
  }

  /// The account of another kind beside this one.
  func beside(_ kind: String, part: AccountPart? = nil) -> AccountName {
    AccountName(unchecked: kind, region, year, part ?? self.part)
  }

  public var description: String { "\(kind)/\(region)/\(year)/\(part)" }

  public static func < (left: AccountName, right: AccountName) -> Bool {
    (left.kind, left.region, left.year, left.part)
      < (right.kind, right.region, right.year, right.part)
  }
}
