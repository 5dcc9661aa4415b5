internal import NIOCore
internal import NIOPosix

#if canImport(Glibc)
    internal import Glibc
#endif

/// Finds the addresses that a listener binds.
enum HostResolver {
    struct Address: Sendable, Equatable {
        /// Numeric.
        var host: String
        /// One socket for both families; only for all interfaces.
        var isDualStack = false
    }

    /// IPv4 first. An empty host is all interfaces. `localhost` is both loopback addresses whatever the hosts file says:
    /// clients that try ::1 first must not meet somebody else there.
    static func addresses(of host: String) async throws -> [Address] {
        switch host {
        case "", "::": return [Address(host: "::", isDualStack: true)]
        case "localhost": return [Address(host: "127.0.0.1"), Address(host: "::1")]
        default:
            if (try? SocketAddress(ipAddress: host, port: 0)) != nil { return [Address(host: host)] }
            // The resolver blocks.
            return try await NIOThreadPool.singleton.runIfActive { try resolve(host) }
        }
    }

    private static func resolve(_ host: String) throws(ServerError) -> [Address] {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        unsafe hints.ai_flags = AI_PASSIVE
        var first: UnsafeMutablePointer<addrinfo>?
        let status = unsafe getaddrinfo(host, nil, &hints, &first)
        guard status == 0 else {
            let reason = unsafe String(cString: gai_strerror(status))
            throw ServerError(.hostNotFound, "the host \(host) of a listener isn't found: \(reason)")
        }
        defer { unsafe freeaddrinfo(first) }
        var found: [Address] = []
        var next = unsafe first
        while let entry = unsafe next {
            unsafe next = entry.pointee.ai_next
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            let status = unsafe getnameinfo(
                entry.pointee.ai_addr, entry.pointee.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
            guard status == 0 else { continue }
            let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            let address = Address(host: String(decoding: bytes, as: UTF8.self))
            if !found.contains(address) { found.append(address) }
        }
        // A stable sort would keep the resolver's order; within a family it doesn't matter.
        return found.filter { !$0.host.contains(":") } + found.filter { $0.host.contains(":") }
    }

    /// What clients are told where a listener on all interfaces names nothing: this machine's name.
    static func machineName() -> String {
        var text = [CChar](repeating: 0, count: 256)
        guard unsafe gethostname(&text, text.count - 1) == 0 else { return "localhost" }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
