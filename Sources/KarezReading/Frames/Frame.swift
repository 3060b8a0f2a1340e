import KarezCore

/// One message of the worker to its parent.
///
/// - Shape: on the pipe a frame is `kind u8 · length u32 · payload`, all numbers little endian, text
///   as `length u32 · UTF-8`. A conversation is `hello`, then `layers`, or `layer` followed by any
///   number of `features`, then `end`; or `failure` at any point after `hello`. Values of a
///   feature's attributes stand in the order of the layer's fields, without names.
package enum Frame: Hashable, Sendable {
  case hello
  case layers([SourceLayer])
  case layer(SourceLayer)
  case features([SourceFeature])
  /// How many features there were.
  case end(count: Int64)
  case failure(ReadingError)

  /// Raised with every change of the bytes.
  static let version: UInt16 = 2
  static let magic: UInt32 = 0x525A_524B
  static let headerSize = 5
  /// One million vertices and as much text again.
  static let maximumLength: UInt32 = 48 << 20

  var kind: UInt8 {
    switch self {
    case .hello: 1
    case .layers: 2
    case .layer: 3
    case .features: 4
    case .end: 5
    case .failure: 6
    }
  }
}

/// Writes frames; knows the fields of the layer it wrote last.
package struct FrameEncoder {
  private var names: [String] = []
  /// A frame of features under way.
  private var features = ByteWriter()
  private var featureCount: UInt32 = 0

  package init() {}

  /// The bytes of the frame, header included.
  package mutating func encode(_ frame: Frame) -> [UInt8] {
    var out = ByteWriter()
    out.bytes = [frame.kind, 0, 0, 0, 0]
    switch frame {
    case .hello:
      out.integer(Frame.magic)
      out.integer(Frame.version)
    case .layers(let layers):
      out.integer(UInt32(clamping: layers.count))
      for layer in layers { out.layer(layer) }
    case .layer(let layer):
      names = layer.fields.map(\.name)
      out.layer(layer)
    case .features(let features):
      out.integer(UInt32(clamping: features.count))
      for feature in features { out.feature(feature, names: names) }
    case .end(let count): out.integer(count)
    case .failure(let error): out.fault(error.wire)
    }
    out.close(from: 1, UInt32(clamping: out.bytes.count - Frame.headerSize))
    return out.bytes
  }

  /// Adds a feature to the frame under way; `values`, where given, are what it says instead of its
  /// attributes.
  package mutating func add(_ feature: SourceFeature, saying values: EncodedValues? = nil) {
    if featureCount == 0 {
      features.bytes += [Frame.features([]).kind, 0, 0, 0, 0, 0, 0, 0, 0]
    }
    featureCount += 1
    features.head(of: feature)
    if let values {
      precondition(values.count == names.count, "a value for every field")
      features.bytes += values.bytes
    } else {
      features.values(of: feature, names: names)
    }
  }

  /// Lends the frame under way, if it has features, and begins another.
  package mutating func withFeatures(_ body: ([UInt8]) -> Void) {
    guard featureCount > 0 else { return }
    features.close(from: 1, UInt32(clamping: features.bytes.count - Frame.headerSize))
    features.close(from: Frame.headerSize, featureCount)
    body(features.bytes)
    features.bytes.removeAll(keepingCapacity: true)
    featureCount = 0
  }

  /// About how many bytes a feature takes, for closing a batch in time.
  package static func size(of feature: SourceFeature) -> Int {
    var texts = 0
    for value in feature.attributes.values {
      if case AttributeValue.text(let text) = value { texts += text.utf8.count }
    }
    return size(of: feature, values: feature.attributes.count, texts: texts)
  }

  /// The same of a feature of so many values, whose texts have so many bytes.
  package static func size(of feature: SourceFeature, values: Int, texts: Int) -> Int {
    32 + 16 * (feature.geometry?.vertexTotal ?? 0) + texts + 9 * values
  }
}

/// Reads frames, trusting nothing in them; knows the fields of the layer it read last.
package struct FrameDecoder {
  private var names: [String] = []

  package init() {}

  /// Kind and length of the payload, from the header's five bytes.
  package static func header(_ bytes: [UInt8]) throws(FrameFault) -> (kind: UInt8, length: Int) {
    var reader = ByteReader(bytes[...])
    let kind = try reader.integer(UInt8.self)
    let length = try reader.integer(UInt32.self)
    try reader.finish()
    guard (1...6).contains(kind) else { throw .unknownKind(kind) }
    guard length <= Frame.maximumLength else { throw .tooLong(length) }
    return (kind, Int(length))
  }

  package mutating func decode(kind: UInt8, _ payload: [UInt8]) throws(FrameFault) -> Frame {
    try decode(kind: kind, in: payload[...])
  }

  package mutating func decode(
    kind: UInt8, in payload: ArraySlice<UInt8>
  ) throws(FrameFault) -> Frame {
    var reader = ByteReader(payload)
    let frame = try decode(kind: kind, from: &reader)
    try reader.finish()
    return frame
  }

  private mutating func decode(
    kind: UInt8, from reader: inout ByteReader
  ) throws(FrameFault) -> Frame {
    switch kind {
    case 1:
      guard try reader.integer(UInt32.self) == Frame.magic else { throw .invalid }
      let version = try reader.integer(UInt16.self)
      guard version == Frame.version else { throw .wrongVersion(version) }
      return .hello
    case 2:
      let count = try reader.count(ofSize: 24)
      var layers: [SourceLayer] = []
      for _ in 0..<count { layers.append(try reader.layer()) }
      return .layers(layers)
    case 3:
      let layer = try reader.layer()
      names = layer.fields.map(\.name)
      return .layer(layer)
    case 4:
      let count = try reader.count(ofSize: 14)
      var features: [SourceFeature] = []
      features.reserveCapacity(count)
      for _ in 0..<count { features.append(try reader.feature(names: names)) }
      return .features(features)
    case 5: return .end(count: try reader.integer(Int64.self))
    case 6:
      guard let error = ReadingError(wire: try reader.fault()) else { throw .invalid }
      return .failure(error)
    default: throw .unknownKind(kind)
    }
  }
}
