import Glibc

/// What a worker can see: nothing but system libraries, itself and the one input, all read-only,
/// and one folder it may write into, if it is to write.
///
/// - Shape: an empty root, no network, its own process and user tables, an unprivileged user, 64 MB
///   of temporary memory. The input is `/in/main` and the folder `/out`, whatever they are called
///   outside.
struct Sandbox: Sendable {
  let bubblewrap: String
  let program: String

  static let input = "/in/main"
  static let output = "/out"
  static let sidecars = ["shx", "dbf", "prj", "cpg"]

  /// The whole command line, or an error where the sandbox cannot be had.
  func command(
    input path: String, output folder: String? = nil, arguments: [String]
  ) throws(ReadingError) -> [String] {
    guard access(bubblewrap, X_OK) == 0 else { throw .sandboxMissing }
    guard access(program, X_OK) == 0 else { throw .workerUnusable(message: "not found") }
    guard let path = Self.absolute(path) else { throw .fileMissing }
    var command = [bubblewrap] + Self.isolation + Self.system
    for folder in Self.runtimeFolders() {
      command += ["--ro-bind", folder, folder, "--setenv", "LD_LIBRARY_PATH", folder]
    }
    command += ["--ro-bind", program, "/karez-reader", "--ro-bind", path, Self.input]
    for (kind, file) in Self.siblings(of: path) {
      command += ["--ro-bind", file, Self.input + "." + kind]
    }
    if let folder {
      guard let folder = Self.absolute(folder) else { throw .fileMissing }
      command += ["--bind", folder, Self.output]
    }
    return command + ["--", "/karez-reader"] + arguments
  }

  private static let isolation = [
    "--unshare-all", "--unshare-user", "--disable-userns", "--uid", "65534", "--gid", "65534",
    "--cap-drop", "ALL", "--die-with-parent", "--new-session", "--clearenv",
    "--setenv", "LC_ALL", "C.UTF-8", "--setenv", "SWIFT_BACKTRACE", "enable=no",
    // Each allocation arena of a thread reserves 64 MB of the address space that is limited.
    "--setenv", "MALLOC_ARENA_MAX", "2",
  ]

  private static let system = [
    "--ro-bind", "/usr/lib", "/usr/lib", "--ro-bind-try", "/usr/lib64", "/usr/lib64",
    "--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64",
    "--ro-bind-try", "/usr/share/gdal", "/usr/share/gdal",
    "--ro-bind-try", "/usr/share/proj", "/usr/share/proj",
    // BLAS, which GDAL links, is reached through Debian's alternatives.
    "--ro-bind-try", "/etc/alternatives", "/etc/alternatives",
    "--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache",
    "--proc", "/proc", "--dev", "/dev", "--size", "67108864", "--tmpfs", "/tmp", "--chdir", "/tmp",
  ]

  /// The program of this name that lies beside the running one.
  static func programBeside(_ name: String) -> String {
    let own = absolute("/proc/self/exe") ?? ""
    let folder = own.lastIndex(of: "/").map { own[..<$0] } ?? ""
    return folder + "/" + name
  }

  static func absolute(_ path: String) -> String? {
    guard !path.utf8.contains(0), let found = realpath(path, nil) else { return nil }
    defer { free(found) }
    return String(cString: found)
  }

  /// Where the Swift runtime of this very process lies; empty when it is linked statically.
  ///
  /// The worker is built with its parent, so it needs the same one.
  private static func runtimeFolders() -> [String] {
    guard let maps = try? FileBytes(path: "/proc/self/maps").readToEnd(limit: 4 << 20) else {
      return []
    }
    for line in maps.split(separator: UInt8(ascii: "\n")) {
      guard let slash = line.firstIndex(of: UInt8(ascii: "/")) else { continue }
      let path = String(decoding: line[slash...], as: UTF8.self)
      if path.hasSuffix("/libswiftCore.so") {
        return [String(path.dropLast("/libswiftCore.so".count))]
      }
    }
    return []
  }

  /// The files that belong to a Shapefile: same name, another ending, in either case.
  private static func siblings(of path: String) -> [(kind: String, file: String)] {
    guard let head = try? FileBytes(path: path).read(at: 0, count: 4),
      head == FileContent.shapefileMagic, let dot = path.lastIndex(of: ".")
    else { return [] }
    return sidecars.compactMap { kind in
      let file = [kind, kind.uppercased()].map { String(path[...dot]) + $0 }
        .first { access($0, R_OK) == 0 }
      return file.map { (kind, $0) }
    }
  }
}
