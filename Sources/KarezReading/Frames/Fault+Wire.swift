/// A fault as it goes over the pipe: a code, its numbers and its texts, in the order of the case.
struct WireFault: Hashable {
  var code: String
  var numbers: [Int64] = []
  var texts: [String] = []

  init(_ code: String, _ numbers: [Int64] = [], texts: [String] = []) {
    self.code = code
    self.numbers = numbers
    self.texts = texts
  }

  init(_ code: String, _ numbers: [Int]) { self.init(code, numbers.map(Int64.init)) }

  /// The numbers, if they are as many as the case has.
  func numbers(_ count: Int) -> [Int64]? { numbers.count == count ? numbers : nil }
  var number: Int64? { numbers.count == 1 ? numbers[0] : nil }
  var text: String? { texts.first }
}

extension ByteWriter {
  mutating func fault(_ fault: WireFault) {
    text(fault.code)
    integer(UInt32(clamping: fault.numbers.count))
    for number in fault.numbers { integer(number) }
    texts(fault.texts)
  }
}

extension ByteReader {
  mutating func fault() throws(FrameFault) -> WireFault {
    var fault = WireFault(try text())
    for _ in 0..<(try count(ofSize: 8)) { fault.numbers.append(try integer(Int64.self)) }
    fault.texts = try texts()
    return fault
  }
}

extension SourceFault {
  var wire: WireFault {
    switch self {
    case .ringNotClosed(let part, let ring): WireFault("open", [part, ring])
    case .ringTooShort(let part, let ring, let vertices):
      WireFault("short", [part, ring, vertices])
    case .notFinite(let part, let ring, let vertex): WireFault("finite", [part, ring, vertex])
    case .lineNotClosed(let vertices): WireFault("line", [vertices])
    case .unsupportedType(let name): WireFault("type", texts: [name])
    case .empty: WireFault("empty")
    case .textUndecodable(let field): WireFault("undecodable", texts: [field])
    case .textForbidden(let field, let scalar):
      WireFault("forbidden", [Int64(scalar)], texts: [field])
    case .malformed(let what): WireFault("malformed", texts: [what])
    case .vct(let fault): fault.wire
    }
  }

  init?(wire: WireFault) {
    let numbers = wire.numbers.map { Int(clamping: $0) }
    switch (wire.code, numbers.count, wire.texts.count) {
    case ("open", 2, 0): self = .ringNotClosed(part: numbers[0], ring: numbers[1])
    case ("short", 3, 0):
      self = .ringTooShort(part: numbers[0], ring: numbers[1], vertices: numbers[2])
    case ("finite", 3, 0):
      self = .notFinite(part: numbers[0], ring: numbers[1], vertex: numbers[2])
    case ("line", 1, 0): self = .lineNotClosed(vertices: numbers[0])
    case ("type", 0, 1): self = .unsupportedType(wire.texts[0])
    case ("empty", 0, 0): self = .empty
    case ("undecodable", 0, 1): self = .textUndecodable(field: wire.texts[0])
    case ("forbidden", 1, 1):
      self = .textForbidden(field: wire.texts[0], scalar: UInt32(clamping: numbers[0]))
    case ("malformed", 0, 1): self = .malformed(what: wire.texts[0])
    case ("vct-object", 2, 2):
      guard let fault = VCTObjectFault(wire: wire) else { return nil }
      self = .vct(fault)
    default: return nil
    }
  }
}
