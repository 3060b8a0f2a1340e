import KarezGeometry

/// A round place kept for one feature.
struct Spot: Hashable, Sendable {
  let centre: LatticePoint
  /// - Units: metres.
  let radius: Double
  let county: Int
}

/// Finds places that lie in one county and do not touch one another.
struct Placement {
  private let country: Country
  private let themes: Themes
  private(set) var spots: [Spot] = []

  init(_ country: Country, _ themes: Themes) {
    self.country = country
    self.themes = themes
  }

  /// Whether a place is free and clear of every county's border.
  func spot(at centre: LatticePoint, radius: Double) -> Spot? {
    guard let county = themes.county(at: centre, clear: radius + 700) else { return nil }
    let isFree = spots.allSatisfy {
      country.shapes.distance($0.centre, centre) > ($0.radius + radius) * 1.05
    }
    return isFree ? Spot(centre: centre, radius: radius, county: county) : nil
  }

  mutating func keep(_ spot: Spot) { spots.append(spot) }

  /// Keeps so many more spots, from a number of attempts on, where the villages are wild or high;
  /// fewer if there is no room.
  mutating func fill(
    _ count: Int, use: Chance.Use, from first: Int = 0, radius: (Double) -> Double,
    isWanted: (LatticePoint) -> Bool
  ) {
    var attempt = first
    let villages = country.villages
    let whole = villages.reduce(0) { $0 + $1.area }
    // Villages by area, so that the wide ones get their due.
    var sums: [Double] = []
    var sum = 0.0
    for village in villages {
      sum += village.area
      sums.append(sum)
    }
    let last = spots.count + count
    while spots.count < last, attempt < first + count * 400 {
      attempt += 1
      let target = country.chance.unit(use, attempt) * whole
      let index = min(sums.partitioningIndex { $0 > target }, villages.count - 1)
      let box = villages[index].box
      let centre = LatticePoint(
        x: box.minX + Int64(country.chance.unit(use, attempt, 1) * Double(box.extent(.x))),
        y: box.minY + Int64(country.chance.unit(use, attempt, 2) * Double(box.extent(.y))))
      guard isWanted(centre) else { continue }
      let size = radius(country.chance.unit(use, attempt, 3))
      if let found = spot(at: centre, radius: size) { keep(found) }
    }
  }
}
