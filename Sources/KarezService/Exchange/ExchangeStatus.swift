public import KarezCore
import KarezPacks
import KarezStore

/// 交换状况: how far the bundles of a partner have come, and what is missing.
public struct ExchangeStatus: Sendable {
  public let partner: ExchangePartner
  public let sent: [ExchangedBundle]
  public let received: [ExchangedBundle]
  public let ground: HeldGround?

  /// The last that was carried out or refused; zero before the first.
  public var concluded: Int64 { received.last { $0.state.isConcluded }?.sequence ?? 0 }

  public var waiting: [ExchangedBundle] { received.filter { $0.sequence > concluded } }

  /// Numbers that have not come although later ones have.
  public var gaps: [Int64] {
    guard let last = waiting.last else { return [] }
    let there = Set(waiting.map(\.sequence))
    // A sender may name any number; so many are told.
    return (concluded + 1..<last.sequence).lazy.filter { !there.contains($0) }.prefix(1_000)
      .map(\.self)
  }

  public var unacknowledged: [ExchangedBundle] { sent.filter { $0.state == .sealed } }

  public var json: JSONValue {
    .object([
      "partner": partner.json,
      "sent": .integer(sent.last?.sequence ?? 0),
      "sentSM3": .optional(sent.last?.sm3),
      "unacknowledged": .array(unacknowledged.map { .integer($0.sequence) }),
      "concluded": .integer(concluded),
      "concludedSM3": .optional(received.last { $0.state.isConcluded }?.sm3),
      "waiting": .array(waiting.map(\.json)), "gaps": .array(gaps.map(JSONValue.integer)),
      "groundM2": ground.map { .string(DecimalText.fixed($0.area.squareMetres, decimals: 0)) }
        ?? .null,
      "largestGroundM2": ground.map {
        .string(DecimalText.fixed($0.largest.squareMetres, decimals: 0))
      } ?? .null,
    ])
  }

  public func lines(in language: Language) -> [String] {
    let missing = gaps.map(String.init).joined(separator: ", ")
    let held = waiting.map { "\($0.sequence) \($0.state.rawValue)" }.joined(separator: ", ")
    let open = unacknowledged.map { String($0.sequence) }.joined(separator: ", ")
    func text(_ zh: String, _ en: String) -> String { language == .en ? en : zh }
    var lines = [
      "\(partner.id)\t\(partner.zone.rawValue)\t"
        + text(
          "已发 \(sent.last?.sequence ?? 0) 号，已收 \(concluded) 号",
          "sent \(sent.last?.sequence ?? 0), received \(concluded)")
    ]
    if !open.isEmpty { lines.append("  " + text("未见回执：\(open)", "no receipt of \(open)")) }
    if !held.isEmpty { lines.append("  " + text("等待：\(held)", "waiting: \(held)")) }
    if !missing.isEmpty {
      lines.append(
        "! "
          + text(
            "缺 \(missing) 号；请对方用 karez exchange again 重发",
            "\(missing) missing; have them sent again with karez exchange again"))
    }
    if let ground {
      let size = DecimalText.fixed(ground.largest.squareMetres / 1e6, decimals: 2)
      lines.append(
        "  "
          + text(
            "累计大比例尺地面，最大一片 \(size) km²", "ground at a large scale: \(size) km² in one piece"))
    }
    return lines
  }
}

extension Exchange {
  private static let readers: Set<Permission> = [.signOff, .release, .readLog]

  /// Whether somebody's office has to do with bundles.
  public static func isOpen(to principal: Principal) -> Bool {
    !principal.permissions.isDisjoint(with: readers)
  }

  /// The status, for somebody whose office has to do with it.
  public func status(for principal: Principal) async throws(Problem) -> [ExchangeStatus] {
    try principal.require(anyOf: Self.readers)
    return try await status()
  }

  public func status() async throws(Problem) -> [ExchangeStatus] {
    let ground = try await map.heldGround()
    var all: [ExchangeStatus] = []
    for partner in try await partners() {
      all.append(
        ExchangeStatus(
          partner: partner, sent: try await bundles(ExchangedBundle.sent, of: partner.id),
          received: try await bundles(ExchangedBundle.received, of: partner.id),
          ground: ground.first { $0.recipient == "partner/" + partner.id }))
    }
    return all
  }
}
