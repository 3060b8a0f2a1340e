import HTTPTypes
import Hummingbird
import KarezPacks
import NIOCore
import NIOHTTPTypes

/// 慢速连接: closes a connection whose request comes too slowly or too long, or whose reader takes
/// nothing of the answer.
///
/// A head that never ends is closed by the idle time of connections.
final class RequestPace: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  private let limits: WebLimits.Connections
  private var bytes = 0
  private var since = NIODeadline.now()
  private var isReading = false
  private var reading: Scheduled<Void>?
  private var writing: Scheduled<Void>?

  init(_ limits: WebLimits.Connections) { self.limits = limits }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      // Nobody knows where a body of another coding ends.
      if let coding = head.headerFields[.transferEncoding], coding.lowercased() != "chunked" {
        return context.close(promise: nil)
      }
      (bytes, since, isReading) = (0, .now(), true)
      watch(context)
    case .body(let piece):
      bytes += piece.readableBytes
      // A form is refused before this with a reason; this ends what nobody reads.
      guard bytes <= 2 * Upload.maximumBytes else { return context.close(promise: nil) }
    case .end:
      isReading = false
      reading?.cancel()
      reading = nil
    }
    context.fireChannelRead(data)
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    writing?.cancel()
    writing = nil
    if !context.channel.isWritable {
      let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
      writing = context.eventLoop.scheduleTask(in: .seconds(Int64(limits.writingStallsFor))) {
        bound.value.close(promise: nil)
      }
    }
    context.fireChannelWritabilityChanged()
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    reading?.cancel()
    writing?.cancel()
    (reading, writing) = (nil, nil)
  }

  func channelInactive(context: ChannelHandlerContext) {
    handlerRemoved(context: context)
    context.fireChannelInactive()
  }

  /// Looks again and again whether as much has come as should have.
  private func watch(_ context: ChannelHandlerContext) {
    reading?.cancel()
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    reading = context.eventLoop.scheduleTask(
      in: .seconds(Int64(limits.readingStartsWithin))
    ) {
      let (pace, context) = bound.value
      guard pace.isReading else { return }
      let seconds = (NIODeadline.now() - pace.since).nanoseconds / 1_000_000_000
      guard pace.bytes >= Int(seconds) * pace.limits.leastBytesPerSecond else {
        return context.close(promise: nil)
      }
      pace.watch(context)
    }
  }
}
