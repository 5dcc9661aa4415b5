import CSluice
import Glibc

/// Runs `body` on a new thread of that name (15 bytes at most are shown). The thread ends when `body` returns.
func startThread(named name: String, _ body: @escaping @Sendable () -> Void) {
    let context = unsafe Unmanaged.passRetained(ThreadStart(name: name, body: body))
    var thread = pthread_t()
    let created = unsafe pthread_create(&thread, nil, threadMain, context.toOpaque())
    // Without its threads the broker can't run; they are started with it, when the system is out of threads at worst.
    precondition(created == 0, "can't start thread \(name): error \(created)")
    pthread_detach(thread)
}

private final class ThreadStart {
    let name: String
    let body: @Sendable () -> Void

    init(name: String, body: @escaping @Sendable () -> Void) {
        self.name = name
        self.body = body
    }
}

private func threadMain(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    // `startThread` passed a retained `ThreadStart`, and this takes over that reference.
    guard let context = unsafe context else { return nil }
    let start = unsafe Unmanaged<ThreadStart>.fromOpaque(context).takeRetainedValue()
    unsafe sluice_name_thread(pthread_self(), start.name)
    start.body()
    return nil
}
