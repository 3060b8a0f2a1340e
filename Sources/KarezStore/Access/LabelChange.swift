public import KarezCore
import KarezCrypto

/// 密级变更: the labels of a dataset as they are, and as they are to be.
public struct LabelChange: Hashable, Sendable {
  public let from: DatasetLabels
  public let to: DatasetLabels

  /// - Assumes: both are of one dataset.
  public init(from: DatasetLabels, to: DatasetLabels) {
    precondition(from.dataset == to.dataset, "labels of one dataset")
    self.from = from
    self.to = to
  }
}

extension OneMapStore {
  /// Makes all changes and the log entry in one step, or, where one is refused, nothing.
  public func put(_ batch: RecordBatch, by actor: Actor) async throws(StoreError) {
    try await put(batch, relabelling: nil, by: actor)
  }
}

extension RelationalStore {
  /// Puts a dataset on other levels; every call that begins afterwards is held to them.
  ///
  /// - Errors: `StoreError.recordConflict` where the labels are not those the change rests on.
  func relabel(
    _ change: LabelChange, by actor: Actor, at time: String, _ session: any Session
  ) throws {
    let id = change.from.dataset
    let known = try session.text("SELECT definition FROM karez_dataset WHERE id = \(id)")
    guard let known else { throw StoreError.noSuchDataset(id) }
    let schema = try schema(proving: known, session)
    guard schema.labels == change.from else {
      throw StoreError.recordConflict(kind: "dataset", key: id.text, expected: 0, found: 0)
    }
    let later = schema.labelled(change.to)
    let definition = SchemaJSON.value(of: later).canonicalText
    try session.run(
      """
      UPDATE karez_dataset SET definition = \(definition),
        classification = \(later.classification.rawValue) WHERE id = \(id)
      """)
    try noteDefinition(definition, of: id, by: actor, at: time, session)
  }

  /// Seals a definition that was just written, and tells the log of it.
  func noteDefinition(
    _ definition: String, of dataset: DatasetID, by actor: Actor, at time: String,
    _ session: any Session
  ) throws {
    try seals(session)?.put(Sealed(label: definition, of: dataset))
    try LogChain.append(
      kind: "dataset-defined",
      body: .object([
        "dataset": .string(dataset.text), "sm3": .string(SM3.digest(definition).description),
      ]), by: actor, at: time, session)
  }
}
