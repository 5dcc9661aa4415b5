internal import NIOCore
internal import NIOHTTP1

/// One request on an admin connection and its answer. Event-loop confined.
final class AdminExchange: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    /// How long an answer may take to be made and to leave.
    private static let answerSeconds: Int64 = 60

    private let pages: AdminPages
    private let requestMsMax: Int64
    private var head: HTTPRequestHead?
    private var isAnswered = false
    private var deadline: Scheduled<Void>?

    init(pages: AdminPages, requestMsMax: Int64) {
        self.pages = pages
        self.requestMsMax = requestMsMax
    }

    func handlerAdded(context: ChannelHandlerContext) {
        close(after: .milliseconds(requestMsMax), context: context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        deadline?.cancel()
        deadline = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isAnswered else { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            let length = head.headers["content-length"].first
            if head.headers.contains(name: "transfer-encoding") || length != nil && length != "0" {
                send(.refusal(.tooLarge, "a request has no body here"), context: context)
            } else if head.method != .GET, head.method != .HEAD {
                send(.refusal(.methodNotAllowed, "GET and HEAD only"), context: context)
            }
        case .body: break
        case .end:
            guard let head else { return }
            isAnswered = true
            close(after: .seconds(Self.answerSeconds), context: context)
            answer(head, context: context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // What isn't HTTP. A peer that is gone is told nothing.
        if error is HTTPParserError, !isAnswered {
            send(.refusal(.badRequest, "this is no HTTP request"), context: context)
        } else {
            context.close(promise: nil)
        }
    }

    private func answer(_ head: HTTPRequestHead, context: ChannelHandlerContext) {
        let pages = pages
        let (target, accept) = (head.uri, head.headers["accept"])
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        // Unstructured, and bounded by the number of connections.
        context.eventLoop.makeFutureWithTask { await pages.answer(target: target, accept: accept) }
            .whenSuccess { answer in
                let (exchange, context) = bound.value
                exchange.write(answer, context: context)
            }
    }

    private func send(_ answer: AdminAnswer, context: ChannelHandlerContext) {
        isAnswered = true
        close(after: .seconds(Self.answerSeconds), context: context)
        write(answer, context: context)
    }

    private func write(_ answer: AdminAnswer, context: ChannelHandlerContext) {
        guard context.channel.isActive else { return }
        let body = ByteBuffer(string: answer.body)
        var headers = HTTPHeaders([
            ("Content-Type", answer.contentType), ("Content-Length", String(body.readableBytes)),
            ("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff"), ("Connection", "close"),
        ])
        if answer.status == .methodNotAllowed { headers.add(name: "Allow", value: "GET, HEAD") }
        let response = HTTPResponseHead(version: .http1_1, status: answer.status.http, headers: headers)
        context.write(wrapOutboundOut(.head(response)), promise: nil)
        if head?.method != .HEAD { context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil) }
        let sent = context.eventLoop.makePromise(of: Void.self)
        sent.futureResult.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: sent)
    }

    private func close(after delay: TimeAmount, context: ChannelHandlerContext) {
        deadline?.cancel()
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: delay) { context.close(promise: nil) }
    }
}

extension AdminAnswer.Status {
    var http: HTTPResponseStatus {
        switch self {
        case .ok: .ok
        case .badRequest: .badRequest
        case .notFound: .notFound
        case .methodNotAllowed: .methodNotAllowed
        case .tooLarge: .payloadTooLarge
        case .unavailable: .serviceUnavailable
        }
    }
}
