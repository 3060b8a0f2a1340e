public import ArgumentParser
import Foundation
public import KarezCore
import KarezCrypto
import KarezReport
import KarezService
import KarezStore

/// Options every verb understands, wherever they stand.
struct CommonOptions: ParsableArguments {
  @Flag(name: .long, help: "机器可读输出 · machine-readable output")
  var json = false

  @Option(name: .long, help: "zh | ug | en")
  var lang = "zh"

  func validate() throws {
    guard Language(rawValue: lang) != nil else {
      throw ValidationError("--lang: \(lang): zh | ug | en")
    }
  }
}

/// Which One Map is meant.
struct StoreOptions: ParsableArguments {
  @Option(name: .long, help: "数据文件夹 · data folder (KAREZ_DATA, ./karez-data)")
  var data: String?

  @Option(
    name: .customLong("store"),
    help: "服务器数据库 postgresql://…（KAREZ_STORE）· a server's database; --data then holds its cache")
  var server: String?

  /// The address of a server's database, where one is meant.
  ///
  /// From the environment it is seen by nobody who lists processes.
  var address: String? {
    server ?? (data == nil ? ProcessInfo.processInfo.environment["KAREZ_STORE"] : nil)
  }

  var folder: URL {
    let named = data ?? ProcessInfo.processInfo.environment["KAREZ_DATA"]
    return URL(filePath: named ?? "karez-data")
  }

  /// Where the map is, without what may be a secret.
  var place: String { address == nil ? folder.path : "PostgreSQL" }

  func validate() throws {
    guard let server else { return }
    guard server.hasPrefix("postgresql://") || server.hasPrefix("postgres://") else {
      throw ValidationError("--store: postgresql://…")
    }
  }

  func open() async throws(Problem) -> OneMap {
    var map = try await OneMap.open(
      data: folder, server: address, installation: try Installation.find()
    ) { text in
      Terminal.say(text.zh, text.en)
    }
    map.press = SheetPress()
    // Whichever verb writes, it must not write what nobody can vouch for.
    if let witness = WitnessOptions.named { try map.watch(WitnessFolder(witness)) }
    return map
  }
}

extension StoreOptions {
  /// The map with packs on disk that may not be published yet, for publishing them.
  func openPacks() async throws(Problem) -> PackDesk {
    let desk = try await PackDesk.open(
      data: folder, server: address, installation: try Installation.find())
    if let witness = WitnessOptions.named { try desk.watch(WitnessFolder(witness)) }
    return desk
  }
}

/// Where checkpoints go, and who signs them.
struct WitnessOptions: ParsableArguments {
  @Option(name: .long, help: "见证文件夹（KAREZ_WITNESS）· witness folder")
  var witness: String?
  @Option(
    name: .customLong("signing-key"), help: "签名私钥（KAREZ_SIGNING_KEY）· private key, PEM")
  var signingKey: String?

  @Option(
    name: .customLong("witness-key"),
    help: "以往签名的公钥，可重复；夜间核验用 · public key of earlier checkpoints, for the nightly verification")
  var witnessKey: [String] = []

  /// Keys besides the signer's whose checkpoints are believed.
  func trusted() throws(Problem) -> [PublicKey] {
    var keys: [PublicKey] = []
    for file in witnessKey { keys.append(try KeyFile.publicKey(URL(filePath: file))) }
    return keys
  }

  private static var environment: [String: String] { ProcessInfo.processInfo.environment }

  /// The folder the environment names for every verb.
  static var named: URL? { environment["KAREZ_WITNESS"].map { URL(filePath: $0) } }

  var folder: URL? { witness.map { URL(filePath: $0) } ?? Self.named }

  var keyFile: URL? {
    (signingKey ?? Self.environment["KAREZ_SIGNING_KEY"]).map { URL(filePath: $0) }
  }

  static var passPhrase: String? { environment["KAREZ_KEY_PASSPHRASE"] }

  func validate() throws {
    guard (folder == nil) == (keyFile == nil) || signingKey == nil && witness == nil else {
      throw ValidationError("--witness … --signing-key …")
    }
  }

  /// Both, where both are named.
  func open() throws(Problem) -> (witness: WitnessFolder, signer: PrivateKey)? {
    guard let folder, let keyFile else { return nil }
    return (WitnessFolder(folder), try KeyFile.signer(keyFile, passPhrase: Self.passPhrase))
  }
}

/// A day on the command line.
extension LegalDate: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}
