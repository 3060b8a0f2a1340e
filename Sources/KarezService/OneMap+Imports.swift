import Foundation
import KarezCatalog
public import KarezCore
import KarezGeometry
import KarezPacks
import KarezRules
import KarezStore

extension OneMap {
  /// Brings a file into a dataset: read, gate, commit; or nothing at all.
  ///
  /// `progress` hears the step and how many rows of it are done.
  public func importFile(
    _ order: ImportOrder, by actor: Actor, in scope: Scope,
    progress: @escaping @Sendable (ImportProgress) -> Void
  ) async throws(Problem) -> ImportOutcome {
    try await refuseReplacedPacks()
    let dataset = try Self.dataset(named: order.dataset)
    let schema = try await schemas(in: scope).first { $0.id == dataset }
    guard let schema else { throw .store(.noSuchDataset(dataset)) }
    let work = FileImport(
      order: order, dataset: dataset, schema: schema, map: self, actor: actor, scope: scope)
    return try await work.run(progress: progress)
  }
}

extension OneMap {
  /// 质检: the gate a dataset's drafts go through from a day on, with all that the packs ask.
  func gate(
    for schema: DatasetSchema, on day: LegalDate, isWhole: Bool,
    crs: CoordinateReferenceSystem? = nil, in scope: Scope
  ) -> Gate {
    let vocabulary = packs.ruleBook.vocabulary
    var setting = Gate.Setting(
      day: day, scratch: data.path, tables: packs.codeTables,
      parameters: Array(vocabulary.parameters.values),
      functions: Array(vocabulary.functions.values), extent: region?.box, crs: crs, scope: scope)
    setting.isWhole = isWhole
    return Gate(schema: schema, profiles: packs.profiles, setting: setting)
  }
}
