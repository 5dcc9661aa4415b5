internal import Logging
internal import NIOCore
internal import Synchronization

/// The server's log: text of each kind of trouble at a bounded rate. Frames are never logged, only their lengths.
final class ServerLog: Sendable {
    let logger: Logger
    private let limiter = Mutex(LogLimiter(linesPerSecond: 5))

    init(_ logger: Logger) {
        self.logger = logger
    }

    /// For what peers can cause as often as they like.
    func limited(_ message: @autoclosure () -> Logger.Message) {
        let nowMs = Int64(clamping: NIODeadline.now().uptimeNanoseconds / 1_000_000)
        guard let suppressed = limiter.withLock({ $0.admit(nowMs: nowMs) }) else { return }
        let metadata: Logger.Metadata? = suppressed > 0 ? ["suppressed": "\(suppressed)"] : nil
        logger.notice(message(), metadata: metadata)
    }
}
