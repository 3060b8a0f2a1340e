public import KarezCore
import KarezPacks
import KarezStore

extension OneMap {
  /// 汇交: files on their way into the datasets.
  public var submissions: Submissions { Submissions(map: self) }

  /// 任务队列, with a handler for every sort of work there is.
  public var jobs: Jobs {
    Jobs(
      store: store, clock: clock,
      handlers: [
        GateHandler(map: self), CommitHandler(map: self), NotifyHandler(map: self),
        VerifyHandler(map: self), LayerHandler(map: self), ReferenceHandler(map: self),
        DownloadHandler(map: self), DifferenceHandler(map: self), TileHandler(map: self),
        ProcessHandler(map: self),
        StatisticsHandler(map: self), CheckBatchHandler(map: self), CaseTimerHandler(map: self),
        CaseEffectHandler(map: self), CaseOutboxHandler(map: self),
        CarryNoticeHandler(map: self), PaymentRequestHandler(map: self),
      ])
  }

  /// Asks for tonight's verification, once a day whoever asks.
  public func queueNightlyWork() async throws(Problem) {
    let now = clock.now()
    guard let day = now.day(secondsEast: Clock.secondsEast) else { return }
    try await jobs.enqueue(
      Job(
        VerifyHandler.name, of: day.description, subject: .object([:]), by: .operator, at: now),
      by: .operator)
  }

  /// The last commit that changed a dataset.
  func lastCommit(of name: String) async throws(Problem) -> CommitNumber {
    let dataset = try Self.dataset(named: name)
    return try await asked { store throws(StoreError) in
      try await store.commits(of: dataset, in: .all).map(\.commit).max() ?? .none
    }
  }

  /// Datasets whose rows refer to those of another.
  func dependants(of dataset: DatasetID) -> [DatasetID] {
    packs.schemas.filter { schema in
      schema.attributes.contains { $0.references?.dataset == dataset }
    }.map(\.id)
  }
}
