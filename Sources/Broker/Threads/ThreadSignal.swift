import Glibc

/// A signal whose moments are those of a clock, which may be moved by hand.
final class ClockedSignal: Sendable {
    private let inner = ThreadSignal()
    private let movesByHand: Bool

    init(_ clock: any BrokerClock) {
        movesByHand = clock.onMove { [inner] in inner.signal() }
    }

    func signal() { inner.signal() }

    /// Sleeps until a signal, or about until `deadlineNs`: whoever waits looks at the clock again.
    func wait(untilNs deadlineNs: Int64?) {
        inner.wait(untilNs: movesByHand ? nil : deadlineNs)
    }
}

/// Lets one thread sleep until another signals it or a moment of the monotonic clock has come. A signal that comes
/// while nobody waits is kept, so none is lost; several are one.
@safe
final class ThreadSignal: @unchecked Sendable {
    // Sendable: the two pthread objects live at fixed addresses for the life of this one and are made for use by
    // several threads; `isSet` is read and written only under `mutex`.
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>
    private var isSet = false

    init() {
        unsafe mutex = .allocate(capacity: 1)
        unsafe condition = .allocate(capacity: 1)
        unsafe mutex.initialize(to: pthread_mutex_t())
        unsafe condition.initialize(to: pthread_cond_t())
        unsafe pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        unsafe pthread_condattr_init(&attributes)
        unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        unsafe pthread_cond_init(condition, &attributes)
        unsafe pthread_condattr_destroy(&attributes)
    }

    deinit {
        unsafe pthread_cond_destroy(condition)
        unsafe pthread_mutex_destroy(mutex)
        unsafe condition.deallocate()
        unsafe mutex.deallocate()
    }

    func signal() {
        unsafe pthread_mutex_lock(mutex)
        isSet = true
        unsafe pthread_mutex_unlock(mutex)
        unsafe pthread_cond_signal(condition)
    }

    /// Sleeps until a signal, at most until `deadlineNs` of the monotonic clock.
    func wait(untilNs deadlineNs: Int64? = nil) {
        unsafe pthread_mutex_lock(mutex)
        while !isSet {
            if let deadlineNs {
                var moment = timespec(
                    tv_sec: Int(deadlineNs / 1_000_000_000), tv_nsec: Int(deadlineNs % 1_000_000_000))
                if unsafe pthread_cond_timedwait(condition, mutex, &moment) == ETIMEDOUT { break }
            } else {
                unsafe pthread_cond_wait(condition, mutex)
            }
        }
        isSet = false
        unsafe pthread_mutex_unlock(mutex)
    }
}
