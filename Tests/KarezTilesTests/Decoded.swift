import Foundation
import Testing

/// A vector tile read again, by another hand than wrote it: the specification's words, slowly.
struct Decoded {
  struct Feature {
    var kind = 0
    var rings: [[SIMD2<Int>]] = []
    var facts: [String: String] = [:]

    /// Twice the area with the sign the specification gives it.
    var doubledArea: Int { rings.reduce(0) { $0 + Self.doubledArea($1) } }

    static func doubledArea(_ ring: [SIMD2<Int>]) -> Int {
      zip(ring, ring.dropFirst() + ring.prefix(1)).reduce(0) {
        $0 + $1.0.x * $1.1.y - $1.1.x * $1.0.y
      }
    }

    /// The box around the rings.
    var box: (low: SIMD2<Double>, high: SIMD2<Double>) {
      var (low, high) = (SIMD2<Double>(repeating: .infinity), SIMD2<Double>(repeating: -.infinity))
      for place in rings.joined() {
        low = pointwiseMin(low, SIMD2<Double>(place))
        high = pointwiseMax(high, SIMD2<Double>(place))
      }
      return (low, high)
    }

    /// How often the rings go around a point that lies on none of them.
    func winding(around point: SIMD2<Double>) -> Int {
      var winding = 0
      for ring in rings {
        for (one, other) in zip(ring, ring.dropFirst() + ring.prefix(1)) {
          let (a, b) = (SIMD2<Double>(one), SIMD2<Double>(other))
          guard (a.y <= point.y) != (b.y <= point.y) else { continue }
          let x = a.x + (b.x - a.x) * (point.y - a.y) / (b.y - a.y)
          if x > point.x { winding += b.y > a.y ? 1 : -1 }
        }
      }
      return winding
    }
  }

  struct Layer {
    var name = ""
    var version = 0
    var extent = 0
    var features: [Feature] = []
  }

  var layers: [Layer] = []

  init(_ bytes: [UInt8]) throws {
    for field in try Self.fields(bytes) where field.number == 3 {
      layers.append(try Self.layer(field.data))
    }
  }

  private struct Field {
    let number: Int
    var value: UInt64 = 0
    var data: [UInt8] = []
  }

  private static func fields(_ bytes: [UInt8]) throws -> [Field] {
    var at = 0
    var fields: [Field] = []
    while at < bytes.count {
      let head = try varint(bytes, &at)
      var field = Field(number: Int(head >> 3))
      switch head & 7 {
      case 0: field.value = try varint(bytes, &at)
      case 1:
        field.data = Array(bytes[at..<at + 8])
        at += 8
      case 2:
        let length = Int(try varint(bytes, &at))
        try #require(at + length <= bytes.count)
        field.data = Array(bytes[at..<at + length])
        at += length
      default: Issue.record("wire type \(head & 7)")
      }
      fields.append(field)
    }
    return fields
  }

  private static func varint(_ bytes: [UInt8], _ at: inout Int) throws -> UInt64 {
    var (value, shift): (UInt64, UInt64) = (0, 0)
    while true {
      try #require(at < bytes.count)
      let byte = bytes[at]
      at += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
      shift += 7
    }
  }

  private static func numbers(_ bytes: [UInt8]) throws -> [Int] {
    var at = 0
    var numbers: [Int] = []
    while at < bytes.count { numbers.append(Int(try varint(bytes, &at))) }
    return numbers
  }

  private static func layer(_ bytes: [UInt8]) throws -> Layer {
    var layer = Layer()
    let fields = try fields(bytes)
    let keys = fields.filter { $0.number == 3 }.map { String(decoding: $0.data, as: UTF8.self) }
    let values = try fields.filter { $0.number == 4 }.map { field in
      let value = try Self.fields(field.data)[0]
      return value.number == 1 ? String(decoding: value.data, as: UTF8.self) : "\(value.value)"
    }
    for field in fields {
      switch field.number {
      case 1: layer.name = String(decoding: field.data, as: UTF8.self)
      case 5: layer.extent = Int(field.value)
      case 15: layer.version = Int(field.value)
      case 2:
        var feature = Feature()
        for part in try Self.fields(field.data) {
          switch part.number {
          case 2:
            let tags = try numbers(part.data)
            for pair in stride(from: 0, to: tags.count, by: 2) {
              feature.facts[keys[tags[pair]]] = values[tags[pair + 1]]
            }
          case 3: feature.kind = Int(part.value)
          case 4: feature.rings = try rings(try numbers(part.data))
          default: Issue.record("field \(part.number) of a feature")
          }
        }
        layer.features.append(feature)
      default: continue
      }
    }
    return layer
  }

  private static func rings(_ commands: [Int]) throws -> [[SIMD2<Int>]] {
    var at = 0
    var pen = SIMD2(0, 0)
    var rings: [[SIMD2<Int>]] = []
    while at < commands.count {
      let (id, count) = (commands[at] & 7, commands[at] >> 3)
      at += 1
      if id == 7 { continue }
      for _ in 0..<count {
        let step = SIMD2(
          (commands[at] >> 1) ^ -(commands[at] & 1),
          (commands[at + 1] >> 1) ^ -(commands[at + 1] & 1))
        at += 2
        pen = pen &+ step
        if id == 1 { rings.append([pen]) } else { rings[rings.count - 1].append(pen) }
      }
    }
    return rings
  }
}
