public import KarezCore
import KarezGeometry
import KarezRules

/// Why a text is not a stored answer: the member that is missing or not what it should be.
public struct AnswerFormatError: Error, Hashable, Sendable {
  public let member: String

  public init(member: String) { self.member = member }
}

extension ComplianceAnswer {
  /// The answer read back from its JSON.
  ///
  /// - Errors: `AnswerFormatError` naming the first member that does not fit.
  public init(json: JSONValue) throws(AnswerFormatError) {
    id = try json.text("id")
    answeredAt = try json.text("answeredAt")
    digest = try json.text("digest")
    purpose = json["purpose"]?.string
    documents = json["documents"]?.array?.compactMap(\.string) ?? []
    proposed = json["proposed"]?.textMembers ?? [:]
    let asOf = try json.member("asOf")
    guard let validOn = LegalDate(try asOf.text("validOn")),
      let number = asOf["recorded"]?.integer, let recorded = CommitNumber(Int(number))
    else { throw AnswerFormatError(member: "asOf") }
    self.asOf = AsOf(validOn: validOn, recorded: recorded)
    boundary = try AnsweredBoundary(json: json.member("boundary"))
    verdict = try json.choice("verdict")
    layers = try json.list("layers", CheckedLayer.init(json:))
    landUse = try json.list("landUse", LandUseLine.init(json:))
    findings = try json.list("findings", AnsweredFinding.init(json:))
    packs = try json.list("packs") { value throws(AnswerFormatError) in
      PackVersion(
        id: try value.text("id"), version: try value.text("version"), sm3: try value.text("sm3"))
    }
    if let said = json["publication"] {
      guard let number = said["number"]?.integer else {
        throw AnswerFormatError(member: "publication")
      }
      publication = AnsweredPublication(number: Int(clamping: number), sm3: try said.text("sm3"))
    }
  }
}

extension JSONValue {
  /// The members that are texts; nothing where it is no object.
  var textMembers: [String: String] {
    guard case .object(let members) = self else { return [:] }
    return members.compactMapValues(\.string)
  }

  fileprivate func member(_ key: String) throws(AnswerFormatError) -> JSONValue {
    guard let value = self[key] else { throw AnswerFormatError(member: key) }
    return value
  }

  fileprivate func text(_ key: String) throws(AnswerFormatError) -> String {
    guard let text = self[key]?.string else { throw AnswerFormatError(member: key) }
    return text
  }

  fileprivate func localized(_ key: String) throws(AnswerFormatError) -> LocalizedText {
    let value = try member(key)
    return LocalizedText(
      zh: try value.text("zh"), en: try value.text("en"), ug: value["ug"]?.string)
  }

  fileprivate func area(_ key: String) throws(AnswerFormatError) -> Area {
    guard let number = Double(try text(key)), number.isFinite, number >= 0 else {
      throw AnswerFormatError(member: key)
    }
    return .squareMetres(number)
  }

  fileprivate func count(_ key: String) throws(AnswerFormatError) -> Int {
    guard let number = self[key]?.integer else { throw AnswerFormatError(member: key) }
    return Int(number)
  }

  fileprivate func choice<Choice: RawRepresentable>(
    _ key: String
  ) throws(AnswerFormatError) -> Choice where Choice.RawValue == String {
    guard let choice = Choice(rawValue: try text(key)) else {
      throw AnswerFormatError(member: key)
    }
    return choice
  }

  fileprivate func list<Element>(
    _ key: String, _ element: (JSONValue) throws(AnswerFormatError) -> Element
  ) throws(AnswerFormatError) -> [Element] {
    guard let values = self[key]?.array else { throw AnswerFormatError(member: key) }
    var elements: [Element] = []
    for value in values { elements.append(try element(value)) }
    return elements
  }

  /// What an answer says of noise, which is nothing where there was none.
  fileprivate func noise() throws(AnswerFormatError) -> Noise {
    guard self["noiseFeatures"] != nil else { return Noise() }
    return Noise(
      areaM2: try area("noiseM2").squareMetres, features: try count("noiseFeatures"))
  }

  /// A geometry written by us, or nil for null.
  fileprivate func polygons(_ key: String) throws(AnswerFormatError) -> MultiPolygon? {
    guard let value = self[key], value != .null else { return nil }
    guard let geometry = try? Geometry(geoJSON: value), case .polygons(let polygons) = geometry
    else { throw AnswerFormatError(member: key) }
    return polygons
  }
}

extension AnsweredBoundary {
  init(json: JSONValue) throws(AnswerFormatError) {
    guard let geometry = try json.polygons("geometry") else {
      throw AnswerFormatError(member: "geometry")
    }
    self.init(
      statutoryArea: try json.area("statutoryAreaM2"), parcels: try json.count("parcels"),
      crs: try json.text("crs"), crsReason: try json.localized("crsReasons"),
      warnings: try json.list("warnings") { value throws(AnswerFormatError) in
        BoundaryWarning(code: try value.text("code"), message: try value.localized("message"))
      },
      geometry: geometry)
  }
}

extension CheckedLayer {
  fileprivate init(json: JSONValue) throws(AnswerFormatError) {
    guard let dataset = DatasetID(try json.text("dataset")) else {
      throw AnswerFormatError(member: "dataset")
    }
    self.init(
      dataset: dataset, title: try json.localized("title"), status: try json.choice("status"),
      currentTo: json["currentTo"]?.string.flatMap { LegalDate($0) },
      occupied: try json.area("occupiedM2"), sharePercent: try json.text("sharePercent"),
      features: try json.count("features"), noise: try json.noise(),
      near: json["near"] == nil
        ? [] : try json.list("near") { value throws(AnswerFormatError) in try .init(json: value) })
  }
}

extension NearFeatures {
  fileprivate init(json: JSONValue) throws(AnswerFormatError) {
    guard let metres = Double(try json.text("withinM")), metres.isFinite else {
      throw AnswerFormatError(member: "withinM")
    }
    self.init(
      fact: try json.text("fact"), title: try json.localized("title"), withinMetres: metres,
      features: try json.count("features"))
  }
}

extension LandUseLine {
  fileprivate init(json: JSONValue) throws(AnswerFormatError) {
    self.init(
      code: try json.text("code"), name: try json.localized("title"),
      area: try json.area("areaM2"))
  }
}

extension AnsweredFinding {
  fileprivate init(json: JSONValue) throws(AnswerFormatError) {
    let cited = try json.member("citation")
    let citation = Citation(
      law: try cited.text("law"), title: try cited.localized("title"),
      article: try cited.text("article"), quote: cited["quote"]?.string,
      summary: cited["summary"] == nil ? nil : try cited.localized("summary"))
    let finding = Finding(
      rule: try json.text("rule"), outcome: try json.text("outcome"),
      severity: try json.choice("severity"), certainty: try json.choice("certainty"),
      message: try json.localized("message"), citation: citation,
      missingDocuments: json["missingDocuments"]?.array?.compactMap(\.string) ?? [],
      approver: json["approver"]?.string,
      trace: try json.list("trace") { value throws(AnswerFormatError) in
        TraceStep(
          fact: try value.text("fact"), title: try value.localized("title"),
          value: try value.text("value"))
      })
    let hasArea = json["areaM2"]?.string != nil
    self.init(
      finding: finding, area: hasArea ? try json.area("areaM2") : nil, noise: try json.noise(),
      geometry: try json.polygons("geometry"))
  }
}
