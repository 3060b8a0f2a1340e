import KarezCore

@testable import KarezTiles

/// The style of a layer.
enum StyleTarget: FuzzTarget {
  static let name = "style"

  static func feed(_ bytes: [UInt8]) {
    guard let text = text(bytes), let style = LayerStyle(text) else { return }
    _ = style.minimumZoom
    _ = style.attributes
    _ = style.paint(for: ["class": .text("0101"), "area": .decimal(12.5)])
  }
}
