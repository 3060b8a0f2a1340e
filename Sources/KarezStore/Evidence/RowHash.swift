import KarezCore
import KarezCrypto
import KarezGeometry

/// 行摘要: SM3 over what a row says, in one byte form that no engine can vary.
///
/// - Shape: the content digest covers id, geometry (WKB) and the attributes that are not null,
///   by name; the row digest covers the content digest, the validity and the area. So a row whose
///   validity is cut short is rehashed without reading its geometry, a column added to a dataset
///   leaves the digests of earlier rows as they are, and two rows of equal content are the same
///   fact even if another machine rounded the last bit of the area otherwise.
enum RowHash {
  static func content(
    id: String, wkb: (some Collection<UInt8>)?, attributes: [String: AttributeValue]
  ) -> [UInt8] {
    var hash = SM3()
    return content(id: id, wkb: wkb, by: &hash) { bytes in
      for (name, value) in attributes.sorted(by: {
        $0.key.utf8.lexicographicallyPrecedes($1.key.utf8)
      }) { append(name, value, to: &bytes) }
    }
  }

  /// The same of attributes as a dataset keeps them, by a computation that serves one row after
  /// another.
  static func content(
    id: String, wkb: (some Collection<UInt8>)?, _ attributes: StoredAttributes,
    of table: DatasetTable, by hash: inout SM3
  ) -> [UInt8] {
    content(id: id, wkb: wkb, by: &hash) { bytes in
      guard attributes.rest.isEmpty else {
        return attributes.inDigestOrder(of: table) { append($0, $1, to: &bytes) }
      }
      for (place, name) in zip(table.digestOrder, table.digestNames) {
        if case .null = attributes.named[place] { continue }
        bytes += name
        append(attributes.named[place], to: &bytes)
      }
    }
  }

  /// A name as digests have it.
  static func encoded(_ name: String) -> [UInt8] {
    var bytes: [UInt8] = []
    append(name, to: &bytes)
    return bytes
  }

  /// `attributes` appends names and values in the order of the names' bytes.
  private static func content(
    id: String, wkb: (some Collection<UInt8>)?, by hash: inout SM3,
    attributes: (inout [UInt8]) -> Void
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(512)
    append(id, to: &bytes)
    if let wkb {
      bytes.append(1)
      append(count: wkb.count, to: &bytes)
      hash.update(bytes)
      hash.update(wkb)
      bytes.removeAll(keepingCapacity: true)
    } else {
      bytes.append(0)
    }
    attributes(&bytes)
    hash.update(bytes)
    return hash.finishAndRestart()
  }

  static func row(
    content: some Collection<UInt8>, from: String, until: String?, areaM2: Double?
  ) -> [UInt8] {
    var hash = SM3()
    return row(content: content, from: from, until: until, areaM2: areaM2, by: &hash)
  }

  /// The same by a computation that serves one row after another.
  static func row(
    content: some Collection<UInt8>, from: String, until: String?, areaM2: Double?,
    by hash: inout SM3
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(80)
    bytes += content
    append(from, to: &bytes)
    append(until ?? "", to: &bytes)
    if let areaM2 { append(.decimal(areaM2), to: &bytes) }
    hash.update(bytes)
    return hash.finishAndRestart()
  }

  private static func append(_ name: String, _ value: AttributeValue, to bytes: inout [UInt8]) {
    if case .null = value { return }
    append(name, to: &bytes)
    append(value, to: &bytes)
  }

  private static func append(count: Int, to bytes: inout [UInt8]) {
    withUnsafeBytes(of: UInt32(clamping: count).littleEndian) { bytes.append(contentsOf: $0) }
  }

  private static func append(_ text: String, to bytes: inout [UInt8]) {
    append(count: text.utf8.count, to: &bytes)
    var text = text
    text.withUTF8 { bytes.append(contentsOf: $0) }
  }

  private static func append(_ value: AttributeValue, to bytes: inout [UInt8]) {
    switch value {
    case .null: break
    case .text(let text):
      bytes.append(1)
      append(text, to: &bytes)
    case .integer(let number):
      bytes.append(2)
      withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    case .decimal(let number):
      bytes.append(3)
      withUnsafeBytes(of: number.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
    case .boolean(let claim):
      bytes.append(4)
      bytes.append(claim ? 1 : 0)
    case .date(let day):
      bytes.append(5)
      append(day.description, to: &bytes)
    }
  }
}

extension Feature {
  /// SM3 of what the feature says, its days left out; that of a version recorded from it.
  public var contentSM3: String {
    ContentDigest.text(
      RowHash.content(id: id, wkb: geometry?.wkb(), attributes: attributes))
  }
}

extension AttributeValue {
  /// The value as every engine can keep it: text without NUL, no number that is not finite.
  var storable: AttributeValue {
    switch self {
    case .text(let text): .text(text.storable)
    case .decimal(let number) where !number.isFinite: .null
    // Zero has two bit patterns, and engines do not agree which of them comes back.
    case .decimal(let number) where number == 0: .decimal(0)
    default: self
    }
  }
}

extension String {
  /// The text up to its first NUL, which is as far as the engines keep it.
  var storable: String {
    let isWhole = utf8.withContiguousStorageIfAvailable { $0.allSatisfy { $0 != 0 } }
    if isWhole == true { return self }
    guard let end = utf8.firstIndex(of: 0) else { return self }
    return String(self[..<end])
  }
}
