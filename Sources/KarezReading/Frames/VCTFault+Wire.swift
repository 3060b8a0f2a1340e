extension VCTFault {
  var wire: WireFault {
    switch self {
    case .endsTooSoon(let line, let section): WireFault("vct-end", [line], texts: [section])
    case .edition(let name): WireFault("vct-edition", texts: [name])
    case .sectionMissing(let section): WireFault("vct-section", texts: [section])
    case .unexpected(let line, let section, let found):
      WireFault("vct-unexpected", [line], texts: [section, found])
    case .lineTooLong(let line, let limit): WireFault("vct-long", [line, limit])
    case .tooMany(let kind, let line, let limit):
      WireFault("vct-many", [line, limit], texts: [kind])
    case .headValue(let key, let value): WireFault("vct-head", texts: [key, value])
    }
  }

  init?(wire: WireFault) {
    let numbers = wire.numbers
    let texts = wire.texts
    switch (wire.code, numbers.count, texts.count) {
    case ("vct-end", 1, 1): self = .endsTooSoon(line: numbers[0], section: texts[0])
    case ("vct-edition", 0, 1): self = .edition(texts[0])
    case ("vct-section", 0, 1): self = .sectionMissing(texts[0])
    case ("vct-unexpected", 1, 2):
      self = .unexpected(line: numbers[0], section: texts[0], found: texts[1])
    case ("vct-long", 2, 0): self = .lineTooLong(line: numbers[0], limit: numbers[1])
    case ("vct-many", 2, 1):
      self = .tooMany(kind: texts[0], line: numbers[0], limit: numbers[1])
    case ("vct-head", 0, 2): self = .headValue(key: texts[0], value: texts[1])
    default: return nil
    }
  }
}

extension VCTObjectFault {
  var wire: WireFault { WireFault("vct-object", [line, object], texts: [kind.rawValue, found]) }

  init?(wire: WireFault) {
    guard wire.code == "vct-object", wire.numbers.count == 2, wire.texts.count == 2,
      let kind = Kind(rawValue: wire.texts[0])
    else { return nil }
    self.init(kind, line: wire.numbers[0], object: wire.numbers[1], found: wire.texts[1])
  }
}
