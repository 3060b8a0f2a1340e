public import Foundation
public import KarezCore
public import KarezCrypto
import KarezStore

extension Problem {
  static func witness(_ failure: WitnessFolder.Failure) -> Problem {
    switch failure {
    case .unreachable(let reason):
      Wording(
        "witness-unreachable", "无法使用见证文件夹", "the witness folder cannot be used",
        do: "检查挂载、权限与磁盘空间", "check the mount, its permissions and the free space"
      ).problem(.unavailable, at: reason)
    case .taken(let name):
      Wording(
        "checkpoint-taken", "见证文件夹里已有这个检查点", "the witness folder has this checkpoint already",
        do: "另一进程正在签发；稍后重试", "another process is making them; try again"
      ).problem(.conflict, at: name)
    case .unreadable(let name):
      Wording(
        "checkpoint-unreadable", "检查点文件无法读取", "the checkpoint cannot be read",
        do: "用见证机上的副本更换该文件", "put back the witness's own copy of the file"
      ).problem(.unavailable, at: name)
    }
  }

  static func witnessMissing(_ zone: NetworkZone) -> Problem {
    Wording(
      "witness-missing", "此区（\(zone.rawValue)）须指定见证文件夹才能提供服务",
      "nothing is served in this zone (\(zone.rawValue)) without a witness folder",
      do: "用 --witness 与 --signing-key 指定；是否必须见 Packs/evidence.yaml",
      "name --witness and --signing-key; Packs/evidence.yaml says where they are needed"
    ).problem(.refused, at: "--witness")
  }

  static func logDiffers(from checkpoint: Checkpoint) -> Problem {
    Wording(
      "log-differs", "日志与第 \(checkpoint.size) 条处的检查点不符，不再签发",
      "the log is not the one witnessed at entry \(checkpoint.size); nothing is signed",
      do: "运行 karez log verify 找出被改动之处，用备份恢复",
      "run karez log verify to find what was touched, restore a backup"
    ).problem(.conflict, at: checkpoint.fileName)
  }

  static func crypto(_ error: CryptoError, at place: String = "") -> Problem {
    switch error {
    case .keyUnreadable, .wrongLength, .algorithmUnknown:
      Wording(
        "key-unreadable", "不是可用的密钥（SM2 或 P-256 的 PEM）", "not a usable key (PEM of SM2 or P-256)",
        do: "用 karez log key 生成，或换正确的文件", "make one with karez log key, or name the right file"
      ).problem(at: place)
    case .passPhraseMissing, .passPhraseWrong:
      Wording(
        "pass-phrase-wrong", "口令打不开密钥", "the pass phrase does not open the key",
        do: "用环境变量 KAREZ_KEY_PASSPHRASE 给出正确口令",
        "give the right one in KAREZ_KEY_PASSPHRASE"
      ).problem(.forbidden, at: place)
    case .altered:
      Wording(
        "signature-wrong", "签名或密文已被改动", "the signature or the sealed text was altered",
        do: "向出具者索取原件", "ask its issuer for the original"
      ).problem(at: place)
    case .signerFailed:
      Wording(
        "signer-failed", "签名设备没有签名", "the signer did not sign", do: "检查密码设备后重试",
        "check the signing device and try again"
      ).problem(.unavailable, at: place)
    }
  }

  static func unreadableFile(_ name: String) -> Problem {
    Wording(
      "file-unreadable", "无法读取文件", "the file cannot be read", do: "检查路径与权限",
      "check the path and its permissions"
    ).problem(at: name)
  }
}

/// Keys as files.
public enum KeyFile {
  /// A private key; only its owner should be able to read the file.
  public static func signer(_ file: URL, passPhrase: String?) throws(Problem) -> PrivateKey {
    let text = try text(file)
    do throws(CryptoError) {
      return try PrivateKey(pem: text, passPhrase: passPhrase)
    } catch {
      throw .crypto(error, at: file.lastPathComponent)
    }
  }

  public static func publicKey(_ file: URL) throws(Problem) -> PublicKey {
    let text = try text(file)
    do throws(CryptoError) {
      return try PublicKey(pem: text)
    } catch {
      throw .crypto(error, at: file.lastPathComponent)
    }
  }

  /// Makes a key: `file` for its owner only, and `file` with `.pub` for everybody.
  public static func make(_ file: URL, passPhrase: String?) throws(Problem) -> PublicKey {
    let key = PrivateKey()
    try write(key.pem(passPhrase: passPhrase), to: file, mode: 0o600)
    try write(key.publicKey.pem, to: file.appendingPathExtension("pub"), mode: 0o644)
    return key.publicKey
  }

  private static func write(_ text: String, to file: URL, mode: mode_t) throws(Problem) {
    let descriptor = open(file.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
    guard descriptor >= 0 else {
      throw Wording(
        "key-not-writable", "密钥文件已存在或无法写入", "the key file exists or cannot be written",
        do: "另择路径；已有的密钥不会被覆盖", "choose another path; a key is never overwritten"
      ).problem(.conflict, at: file.lastPathComponent)
    }
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    do {
      try handle.write(contentsOf: Data(text.utf8))
      try handle.synchronize()
      try handle.close()
    } catch {
      throw .unreadableFile(file.lastPathComponent)
    }
  }

  private static func text(_ file: URL) throws(Problem) -> String {
    guard let data = FileManager.default.contents(atPath: file.path), data.count <= 1 << 16,
      let text = String(data: data, encoding: .utf8)
    else { throw .unreadableFile(file.lastPathComponent) }
    return text
  }
}
