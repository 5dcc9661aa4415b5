import Broker
import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// Tells the service manager how the broker does (sd_notify(3)): one datagram a change to the socket that
/// `NOTIFY_SOCKET` names. Where the manager didn't ask, nothing is sent.
final class SystemdNotifier: Sendable {
    private let socket: CInt
    private let path: String

    /// How often the manager wants a sign of life; nil: it doesn't.
    let watchdog: Duration?

    /// nil if the environment names no socket, or one that can't be used.
    init?(environment: [String: String]) {
        guard let path = environment["NOTIFY_SOCKET"], path.hasPrefix("/") || path.hasPrefix("@"),
            path.utf8.count <= 107
        else { return nil }
        socket = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { return nil }
        self.path = path
        // A manager that hangs must not hang the broker.
        var patience = timeval(tv_sec: 1, tv_usec: 0)
        unsafe setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        let isForUs = environment["WATCHDOG_PID"].map { Int32($0) == getpid() } ?? true
        let microseconds = environment["WATCHDOG_USEC"].flatMap { Int64($0) }.flatMap { $0 > 0 ? $0 : nil }
        watchdog = isForUs ? microseconds.map { Duration.microseconds($0) } : nil
    }

    deinit {
        close(socket)
    }

    func ready() { send("READY=1\nSTATUS=ready") }

    func status(_ text: String) { send("STATUS=\(Table.printable(text))") }

    /// A reload begins; `ready` ends it. The time lets the manager tell it from an earlier one.
    func reloading() {
        let microseconds = SystemBrokerClock().monotonicNs() / 1_000
        send("RELOADING=1\nMONOTONIC_USEC=\(microseconds)\nSTATUS=reading the configuration")
    }

    func stopping() { send("STOPPING=1\nSTATUS=stopping") }

    func alive() { send("WATCHDOG=1") }

    private func send(_ state: String) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let isAbstract = path.hasPrefix("@")
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { target in
            unsafe target.copyBytes(from: path.utf8)
            // The names that are no files begin with a zero byte (unix(7)).
            if isAbstract { unsafe target[0] = 0 }
        }
        let header = MemoryLayout<sockaddr_un>.size - MemoryLayout.size(ofValue: address.sun_path)
        let size = socklen_t(header + path.utf8.count + (isAbstract ? 0 : 1))
        let bytes = Array(state.utf8)
        unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                // Nothing can be done where it fails: the manager will find out by itself.
                _ = unsafe sendto(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL), pointer, size)
            }
        }
    }
}
