public import KarezCore
import KarezGeometry
import KarezTables

/// `karez overlay`: areas of every left polygon in the right layer, by an attribute of it.
public struct OverlayJob: Sendable {
  /// What is asked.
  public struct Order: Sendable {
    public var left: LayerArgument
    public var right: LayerArgument
    public var attribute: String
    public var leftIdentifier: String?
    /// A Gauss-Krüger system for planar areas; statutory ones if nil.
    public var planar: String?
    /// A file to write rows into, `.csv` or `.parquet`; standard output if nil.
    public var output: String?
    public var threads: Int
    /// Rows below it are counted as noise; they are written all the same.
    public var noiseM2: Double

    public init(
      left: LayerArgument, right: LayerArgument, by attribute: String,
      leftIdentifier: String? = nil, planar: String? = nil, output: String? = nil,
      threads: Int, noiseM2: Double
    ) {
      self.left = left
      self.right = right
      self.attribute = attribute
      self.leftIdentifier = leftIdentifier
      self.planar = planar
      self.output = output
      self.threads = threads
      self.noiseM2 = noiseM2
    }
  }

  /// Which part of the job is at work, for progress.
  public enum Phase: Sendable {
    case readingLeft
    case readingRight
    case overlaying
  }

  let source: LayerSource

  public init(source: LayerSource) { self.source = source }

  public func run(
    _ order: Order, progress: @escaping @Sendable (Phase, Int, Int?) -> Void
  ) async throws(Problem) -> OverlaySummary {
    let plane = try Self.plane(order.planar)
    guard order.noiseM2 >= 0, order.threads > 0 else {
      throw Wording(
        "option-out-of-range", "--threads 与 --noise 须为正数",
        "--threads and --noise are positive numbers", do: "更正选项", "mend the option"
      ).problem(.usage, at: "overlay")
    }
    let left = try await source.layers(
      order.left, columns: [], identifier: order.leftIdentifier
    ) { progress(.readingLeft, $0, nil) }
    let right = try await source.layers(order.right, columns: [order.attribute]) {
      progress(.readingRight, $0, nil)
    }
    let batch = OverlayBatch(
      left: left.selections, right: right.selections, by: order.attribute, plane: plane,
      threads: order.threads)
    let table = try Self.table(order)
    // What is not stated stands as a zero character in a dataset's layer.
    let names = batch.groupNames.map { $0 == "\u{0}" ? "" : $0 }
    var summary = OverlaySummary(order, groups: names)
    let total = left.selections.reduce(0) { $0 + $1.layer.count }
    do {
      var rows = TableBatch(table.schema, capacity: 16_384)
      try await batch.run { stretch in
        let layer = left.selections[stretch.part].layer
        for row in stretch.rows {
          let id = try layer.id(of: Int(row.polygon))
          rows[0].append(text: id)
          rows[1].append(text: names[Int(row.group)])
          rows[2].append(number: row.areaM2)
        }
        try table.append(rows)
        rows.removeAll()
        summary.add(stretch)
        progress(.overlaying, summary.polygons, total)
      }
      try table.finish()
    } catch let error as LayerError {
      throw .layer(error, of: "\(order.left.text), \(order.right.text)")
    } catch let error as TableError {
      throw .table(error)
    } catch {
      throw Problem.from(error, file: order.left.text)
    }
    summary.warnings = left.warnings + right.warnings
    return summary
  }

  private static func plane(_ text: String?) throws(Problem) -> OverlayBatch.Plane {
    guard let text else { return .statutory }
    guard let grid = try DeclaredCRS.parse(text, in: "--planar").grid else {
      throw Wording(
        "planar-not-grid", "平面面积须用高斯-克吕格坐标系",
        "planar areas need a Gauss-Krüger system", do: "例如 --planar EPSG:4514",
        "such as --planar EPSG:4514"
      ).problem(.usage, at: "--planar")
    }
    return .planar(grid)
  }

  private static func table(_ order: Order) throws(Problem) -> any TableWriter {
    do throws(TableError) {
      let schema = try TableSchema([
        TableColumn("id", .text), TableColumn(order.attribute, .text),
        TableColumn("area_m2", .decimal(places: 6)),
      ])
      guard let path = order.output else { return CSVWriter(descriptor: 1, schema: schema) }
      if let format = TableFormat(path: path) {
        return try format.writer(to: path, schema: schema)
      }
    } catch {
      throw .table(error)
    }
    throw Wording(
      "output-format-unknown", "输出文件须为 .csv 或 .parquet",
      "the output is a .csv or a .parquet file", do: "更正 --out", "mend --out"
    ).problem(.usage, at: "--out")
  }
}
