import KarezCore
import KarezStore

/// What the store's caches have to say, for the operator.
enum StoreNoticeWording {
  /// How often the making of a layer file is told of.
  private static let rowsBetween = 500_000

  /// The sentence, or nil for what nobody needs to hear.
  static func text(of notice: StoreNotice) -> LocalizedText? {
    switch notice {
    case .snapshotIgnored(let dataset, let file, let why):
      return LocalizedText(
        zh: "图层文件 \(dataset)/\(file) 未使用，已删除，将重新生成（\(why)）",
        en: "layer file \(dataset)/\(file) was not used, is removed and will be made again (\(why))"
      )
    case .snapshotFailed(let dataset, let why):
      return LocalizedText(
        zh: "图层文件 \(dataset) 无法生成，结果不受影响，只是较慢（\(why)）",
        en: "no layer file of \(dataset) could be made; answers are the same, but slower (\(why))")
    case .snapshotRows(let dataset, let rows):
      guard rows.isMultiple(of: rowsBetween) else { return nil }
      return LocalizedText(
        zh: "正在生成图层文件 \(dataset)：\(rows) 行",
        en: "making the layer file of \(dataset): \(rows) rows")
    case .snapshotMade: return nil
    }
  }
}
