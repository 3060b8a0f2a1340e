import KarezCore
import KarezPacks

extension Problem {
  /// The one sentence for packs that do not load: the first fault, and how many there are.
  static func packs(_ error: RulePackError) -> Problem {
    switch error {
    case .folderUnreadable(let folder):
      Wording(
        "packs-unreadable", "无法读取规则包文件夹", "the folder of packs cannot be read",
        do: "检查安装是否完整", "check the installation"
      ).problem(.unavailable, at: folder.split(separator: "/").last.map(String.init) ?? "Packs")
    case .refused(let faults): refused(faults)
    }
  }

  /// The one sentence for a region pack that does not load.
  static func region(_ error: RegionError) -> Problem {
    if case .refused(let faults) = error { return refused(faults) }
    let wording = Wording(
      "region-refused", "地区包有误（\(error)）", "the region pack is refused (\(error))", do: "更正该文件",
      "mend that file")
    return wording.problem(.unavailable, at: "Packs/regions")
  }

  private static func refused(_ faults: [PackFault]) -> Problem {
    guard let first = faults.first else {
      return Wording(
        "packs-refused", "规则包有误", "the packs are refused", do: "运行 karez rules check",
        "run karez rules check"
      ).problem(.unavailable, at: "Packs")
    }
    let others = faults.count - 1
    let wording = PackFaultWording.wording(first.fact)
    let more = LocalizedText(
      zh: others > 0 ? "（另有 \(others) 处，见 karez rules check）" : "",
      en: others > 0 ? " (and \(others) more: karez rules check)" : "")
    return Problem(
      .unavailable, code: wording.code, place: "\(first.place)", what: wording.what,
      remedy: LocalizedText(
        zh: wording.remedy.zh + more.zh, en: wording.remedy.en + more.en))
  }
}
