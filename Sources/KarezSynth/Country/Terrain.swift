import KarezCore
import KarezGeometry
import KarezPacks

/// Where the oases, their margins and the mountains are, and how dense patches lie there.
///
/// - Units: metres on a plane around the region's middle, good for landscape and nothing else.
struct Terrain: Sendable {
  let chance: Chance
  let region: Region
  /// How many metres a half-nanodegree is, east and north.
  let metresEast: Double
  let metresNorth: Double
  /// Scores above which a place is an oasis, and above which it is at least a margin.
  private(set) var oasisFrom = 0.0
  private(set) var marginFrom = 0.0
  /// How many patches lie on a cell of the grid, up to a factor.
  private(set) var density: Grid
  /// Metres to the nearest outline.
  let distance: Grid
  /// Patches in a box, up to the same factor.
  private(set) var weights: BoxSums

  init(_ region: Region, outlines: OutlineMap, chance: Chance) {
    self.region = region
    self.chance = chance
    let middle = outlines.box.centre.position
    metresNorth = 111_000 / LatticePoint.perDegree
    metresEast = metresNorth * Self.cosine(ofDegrees: middle.y)
    let mask = OutlineRaster(outlines)
    distance = mask.distance(metresEast: metresEast, metresNorth: metresNorth)
    density = Grid(over: outlines.box)
    weights = BoxSums(of: density)
    var scores = Grid(over: outlines.box)
    for row in 0..<scores.rows {
      for column in 0..<scores.columns {
        scores[column, row] = Float(score(at: scores.centre(column, row)))
      }
    }
    calibrate(scores, inside: mask.inside)
    for index in density.values.indices {
      density.values[index] = Float(patches(at: Double(scores.values[index])))
    }
    weights = BoxSums(of: density)
  }

  /// The cosine, by its series; the same on every machine.
  static func cosine(ofDegrees degrees: Double) -> Double {
    let squared = (degrees / 180 * .pi) * (degrees / 180 * .pi)
    return 1 - squared / 2 * (1 - squared / 12 * (1 - squared / 30 * (1 - squared / 56)))
  }

  private func metres(_ point: LatticePoint) -> (x: Double, y: Double) {
    (Double(point.x) * metresEast, Double(point.y) * metresNorth)
  }

  private func nearness(_ discs: [Region.Disc], _ x: Double, _ y: Double) -> Double {
    var best = -1.0
    for disc in discs {
      let dx = x - disc.longitude * LatticePoint.perDegree * metresEast
      let dy = y - disc.latitude * LatticePoint.perDegree * metresNorth
      best = max(best, 1 - (dx * dx + dy * dy).squareRoot() / disc.radius)
    }
    return best
  }

  /// How much a place is an oasis; comparable, without a unit.
  func score(at point: LatticePoint) -> Double {
    let (x, y) = metres(point)
    let rough =
      0.5 * chance.noise(x, y, wavelength: 23_000, channel: 1)
      + 0.3 * chance.noise(x, y, wavelength: 9_000, channel: 2)
      + 0.15 * chance.noise(x, y, wavelength: 3_500, channel: 3)
    return nearness(region.landscape.oases, x, y) + rough
  }

  /// Whether a place lies in the mountains.
  func isHigh(_ point: LatticePoint) -> Bool {
    let (x, y) = metres(point)
    return nearness(region.landscape.highlands, x, y)
      + 0.25 * chance.noise(x, y, wavelength: 30_000, channel: 4) > 0
  }

  /// How much a place calls for protection: whole valleys do, or do not.
  func wildness(at point: LatticePoint) -> Double {
    let (x, y) = metres(point)
    return chance.noise(x, y, wavelength: 70_000, channel: 5)
      + 0.4 * chance.noise(x, y, wavelength: 25_000, channel: 6)
  }

  /// A number between 0 and 1 that is alike in one neighbourhood.
  func mood(at point: LatticePoint, channel: Int) -> Double {
    let (x, y) = metres(point)
    return 0.5 + 0.5 * chance.noise(x, y, wavelength: 6_000, channel: 100 + channel)
  }

  /// Sets the scores so that each band has its part of the country.
  private mutating func calibrate(_ scores: Grid, inside: [Bool]) {
    let shares = Self.bandShares(of: region)
    var cells: [(score: Float, area: Double)] = []
    for row in 0..<scores.rows {
      let area = Self.cosine(ofDegrees: scores.centre(0, row).position.y)
      for column in 0..<scores.columns where inside[row * scores.columns + column] {
        cells.append((scores[column, row], area))
      }
    }
    cells.sort { $0.score > $1.score }
    let whole = cells.reduce(0) { $0 + $1.area }
    var seen = 0.0
    oasisFrom = 0
    marginFrom = 0
    var found = 0
    for cell in cells {
      seen += cell.area
      if found == 0, seen >= shares[0] * whole {
        oasisFrom = Double(cell.score)
        found = 1
      }
      if seen >= (shares[0] + shares[1]) * whole {
        marginFrom = Double(cell.score)
        break
      }
    }
  }

  /// Parts of the country that are oasis, margin and wild; together 1.
  static func bandShares(of region: Region) -> [Double] {
    let whole = region.classShares.reduce(0) { $0 + $1.area.squareMetres }
    return (0..<3).map { band in
      region.classShares.reduce(0) { $0 + $1.area.squareMetres * $1.bands[band] / 100 } / whole
    }
  }

  private func patches(at score: Double) -> Double {
    let span = max(oasisFrom - marginFrom, 1e-6)
    let part = min(max((score - marginFrom) / span, 0), 1)
    return 1 + (region.landscape.density - 1) * Chance.smooth(part)
  }
}
