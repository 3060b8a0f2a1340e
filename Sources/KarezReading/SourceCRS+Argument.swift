extension SourceCRS {
  /// One word for a command line: `epsg:4513`, `gk:24:3:1`, `unknown`.
  package var argument: String {
    switch self {
    case .unknown: "unknown"
    case .epsg(let code): "epsg:\(code)"
    case .gaussKruger(let zone, let width, let prefixed):
      "gk:\(zone):\(width):\(prefixed ? 1 : 0)"
    }
  }

  package init?(argument: String) {
    let words = argument.split(separator: ":")
    let numbers = words.dropFirst().compactMap { Int($0) }
    switch (words.first, numbers.count) {
    case ("unknown", 0): self = .unknown
    case ("epsg", 1): self = .epsg(numbers[0])
    case ("gk", 3):
      self = .gaussKruger(zone: numbers[0], width: numbers[1], prefixed: numbers[2] == 1)
    default: return nil
    }
  }
}
