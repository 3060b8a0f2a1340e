import KarezTiles
import Synchronization

/// Where tiles that were asked for came from.
public struct TileFinds: Hashable, Sendable {
  public var memory = 0
  public var files = 0
  public var drawn = 0
}

/// What a shelf holds.
protocol Shelved: Sendable {
  /// Bytes it takes, about.
  var size: Int { get }
}

/// Tiles or pictures this process holds, those asked for last.
final class TileShelf<Content: Shelved>: Sendable {
  private struct Held {
    var content: Content
    var lastUse: Int
  }

  private struct State {
    var tiles: [String: Held] = [:]
    var bytes = 0
    var uses = 0
    var found = TileFinds()
  }

  private let mostBytes: Int
  private let state = Mutex(State())

  init(mostBytes: Int) { self.mostBytes = mostBytes }

  func content(_ tag: String) -> Content? {
    state.withLock { state in
      guard state.tiles[tag] != nil else { return nil }
      state.uses += 1
      state.tiles[tag]?.lastUse = state.uses
      return state.tiles[tag]?.content
    }
  }

  var found: TileFinds { state.withLock { $0.found } }
  var bytes: Int { state.withLock { $0.bytes } }

  func note(_ place: any WritableKeyPath<TileFinds, Int> & Sendable) {
    state.withLock { $0.found[keyPath: place] += 1 }
  }

  func keep(_ content: Content, _ tag: String) {
    state.withLock { state in
      guard state.tiles[tag] == nil else { return }
      state.uses += 1
      state.tiles[tag] = Held(content: content, lastUse: state.uses)
      state.bytes += content.size
      guard state.bytes > mostBytes else { return }
      // Half goes at once, so that this is not done for every tile.
      for (tag, held) in state.tiles.sorted(by: { $0.value.lastUse < $1.value.lastUse }) {
        guard state.bytes > mostBytes / 2 else { break }
        state.tiles[tag] = nil
        state.bytes -= held.content.size
      }
    }
  }
}

extension TileContent: Shelved {
  /// With what a tile costs besides.
  var size: Int { bytes.count + named.reduce(512) { $0 + $1.utf8.count + 16 } }
}
