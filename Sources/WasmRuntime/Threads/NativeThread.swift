import CSluice
import Glibc

/// A thread of the operating system with a stack of a known size, which neither Swift's pool nor an event loop promises.
final class NativeThread: Sendable {
    /// More than any engine's stack limit, with room for the host's own frames.
    static let stackByteCount = 2 << 20

    private let handle: pthread_t

    /// Starts a thread that runs `body`. `join` must be called once.
    init(name: String, _ body: @escaping @Sendable () -> Void) throws(WasmRuntimeError) {
        final class Start {
            let body: @Sendable () -> Void
            init(_ body: @escaping @Sendable () -> Void) { self.body = body }
        }
        var attributes = pthread_attr_t()
        unsafe pthread_attr_init(&attributes)
        defer { unsafe pthread_attr_destroy(&attributes) }
        unsafe pthread_attr_setstacksize(&attributes, Self.stackByteCount)
        let start = unsafe Unmanaged.passRetained(Start(body))
        var handle = pthread_t()
        let failed = unsafe pthread_create(
            &handle, &attributes,
            { argument in
                // The argument is the object retained above, released here once.
                guard let argument = unsafe argument else { preconditionFailure("a thread without its body") }
                unsafe Unmanaged<Start>.fromOpaque(argument).takeRetainedValue().body()
                return nil
            }, start.toOpaque())
        guard failed == 0 else {
            unsafe start.release()
            throw WasmRuntimeError(.engineUnavailable, "no thread for \(name) (errno \(failed))")
        }
        self.handle = handle
        unsafe sluice_name_thread(handle, name)
    }

    /// Waits until the body has returned. From another thread than this one only.
    func join() {
        pthread_join(handle, nil)
    }
}

/// A counting semaphore of the operating system, for threads that have nothing else to do.
@safe
final class Semaphore: @unchecked Sendable {
    // Sendable: sem_t is made to be used from several threads; the pointer never changes and `deinit` has the last reference.
    private let semaphore: UnsafeMutablePointer<sem_t>

    init() {
        unsafe semaphore = .allocate(capacity: 1)
        unsafe sem_init(semaphore, 0, 0)
    }

    deinit {
        unsafe sem_destroy(semaphore)
        unsafe semaphore.deallocate()
    }

    func signal() {
        unsafe sem_post(semaphore)
    }

    func wait() {
        while unsafe sem_wait(semaphore) != 0 {}  // interrupted by a signal
    }
}

/// Time that only goes forward.
enum Monotonic {
    static func nanoseconds() -> Int64 {
        var now = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &now)
        return Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)
    }

    static func milliseconds() -> Int64 { nanoseconds() / 1_000_000 }

    static func sleep(milliseconds: Int64) {
        var time = timespec(tv_sec: Int(milliseconds / 1000), tv_nsec: Int(milliseconds % 1000) * 1_000_000)
        unsafe nanosleep(&time, nil)
    }
}
