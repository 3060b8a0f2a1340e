import KarezCore
import KarezCrypto
import KarezPacks

/// Where passwords are hashed: one at a time, so that a crowd at the door cannot take all memory.
actor PasswordDesk {
  private let cost: PasswordHash.Cost
  /// Tried where there is no such account, so that both answers take as long.
  private lazy var nobody = PasswordHash(of: Secret.token(), cost: cost).encoded

  /// How many passwords were compared: what an answer at the door costs besides the store's work.
  private(set) var compared = 0

  init(cost: PasswordHash.Cost) { self.cost = cost }

  func hash(_ password: String) -> String { PasswordHash(of: password, cost: cost).encoded }

  /// Whether the password is the account's; false, after the same work, where there is none.
  func matches(_ password: String, _ encoded: String?) -> Bool {
    compared += 1
    let matches = PasswordHash(encoded: encoded ?? nobody).matches(password)
    return encoded != nil && matches
  }

  /// Whether the password is one of these.
  func matches(_ password: String, anyOf encoded: [String]) -> Bool {
    encoded.contains { PasswordHash(encoded: $0).matches(password) }
  }

  /// The hash as it should be kept, where the one kept was made at another cost.
  func renewed(_ password: String, _ encoded: String) -> String? {
    PasswordHash(encoded: encoded).costs(cost) ? nil : hash(password)
  }
}

extension AccountPolicy {
  /// Refuses a password that is too short or too plain, that names the account, or that is among
  /// those everybody tries first.
  func refuseWeak(_ password: String, of id: String) throws(Problem) {
    guard !common.contains(password.lowercased()) else {
      throw Wording(
        "password-common", "这是常见口令", "this password is among those everybody tries first",
        do: "换一个别人想不到的口令", "choose one nobody would think of"
      ).problem(at: "password")
    }
    let kinds = [
      password.contains { $0.isLowercase }, password.contains { $0.isUppercase },
      password.contains { $0.isNumber },
      password.contains { !$0.isLetter && !$0.isNumber },
    ].count { $0 }
    let isLong = password.count >= shortestPassword && password.utf8.count <= 256
    // A name of two or three letters stands in many words.
    let namesAccount = id.count > 3 && password.lowercased().contains(id)
    guard !isLong || kinds < kindsOfCharacters || namesAccount else { return }
    throw Wording(
      "password-weak", "口令太短、太简单或含有账户名",
      "the password is too short, too plain, or holds the account’s name",
      do: "至少 \(shortestPassword) 个字符，含大写、小写、数字、其他字符中的 \(kindsOfCharacters) 类",
      "use at least \(shortestPassword) characters, \(kindsOfCharacters) kinds of lower case, "
        + "upper case, digits and others"
    ).problem(at: "password")
  }
}
