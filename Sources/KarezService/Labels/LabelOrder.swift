public import KarezCore
import KarezStore

/// 定级申请: the level a dataset, or one of its attributes, is to have.
public struct LabelOrder: Hashable, Sendable {
  public let dataset: String
  /// Nil for the dataset itself.
  public let attribute: String?
  public let level: Classification

  public init(dataset: String, attribute: String?, level: Classification) {
    self.dataset = dataset
    self.attribute = attribute
    self.level = level
  }

  /// Nil for what no proposal of a level says.
  init?(_ subject: JSONValue) {
    guard let dataset = subject["dataset"]?.string, let attribute = subject["attribute"],
      attribute == .null || attribute.string != nil,
      let level = subject["to"]?.string.flatMap({ Classification(rawValue: $0) })
    else { return nil }
    self.init(dataset: dataset, attribute: attribute.string, level: level)
  }

  func subject(from former: Classification) -> JSONValue {
    .object([
      "dataset": .string(dataset), "attribute": .optional(attribute),
      "from": .string(former.rawValue), "to": .string(level.rawValue),
    ])
  }

  /// What it says of a dataset's labels; nil where the dataset has no such attribute.
  func level(in labels: DatasetLabels) -> Classification? {
    attribute.map { labels.attributes[$0] } ?? labels.level
  }

  func applied(to labels: DatasetLabels) -> LabelChange {
    var later = labels
    if let attribute { later.attributes[attribute] = level } else { later.level = level }
    return LabelChange(from: labels, to: later)
  }
}
