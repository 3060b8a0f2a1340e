import KarezCore
import KarezPacks

/// Codes and names of the divisions, by the numbers they are cut under.
struct Gazetteer: Sendable {
  struct Township: Sendable {
    let code: String
    let name: String
    /// Index of the county in the region.
    let county: Int
    /// 地籍区: its number within the county, from 1.
    let district: Int
  }

  struct Village: Sendable {
    let code: String
    let name: String
    let township: Int
    /// 地籍子区: its number within the township, from 1.
    let subdistrict: Int
  }

  let region: Region
  let townships: [Township]
  let villages: [Village]

  init(_ tiler: Tiler, villages surveyed: [Surveyor.Village]) {
    region = tiler.terrain.region
    var districts: [String: Int] = [:]
    let counties = region.counties
    townships = tiler.townshipRows.map { row in
      let township = tiler.terrain.region.townships[row]
      districts[township.county, default: 0] += 1
      return Township(
        code: township.code, name: township.name,
        county: counties.firstIndex { $0.code == township.county } ?? 0,
        district: districts[township.county] ?? 1)
    }
    var numbers: [Int: Int] = [:]
    var villages: [Village] = []
    let parts = region.villageNames
    for (index, village) in surveyed.enumerated() {
      numbers[village.township, default: 0] += 1
      let number = numbers[village.township] ?? 1
      let first = parts[0][tiler.chance.pick(parts[0].count, .village, village.township, number)]
      // Stepping through the second parts keeps the names of one township apart.
      let second = parts[1][(number + index / 7) % parts[1].count]
      villages.append(
        Village(
          code: townships[village.township].code + Self.padded(number, 3),
          name: first + second + "村", township: village.township, subdistrict: number))
    }
    self.villages = villages
  }

  static func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }

  func county(ofVillage village: Int) -> Region.County {
    region.counties[townships[villages[village].township].county]
  }

  /// 坐落单位代码, nineteen digits.
  func locationCode(_ village: Int) -> String { villages[village].code + "0000000" }

  func locationName(_ village: Int) -> String {
    let township = townships[villages[village].township]
    return region.counties[township.county].name.zh + township.name + villages[village].name
  }

  /// 标识码: county, dataset and a number in the dataset.
  func identifier(_ layer: SynthLayer, _ county: String, _ number: Int) -> AttributeValue {
    .text(county + "20" + Self.padded(layer.number, 2) + Self.padded(number, 8))
  }

  /// A day of a year, by a number from 0 up to, not including, 1.
  static func day(of year: Int, _ part: Double) -> AttributeValue {
    let day = LegalDate(year: year, month: 1, day: 1)?.adding(days: Int(part * 364))
    return day.map { .date($0) } ?? .null
  }
}
