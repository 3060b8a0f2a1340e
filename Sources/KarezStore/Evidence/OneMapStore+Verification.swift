extension OneMapStore {
  public func verifyLog(
    progress: @Sendable (Int) -> Void
  ) async throws(StoreError) -> LogVerification {
    try await verifyLog(against: nil, progress: progress)
  }
}
