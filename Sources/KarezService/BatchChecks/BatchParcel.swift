public import KarezCore
import KarezGeometry

/// One parcel of a batch, as the file it came in states it.
public struct BatchParcel: Sendable {
  /// The name of its file as it was sent; empty where it was drawn.
  public let file: String
  public let boundary: ReadBoundary

  var id: String { boundary.parcels.first?.id ?? "" }
  var name: String { boundary.parcels.first?.name ?? "" }

  /// The parcels of what one file held, each a boundary of its own.
  static func parcels(of boundary: ReadBoundary, in file: String) -> [BatchParcel] {
    boundary.parcels.map { parcel in
      BatchParcel(
        file: file,
        boundary: ReadBoundary(
          parcels: [parcel], crs: boundary.crs, crsReason: boundary.crsReason,
          warnings: boundary.warnings))
    }
  }
}

extension BatchParcel {
  /// As it is kept until its batch is done.
  var json: JSONValue {
    let parcel = boundary.parcels.first
    return .object([
      "file": .string(file), "id": .string(id), "name": .string(name),
      "crs": .string(boundary.crs), "crsReason": boundary.crsReason.json,
      "warnings": .array((boundary.warnings + (parcel?.warnings ?? [])).map(\.json)),
      "geometry": parcel?.geometry.geoJSON ?? .null,
    ])
  }

  /// Nil for anything `json` did not write.
  init?(_ json: JSONValue) {
    guard let file = json["file"]?.string, let id = json["id"]?.string,
      let name = json["name"]?.string, let crs = json["crs"]?.string,
      let reason = json["crsReason"].flatMap(LocalizedText.init(kept:)),
      let stated = json["geometry"], stated != .null,
      case .polygons(let geometry)? = try? Geometry(geoJSON: stated)
    else { return nil }
    let warnings = (json["warnings"]?.array ?? []).compactMap { warning -> BoundaryWarning? in
      guard let code = warning["code"]?.string,
        let message = warning["message"].flatMap(LocalizedText.init(kept:))
      else { return nil }
      return BoundaryWarning(code: code, message: message)
    }
    self.file = file
    boundary = ReadBoundary(
      parcels: [
        ReadBoundary.Parcel(
          id: id, name: name, geometry: geometry, statutoryArea: geometry.statutoryArea(),
          planarArea: nil, warnings: [])
      ], crs: crs, crsReason: reason, warnings: warnings)
  }
}

extension LocalizedText {
  /// What `json` wrote; nil for anything else.
  public init?(kept json: JSONValue) {
    guard let zh = json["zh"]?.string, let en = json["en"]?.string else { return nil }
    self.init(zh: zh, en: en, ug: json["ug"]?.string)
  }
}

/// One parcel's line of a batch: what its answer says, or why there is none.
public struct BatchRow: Hashable, Sendable {
  /// As the batch counts, from 1.
  public let number: Int
  public let file: String
  public let parcel: String
  public let name: String
  /// The answer's id; nil where the parcel could not be checked.
  public let answer: String?
  public let verdict: Verdict?
  public let area: Area?
  /// How many findings there are of each severity; what is undecided counts apart.
  public let prohibits: Int
  public let requires: Int
  public let informs: Int
  public let undecided: Int
  /// The gravest finding in words, or what is wrong with the parcel.
  public let lead: LocalizedText?

  /// Outcome of a rule that lacked a fact.
  private static let open = "needs-determination"

  init(_ number: Int, _ parcel: BatchParcel, _ answer: ComplianceAnswer) {
    self.init(number, parcel, answer: answer.id, answer.verdict, answer.boundary.statutoryArea) {
      let found = answer.findings.map(\.finding)
      let decided = found.filter { $0.outcome != Self.open }
      func count(_ severity: Severity) -> Int { decided.count { $0.severity == severity } }
      return (
        [count(.prohibits), count(.requires), count(.informs), found.count - decided.count],
        decided.first { $0.severity != .informs }?.message
      )
    }
  }

  init(_ number: Int, _ parcel: BatchParcel, refused problem: Problem) {
    self.init(number, parcel, answer: nil, nil, parcel.boundary.parcels.first?.statutoryArea) {
      ([0, 0, 0, 0], LocalizedText(zh: problem.line(in: .zh), en: problem.line(in: .en)))
    }
  }

  private init(
    _ number: Int, _ parcel: BatchParcel, answer: String?, _ verdict: Verdict?, _ area: Area?,
    _ findings: () -> (counts: [Int], lead: LocalizedText?)
  ) {
    self.number = number
    file = parcel.file
    self.parcel = parcel.id
    name = parcel.name
    self.answer = answer
    self.verdict = verdict
    self.area = area
    let found = findings()
    prohibits = found.counts[0]
    requires = found.counts[1]
    informs = found.counts[2]
    undecided = found.counts[3]
    lead = found.lead
  }

  public var json: JSONValue {
    .object([
      "number": .integer(Int64(number)), "file": .string(file), "parcel": .string(parcel),
      "name": .string(name), "answer": .optional(answer),
      "verdict": .optional(verdict?.rawValue), "statutoryAreaM2": .optional(area?.text),
      "prohibits": .integer(Int64(prohibits)), "requires": .integer(Int64(requires)),
      "informs": .integer(Int64(informs)), "undecided": .integer(Int64(undecided)),
      "lead": lead?.json ?? .null,
    ])
  }

  /// What `json` wrote; nil for anything else.
  init?(_ json: JSONValue) {
    func count(_ key: String) -> Int { json[key]?.integer.map { Int(clamping: $0) } ?? 0 }
    guard let file = json["file"]?.string, let parcel = json["parcel"]?.string,
      let name = json["name"]?.string
    else { return nil }
    number = count("number")
    self.file = file
    self.parcel = parcel
    self.name = name
    answer = json["answer"]?.string
    verdict = json["verdict"]?.string.flatMap(Verdict.init)
    area = json["statutoryAreaM2"]?.string.flatMap { Double($0) }.flatMap {
      $0.isFinite && $0 >= 0 ? .squareMetres($0) : nil
    }
    prohibits = count("prohibits")
    requires = count("requires")
    informs = count("informs")
    undecided = count("undecided")
    lead = json["lead"].flatMap { $0 == .null ? nil : LocalizedText(kept: $0) }
  }
}
