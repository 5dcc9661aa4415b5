import Synchronization

/// A few idle contexts of a C library, since making one costs more than a small batch. Bounded; the rest is freed.
@safe
final class ContextPool: Sendable {
    /// A context that nobody uses. Sending it is safe: only the pool refers to it, and the libraries' contexts have no tie
    /// to a thread.
    @safe
    private struct Idle: @unchecked Sendable {
        let context: OpaquePointer
    }

    private static let idleMax = 4

    private let make: @Sendable () -> OpaquePointer?
    private let free: @Sendable (OpaquePointer) -> Void
    private let idle = Mutex<[Idle]>([])

    init(make: @escaping @Sendable () -> OpaquePointer?, free: @escaping @Sendable (OpaquePointer) -> Void) {
        unsafe self.make = make
        unsafe self.free = free
    }

    /// A context for the caller alone until it is given back or freed; nil where there is no memory.
    func take() -> OpaquePointer? {
        let kept = idle.withLock { $0.popLast() }
        if let kept { return unsafe kept.context }
        return unsafe make()
    }

    func give(_ context: OpaquePointer) {
        let isKept = idle.withLock { idle in
            guard idle.count < Self.idleMax else { return false }
            unsafe idle.append(Idle(context: context))
            return true
        }
        if !isKept { unsafe free(context) }
    }
}
