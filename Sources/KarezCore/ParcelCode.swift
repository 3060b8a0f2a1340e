/// 宗地代码: the nineteen-character code of one cadastral parcel.
///
/// - Shape: 6 digits county, 3 cadastral district, 3 sub-district, 2 letters feature code,
///   5 digits sequence. Only a well-formed code can exist; look-ups never re-check.
/// - Source: GB/T 37346-2019, 不动产单元设定与代码编制规则.
public struct ParcelCode: Hashable, Sendable {
  public let text: String

  public init(_ text: String) throws(ParcelCodeError) {
    let bytes = Array(text.utf8)
    guard bytes.count == 19 else { throw .wrongLength(text: text, expected: 19) }
    try Self.check(bytes, of: text)
    self.text = text
  }

  /// 县级行政区划代码: the county the parcel lies in.
  public var countyCode: Substring { text.prefix(6) }

  static func check(_ bytes: [UInt8], of text: String) throws(ParcelCodeError) {
    for index in [0..<12, 14..<19].joined() where !(0x30...0x39).contains(bytes[index]) {
      throw .notADigit(text: text, position: index + 1)
    }
    let ownership = Character(Unicode.Scalar(bytes[12]))
    let use = Character(Unicode.Scalar(bytes[13]))
    guard "GJZ".contains(ownership) else { throw .unknownOwnership(text: text) }
    guard "ABSXCDEFHGWYLN".contains(use) else { throw .unknownUse(text: text) }
    let isCombination =
      switch use {
      case "A", "C": ownership == "J"
      case "G": ownership == "G"
      default: true
      }
    guard isCombination else { throw .impossibleCombination(text: text) }
  }
}

/// 不动产单元代码: the twenty-eight-character code of one real-estate unit.
///
/// - Shape: a parcel code, one letter for the fixture's kind (W none, F building, L trees, Q
///   other), eight digits; all zero when there is none. It has no check digit.
/// - Source: GB/T 37346-2019.
public struct RealEstateUnitCode: Hashable, Sendable {
  public let text: String
  public let parcel: ParcelCode

  public init(_ text: String) throws(ParcelCodeError) {
    let bytes = Array(text.utf8)
    guard bytes.count == 28 else { throw .wrongLength(text: text, expected: 28) }
    for index in 20..<28 where !(0x30...0x39).contains(bytes[index]) {
      throw .notADigit(text: text, position: index + 1)
    }
    let kind = Character(Unicode.Scalar(bytes[19]))
    guard "WFLQ".contains(kind) else { throw .unknownFixture(text: text) }
    let isZero = bytes[20...].allSatisfy { $0 == 0x30 }
    guard (kind == "W") == isZero else { throw .impossibleCombination(text: text) }
    self.parcel = try ParcelCode(String(decoding: bytes[..<19], as: UTF8.self))
    self.text = text
  }

  /// The code in its four printed groups of 6, 6, 7 and 9 characters.
  public var grouped: String {
    let characters = Array(text)
    return [0..<6, 6..<12, 12..<19, 19..<28].map { String(characters[$0]) }
      .joined(separator: " ")
  }
}

/// Why a text is not a parcel or real-estate unit code.
public enum ParcelCodeError: Error, Hashable, Sendable {
  case wrongLength(text: String, expected: Int)
  case notADigit(text: String, position: Int)
  case unknownOwnership(text: String)
  case unknownUse(text: String)
  case unknownFixture(text: String)
  case impossibleCombination(text: String)
}
