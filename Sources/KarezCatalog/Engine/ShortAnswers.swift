import KarezCore

/// Answers given before, by one or two short texts they rest on; a later answer may take the place
/// of an earlier.
struct ShortAnswers {
  struct Answer {
    let answer: Bool?
  }

  private var keys = [SIMD2<UInt64>](repeating: .zero, count: 256)
  private var answers = [Answer](repeating: Answer(answer: nil), count: 256)

  /// The value as a number that no other has; nil for what is longer than a code.
  static func key(of value: AttributeValue?) -> UInt64? {
    switch value {
    case nil, .null?: return 0xFF << 56
    case .text(var text)?:
      return text.withUTF8 { bytes in
        guard bytes.count <= 7 else { return nil }
        var key = UInt64(bytes.count + 1) << 56
        for (index, byte) in bytes.enumerated() { key |= UInt64(byte) << UInt64(8 * index) }
        return key
      }
    default: return nil
    }
  }

  private static func place(_ key: SIMD2<UInt64>) -> Int {
    // The golden ratio spreads what differs in a few bits.
    Int((key[0] &* 0x9E37_79B9_7F4A_7C15 ^ key[1] &* 0xC2B2_AE3D_27D4_EB4F) >> 56)
  }

  subscript(key: SIMD2<UInt64>) -> Answer? {
    get {
      let place = Self.place(key)
      return keys[place] == key ? answers[place] : nil
    }
    set {
      guard let newValue else { return }
      let place = Self.place(key)
      keys[place] = key
      answers[place] = newValue
    }
  }
}
