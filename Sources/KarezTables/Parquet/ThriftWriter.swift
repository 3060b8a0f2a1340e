/// Writes structures in Thrift's compact protocol, the form of Parquet's page headers and footer.
///
/// Each structure is a closure; within it fields come by ascending id.
///
/// - Source: Apache Thrift, "Thrift Compact protocol encoding".
struct ThriftWriter {
  private(set) var bytes: [UInt8] = []
  private var lastField: UInt8 = 0

  private enum Kind: UInt8 {
    case yes = 1
    case no = 2
    case byte = 3
    case int32 = 5
    case int64 = 6
    case binary = 8
    case list = 9
    case structure = 12
  }

  /// Writes a structure that stands by itself.
  mutating func structure(_ body: (inout ThriftWriter) -> Void) {
    let outer = lastField
    lastField = 0
    body(&self)
    bytes.append(0)
    lastField = outer
  }

  mutating func field(_ id: UInt8, structure body: (inout ThriftWriter) -> Void) {
    header(id, .structure)
    structure(body)
  }

  mutating func field(_ id: UInt8, int32 value: Int32) {
    header(id, .int32)
    zigzag(Int64(value))
  }

  mutating func field(_ id: UInt8, int64 value: Int) {
    header(id, .int64)
    zigzag(Int64(value))
  }

  mutating func field(_ id: UInt8, byte value: Int8) {
    header(id, .byte)
    bytes.append(UInt8(bitPattern: value))
  }

  mutating func field(_ id: UInt8, flag value: Bool) { header(id, value ? .yes : .no) }

  mutating func field(_ id: UInt8, binary value: [UInt8]) {
    header(id, .binary)
    binary(value)
  }

  mutating func field(_ id: UInt8, text: String) { field(id, binary: Array(text.utf8)) }

  mutating func field(_ id: UInt8, int32s values: [Int32]) {
    list(id, of: .int32, count: values.count)
    for value in values { zigzag(Int64(value)) }
  }

  mutating func field(_ id: UInt8, texts values: [String]) {
    list(id, of: .binary, count: values.count)
    for value in values { binary(Array(value.utf8)) }
  }

  mutating func field<Element>(
    _ id: UInt8, structures elements: [Element], _ body: (inout ThriftWriter, Element) -> Void
  ) {
    list(id, of: .structure, count: elements.count)
    for element in elements { structure { body(&$0, element) } }
  }

  private mutating func header(_ id: UInt8, _ kind: Kind) {
    precondition(id > lastField && id - lastField <= 15, "field \(id) after \(lastField)")
    bytes.append((id - lastField) << 4 | kind.rawValue)
    lastField = id
  }

  private mutating func list(_ id: UInt8, of kind: Kind, count: Int) {
    header(id, .list)
    if count < 15 {
      bytes.append(UInt8(count) << 4 | kind.rawValue)
    } else {
      bytes.append(0xF0 | kind.rawValue)
      bytes.append(variable: UInt64(count))
    }
  }

  private mutating func binary(_ value: [UInt8]) {
    bytes.append(variable: UInt64(value.count))
    bytes.append(contentsOf: value)
  }

  private mutating func zigzag(_ value: Int64) {
    bytes.append(variable: UInt64(bitPattern: (value << 1) ^ (value >> 63)))
  }
}

extension [UInt8] {
  /// Appends seven bits a byte, least significant first.
  mutating func append(variable value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    append(UInt8(rest))
  }

  mutating func append(littleEndian value: some FixedWidthInteger) {
    // Safe because the bytes are copied out of the value before the closure ends.
    Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
  }
}
