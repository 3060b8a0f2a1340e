import ArgumentParser
import Foundation
import KarezCore
import KarezService

/// `karez area`: a line a parcel, in statutory and planar square metres.
struct AreaCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "area", abstract: "量算地块椭球面积与平面面积 · measure the parcels of a file")

  @OptionGroup var common: CommonOptions
  @Argument(help: "边界文件，或 文件:图层 · boundary file, or FILE:LAYER") var file: String
  @Option(name: .long, help: "坐标系，如 EPSG:4514 · coordinate system, where the file names none")
  var crs: String?

  func run() async throws {
    let reader = BoundaryIntake(installation: try Installation.find(), region: nil)
    let boundary = try await reader.read(
      file: FileArgument(file), named: nil, crs: crs)
    if common.json {
      Terminal.json(boundary.areaJSON)
    } else {
      for line in boundary.areaLines(in: Terminal.language) { Terminal.line(line) }
    }
  }
}
