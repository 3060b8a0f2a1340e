import KarezTiles
import Synchronization

/// Where tiles that were asked for came from.
public struct TileFinds: Hashable, Sendable {
  public var memory = 0
  public var files = 0
  public var drawn = 0
}

/// Tiles this process holds, those asked for last.
final class TileShelf: Sendable {
  private struct Held {
    var content: TileContent
    var lastUse: Int
  }

  private struct State {
    var tiles: [String: Held] = [:]
    var bytes = 0
    var uses = 0
    var found = TileFinds()
  }

  /// Bytes of tiles, and what a tile costs besides.
  private static let mostBytes = 64 << 20
  private static let overhead = 512

  private let state = Mutex(State())

  func content(_ tag: String) -> TileContent? {
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

  func keep(_ content: TileContent, _ tag: String) {
    state.withLock { state in
      guard state.tiles[tag] == nil else { return }
      state.uses += 1
      state.tiles[tag] = Held(content: content, lastUse: state.uses)
      state.bytes += Self.size(of: content)
      guard state.bytes > Self.mostBytes else { return }
      // Half goes at once, so that this is not done for every tile.
      for (tag, held) in state.tiles.sorted(by: { $0.value.lastUse < $1.value.lastUse }) {
        guard state.bytes > Self.mostBytes / 2 else { break }
        state.tiles[tag] = nil
        state.bytes -= Self.size(of: held.content)
      }
    }
  }

  private static func size(of content: TileContent) -> Int {
    content.bytes.count + content.named.reduce(overhead) { $0 + $1.utf8.count + 16 }
  }
}
