import Synchronization

/// A clock that stands still until a test moves it. Milliseconds since 1970.
public final class ManualClock: Sendable {
    private let milliseconds: Mutex<Int64>

    public init(_ milliseconds: Int64 = 1_700_000_000_000) {
        self.milliseconds = Mutex(milliseconds)
    }

    public var now: Int64 { milliseconds.withLock { $0 } }

    public func advance(_ byMs: Int64) {
        milliseconds.withLock { $0 += byMs }
    }
}
