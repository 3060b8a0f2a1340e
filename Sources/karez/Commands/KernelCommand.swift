import ArgumentParser
import KarezCore
import KarezService

/// `karez kernel`: a filter that measures framed WKB for another engine.
struct KernelCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kernel",
    abstract: "过滤程序：输入图形帧，输出椭球面积帧 · filter: framed WKB in, framed areas out",
    discussion: """
      从标准输入读 KRZ1 帧，向标准输出写 KRG1、KRE1、KRA1 帧（小端序，格式见 docs/kernel-filter.md）。\
      不带 --against 时为每个图形的椭球面积；带 --against 与 --by 时为与该图层各类的公共面积。
      Reads KRZ1 frames from standard input and writes KRG1, KRE1 and KRA1 frames to standard output \
      (little endian, see docs/kernel-filter.md): statutory areas of the geometries, or what they have \
      in common with each group of the layer named by --against.
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var store: StoreOptions
  @Option(name: .long, help: "对照图层：图层文件、文件或数据集 · layer file, file or dataset")
  var against: String?
  @Option(name: .long, help: "对照图层的分组字段 · attribute to group by") var by: String?
  @Option(name: .long, help: "图形的坐标系；缺省为经纬度 · system of the WKB; degrees if none")
  var crs: String?

  func validate() throws {
    guard (against == nil) == (by == nil) else {
      throw ValidationError("--against FILE --by ATTR")
    }
  }

  func run() async throws {
    let store = store
    let source = LayerSource(installation: try Installation.find()) { () throws(Problem) in
      try await store.open()
    }
    let grouping: (layer: String, attribute: String)? =
      if let against, let by { (against, by) } else { nil }
    let outcome = try await KernelFilter(source: source).run(
      KernelFilter.Order(against: grouping, crs: crs))
    if outcome.refused > 0 {
      Terminal.say(
        "\(outcome.refused) 个图形无法量算，见 KRE1 帧",
        "\(outcome.refused) geometries were not measured, see the KRE1 frames")
    }
  }
}
