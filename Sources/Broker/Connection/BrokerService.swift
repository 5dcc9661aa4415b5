internal import KafkaMessages
public import NIOCore
internal import SegmentLog

/// What a server needs of a broker: a session for each connection. The server knows frames, sockets and limits; the
/// broker knows what is in the frames.
public protocol BrokerService: Sendable {
    /// Called once when a connection is accepted, before its first frame.
    func connect(_ connection: ConnectionInfo) -> any ConnectionSession

    /// Whether an address may make one more connection now. Called once for each, before `connect`.
    func admitsConnection(from address: String) -> Bool

    /// The server has begun a graceful stop and waits for requests that are being handled: those that only wait, such as
    /// parked fetches, should be answered now. Called once, on any thread.
    func stopping()
}

extension BrokerService {
    public func admitsConnection(from address: String) -> Bool { true }

    public func stopping() {}
}

/// The broker's side of one connection. Used by that connection's reading task only.
public protocol ConnectionSession: AnyObject {
    /// Handles one request: `frame` is what follows the length prefix. Requests are handed over in the order in which
    /// they came, the next one when this call has returned; a `.pending` reply may still be outstanding then.
    /// Throws if the connection must be closed without an answer.
    func handle(_ frame: ByteBuffer) async throws(ConnectionClosure) -> Reply

    /// The client has yet to log in; until then the server bounds its requests and its time. Once false, it stays so.
    var awaitsLogin: Bool { get }

    /// The connection is gone; called once, after the last `handle` has returned.
    func disconnected()
}

extension ConnectionSession {
    public var awaitsLogin: Bool { false }
}

/// Why the broker closes a connection. Goes to the log; holds no bytes of the request.
public struct ConnectionClosure: Error, Sendable, CustomStringConvertible {
    public var description: String
    /// The API of the request and the client's number of it, where its header could be read.
    public var api: String?
    public var correlationId: Int32?

    public init(_ description: String) {
        self.description = description
    }
}

/// What a request is answered with.
public enum Reply: Sendable {
    /// The request has no answer (Produce with acks=0).
    case none
    case ready(ResponseFrame)
    /// Resolves when the group commit is through; answers keep the order of the requests. nil: no answer.
    case pending(PendingReply)
}

/// An answer that is still being worked on.
public struct PendingReply: Sendable {
    /// Waits for the answer; called once.
    public let value: @Sendable () async -> ResponseFrame?

    public init(_ value: @escaping @Sendable () async -> ResponseFrame?) {
        self.value = value
    }
}

/// One response, without its length prefix, in the pieces in which it is sent.
public struct ResponseFrame: Sendable {
    public enum Part: Sendable {
        case bytes(ByteBuffer)
        case slice(RawSlice)
    }

    public var parts: [Part]
    /// Called once when the last byte has been handed to the kernel or the connection has gone.
    public var onSent: (@Sendable () -> Void)?
    /// The connection closes after this response.
    public var closes: Bool
    /// The first error in it, for metrics.
    var error = ErrorCode.none

    public init(parts: [Part], closes: Bool = false, onSent: (@Sendable () -> Void)? = nil) {
        self.parts = parts
        self.closes = closes
        self.onSent = onSent
    }

    init(parts: [Part], error: ErrorCode) {
        self.init(parts: parts)
        self.error = error
    }

    /// Bytes on the wire, without the length prefix.
    public var byteCount: Int {
        parts.reduce(0) { total, part in
            switch part {
            case .bytes(let buffer): total + buffer.readableBytes
            case .slice(let raw): total + raw.slice.byteCount
            }
        }
    }
}
