import KarezCore

/// What is answered to one frame: rows of areas, and geometries that have none.
struct AnswerFrame {
  /// The group of a row that is about no group.
  static let noGroup: Int32 = -1

  private(set) var ids: [UInt64] = []
  private var groups: [Int32] = []
  private var areas: [Double] = []
  private var faults: [(id: UInt64, row: Int, problem: Problem)] = []

  mutating func removeAll() {
    ids.removeAll(keepingCapacity: true)
    groups.removeAll(keepingCapacity: true)
    areas.removeAll(keepingCapacity: true)
    faults.removeAll()
  }

  mutating func add(_ id: UInt64, group: Int32 = noGroup, areaM2: Double) {
    ids.append(id)
    groups.append(group)
    areas.append(areaM2)
  }

  mutating func refuse(_ id: UInt64, row: Int, _ problem: Problem) {
    faults.append((id, row, problem))
  }

  var refused: Int { faults.count }

  /// The frames as bytes: errors first if there are any, then the areas.
  func append(to bytes: inout [UInt8]) {
    appendFaults(to: &bytes)
    FrameBytes.begin("KRA1", ids.count, &bytes)
    for id in ids { FrameBytes.append(id, &bytes) }
    for group in groups { FrameBytes.append(UInt32(bitPattern: group), &bytes) }
    for area in areas { FrameBytes.append(area.bitPattern, &bytes) }
  }

  private func appendFaults(to bytes: inout [UInt8]) {
    guard !faults.isEmpty else { return }
    FrameBytes.begin("KRE1", faults.count, &bytes)
    for fault in faults { FrameBytes.append(fault.id, &bytes) }
    for fault in faults { FrameBytes.append(UInt32(fault.row), &bytes) }
    FrameBytes.append(
      faults.flatMap { [$0.problem.code, $0.problem.line(in: .zh), $0.problem.line(in: .en)] },
      &bytes)
  }
}

/// Little-endian parts of frames that go out.
enum FrameBytes {
  static func begin(_ magic: String, _ count: Int, _ bytes: inout [UInt8]) {
    bytes += magic.utf8
    append(UInt32(count), &bytes)
  }

  static func append(_ number: some FixedWidthInteger, _ bytes: inout [UInt8]) {
    withUnsafeBytes(of: number.littleEndian) { bytes += $0 }
  }

  /// Texts as offsets, one more than texts, and their UTF-8.
  static func append(_ texts: [String], _ bytes: inout [UInt8]) {
    var offset: UInt32 = 0
    append(offset, &bytes)
    for text in texts {
      offset += UInt32(text.utf8.count)
      append(offset, &bytes)
    }
    for text in texts { bytes += text.utf8 }
  }

  /// The frame that says once what the groups are called.
  static func groups(_ names: [String]) -> [UInt8] {
    var bytes: [UInt8] = []
    begin("KRG1", names.count, &bytes)
    append(names, &bytes)
    return bytes
  }
}
