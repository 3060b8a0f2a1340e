import KarezCore
import KarezSynth

extension Problem {
  /// The one sentence for a prefecture that could not be made.
  static func synthesis(_ error: SynthError) -> Problem {
    switch error {
    case .outlineMissing(let file), .outlineUnreadable(let file):
      return Wording(
        "outline-missing", "缺少界线文件，或其内容不可读", "the outline is missing or unreadable",
        do: "运行 make setup", "run make setup"
      ).problem(.unavailable, at: Self.name(file))
    case .outlineInvalid(let file, let fault):
      return .geometry(fault, of: Self.name(file))
    case .siteUnmeasured(let site, let fault):
      return .geometry(fault, of: site)
    case .tooFewPatches(let asked, let least):
      return Wording(
        "patches-too-few", "图斑数 \(asked) 太少，至少 \(least)",
        "\(asked) patches are too few; at least \(least)",
        do: "增大 --patches", "raise --patches"
      ).problem(.usage, at: "--patches")
    case .tooManyPatches(let asked, let most):
      return Wording(
        "patches-too-many", "图斑数 \(asked) 太多，至多 \(most)",
        "\(asked) patches are too many; at most \(most)",
        do: "减小 --patches", "lower --patches"
      ).problem(.usage, at: "--patches")
    case .cannotWrite(let file):
      return Wording(
        "output-not-writable", "无法写入文件", "the file cannot be written", do: "检查文件夹权限与磁盘空间",
        "check the folder's permissions and the free space"
      ).problem(.unavailable, at: Self.name(file))
    case .store(let fault): return .store(fault)
    default:
      return Wording(
        "region-refused", "地区包与界线不一致（\(error)）",
        "the region pack and its outlines disagree (\(error))",
        do: "更正地区包", "mend the region pack"
      ).problem(.unavailable, at: "Packs/regions")
    }
  }

  private static func name(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }
}
