import NIOCore

/// A request on its way out, with what is needed to hand its answer back.
struct OutboundRequest: Sendable {
    /// The whole frame with its length prefix, in pieces.
    var pieces: [ByteBuffer]
    var correlationId: Int32
    /// Name of the API, for messages.
    var api: String
    var timeout: TimeAmount
    /// Gets the frame from the correlation id on; nil where the broker sends no answer (Produce with acks=0).
    var promise: EventLoopPromise<ByteBuffer>?
}

/// Matches answers to requests. Kafka answers the requests of a connection in order, so a queue is enough; an answer
/// with another correlation id than the oldest request's means that the connection is out of step, and it is closed.
/// Confined to the channel's event loop.
final class RequestQueue: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = OutboundRequest
    typealias OutboundOut = ByteBuffer

    private struct Waiting {
        var correlationId: Int32
        var promise: EventLoopPromise<ByteBuffer>
        var timeout: Scheduled<Void>
    }

    /// More requests than this are not kept waiting on one connection.
    private static let waitingMax = 1024

    private let address: BrokerAddress
    /// Neither TLS nor a login: said where the broker hangs up at once.
    private let isPlain: Bool
    private let connectionFailure: ConnectionFailure
    private var answerCount = 0
    private var waiting = CircularBuffer<Waiting>()
    /// Why the connection ended; every later request fails with it.
    private var failure: KafkaClientError?

    init(address: BrokerAddress, isPlain: Bool, _ connectionFailure: ConnectionFailure) {
        self.address = address
        self.isPlain = isPlain
        self.connectionFailure = connectionFailure
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        context.eventLoop.assertInEventLoop()
        let request = unwrapOutboundIn(data)
        if let failure {
            request.promise?.fail(failure)
            promise?.fail(failure)
            return
        }
        guard waiting.count < Self.waitingMax else {
            let error = KafkaClientError(
                .invalidRequest, "\(Self.waitingMax) requests are waiting for \(address) already")
            request.promise?.fail(error)
            promise?.fail(error)
            return
        }
        if let answer = request.promise {
            let loopBound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
            let timeout = context.eventLoop.scheduleTask(in: request.timeout) {
                let (queue, context) = loopBound.value
                queue.timedOut(request, context: context)
            }
            waiting.append(Waiting(correlationId: request.correlationId, promise: answer, timeout: timeout))
        }
        for piece in request.pieces.dropLast() {
            context.write(wrapOutboundOut(piece), promise: nil)
        }
        if let last = request.pieces.last {
            context.write(wrapOutboundOut(last), promise: promise)
        } else {
            promise?.succeed()
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        context.eventLoop.assertInEventLoop()
        let frame = unwrapInboundIn(data)
        let correlationId = frame.getInteger(at: frame.readerIndex, as: Int32.self)
        guard let oldest = waiting.first, oldest.correlationId == correlationId else {
            fail(KafkaClientError(.malformedResponse, "\(address) sent an answer that no request waits for"), context)
            return
        }
        waiting.removeFirst()
        answerCount += 1
        oldest.timeout.cancel()
        oldest.promise.succeed(frame)
    }

    func channelInactive(context: ChannelHandlerContext) {
        // A broker that wants a login answers ApiVersions at most.
        let guess = isPlain && answerCount <= 1 ? "; it may want TLS or a login (security.protocol)" : ""
        fail(KafkaClientError(.connectionClosed, "\(address) closed the connection\(guess)"), context)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? KafkaClientError {
            fail(KafkaClientError(error.code, "\(address): \(error.message)"), context)
        } else if let error = TLSFailure.error(error, address) {
            fail(error, context)
        } else {
            fail(KafkaClientError(.connectionClosed, "connection to \(address) lost: \(reason(of: error))"), context)
        }
    }

    /// Answers can't be told apart once one is given up, so the connection goes with it.
    private func timedOut(_ request: OutboundRequest, context: ChannelHandlerContext) {
        let seconds = Double(request.timeout.nanoseconds) / 1e9
        let rounded = seconds == seconds.rounded() ? "\(Int(seconds))" : "\(seconds)"
        fail(KafkaClientError(.timedOut, "\(address) didn't answer \(request.api) within \(rounded) s"), context)
    }

    private func fail(_ error: KafkaClientError, _ context: ChannelHandlerContext) {
        context.eventLoop.assertInEventLoop()
        guard failure == nil else { return }
        failure = error
        connectionFailure.set(error)
        while let request = waiting.popFirst() {
            request.timeout.cancel()
            request.promise.fail(error)
        }
        context.close(promise: nil)
    }
}
