public import KarezCore
import KarezCrypto
import KarezPacks
import KarezStore

/// 注册申请: what somebody who wants an account says of themselves.
public struct RegistrationOrder: Sendable {
  public let kind: Applicant.Kind
  public let name: String
  public let contact: String
  public let password: String

  public init(kind: Applicant.Kind, name: String, contact: String, password: String) {
    self.kind = kind
    self.name = name
    self.contact = contact
    self.password = password
  }
}

/// 注册: applicants make their accounts themselves, in two steps.
///
/// The second proves that the contact is theirs: a code goes there through the outbox and comes
/// back through the page. The platform gives the account's id, so that no log names a person.
public struct Registration: Sendable {
  static let kind = RecordKind.transient("registration")
  private static let longestName = 60

  let map: OneMap

  private var accounts: Accounts { map.accounts }

  /// Why nobody registers here; nil where they may.
  ///
  /// The zone's switch is data of the packs; and as long as no office has an account there is
  /// nobody to apply to.
  public func refusal() async throws(Problem) -> Problem? {
    guard accounts.offices.zone.takesApplicants else { return Self.closedHere }
    return try await accounts.isEmpty() ? Self.closed : nil
  }

  /// Begins a registration; what is returned names it for the second step.
  ///
  /// - Errors: `Problem` with `registration-closed` or `registration-elsewhere` where nobody
  ///   registers; `codes-too-many` and `registrations-too-many` where as many began within the
  ///   hour as may; others name the field.
  public func begin(_ order: RegistrationOrder) async throws(Problem) -> String {
    if let refusal = try await refusal() { throw refusal }
    let id = try await freshID()
    guard (1...Self.longestName).contains(order.name.count), !order.name.hasControl else {
      throw Self.nameWrong
    }
    guard Self.isContact(order.contact) else { throw Self.contactWrong }
    try accounts.offices.policy.refuseWeak(order.password, of: id)
    let limits = try map.webLimits().applicants
    try await refuseCrowd(order.contact, limits)
    let (ticket, code) = (Secret.token(), Self.freshCode())
    let record = PlatformRecord(
      kind: Self.kind, key: Session.key(of: ticket), state: "open",
      due: map.clock.now().adding(seconds: limits.codeWithin).description,
      body: .object([
        "account": .string(id), "kind": .string(order.kind.rawValue), "name": .string(order.name),
        "contact": .string(order.contact),
        "password": .string(await accounts.desk.hash(order.password)),
        "code": .string(Self.digest(code, ticket)), "tries": .integer(0),
      ]))
    try await put([.write(record)])
    try await send(code, to: order.contact, named: String(record.key.prefix(16)))
    return ticket
  }

  /// Ends a registration with the code; the id of the account that was made.
  ///
  /// - Errors: `registration-over` where it took too long or was tried too often; `code-wrong`.
  public func confirm(_ ticket: String, code: String) async throws(Problem) -> String {
    if let refusal = try await refusal() { throw refusal }
    // Many tries at once are many tries: each round sees the count the others left.
    for _ in 0..<Accounts.rounds {
      if let id = try await tried(ticket, code: code) { return id }
    }
    throw Self.over
  }

  /// One round of `confirm`; nil where another try came in between.
  private func tried(_ ticket: String, code: String) async throws(Problem) -> String? {
    guard ticket.utf8.count == 64, let record = try await pending(ticket) else { throw Self.over }
    let limits = try map.webLimits().applicants
    let body = record.body
    guard let due = record.due.flatMap({ Timestamp($0) }), map.clock.now() < due,
      let tries = body["tries"]?.integer, tries < Int64(limits.mostCodeTries),
      let id = body["account"]?.string, let name = body["name"]?.string,
      let kind = body["kind"]?.string.flatMap({ Applicant.Kind(rawValue: $0) }),
      let contact = body["contact"]?.string, let password = body["password"]?.string
    else { throw Self.over }
    guard Secret.isSame(Self.digest(code, ticket), body["code"]?.string ?? "") else {
      guard case .object(var members) = body else { throw Self.over }
      members["tries"] = .integer(tries + 1)
      let counted = record.next(
        state: "open", due: record.due, owner: nil, body: .object(members))
      do throws(Problem) { try await put([.write(counted)]) } catch {
        guard error.kind == .conflict else { throw error }
        return nil
      }
      throw Self.codeWrong
    }
    let order = AccountOrder(id: id, name: name, roles: [], regions: [], ceiling: .public)
    var account = Account(order, password: password, at: map.clock.now())
    account.mustChangePassword = false
    account.applicant = Applicant(kind: kind, contact: contact)
    let isMade = try await accounts.putUnlessConflict(
      [account.change, .remove(record)], "applicant-registered", ["account": .string(id)],
      by: Actor(id: id))
    return isMade ? id : nil
  }

  // MARK: Parts

  /// Refuses a contact that was sent as many codes as may be, and a crowd.
  ///
  /// Before the password is hashed, which is what costs.
  private func refuseCrowd(
    _ contact: String, _ limits: WebLimits.ApplicantLimits
  ) async throws(Problem) {
    let pace = Pace(map: map)
    let isFew = try await pace.take(
      "code", of: Self.plain(contact), most: limits.mostCodesAnHour, within: Pace.hour)
    guard isFew else { throw Self.codesTooMany }
    let isCalm = try await pace.take(
      "registration", most: limits.mostRegistrationsAnHour, within: Pace.hour)
    guard isCalm else { throw Self.crowded }
  }

  /// A contact as one writes it who does not try to look like another.
  static func plain(_ contact: String) -> String {
    let text = contact.lowercased()
    guard !text.contains("@") else { return text }
    let digits = text.filter(\.isNumber)
    // The country may be written before a number, or left out.
    let tail = digits.hasPrefix("0086") ? digits.dropFirst(4) : digits.dropFirst(0)
    return String(tail.count > 11 && tail.hasPrefix("86") ? tail.dropFirst(2) : tail)
  }

  private func pending(_ ticket: String) async throws(Problem) -> PlatformRecord? {
    try await map.asked { store throws(StoreError) in
      try await store.record(Self.kind, Session.key(of: ticket))
    }
  }

  private func put(_ changes: [RecordChange]) async throws(Problem) {
    do throws(StoreError) { try await map.store.put(RecordBatch(changes), by: .operator) } catch {
      throw .store(error)
    }
  }

  /// A letter and eight digits nobody has, and that say nothing of anybody.
  private func freshID() async throws(Problem) -> String {
    for _ in 0..<20 {
      let id = "a" + Self.digits(8)
      if try await accounts.find(id) == nil { return id }
    }
    throw Self.closed
  }

  static func freshCode() -> String { digits(6) }

  /// So many random digits; the first is none that could be left out.
  private static func digits(_ count: Int) -> String {
    let number = Secret.bytes(count: 8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    let text = String(number % 1_000_000_000)
    let whole = String(repeating: "7", count: max(0, 9 - text.count)) + text
    return String(whole.suffix(count))
  }

  private static func digest(_ code: String, _ ticket: String) -> String {
    let digits = code.filter(\.isNumber).prefix(16)
    return SM3.digest("registration\n\(ticket)\n\(digits)").description
  }

  /// 手机号 or an address of mail.
  static func isContact(_ text: String) -> Bool {
    let isPhone =
      (6...20).contains(text.utf8.count)
      && text.utf8.enumerated().allSatisfy { place, byte in
        (0x30...0x39).contains(byte) || (place == 0 && byte == 0x2B)
      }
    let isMail = text.utf8.count <= 100 && MailAddress(text) != nil
    return isPhone || isMail
  }

  /// Sends the code the way the installation has for the contact; it is in no record and no job.
  private func send(
    _ code: String, to contact: String, named name: String
  ) async throws(Problem) {
    let text = LocalizedText(
      zh: "您的注册验证码是 \(code)，请在页面上填写。非本人操作请忽略。",
      en: "Your registration code is \(code); type it on the page. Ignore this if it was not you.",
      ug: "تىزىملىتىش كودىڭىز \(code)؛ بەتكە كىرگۈزۈڭ. ئۆزىڭىز بولمىسىڭىز پەرۋا قىلماڭ.")
    let file = "registration-" + name
    let notice = CarriedNotice(
      key: file, to: contact, title: LocalizedText(zh: "注册验证码", en: "Registration code"),
      text: text)
    let ways = CaseOutbox.carriers(for: notice, named: file, try map.carriers(), map)
    for carrier in ways.files { try await carrier.carry(notice) }
    // A code that proves a contact goes to that contact and past nobody else.
    for carrier in ways.sending where carrier.name == MailCarrier.name {
      do throws(Problem) { try await carrier.carry(notice) } catch {
        throw error.kind == .unavailable ? Self.notSent : Self.contactWrong
      }
    }
  }
}

extension Registration {
  static let closed = Problem(
    .refused, code: "registration-closed", place: "",
    what: LocalizedText(
      zh: "本平台尚未开放注册", en: "registration is not open yet", ug: "تىزىملىتىش تېخى ئېچىلمىدى"),
    remedy: LocalizedText(
      zh: "请到窗口办理", en: "apply at the window", ug: "كۆزنەكتە بېجىرىڭ"))

  static let closedHere = Problem(
    .refused, code: "registration-elsewhere", place: "",
    what: LocalizedText(
      zh: "本网络区不开放网上注册", en: "accounts are not made in this network zone",
      ug: "بۇ تور رايونىدا تىزىملىتىش ئېچىۋېتىلمىگەن"),
    remedy: LocalizedText(
      zh: "请在互联网区的平台注册，或到政务服务窗口办理",
      en: "register on the platform of the internet zone, or apply at the window",
      ug: "ئىنتېرنېت رايونىدىكى سۇپىدا تىزىملىتىڭ ياكى كۆزنەكتە بېجىرىڭ"))

  static let codesTooMany = Problem(
    .refused, code: "codes-too-many", place: "contact",
    what: LocalizedText(
      zh: "一小时内发往此联系方式的验证码已达上限", en: "as many codes went to this contact as an hour allows",
      ug: "بىر سائەت ئىچىدە بۇ ئالاقىگە ئەۋەتىلگەن كود چەككە يەتتى"),
    remedy: LocalizedText(
      zh: "用已收到的验证码，或一小时后再试；急办请到窗口",
      en: "use the code you were sent, or come back in an hour; the window helps meanwhile",
      ug: "كودنى ئىشلىتىڭ ياكى بىر سائەتتىن كېيىن سىناڭ؛ جىددىي بولسا كۆزنەككە بېرىڭ"))

  static let notSent = Problem(
    .unavailable, code: "code-not-sent", place: "contact",
    what: LocalizedText(
      zh: "验证码没有发出", en: "the code could not be sent", ug: "كود ئەۋەتىلمىدى"),
    remedy: LocalizedText(
      zh: "过几分钟再试；急办请到窗口", en: "try again in some minutes; the window helps meanwhile",
      ug: "بىرنەچچە مىنۇتتىن كېيىن سىناڭ؛ جىددىي بولسا كۆزنەككە بېرىڭ"))

  static let crowded = Problem(
    .refused, code: "registrations-too-many", place: "",
    what: LocalizedText(
      zh: "一小时内注册的人数已达上限", en: "as many people registered as an hour allows",
      ug: "بىر سائەت ئىچىدە تىزىملاتقانلار چەككە يەتتى"),
    remedy: LocalizedText(
      zh: "一小时后再试；急办请到窗口", en: "come back in an hour; the window helps meanwhile",
      ug: "بىر سائەتتىن كېيىن قايتا سىناڭ؛ جىددىي بولسا كۆزنەككە بېرىڭ"))

  static let nameWrong = Problem(
    .refused, code: "applicant-nameless", place: "name",
    what: LocalizedText(
      zh: "姓名或单位名称为空或过长", en: "the name is missing or too long",
      ug: "ئىسىم بوش ياكى بەك ئۇزۇن"),
    remedy: LocalizedText(
      zh: "按证件填写，60 字以内", en: "write it as on the certificate, up to 60 characters",
      ug: "كىنىشكىدىكىدەك، 60 ھەرپ ئىچىدە يېزىڭ"))

  static let contactWrong = Problem(
    .refused, code: "contact-wrong", place: "contact",
    what: LocalizedText(
      zh: "不是手机号或电子邮箱", en: "this is neither a telephone number nor an address of mail",
      ug: "تېلېفون نومۇرى ياكى ئېلخەت ئەمەس"),
    remedy: LocalizedText(
      zh: "只写数字，或写完整的邮箱地址", en: "write digits only, or the whole address",
      ug: "پەقەت سان ياكى تولۇق ئېلخەت يېزىڭ"))

  static let over = Problem(
    .refused, code: "registration-over", place: "code",
    what: LocalizedText(
      zh: "本次注册已超时、已完成或尝试次数过多", en: "this registration is over",
      ug: "بۇ قېتىملىق تىزىملىتىش ئاخىرلاشتى"),
    remedy: LocalizedText(zh: "重新注册", en: "begin again", ug: "قايتا باشلاڭ"))

  static let codeWrong = Problem(
    .refused, code: "code-wrong", place: "code",
    what: LocalizedText(zh: "验证码不对", en: "the code is wrong", ug: "كود خاتا"),
    remedy: LocalizedText(
      zh: "核对收到的六位数字", en: "check the six digits you were sent",
      ug: "تاپشۇرۇۋالغان ئالتە ساننى تەكشۈرۈڭ"))
}

extension String {
  /// Whether it holds a character that is no text.
  var hasControl: Bool { unicodeScalars.contains { $0.properties.generalCategory == .control } }
}

extension OneMap {
  /// 注册.
  public var registration: Registration { Registration(map: self) }
}
