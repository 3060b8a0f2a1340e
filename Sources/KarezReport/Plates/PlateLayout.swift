/// Where things stand on a sheet.
///
/// - Units: millimetres from the upper left corner of the paper.
struct PlateLayout: Hashable {
  let width: Double
  let height: Double
  let magnification: Double
  /// 内图廓: the edge of the map itself.
  let frame: MapBox

  /// What stands around the map on A4, which larger sheets magnify.
  private enum Room {
    static let margin = 8.0
    static let title = 15.0
    static let labels = 6.0
    static let foot = 42.0
  }

  init(_ paper: PlatePaper, isLandscape: Bool) {
    let sides = paper.sides
    width = isLandscape ? sides.long : sides.short
    height = isLandscape ? sides.short : sides.long
    magnification = paper.magnification
    let left = (Room.margin + Room.labels) * magnification
    let top = (Room.margin + Room.title + Room.labels) * magnification
    let bottom = (Room.margin + Room.foot + Room.labels) * magnification
    // Whole millimetres, so that the ground it covers is a round number.
    frame = MapBox(
      x: left.rounded(), y: top.rounded(), width: (width - 2 * left).rounded(.down),
      height: (height - top - bottom).rounded(.down))
  }
}
