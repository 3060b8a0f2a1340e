import ArgumentParser
import Foundation
import KarezCore
import KarezService

/// `karez intersect`: common areas of pairs of polygons, a line a pair.
struct IntersectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "intersect",
    abstract: "逐行量算两个图形的公共面积 · common area of the two polygons of every line",
    discussion: """
      输入每行为 编号⇥WKT⇥WKT，输出每行为 编号⇥面积（17 位有效数字）。默认为坐标单位平方的平面面积，\
      加 --statutory 为椭球面积（平方米）。任一行有误则不输出结果并以状态 3 结束；加 --keep-going 则该行输出 \
      编号⇥error:代码，其余各行照常即时输出，最后仍以状态 3 结束。
      A line is id⇥WKT⇥WKT, its answer id⇥area with 17 significant digits: planar in the coordinates' \
      unit squared, or statutory square metres with --statutory. A bad line ends the job with status 3 \
      and nothing is written; with --keep-going it is answered id⇥error:code, the others are answered \
      as they come, and the status is 3 in the end.
      """)

  @OptionGroup var common: CommonOptions
  @Argument(help: "图形对文件，- 为标准输入 · file of pairs, - for standard input") var pairs: String
  @Option(name: .long, help: "坐标系，如 EPSG:4514；缺省为经纬度 · coordinate system; degrees if none")
  var crs: String?
  @Flag(name: .long, help: "椭球面积，平方米 · statutory square metres")
  var statutory = false
  @Flag(name: .long, help: "遇错误行不中止 · answer bad lines with a code and go on")
  var keepGoing = false

  func run() throws {
    let progress = ProgressLine("叠加", "overlaying")
    let outcome = try PairOverlay(
      PairOverlay.Order(
        file: pairs, crs: crs, isStatutory: statutory, isForgiving: keepGoing,
        isJSON: common.json)
    ).run(refuse: Terminal.report) { progress.show($0) }
    progress.finish()
    if outcome.repaired > 0 {
      Terminal.say(
        "\(outcome.repaired) 对含自相交等无效图形，已修复后量算",
        "\(outcome.repaired) pairs had invalid polygons and were repaired first")
    }
    if outcome.refused > 0 { throw ExitCode(3) }
  }
}
