@testable import KarezWeb

/// A form of several parts, in one piece and in small ones.
enum MultipartTarget: FuzzTarget {
  static let name = "multipart"

  static func feed(_ bytes: [UInt8]) {
    if let text = text(bytes), let boundary = MultipartParser.boundary(ofContentType: text) {
      _ = try? MultipartParser(boundary: boundary)
    }
    let whole = events(of: bytes, by: bytes.count)
    hold(events(of: bytes, by: 7) == whole, "cutting a body changes what it is")
    for case .part(let head)? in whole ?? [] {
      let file = head.fileName ?? ""
      hold(!file.contains("/") && !file.contains("\\") && file != "..", "a folder: \(file)")
    }
  }

  /// What the body holds, pieces of data joined; nil where it is refused.
  private static func events(of bytes: [UInt8], by size: Int) -> [MultipartParser.Event?]? {
    guard var parser = try? MultipartParser(boundary: "x1") else { return nil }
    var joined: [MultipartParser.Event?] = []
    var start = 0
    while start < bytes.count {
      let end = min(start + max(1, size), bytes.count)
      guard let events = try? parser.feed(bytes[start..<end]) else { return nil }
      for event in events {
        if case .data(let more) = event, case .data(let held)?? = joined.last {
          joined[joined.count - 1] = .data(held + more)
        } else {
          joined.append(event)
        }
      }
      start = end
    }
    return (try? parser.finish()) == nil ? nil : joined
  }
}
