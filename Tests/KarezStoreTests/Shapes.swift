import Foundation
import KarezGeometry

/// Simple geometries for tests.
enum Shapes {
  static func ring(_ corners: [(Double, Double)]) throws -> Ring {
    try Ring((corners + corners.prefix(1)).map { Position(x: $0.0, y: $0.1) })
  }

  static func square(x: Double, y: Double, side: Double) throws -> MultiPolygon {
    MultiPolygon([
      Polygon(
        shell: try ring([(x, y), (x + side, y), (x + side, y + side), (x, y + side)]))
    ])
  }
}

/// Other programs that tests compare with, where the machine has them.
enum Tool {
  static func exists(_ name: String) -> Bool {
    ["/usr/bin/", "/usr/local/bin/", "/bin/"].contains {
      FileManager.default.isExecutableFile(atPath: $0 + name)
    }
  }

  static func run(_ name: String, _ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [name] + arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return text
  }
}
