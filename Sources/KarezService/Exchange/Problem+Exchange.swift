import KarezCore

extension Problem {
  static func exchangeForm(_ name: String) -> Problem {
    Wording(
      "exchange-form", "不是 \(ExchangeManifest.format) 交换包",
      "it is no bundle of the form \(ExchangeManifest.format)",
      do: "向发送方索取交换包，双方用同一版本的程序",
      "ask its sender for a bundle made by a program of this version"
    ).problem(at: name)
  }

  static func exchangeAltered(_ part: String, at name: String) -> Problem {
    Wording(
      "exchange-altered", "交换包不完整或已被改动（\(part)）",
      "the bundle is cut short or was altered (\(part))",
      do: "不得使用；请发送方用 karez exchange again 重发",
      "do not use it; have its sender send it again with karez exchange again"
    ).problem(at: name)
  }

  static func exchangeSigner(_ key: String, at name: String) -> Problem {
    Wording(
      "exchange-signer", "签名密钥 \(key.prefix(16))… 不属于已登记的交换方",
      "signed by key \(key.prefix(16))…, which is no partner's",
      do: "当面核对公钥后用 karez exchange partner add 登记，否则不得使用",
      "check the key in person and add it with karez exchange partner add, or do not use it"
    ).problem(.forbidden, at: name)
  }

  static func exchangeRecipient(_ key: String, at name: String) -> Problem {
    Wording(
      "exchange-recipient", "交换包不是给本处的（收件密钥 \(key.prefix(16))…）",
      "the bundle is for somebody else (key \(key.prefix(16))…)",
      do: "转交收件方，或核对本处的密钥文件", "pass it on, or check which key file is named"
    ).problem(.forbidden, at: name)
  }

  static func exchangeZone(_ what: String, at name: String) -> Problem {
    Wording(
      "exchange-zone", "安全区与登记的不符（\(what)）", "it states another zone than is registered (\(what))",
      do: "与发送方核对双方所在的区", "settle with its sender in which zones both stand"
    ).problem(.forbidden, at: name)
  }

  static func exchangeAbove(
    _ level: Classification, _ zone: NetworkZone, at place: String
  ) -> Problem {
    Wording(
      "exchange-above-zone", "内容为 \(level.rawValue) 级，\(zone.rawValue) 区不得持有",
      "its content is classed \(level.rawValue), above what zone \(zone.rawValue) may hold",
      do: "不得送达；用低级别的版，或先依规降级", "it goes nowhere; derive an edition, or have it declassified"
    ).problem(.forbidden, at: place)
  }

  static func exchangeDownward(_ zone: NetworkZone, at place: String) -> Problem {
    Wording(
      "exchange-downward", "向低级别的 \(zone.rawValue) 区只送按规则派生的版",
      "only an edition derived by the rules goes down to zone \(zone.rawValue)",
      do: "用 --edition 指明版，见 Packs/exchange.yaml",
      "name one with --edition, see Packs/exchange.yaml"
    ).problem(.forbidden, at: place)
  }

  static func exchangeApproval(at name: String) -> Problem {
    Wording(
      "exchange-approval", "清单里没有两人对此内容的有效批准",
      "its manifest has no valid approval of this content by two people",
      do: "不得使用；请发送方补办批准后重新制作", "do not use it; its sender has to have it approved and make it anew"
    ).problem(.forbidden, at: name)
  }

  static func exchangeExpired(_ at: Timestamp, at name: String) -> Problem {
    Wording(
      "exchange-expired", "交换包已于 \(at) 失效", "the bundle expired at \(at)",
      do: "请发送方重新制作", "have its sender make it anew"
    ).problem(at: name)
  }

  static func exchangeChain(_ sequence: Int64, at name: String) -> Problem {
    Wording(
      "exchange-chain", "第 \(sequence) 号交换包与收到的前后各包接不上",
      "bundle \(sequence) does not follow the one received before it",
      do: "与发送方核对各号的摘要（karez exchange status）",
      "compare the digests with its sender (karez exchange status)"
    ).problem(.conflict, at: name)
  }

  static func exchangeDisk(_ name: String) -> Problem {
    Wording(
      "exchange-disk", "交换包未能写入磁盘", "the bundle could not be written",
      do: "检查数据文件夹与磁盘空间", "check the data folder and the free space"
    ).problem(.unavailable, at: name)
  }

  static func exchangePartner(_ id: String) -> Problem {
    Wording(
      "exchange-partner-unknown", "没有这个交换方，或已停用", "there is no such partner, or it has ended",
      do: "用 karez exchange partner list 查看", "see karez exchange partner list"
    ).problem(.notFound, at: id)
  }

  static func exchangeBundle(_ id: String) -> Problem {
    Wording(
      "exchange-bundle-unknown", "没有这个交换包", "there is no such bundle",
      do: "用 karez exchange status 查看", "see karez exchange status"
    ).problem(.notFound, at: id)
  }

  static let exchangeEmpty = Wording(
    "exchange-empty", "没有可送的内容", "there is nothing to send",
    do: "检查数据集与起止提交", "check the datasets and the commits"
  ).problem(.usage, at: "exchange")

  static func exchangeEdition(_ id: String, at place: String) -> Problem {
    Wording(
      "exchange-edition", "规则中没有可送此区的版 \(id)，或它不含此数据集",
      "the rules have no edition \(id) for this zone, or it leaves the dataset out",
      do: "见 Packs/exchange.yaml", "see Packs/exchange.yaml"
    ).problem(.usage, at: place)
  }

  static let mapApprovalMissing = Wording(
    "map-approval-missing", "此版须有审图号", "the edition needs the number of a map approval",
    do: "送审后用 --map-approval 写明", "have the map approved and name it with --map-approval"
  ).problem(.usage, at: "--map-approval")

  static func groundLimit(_ recipient: String, _ limit: Area, _ reached: Area) -> Problem {
    let (most, would) = (Self.squareKilometres(limit), Self.squareKilometres(reached))
    return Wording(
      "ground-limit", "此接收方累计取得的大比例尺连片地面将达 \(would) km²，超过限额 \(most) km²，未输出",
      "with this the recipient would hold \(would) km² in one piece at a large scale; \(most) are the limit",
      do: "缩小范围；确需的依规报批（限额见 Packs/exchange.yaml）",
      "ask for less, or apply for permission (the limit is in Packs/exchange.yaml)"
    ).problem(.forbidden, at: recipient)
  }

  private static func squareKilometres(_ area: Area) -> String {
    DecimalText.fixed(area.squareMetres / 1e6, decimals: 2)
  }
}
