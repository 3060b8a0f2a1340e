public import KarezGeometry
public import KarezStore

/// Why the gate could not do its work; what is wrong with the data is never an error.
public enum GateError: Error, Hashable, Sendable {
  case store(StoreError)
  /// The temporary layer could not be written or read.
  case layer(LayerError)
  case cancelled

  /// Runs work of the store.
  static func asking<Result>(
    _ work: () async throws(StoreError) -> Result
  ) async throws(GateError) -> Result {
    do throws(StoreError) { return try await work() } catch { throw .store(error) }
  }

  /// Runs work on a layer.
  static func laying<Result>(
    _ work: () throws(LayerError) -> Result
  ) throws(GateError) -> Result {
    do throws(LayerError) { return try work() } catch { throw .layer(error) }
  }
}
