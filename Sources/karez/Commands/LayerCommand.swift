import ArgumentParser
import Foundation
import KarezCore
import KarezService

/// `karez layer`: lay a file out for the kernel, to be overlaid many times.
struct LayerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "layer", abstract: "将文件制成图层文件，供反复叠加 · lay a file out for overlays")

  @OptionGroup var common: CommonOptions
  @Argument(help: "文件，或 文件:图层 · file, or FILE:LAYER") var file: String
  @Option(name: .long, help: "保留的字段，逗号分隔 · attributes to keep, by commas")
  var columns = ""
  @Option(name: .long, help: "标识字段 · attribute that names a feature") var id: String?
  @Option(name: .long, help: "坐标系 · coordinate system, where the file names none")
  var crs: String?
  @Option(name: .long, help: "图层文件 F.layer · the layer file") var out: String

  func validate() throws {
    guard out.hasSuffix(".layer") else { throw ValidationError("--out: \(out): F.layer") }
  }

  func run() async throws {
    let progress = ProgressLine("读取", "reading")
    let intake = LayerIntake(installation: try Installation.find(), region: nil)
    let made = try await intake.layer(
      LayerIntake.Order(
        file: FileArgument(file), crs: crs,
        columns: columns.split(separator: ",").map(String.init), identifier: id, output: out)
    ) { progress.show($0) }
    progress.finish()
    if common.json {
      Terminal.json(made.json)
    } else {
      for line in made.lines(in: Terminal.language) { Terminal.line(line) }
    }
  }
}
