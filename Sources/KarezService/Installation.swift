public import Foundation
public import KarezCore

/// Where the parts of one installation lie: programs, packs, portal, print.
public struct Installation: Sendable {
  /// What `karez --version` says, and the package is called by.
  public static let version = "0.6.0"

  /// The folder that holds `Packs`, `Portal` and `Print`.
  public let home: URL
  /// The folder of the running program, where `karez-reader` lies too.
  public let programs: URL

  public init(home: URL, programs: URL) {
    self.home = home
    self.programs = programs
  }

  /// The installation the running program belongs to.
  ///
  /// `KAREZ_HOME` names it; otherwise it is the nearest folder above the program that has packs.
  ///
  /// - Errors: `Problem` of kind unavailable when there is none.
  public static func find(
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(Problem) -> Installation {
    let program = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    let programs = program.deletingLastPathComponent()
    if let named = environment["KAREZ_HOME"] {
      return Installation(home: URL(filePath: named), programs: programs)
    }
    var folder = programs
    while folder.path != "/" {
      if FileManager.default.fileExists(atPath: folder.appending(path: "Packs/facts.yaml").path) {
        return Installation(home: folder, programs: programs)
      }
      folder.deleteLastPathComponent()
    }
    throw Problem(
      .unavailable, code: "installation-not-found", place: "KAREZ_HOME",
      what: LocalizedText(
        zh: "找不到规则包文件夹 Packs", en: "no folder with Packs above the program"),
      remedy: LocalizedText(
        zh: "用环境变量 KAREZ_HOME 指明安装文件夹", en: "name the installation in KAREZ_HOME"))
  }

  public var packs: URL { home.appending(path: "Packs") }
  public var portal: URL { home.appending(path: "Portal") }
  public var print: URL { home.appending(path: "Print") }
  public var python: URL { home.appending(path: ".venv/bin/python") }
  public var reader: URL { programs.appending(path: "karez-reader") }
}
