public import Metering

#if canImport(Glibc)
    internal import Glibc
#endif

/// What the kernel says of this process: the names that every Prometheus client has, so that dashboards find them.
public enum ProcessMetrics {
    static let cpu = MetricDefinition.counter("process_cpu_seconds_total", "Processor time, in user and kernel mode.")
    static let resident = MetricDefinition.gauge("process_resident_memory_bytes", "Memory in use.")
    static let virtual = MetricDefinition.gauge("process_virtual_memory_bytes", "Address space in use.")
    static let openFiles = MetricDefinition.gauge("process_open_fds", "Open file descriptors.")
    static let openFilesMax = MetricDefinition.gauge("process_max_fds", "How many there may be.")
    static let threads = MetricDefinition.gauge("process_threads", "Threads.")
    static let started = MetricDefinition.gauge("process_start_time_seconds", "When the process began, since 1970.")
    static let uptime = MetricDefinition.gauge("sluice_uptime_seconds", "How long the process runs.")

    public static let all = [cpu, resident, virtual, openFiles, openFilesMax, threads, started, uptime]

    public static func write(to page: inout MetricsPage) {
        var used = timespec()
        unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used)
        page.write(cpu, seconds: seconds(used))
        let pages = numbers(of: "/proc/self/statm")
        let pageBytes = sysconf(Int32(_SC_PAGESIZE))
        page.write(resident, (pages.count > 1 ? pages[1] : 0) * pageBytes)
        page.write(virtual, (pages.first ?? 0) * pageBytes)
        page.write(openFiles, entryCount(of: "/proc/self/fd"))
        page.write(openFilesMax, openFilesLimit())
        page.write(threads, entryCount(of: "/proc/self/task"))
        let up = uptimeSeconds()
        var now = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &now)
        page.write(started, seconds: seconds(now) - up)
        page.write(uptime, seconds: up)
    }

    private static func seconds(_ time: timespec) -> Double { Double(time.tv_sec) + Double(time.tv_nsec) / 1e9 }

    /// `Max open files  1024  4096  files`: the first number is the one that holds. 0: there is none.
    private static func openFilesLimit() -> Int {
        let line = contents(of: "/proc/self/limits")?.split(separator: "\n").first { $0.hasPrefix("Max open files") }
        return line?.split(separator: " ").lazy.compactMap { Int($0) }.first ?? 0
    }

    /// Seconds since the process began: field 22 of /proc/self/stat counts from the start of the machine (proc(5)).
    private static func uptimeSeconds() -> Double {
        guard let text = contents(of: "/proc/self/stat"), let end = text.lastIndex(of: ")") else { return 0 }
        let fields = text[text.index(after: end)...].split(separator: " ")
        guard fields.count > 19, let ticks = Int(fields[19]) else { return 0 }
        var boot = timespec()
        unsafe clock_gettime(CLOCK_BOOTTIME, &boot)
        return max(0, seconds(boot) - Double(ticks) / Double(sysconf(Int32(_SC_CLK_TCK))))
    }

    private static func numbers(of path: String) -> [Int] {
        contents(of: path)?.split(separator: " ").compactMap { Int($0) } ?? []
    }

    private static func contents(of path: String) -> String? {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 4096) { buffer, count in
            unsafe count = max(0, read(file, buffer.baseAddress, buffer.count))
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func entryCount(of path: String) -> Int {
        guard let folder = unsafe opendir(path) else { return 0 }
        defer { unsafe closedir(folder) }
        var count = 0
        while unsafe readdir(folder) != nil { count += 1 }
        // "." and "..", and for the descriptors the one of this look.
        return max(0, count - (path.hasSuffix("fd") ? 3 : 2))
    }
}
