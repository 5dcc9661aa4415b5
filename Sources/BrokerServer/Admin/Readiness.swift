internal import Synchronization

/// Why clients can't be served yet, or no more: written by whoever starts and stops the broker, read by `/ready`.
public final class Readiness: Sendable {
    private let reason: Mutex<String?>

    /// Not ready, for `reason`.
    public init(_ reason: String) {
        self.reason = Mutex(reason)
    }

    /// nil: ready.
    public var current: String? { reason.withLock { $0 } }

    public func set(_ reason: String?) {
        self.reason.withLock { $0 = reason }
    }
}
