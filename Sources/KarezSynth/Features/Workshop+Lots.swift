import KarezCore
import KarezGeometry
import KarezPacks

extension Workshop {
  /// A block of lots in the middle of a built-up patch.
  private struct Block {
    let corner: LatticePoint
    let columns: Int
    let rows: Int
    let width: Int64
    let height: Int64

    func lot(_ column: Int, _ row: Int, inset: Double) -> [LatticePoint] {
      let x0 = corner.x + Int64(column) * width
      let y0 = corner.y + Int64(row) * height
      let dx = Int64(Double(width) * inset)
      let dy = Int64(Double(height) * inset)
      return [
        LatticePoint(x: x0 + dx, y: y0 + dy),
        LatticePoint(x: x0 + width - dx, y: y0 + dy),
        LatticePoint(x: x0 + width - dx, y: y0 + height - dy),
        LatticePoint(x: x0 + dx, y: y0 + height - dy),
      ]
    }
  }

  /// 宗地 and 不动产单元 in the built-up patches of a village, numbered through the village.
  mutating func putLots(_ patches: [Patch]) {
    var sequence = 0
    for patch in patches {
      let landClass = country.allocator.classOfCode[patch.code]
      guard ["05", "06", "07", "08"].contains(landClass), patch.piece.isRectangle,
        let block = block(in: patch, side: landClass == "07" ? 22 : 55)
      else { continue }
      for row in 0..<block.rows {
        for column in 0..<block.columns {
          sequence += 1
          guard sequence < 100_000 else { return }
          putLot(block, column, row, sequence, patch)
        }
      }
    }
  }

  private func block(in patch: Patch, side: Double) -> Block? {
    let box = patch.piece.box
    let width = Int64(side / country.terrain.metresEast)
    let height = Int64(side * 1.3 / country.terrain.metresNorth)
    // Half the patch: its border is moved by less than a quarter.
    let columns = min(4, Int(box.extent(.x) / 2 / width))
    let rows = min(3, Int(box.extent(.y) / 2 / height))
    guard columns > 0, rows > 0 else { return nil }
    return Block(
      corner: LatticePoint(
        x: box.centre.x - Int64(columns) * width / 2, y: box.centre.y - Int64(rows) * height / 2),
      columns: columns, rows: rows, width: width, height: height)
  }

  private mutating func putLot(
    _ block: Block, _ column: Int, _ row: Int, _ sequence: Int, _ patch: Patch
  ) {
    let village = currentVillage
    let place = country.gazetteer.villages[village]
    let township = country.gazetteer.townships[place.township]
    let isHomestead = country.allocator.codes[patch.code] == "0702"
    let text =
      country.region.counties[township.county].code + Gazetteer.padded(township.district, 3)
      + Gazetteer.padded(place.subdistrict, 3) + (isHomestead ? "JC" : "GB")
      + Gazetteer.padded(sequence, 5)
    guard let code = try? ParcelCode(text),
      let lot = moved(block.lot(column, row, inset: 0)),
      let house = moved(block.lot(column, row, inset: 0.22))
    else { return }
    let isBuilt = country.chance.unit(.parcel, patch.index, sequence) < 0.9
    let place19 = country.gazetteer.locationName(village) + "\(sequence)号"
    let right = isHomestead ? (isBuilt ? "6" : "5") : (isBuilt ? "4" : "3")
    let use = country.allocator.codes[patch.code]
    let year = 2010 + country.chance.pick(15, .parcel, patch.index, sequence, 1)
    put(
      SynthFeature(
        layer: .parcels,
        values: [
          .text(code.text), .text(place19), .text(right), .text(isHomestead ? "批准拨用" : "出让"),
          .text(use), lot.area.recorded,
          Gazetteer.day(of: year, country.chance.unit(.parcel, patch.index, sequence, 2)),
        ],
        geometry: .polygons(lot.multi)))
    guard let unit = try? RealEstateUnitCode(code.text + (isBuilt ? "F00010001" : "W00000000"))
    else { return }
    let floors = Double(1 + country.chance.pick(isHomestead ? 2 : 6, .parcel, sequence, 3))
    let outline = isBuilt ? house : lot
    let floorArea = Area.squareMetres(house.area.squareMetres * floors)
    put(
      SynthFeature(
        layer: .realEstateUnits,
        values: [
          .text(unit.text), .text(code.text), .text(isBuilt ? "F" : "W"), .text(place19),
          .text(use), isBuilt ? floorArea.recorded : .null,
        ],
        geometry: .polygons(outline.multi)))
  }

  private func moved(_ ring: [LatticePoint]) -> Polygon? {
    [ring.map { country.realiser.moved($0) }].polygon
  }
}
