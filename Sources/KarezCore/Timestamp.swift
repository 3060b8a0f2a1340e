/// A moment, in UTC and to the millisecond, within years 1 to 9999.
public struct Timestamp: Hashable, Sendable {
  public let millisecondsSince1970: Int64

  public init(millisecondsSince1970: Int64) {
    self.millisecondsSince1970 = millisecondsSince1970
  }

  /// The moment written as RFC 3339 in UTC, with up to three decimals of a second.
  public init?(_ text: some StringProtocol) {
    let bytes = Array(text.utf8)
    guard bytes.count >= 20, bytes.last == UInt8(ascii: "Z"), bytes[10] == UInt8(ascii: "T"),
      bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"),
      let day = LegalDate(String(decoding: bytes[0..<10], as: UTF8.self))
    else { return nil }
    func number(_ digits: some Collection<UInt8>) -> Int64? {
      var value: Int64 = 0
      for byte in digits {
        guard (0x30...0x39).contains(byte) else { return nil }
        value = value * 10 + Int64(byte - 0x30)
      }
      return value
    }
    let decimals = bytes[19..<bytes.count - 1]
    guard let hour = number(bytes[11..<13]), let minute = number(bytes[14..<16]),
      let second = number(bytes[17..<19]), hour < 24, minute < 60, second < 60,
      decimals.isEmpty || (decimals.first == UInt8(ascii: ".") && (2...4).contains(decimals.count)),
      var fraction = number(decimals.dropFirst())
    else { return nil }
    for _ in decimals.count..<4 where !decimals.isEmpty { fraction *= 10 }
    let seconds = ((Int64(day.daysSince1970) * 24 + hour) * 60 + minute) * 60 + second
    millisecondsSince1970 = seconds * 1_000 + fraction
  }

  public func adding(milliseconds: Int64) -> Timestamp {
    Timestamp(millisecondsSince1970: millisecondsSince1970 + milliseconds)
  }

  public func adding(seconds: Int) -> Timestamp { adding(milliseconds: Int64(seconds) * 1_000) }

  /// The day it is in a zone so many seconds east of Greenwich.
  public func day(secondsEast: Int) -> LegalDate? {
    let local = adding(seconds: secondsEast).millisecondsSince1970
    return LegalDate(daysSince1970: Int(Self.floor(local, 86_400_000).quotient))
  }

  private static func floor(
    _ value: Int64, _ divisor: Int64
  ) -> (quotient: Int64, remainder: Int64) {
    let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }
}

extension Timestamp: Comparable, CustomStringConvertible {
  public static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.millisecondsSince1970 < right.millisecondsSince1970
  }

  /// `YYYY-MM-DDTHH:MM:SS.mmmZ`: of one length, so that texts sort as moments do.
  public var description: String {
    let (days, inDay) = Self.floor(millisecondsSince1970, 86_400_000)
    func padded(_ number: Int64, _ width: Int = 2) -> String {
      let digits = String(number)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    guard let day = LegalDate(daysSince1970: Int(days)) else { return "" }
    let seconds = inDay / 1_000
    return "\(day)T\(padded(seconds / 3_600)):\(padded(seconds / 60 % 60)):\(padded(seconds % 60))"
      + ".\(padded(inDay % 1_000, 3))Z"
  }
}
