import Glibc

/// What a running process has used.
struct ProcessUsage {
    let pid: pid_t

    /// Processor time of all its threads, those that have ended included, in nanoseconds: what utime and stime of
    /// /proc/PID/stat are made of, without their rounding to 10 ms.
    func cpuNanoseconds() throws -> Int64 {
        var clock = clockid_t()
        guard unsafe clock_getcpuclockid(pid, &clock) == 0 else { throw Failure.system("clock_getcpuclockid") }
        return Clock.nanoseconds(of: clock)
    }

    /// Resident memory now.
    func residentBytes() throws -> Int {
        let status = String(decoding: try File.read("/proc/\(pid)/status"), as: UTF8.self)
        for line in status.split(separator: "\n") where line.hasPrefix("VmRSS:") {
            let fields = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
            if fields.count >= 2, let kilobytes = Int(fields[1]) { return kilobytes * 1024 }
        }
        throw Failure("no VmRSS of process \(pid)")
    }
}
