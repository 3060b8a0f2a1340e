import Foundation
import KarezCore

extension Region {
  /// Loads the region pack in a folder, such as `Packs/regions/<adcode>`.
  ///
  /// - Errors: the first table fault, or every fault of `region.yaml`.
  public init(folder: String) throws(RegionError) {
    let file = "region.yaml"
    guard let bytes = FileManager.default.contents(atPath: folder + "/" + file) else {
      throw .unreadable(file: file)
    }
    var reader = RegionReader(folder: folder)
    do throws(RulePackError) {
      reader.read(try PackNode.read(Array(bytes), file: file))
    } catch {
      switch error {
      case .refused(let faults): throw .refused(faults)
      case .folderUnreadable: throw .unreadable(file: file)
      }
    }
    self = try reader.region()
  }
}

/// Takes a region pack apart; faults of `region.yaml` are collected, a table stops at its first.
private struct RegionReader {
  let folder: String
  var faults: [PackFault] = []
  var title: LocalizedText?
  var adcode: String?
  var zones: [Int] = []
  var extent: [Double] = []
  var outlines: Region.OutlineSource?
  var landscape: Region.Landscape?

  init(folder: String) { self.folder = folder }

  // MARK: region.yaml

  mutating func read(_ node: PackNode) {
    var fields = PackFields(node)
    title = fields.localized("title")
    adcode = fields.text("adcode")
    zones = fields.texts("zones").compactMap { text in
      guard let zone = Int(text) else {
        fields.add(.notQuantity(key: "zones", text: text))
        return nil
      }
      return zone
    }
    if let node = fields.required("extent") { readExtent(node) }
    if let node = fields.required("outlines") { readOutlines(node) }
    if let node = fields.required("landscape") { readLandscape(node) }
    faults += fields.finish()
  }

  private mutating func readExtent(_ node: PackNode) {
    var fields = PackFields(node)
    extent = ["west", "south", "east", "north"].compactMap { Self.number($0, in: &fields) }
    faults += fields.finish()
  }

  private mutating func readOutlines(_ node: PackNode) {
    var fields = PackFields(node)
    let package = fields.text("package")
    let version = fields.text("version")
    let sha256 = fields.text("sha256")
    let inside = fields.text("folder")
    let datum = fields.choice("datum", of: Region.OutlineSource.Datum.self)
    faults += fields.finish()
    guard let package, let version, let sha256, let inside, let datum else { return }
    outlines = Region.OutlineSource(
      package: package, version: version, sha256: sha256, folder: inside, datum: datum)
  }

  private mutating func readLandscape(_ node: PackNode) {
    var fields = PackFields(node)
    let density = Self.number("density", in: &fields)
    let oases = fields.list("oases").compactMap { disc($0) }
    let highlands = fields.list("highlands").compactMap { disc($0) }
    let shares = fields.required("shares").map { table($0, "shares") { Quantity($0) } } ?? [:]
    let counts = fields.required("counts").map { table($0, "counts") { Int($0) } } ?? [:]
    faults += fields.finish()
    guard let density else { return }
    landscape = Region.Landscape(
      density: max(1, density), oases: oases, highlands: highlands,
      shares: shares.compactMapValues { $0.dimension == .share ? $0.value : nil },
      counts: counts.filter { $0.value >= 0 })
  }

  private mutating func disc(_ node: PackNode) -> Region.Disc? {
    var fields = PackFields(node)
    let place = fields.texts("at").compactMap(Double.init)
    let radius = fields.quantity("radius")
    if place.count != 2 { fields.add(.notQuantity(key: "at", text: "\(place.count)")) }
    if let radius, radius.dimension != .length || radius.value <= 0 {
      fields.add(.notQuantity(key: "radius", text: "\(radius.value)"))
    }
    let own = fields.finish()
    faults += own
    guard own.isEmpty, let radius else { return nil }
    return Region.Disc(longitude: place[0], latitude: place[1], radius: radius.value)
  }

  private mutating func table<Value>(
    _ node: PackNode, _ key: String, value: (String) -> Value?
  ) -> [String: Value] {
    var found: [String: Value] = [:]
    for entry in node.entries ?? [] {
      guard let text = entry.value.text, let parsed = value(text) else {
        faults.append(PackFault(entry.origin, .notQuantity(key: key, text: entry.key)))
        continue
      }
      found[entry.key] = parsed
    }
    return found
  }

  private static func number(_ key: String, in fields: inout PackFields) -> Double? {
    guard let text = fields.text(key) else { return nil }
    guard let value = Double(text), value.isFinite else {
      fields.add(.notQuantity(key: key, text: text))
      return nil
    }
    return value
  }

  // MARK: Tables

  func region() throws(RegionError) -> Region {
    guard faults.isEmpty, let title, let adcode, let outlines, let landscape, extent.count == 4
    else { throw .refused(faults) }
    let counties = try counties()
    let shares = try classShares()
    return Region(
      title: title, adcode: adcode, zones: zones, extent: extent, outlines: outlines,
      landscape: landscape, counties: counties,
      townships: try townships(of: Set(counties.map(\.code))), classShares: shares,
      classCodes: try classCodes(of: Set(shares.map(\.landClass))),
      villageNames: try villageNames())
  }

  private func counties() throws(RegionError) -> [Region.County] {
    let table = try RegionTable(
      folder: folder, file: "codes/counties.csv", header: ["code", "zh", "en", "ug"])
    try table.checkUnique()
    return table.rows.map {
      Region.County(
        code: $0.fields[0],
        name: LocalizedText(
          zh: $0.fields[1], en: $0.fields[2], ug: $0.fields[3].isEmpty ? nil : $0.fields[3]))
    }
  }

  private func townships(of counties: Set<String>) throws(RegionError) -> [Region.Township] {
    let table = try RegionTable(
      folder: folder, file: "codes/townships.csv",
      header: ["code", "county", "zh", "kind", "part"])
    try table.checkUnique()
    var townships: [Region.Township] = []
    for row in table.rows {
      guard counties.contains(row.fields[1]) else {
        throw .unknown(file: table.file, line: row.line, text: row.fields[1])
      }
      let part = try table.number(row, 4)
      guard part >= 1, part < 1_000 else {
        throw .notANumber(file: table.file, line: row.line, text: row.fields[4])
      }
      townships.append(
        Region.Township(
          code: row.fields[0], county: row.fields[1], name: row.fields[2], kind: row.fields[3],
          part: Int(part)))
    }
    return townships
  }

  private func classShares() throws(RegionError) -> [Region.ClassShare] {
    let table = try RegionTable(
      folder: folder, file: "codes/land-shares.csv",
      header: ["class", "zh", "area_ha", "oasis", "margin", "wild"])
    try table.checkUnique()
    var shares: [Region.ClassShare] = []
    for row in table.rows {
      let bands = [try table.number(row, 3), try table.number(row, 4), try table.number(row, 5)]
      guard abs(bands[0] + bands[1] + bands[2] - 100) < 1e-9 else {
        throw .notANumber(
          file: table.file, line: row.line, text: row.fields[3...].joined(separator: "+"))
      }
      shares.append(
        Region.ClassShare(
          landClass: row.fields[0], name: row.fields[1],
          area: .hectares(try table.number(row, 2)), bands: bands))
    }
    return shares
  }

  private func classCodes(of classes: Set<String>) throws(RegionError) -> [Region.ClassCode] {
    let table = try RegionTable(
      folder: folder, file: "codes/land-codes.csv",
      header: ["class", "code", "band", "terrain", "weight"])
    var codes: [Region.ClassCode] = []
    for row in table.rows {
      let words = row.fields
      let known: [(String, Set<String>)] = [
        (words[0], classes), (words[2], ["oasis", "margin", "wild", "any"]),
        (words[3], ["low", "high", "any"]),
      ]
      for (text, allowed) in known where !allowed.contains(text) {
        throw .unknown(file: table.file, line: row.line, text: text)
      }
      codes.append(
        Region.ClassCode(
          landClass: words[0], code: words[1], band: words[2], terrain: words[3],
          weight: try table.number(row, 4)))
    }
    return codes
  }

  private func villageNames() throws(RegionError) -> [[String]] {
    let table = try RegionTable(
      folder: folder, file: "names/villages.csv", header: ["first", "second"])
    return [table.rows.map { $0.fields[0] }, table.rows.map { $0.fields[1] }]
  }
}
