/// 密级标识: the level of a dataset, and that of each of its attributes by name.
public struct DatasetLabels: Hashable, Sendable {
  public let dataset: DatasetID
  public var level: Classification
  public var attributes: [String: Classification]

  public init(
    dataset: DatasetID, level: Classification, attributes: [String: Classification]
  ) {
    self.dataset = dataset
    self.level = level
    self.attributes = attributes
  }
}

extension DatasetSchema {
  public var labels: DatasetLabels {
    DatasetLabels(
      dataset: id, level: classification,
      attributes: Dictionary(
        attributes.map { ($0.name, $0.classification) }, uniquingKeysWith: { max($0, $1) }))
  }

  /// The same dataset on these levels; an attribute they do not name keeps its own.
  public func labelled(_ labels: DatasetLabels) -> DatasetSchema {
    with(
      attributes.map { $0.labelled(labels.attributes[$0.name] ?? $0.classification) },
      on: labels.level, region: region)
  }

  /// The same dataset, nothing of it on a lower level than these say.
  public func labelled(atLeast labels: DatasetLabels) -> DatasetSchema {
    with(
      attributes.map { attribute in
        attribute.labelled(
          max(attribute.classification, labels.attributes[attribute.name] ?? .public))
      }, on: max(classification, labels.level), region: region)
  }
}
