/// The two forms of names in packs.
enum PackName {
  /// `land_class`: lower-case letters, digits and single underscores, beginning with a letter.
  static func isSnake(_ text: String) -> Bool { isName(text, joint: 0x5F, allowing: []) }

  /// `three-lines/farmland/any`: lower-case letters, digits, single hyphens and slashes.
  static func isPath(_ text: String) -> Bool { isName(text, joint: 0x2D, allowing: [0x2F]) }

  private static func isName(_ text: String, joint: UInt8, allowing others: [UInt8]) -> Bool {
    guard let first = text.utf8.first, (0x61...0x7A).contains(first), text.utf8.count <= 120
    else { return false }
    var previous: UInt8 = 0
    for byte in text.utf8 {
      let isJoint = byte == joint || others.contains(byte)
      switch byte {
      case 0x61...0x7A, 0x30...0x39: break
      default:
        guard isJoint, previous != joint, !others.contains(previous) else { return false }
      }
      previous = byte
    }
    return previous != joint && !others.contains(previous)
  }
}
