import KarezCore
import KarezGeometry
import Synchronization

/// Layers this process holds: files that are open, what differs from them, and whole states.
final class SnapshotShelf: Sendable {
  /// What a state has besides a file, or instead of one.
  struct Delta: Sendable {
    let hidden: Set<Int64>
    let added: Layer?
  }

  struct DeltaKey: Hashable {
    let dataset: DatasetID
    /// Commit of the file, or nil without one.
    let base: Int?
    let commit: Int
  }

  struct StateKey: Hashable {
    let dataset: DatasetID
    let commit: Int
    let day: LegalDate
    let scope: Scope
  }

  /// A state as it was put together, and what that rests on.
  struct State: Sendable {
    let layer: MapLayer
    let definition: String
    let file: SnapshotFolder.File?
  }

  private struct Held {
    var files: [DatasetID: SnapshotFolder.File] = [:]
    var deltas: [DeltaKey: Delta] = [:]
    var states: [StateKey: State] = [:]
    /// Commits of which no file could be made; not tried again.
    var failed: [DatasetID: Int] = [:]
    var beingMade: Set<DatasetID> = []
    var turn = 0
  }

  private let held = Mutex(Held())

  /// How often a file was put in another's place, or let go.
  var turn: Int { held.withLock(\.turn) }

  func file(of dataset: DatasetID) -> SnapshotFolder.File? {
    held.withLock { $0.files[dataset] }
  }

  /// Keeps a file in place of the one before; what rested on that is let go.
  func keep(_ file: SnapshotFolder.File?, of dataset: DatasetID) {
    held.withLock { held in
      held.turn += 1
      held.files[dataset] = file
      held.deltas = held.deltas.filter { $0.key.dataset != dataset }
      held.states = held.states.filter { $0.key.dataset != dataset }
    }
  }

  func delta(_ key: DeltaKey) -> Delta? { held.withLock { $0.deltas[key] } }

  func keep(_ delta: Delta, _ key: DeltaKey) {
    held.withLock {
      if $0.deltas.count >= 64 { $0.deltas.removeAll() }
      $0.deltas[key] = delta
    }
  }

  func state(_ key: StateKey) -> State? { held.withLock { $0.states[key] } }

  func keep(_ state: State, _ key: StateKey) {
    held.withLock {
      if $0.states.count >= 256 { $0.states.removeAll() }
      $0.states[key] = state
    }
  }

  /// Whether this caller is to make the file of a commit now: nobody does, and none has failed.
  func begins(_ dataset: DatasetID, _ commit: Int) -> Bool {
    held.withLock {
      guard $0.failed[dataset] != commit else { return false }
      return $0.beingMade.insert(dataset).inserted
    }
  }

  func ended(_ dataset: DatasetID, failing commit: Int? = nil) {
    held.withLock {
      $0.beingMade.remove(dataset)
      if let commit { $0.failed[dataset] = commit }
    }
  }
}
