// Only what a worker can say travels; the cases about the worker itself are its parent's.

extension ReadingError {
  var wire: WireFault {
    switch self {
    case .fileMissing: WireFault("file-missing")
    case .emptyFile: WireFault("empty-file")
    case .fileTooLarge(let bytes, let limit): WireFault("file-too-large", [bytes, limit])
    case .unknownFormat(let magic): WireFault("unknown-format", texts: [magic])
    case .driverRefused(let format, let message):
      WireFault("driver-refused", texts: [format.rawValue, message])
    case .readFailed(let row, let message): WireFault("read-failed", [row], texts: [message])
    case .writeFailed(let format, let row, let message):
      WireFault("write-failed", [row], texts: [format.rawValue, message])
    case .drawingBinary(let version): WireFault("drawing-binary", texts: [version])
    case .documentTypeDeclared: WireFault("document-type")
    case .encodingUnknown(let name): WireFault("encoding-unknown", texts: [name])
    case .tooManyVertices(let row, let count, let limit):
      WireFault("vertices-in-feature", [row, count, limit])
    case .tooManyVerticesInFile(let row, let limit): WireFault("vertices-in-file", [row, limit])
    case .featureTooLarge(let row, let bytes): WireFault("feature-too-large", [row, bytes])
    case .noLayer: WireFault("no-layer")
    case .noSuchLayer(let name, let layers): WireFault("no-such-layer", texts: [name] + layers)
    case .layerNotChosen(let layers): WireFault("layer-not-chosen", texts: layers)
    case .json(let code, let line, let byte): WireFault("json", [line, byte], texts: [code])
    case .text(let format, let line, let code, let detail):
      WireFault("text", [line], texts: [format.rawValue, code, detail])
    case .shapefile(let fault): fault.wire
    case .zip(let fault): fault.wire
    case .geopackage(let fault): fault.wire
    case .vct(let fault): fault.wire
    case .memoryLimit(let bytes): WireFault("memory-limit", [Int64(clamping: bytes)])
    case .workerUnusable(let message): WireFault("worker-unusable", texts: [message])
    case .sandboxMissing, .sandboxRefused, .workerCrashed, .workerFailed, .timeLimit, .badFrame:
      WireFault("worker-unusable", texts: [""])
    }
  }

  init?(wire: WireFault) {
    if let fault = ShapefileFault(wire: wire) {
      self = .shapefile(fault)
    } else if let fault = ZipFault(wire: wire) {
      self = .zip(fault)
    } else if let fault = GeoPackageFault(wire: wire) {
      self = .geopackage(fault)
    } else if let fault = VCTFault(wire: wire) {
      self = .vct(fault)
    } else if let error = Self.numeric(wire) ?? Self.textual(wire) {
      self = error
    } else {
      return nil
    }
  }

  private static func numeric(_ wire: WireFault) -> ReadingError? {
    let numbers = wire.numbers
    switch (wire.code, numbers.count, wire.texts.count) {
    case ("file-missing", 0, 0): return .fileMissing
    case ("empty-file", 0, 0): return .emptyFile
    case ("document-type", 0, 0): return .documentTypeDeclared
    case ("no-layer", 0, 0): return .noLayer
    case ("file-too-large", 2, 0): return .fileTooLarge(bytes: numbers[0], limit: numbers[1])
    case ("vertices-in-feature", 3, 0):
      return .tooManyVertices(row: numbers[0], count: numbers[1], limit: numbers[2])
    case ("vertices-in-file", 2, 0):
      return .tooManyVerticesInFile(row: numbers[0], limit: numbers[1])
    case ("feature-too-large", 2, 0): return .featureTooLarge(row: numbers[0], bytes: numbers[1])
    case ("memory-limit", 1, 0): return .memoryLimit(bytes: UInt64(clamping: numbers[0]))
    default: return nil
    }
  }

  private static func textual(_ wire: WireFault) -> ReadingError? {
    let numbers = wire.numbers
    let texts = wire.texts
    switch (wire.code, numbers.count, texts.count) {
    case ("unknown-format", 0, 1): return .unknownFormat(magic: texts[0])
    case ("drawing-binary", 0, 1): return .drawingBinary(version: texts[0])
    case ("encoding-unknown", 0, 1): return .encodingUnknown(name: texts[0])
    case ("worker-unusable", 0, 1): return .workerUnusable(message: texts[0])
    case ("read-failed", 1, 1): return .readFailed(row: numbers[0], message: texts[0])
    case ("json", 2, 1): return .json(code: texts[0], line: numbers[0], byte: numbers[1])
    case ("no-such-layer", 0, 1...):
      return .noSuchLayer(name: texts[0], layers: Array(texts.dropFirst()))
    case ("layer-not-chosen", 0, _): return .layerNotChosen(layers: texts)
    case ("driver-refused", 0, 2):
      guard let format = SourceFormat(rawValue: texts[0]) else { return nil }
      return .driverRefused(format: format, message: texts[1])
    case ("write-failed", 1, 2):
      guard let format = SourceFormat(rawValue: texts[0]) else { return nil }
      return .writeFailed(format: format, row: numbers[0], message: texts[1])
    case ("text", 1, 3):
      guard let format = SourceFormat(rawValue: texts[0]) else { return nil }
      return .text(format: format, line: numbers[0], code: texts[1], detail: texts[2])
    default: return nil
    }
  }
}

extension ShapefileFault {
  var wire: WireFault {
    switch self {
    case .headerMalformed: WireFault("shp-header")
    case .lengthDisagrees(let claimed, let found): WireFault("shp-length", [claimed, found])
    case .truncatedRecord(let record, let byte): WireFault("shp-truncated", [record, byte])
    case .indexDisagrees(let record, let byte): WireFault("shp-index", [record, byte])
    case .sidecarMissing(let kind): WireFault("shp-sidecar-missing", texts: [kind])
    case .sidecarMalformed(let kind): WireFault("shp-sidecar-malformed", texts: [kind])
    case .countsDisagree(let kind, let shapes, let found):
      WireFault("shp-counts", [shapes, found], texts: [kind])
    }
  }

  init?(wire: WireFault) {
    let numbers = wire.numbers
    switch (wire.code, numbers.count, wire.texts.count) {
    case ("shp-header", 0, 0): self = .headerMalformed
    case ("shp-length", 2, 0): self = .lengthDisagrees(claimed: numbers[0], found: numbers[1])
    case ("shp-truncated", 2, 0): self = .truncatedRecord(record: numbers[0], byte: numbers[1])
    case ("shp-index", 2, 0): self = .indexDisagrees(record: numbers[0], byte: numbers[1])
    case ("shp-sidecar-missing", 0, 1): self = .sidecarMissing(kind: wire.texts[0])
    case ("shp-sidecar-malformed", 0, 1): self = .sidecarMalformed(kind: wire.texts[0])
    case ("shp-counts", 2, 1):
      self = .countsDisagree(kind: wire.texts[0], shapes: numbers[0], found: numbers[1])
    default: return nil
    }
  }
}

extension ZipFault {
  var wire: WireFault {
    switch self {
    case .malformed(let byte): WireFault("zip-malformed", [byte])
    case .tooManyEntries(let count, let limit): WireFault("zip-entries", [count, limit])
    case .tooLarge(let bytes, let limit): WireFault("zip-too-large", [bytes, limit])
    case .ratio(let name, let ratio, let limit):
      WireFault("zip-ratio", [ratio, limit], texts: [name])
    case .entryEscapes(let name): WireFault("zip-escapes", texts: [name])
    case .entryIsLink(let name): WireFault("zip-link", texts: [name])
    case .entryTwice(let name): WireFault("zip-twice", texts: [name])
    case .nested(let name): WireFault("zip-nested", texts: [name])
    case .encrypted(let name): WireFault("zip-encrypted", texts: [name])
    case .method(let name, let number): WireFault("zip-method", [number], texts: [name])
    case .nothingReadable: WireFault("zip-nothing")
    case .severalReadable(let names): WireFault("zip-several", texts: names)
    }
  }

  init?(wire: WireFault) {
    let numbers = wire.numbers
    let texts = wire.texts
    switch (wire.code, numbers.count, texts.count) {
    case ("zip-malformed", 1, 0): self = .malformed(byte: numbers[0])
    case ("zip-entries", 2, 0): self = .tooManyEntries(count: numbers[0], limit: numbers[1])
    case ("zip-too-large", 2, 0): self = .tooLarge(bytes: numbers[0], limit: numbers[1])
    case ("zip-ratio", 2, 1): self = .ratio(name: texts[0], ratio: numbers[0], limit: numbers[1])
    case ("zip-escapes", 0, 1): self = .entryEscapes(name: texts[0])
    case ("zip-link", 0, 1): self = .entryIsLink(name: texts[0])
    case ("zip-twice", 0, 1): self = .entryTwice(name: texts[0])
    case ("zip-nested", 0, 1): self = .nested(name: texts[0])
    case ("zip-encrypted", 0, 1): self = .encrypted(name: texts[0])
    case ("zip-method", 1, 1): self = .method(name: texts[0], number: numbers[0])
    case ("zip-nothing", 0, 0): self = .nothingReadable
    case ("zip-several", 0, _): self = .severalReadable(names: texts)
    default: return nil
    }
  }
}

extension GeoPackageFault {
  var wire: WireFault {
    switch self {
    case .malformed(let message): WireFault("gpkg-malformed", texts: [message])
    case .trigger(let name): WireFault("gpkg-trigger", texts: [name])
    case .view(let name): WireFault("gpkg-view", texts: [name])
    case .virtualTable(let name): WireFault("gpkg-virtual", texts: [name])
    }
  }

  init?(wire: WireFault) {
    guard wire.numbers.isEmpty, wire.texts.count == 1, let text = wire.text else { return nil }
    switch wire.code {
    case "gpkg-malformed": self = .malformed(message: text)
    case "gpkg-trigger": self = .trigger(name: text)
    case "gpkg-view": self = .view(name: text)
    case "gpkg-virtual": self = .virtualTable(name: text)
    default: return nil
    }
  }
}
