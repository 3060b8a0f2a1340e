import KarezCore

/// A sheet as the printer sets it: every text final, every place in millimetres.
struct PlateSheet: Encodable {
  struct Box: Encodable {
    let x: Double
    let y: Double
    let width: Double
    let height: Double

    init(_ box: MapBox) {
      (x, y, width, height) = (box.x, box.y, box.width, box.height)
    }
  }

  struct Name: Encodable {
    let x: Double
    let y: Double
    let words: String
    let isLarge: Bool
  }

  struct Entry: Encodable {
    let words: String
    let fill: String
    let fillOpacity: Double
    let line: String
    let lineWidth: Double
    let isDashed: Bool
    /// `area`, `line` or `point`.
    let kind: String
  }

  struct Fact: Encodable {
    let name: String
    let value: String
  }

  /// 线段比例尺.
  struct Bar: Encodable {
    let millimetres: Double
    let words: String
    let half: String
  }

  let sheet = "plate"
  /// `pdf` or `png`.
  var output = "pdf"
  /// Dots to an inch, of a picture.
  var dots = 96.0
  let language: String
  let direction: String
  let width: Double
  let height: Double
  let magnification: Double
  let frame: Box
  let mapSVG: String
  let title: String
  let marking: String
  let isSecret: Bool
  let north: String
  let legendTitle: String
  let legend: [Entry]
  let legendRest: String
  let labels: [PlateLabel]
  let names: [Name]
  let scaleWords: String
  let bar: Bar
  let facts: [Fact]
  let disclaimer: String
  let madeAt: String
}

/// What is drawn of one layer.
struct PlateLayer {
  let schema: DatasetSchema
  let shapes: [MapLayer.Shape]
  let legend: [MapLayer.LegendEntry]
  let kind: GeometryKind
  /// Names of places, with the place each is of.
  let names: [(words: String, place: PlateNamePlace)]
  /// Whether shapes too small to be seen were left out.
  let isThinned: Bool
}

/// Where a name may stand.
struct PlateNamePlace {
  let x: Double
  let y: Double
  let isLarge: Bool
}
