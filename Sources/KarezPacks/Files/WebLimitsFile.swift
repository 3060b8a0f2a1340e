import KarezCore

/// Reads `web.yaml`.
struct WebLimitsFile {
  private(set) var limits: WebLimits?
  private(set) var faults: [PackFault] = []

  mutating func read(_ node: PackNode) {
    var fields = PackFields(node)
    let version = fields.text("version")
    if let version, PackManifest.numbers(of: version) == nil { fields.add(.notVersion(version)) }
    let allowances = fields.required("allowances").map { PackFields($0) }
    let costs = fields.required("costs").map { readCosts($0) }
    let work = fields.required("work").flatMap { readWork($0) }
    let pictures = fields.required("pictures").flatMap { readPictures($0) }
    let features = fields.required("features").flatMap { readFeatures($0) }
    let connections = fields.required("connections").flatMap { readConnections($0) }
    let checks = fields.required("checks").flatMap { readChecks($0) }
    let cases = fields.required("cases").flatMap { readCases($0) }
    let applicants = fields.required("applicants").flatMap { readApplicants($0) }
    let shutdown = fields.required("shutdown").flatMap { readShutdown($0) }
    let readers = fields.required("metrics").flatMap { readReaders($0) }
    faults += fields.finish()
    guard var allowances else { return }
    let account = allowances.required("account").flatMap { readAllowance($0) }
    let address = allowances.required("address").flatMap { readAllowance($0) }
    let signIn = allowances.required("signIn").flatMap { readAllowance($0) }
    let tile = allowances.required("tile").flatMap { readAllowance($0) }
    let anonymous = allowances.required("anonymous").flatMap { readAllowance($0) }
    let anonymousTile = allowances.required("anonymousTile").flatMap { readAllowance($0) }
    let mostKept = allowances.some("mostKept")
    faults += allowances.finish()
    guard faults.isEmpty, let account, let address, let signIn, let tile, let anonymous,
      let anonymousTile, let mostKept, let costs, let work, let pictures, let features,
      let connections, let checks, let cases, let applicants,
      let shutdown, let readers
    else { return }
    limits = WebLimits(
      account: account, address: address, signIn: signIn, tile: tile, anonymous: anonymous,
      anonymousTile: anonymousTile, mostKept: mostKept, costs: costs, work: work,
      pictures: pictures, features: features,
      connections: connections, checks: checks, cases: cases,
      applicants: applicants, shutdownWithin: shutdown, readers: readers)
  }

  private mutating func readAllowance(_ node: PackNode) -> WebLimits.Allowance? {
    var fields = PackFields(node)
    let perMinute = fields.some("perMinute")
    let atOnce = fields.some("atOnce")
    faults += fields.finish()
    guard let perMinute, let atOnce else { return nil }
    return WebLimits.Allowance(perMinute: perMinute, atOnce: atOnce)
  }

  private mutating func readCosts(_ node: PackNode) -> [String: Int] {
    var fields = PackFields(node)
    var costs: [String: Int] = [:]
    for sort in WebLimits.sorts + [WebLimits.megabyte] { costs[sort] = fields.some(sort) }
    faults += fields.finish()
    return costs
  }

  private mutating func readWork(_ node: PackNode) -> WebLimits.Work? {
    var fields = PackFields(node)
    let atOnce = fields.some("atOnce")
    let forOthers = fields.some("forOthers")
    let mostWaiting = fields.some("mostWaiting")
    let othersWaiting = fields.some("othersWaiting")
    let each = fields.some("mostWaitingEach")
    let longestWait = fields.seconds("longestWait")
    let comeBackAfter = fields.seconds("comeBackAfter")
    let check = fields.seconds("checkWithin")
    let work = fields.seconds("workWithin")
    let query = fields.seconds("queryWithin")
    faults += fields.finish()
    guard let atOnce, let forOthers, let mostWaiting, let othersWaiting, let each,
      let longestWait, let comeBackAfter, let check, let work, let query
    else { return nil }
    return WebLimits.Work(
      atOnce: atOnce, forOthers: forOthers, mostWaiting: mostWaiting,
      othersWaiting: othersWaiting, mostWaitingEach: each, longestWait: longestWait,
      comeBackAfter: comeBackAfter, checkWithin: check, workWithin: work, queryWithin: query)
  }

  private mutating func readPictures(_ node: PackNode) -> WebLimits.Pictures? {
    var fields = PackFields(node)
    let side = fields.some("mostSide")
    let pixels = fields.some("mostPixels")
    let layers = fields.some("mostLayers")
    let found = fields.some("mostFound")
    if let side, side > Self.longestSide {
      fields.add(.notQuantity(key: "mostSide", text: String(side)))
    }
    faults += fields.finish()
    guard let side, let pixels, let layers, let found else { return nil }
    return WebLimits.Pictures(
      mostSide: side, mostPixels: pixels, mostLayers: layers, mostFound: found)
  }

  /// What Cairo draws on has no longer sides.
  private static let longestSide = 32_767

  private mutating func readFeatures(_ node: PackNode) -> WebLimits.Features? {
    var fields = PackFields(node)
    let returned = fields.some("mostReturned")
    let skipped = fields.some("mostSkipped")
    faults += fields.finish()
    guard let returned, let skipped else { return nil }
    return WebLimits.Features(mostReturned: returned, mostSkipped: skipped)
  }

  private mutating func readConnections(_ node: PackNode) -> WebLimits.Connections? {
    var fields = PackFields(node)
    let most = fields.some("most")
    let idle = fields.seconds("idleFor")
    let reading = fields.seconds("readingStartsWithin")
    let pace = fields.some("leastBytesPerSecond")
    let writing = fields.seconds("writingStallsFor")
    let headerBytes = fields.some("mostHeaderBytes")
    let headers = fields.some("mostHeaders")
    let address = fields.some("mostAddressBytes")
    faults += fields.finish()
    guard let most, let idle, let reading, let pace, let writing, let headerBytes, let headers,
      let address
    else { return nil }
    return WebLimits.Connections(
      most: most, idleFor: idle, readingStartsWithin: reading, leastBytesPerSecond: pace,
      writingStallsFor: writing, mostHeaderBytes: headerBytes, mostHeaders: headers,
      mostAddressBytes: address)
  }

  private mutating func readChecks(_ node: PackNode) -> WebLimits.Checks? {
    var fields = PackFields(node)
    let files = fields.some("mostFiles")
    let parcels = fields.some("mostParcels")
    let vertices = fields.some("mostVertices")
    let open = fields.some("mostOpenBatches")
    let saved = fields.some("mostSaved")
    let compared = fields.some("mostCompared")
    let lines = fields.some("mostLines")
    let clearance = fields.metres("clearance")
    let reach = fields.metres("reach")
    faults += fields.finish()
    guard let files, let parcels, let vertices, let open, let saved, let compared, let lines,
      let clearance, let reach
    else { return nil }
    return WebLimits.Checks(
      mostFiles: files, mostParcels: parcels, mostVertices: vertices, mostOpenBatches: open,
      mostSaved: saved, mostCompared: compared, mostLines: lines, clearanceMetres: clearance,
      reachMetres: reach)
  }

  private mutating func readCases(_ node: PackNode) -> WebLimits.CaseWork? {
    var fields = PackFields(node)
    let bytes = fields.some("mostAttachmentBytes")
    let files = fields.some("mostFiles")
    let together = fields.some("mostTogether")
    faults += fields.finish()
    guard let bytes, let files, let together else { return nil }
    return WebLimits.CaseWork(
      mostAttachmentBytes: bytes, mostFiles: files, mostTogether: together)
  }

  private mutating func readApplicants(_ node: PackNode) -> WebLimits.ApplicantLimits? {
    var fields = PackFields(node)
    let code = fields.seconds("codeWithin")
    let tries = fields.some("mostCodeTries")
    let codes = fields.some("mostCodesAnHour")
    let registrations = fields.some("mostRegistrationsAnHour")
    let asks = fields.some("mostNameAsksADay")
    let lasts = fields.seconds("draftLasts")
    let drafts = fields.some("mostDrafts")
    let mandates = fields.some("mostMandates")
    let mandateTries = fields.some("mostMandateTriesADay")
    faults += fields.finish()
    guard let code, let tries, let codes, let registrations, let asks, let lasts, let drafts,
      let mandates, let mandateTries
    else { return nil }
    return WebLimits.ApplicantLimits(
      codeWithin: code, mostCodeTries: tries, mostCodesAnHour: codes,
      mostRegistrationsAnHour: registrations, mostNameAsksADay: asks, draftLasts: lasts,
      mostDrafts: drafts, mostMandates: mandates, mostMandateTriesADay: mandateTries)
  }

  private mutating func readShutdown(_ node: PackNode) -> Int? {
    var fields = PackFields(node)
    let within = fields.seconds("within")
    faults += fields.finish()
    return within
  }

  private mutating func readReaders(_ node: PackNode) -> WebLimits.Readers? {
    var fields = PackFields(node)
    let addresses = fields.texts("addresses")
    let tokens = fields.texts("tokens").map { $0.lowercased() }
    for token in tokens where token.utf8.count != 64 || !token.allSatisfy(\.isHexDigit) {
      fields.add(.notText(key: "tokens"))
    }
    faults += fields.finish()
    return WebLimits.Readers(addresses: addresses, tokens: tokens)
  }
}

extension PackFields {
  /// A length of more than nothing, and not farther than a prefecture.
  fileprivate mutating func metres(_ key: String) -> Double? {
    guard let quantity = quantity(key) else { return nil }
    guard quantity.dimension == .length, quantity.value > 0, quantity.value <= 100_000 else {
      add(.notQuantity(key: key, text: String(quantity.value)))
      return nil
    }
    return quantity.value
  }

  /// A whole number from one on that fits calculations with it.
  fileprivate mutating func some(_ key: String) -> Int? {
    guard let number = count(key) else { return nil }
    guard (1...1_000_000_000).contains(number) else {
      add(.notQuantity(key: key, text: String(number)))
      return nil
    }
    return number
  }
}
