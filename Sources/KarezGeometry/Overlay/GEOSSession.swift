import CGEOS

/// One GEOS context, and the last message it sent.
///
/// Not Sendable: a session and all shapes made in it belong to one task.
final class GEOSSession {
  /// Where GEOS's error handler, a C function, leaves its words.
  private final class Messages {
    var last: String?
  }

  let context: OpaquePointer?
  private let messages = Messages()

  init() {
    context = GEOS_init_r()
    // Safe because `messages` lives as long as the context, which is finished in deinit.
    let place = Unmanaged.passUnretained(messages).toOpaque()
    _ = GEOSContext_setErrorMessageHandler_r(
      context,
      { message, place in
        guard let message, let place else { return }
        let text = String(cString: message)
        Unmanaged<Messages>.fromOpaque(place).takeUnretainedValue().last = text
      }, place)
    _ = GEOSContext_setNoticeMessageHandler_r(context, { _, _ in }, nil)
  }

  deinit { GEOS_finish_r(context) }

  /// What GEOS said of the last failure.
  func failure() -> GeometryError {
    defer { messages.last = nil }
    return .overlayFailed(messages.last ?? "no message")
  }

  /// The shape GEOS made, or the failure it reported by making none.
  func shape(_ pointer: OpaquePointer?) throws(GeometryError) -> GEOSShape {
    guard let pointer else { throw failure() }
    return GEOSShape(pointer, session: self)
  }

  /// The answer of a predicate: 0 no, 1 yes, 2 failed.
  func answer(_ code: CChar) throws(GeometryError) -> Bool {
    guard code == 0 || code == 1 else { throw failure() }
    return code == 1
  }
}

/// A GEOS geometry, destroyed with its owner.
final class GEOSShape {
  let session: GEOSSession
  let pointer: OpaquePointer

  init(_ pointer: OpaquePointer, session: GEOSSession) {
    self.pointer = pointer
    self.session = session
  }

  deinit { GEOSGeom_destroy_r(session.context, pointer) }
}
