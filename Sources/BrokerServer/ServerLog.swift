internal import Broker
internal import Logging
internal import Metering
internal import NIOCore
internal import Synchronization

/// The server's log: text of each kind of trouble at a bounded rate. Frames are never logged, only their lengths.
final class ServerLog: Sendable {
    let logger: Logger
    private let limiter = Mutex(LogLimiter(linesPerSecond: 5))
    private let suppressed = Counter()

    init(_ logger: Logger) {
        self.logger = logger
    }

    /// Lines that were left out.
    var suppressedCount: Int { suppressed.value }

    /// For what peers can cause as often as they like.
    func limited(_ message: @autoclosure () -> Logger.Message, _ fields: @autoclosure () -> Logger.Metadata = [:]) {
        let nowMs = Int64(clamping: NIODeadline.now().uptimeNanoseconds / 1_000_000)
        guard let suppressed = limiter.withLock({ $0.admit(nowMs: nowMs) }) else {
            self.suppressed.add()
            return
        }
        var metadata = fields()
        if suppressed > 0 { metadata["suppressed"] = "\(suppressed)" }
        logger.notice(message(), metadata: metadata)
    }
}
