import Glibc

enum Clock {
    /// Nanoseconds of the machine's monotonic clock.
    static func nanoseconds() -> Int64 {
        nanoseconds(of: CLOCK_MONOTONIC)
    }

    static func nanoseconds(of clock: clockid_t) -> Int64 {
        var time = timespec()
        unsafe clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// Sleeps until that moment of the monotonic clock.
    static func sleep(until moment: Int64) {
        var time = timespec(tv_sec: Int(moment / 1_000_000_000), tv_nsec: Int(moment % 1_000_000_000))
        unsafe clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nil)
    }

    static func sleep(milliseconds: Int64) {
        sleep(until: nanoseconds() + milliseconds * 1_000_000)
    }
}
