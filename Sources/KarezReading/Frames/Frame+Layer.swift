import KarezCore

extension ByteWriter {
  mutating func layer(_ layer: SourceLayer) {
    text(layer.name)
    text(layer.title)
    text(layer.format.rawValue)
    text(layer.geometry.rawValue)
    crs(layer.crs)
    text(layer.crsReason.rawValue)
    text(layer.crsName)
    integer(UInt32(clamping: layer.fields.count))
    for field in layer.fields {
      text(field.name)
      text(field.type.rawValue)
    }
    text(layer.encoding.name)
    text(layer.encoding.reason.rawValue)
    integer(layer.featureCount ?? -1)
    integer(UInt32(clamping: layer.warnings.count))
    for warning in layer.warnings { self.warning(warning) }
  }

  private mutating func crs(_ crs: SourceCRS) {
    switch crs {
    case .unknown: integer(UInt8(0))
    case .epsg(let code):
      integer(UInt8(1))
      integer(Int32(clamping: code))
    case .gaussKruger(let zone, let width, let prefixed):
      integer(UInt8(2))
      integer(UInt8(clamping: zone))
      integer(UInt8(clamping: width))
      integer(UInt8(prefixed ? 1 : 0))
    }
  }

  private mutating func warning(_ warning: ReadWarning) {
    text(warning.code)
    let facts = warning.facts.sorted { $0.key < $1.key }
    texts(facts.flatMap { [$0.key, $0.value] })
  }
}

extension ByteReader {
  mutating func layer() throws(FrameFault) -> SourceLayer {
    let name = try text()
    let title = try text()
    var layer = SourceLayer(name: name, format: try named(SourceFormat.self), title: title)
    layer.geometry = try named(GeometryKind.self)
    layer.crs = try crs()
    layer.crsReason = try named(CRSReason.self)
    layer.crsName = try text()
    for _ in 0..<(try count(ofSize: 8)) {
      layer.fields.append(SourceField(name: try text(), type: try named(AttributeType.self)))
    }
    layer.encoding = SourceEncoding(name: try text(), reason: try named(EncodingReason.self))
    let featureCount = try integer(Int64.self)
    layer.featureCount = featureCount < 0 ? nil : featureCount
    for _ in 0..<(try count(ofSize: 8)) { layer.warnings.append(try warning()) }
    return layer
  }

  private mutating func named<Value: RawRepresentable<String>>(
    _ type: Value.Type
  ) throws(FrameFault) -> Value {
    guard let value = Value(rawValue: try text()) else { throw .invalid }
    return value
  }

  private mutating func crs() throws(FrameFault) -> SourceCRS {
    switch try integer(UInt8.self) {
    case 0: return .unknown
    case 1: return .epsg(Int(try integer(Int32.self)))
    case 2:
      let zone = Int(try integer(UInt8.self))
      let width = Int(try integer(UInt8.self))
      let prefixed = try integer(UInt8.self)
      guard width == 3 || width == 6, (1...120).contains(zone), prefixed <= 1 else {
        throw .invalid
      }
      return .gaussKruger(zone: zone, width: width, prefixed: prefixed == 1)
    default: throw .invalid
    }
  }

  private mutating func warning() throws(FrameFault) -> ReadWarning {
    let code = try text()
    let words = try texts()
    guard words.count.isMultiple(of: 2) else { throw .invalid }
    var facts: [String: String] = [:]
    for index in stride(from: 0, to: words.count, by: 2) { facts[words[index]] = words[index + 1] }
    return ReadWarning(code: code, facts: facts)
  }
}
