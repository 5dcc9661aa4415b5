/// Where a broker listens: a host and port, or a Unix socket.
public enum BrokerAddress: Sendable, Hashable, CustomStringConvertible {
    case tcp(host: String, port: Int)
    case unix(path: String)

    /// The port of Kafka where none is written.
    public static let defaultPort = 9092

    /// Reads `host`, `host:port`, `[::1]:port`, a bare IPv6 address or `unix:PATH`.
    /// - Returns: nil if the text is none of them or the port is not in 1…65535.
    public init?(_ text: String) {
        if text.hasPrefix("unix:") {
            let path = text.dropFirst("unix:".count)
            guard !path.isEmpty else { return nil }
            self = .unix(path: String(path))
            return
        }
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { return nil }
            let host = text[text.index(after: text.startIndex)..<end]
            let rest = text[text.index(after: end)...]
            guard !host.isEmpty, rest.isEmpty || rest.hasPrefix(":") else { return nil }
            self.init(host: host, port: rest.isEmpty ? nil : rest.dropFirst())
            return
        }
        let colons = text.count { $0 == ":" }
        if colons == 1, let colon = text.firstIndex(of: ":") {
            self.init(host: text[..<colon], port: text[text.index(after: colon)...])
        } else {
            // No colon is a host alone; more than one an IPv6 address without a port.
            self.init(host: text[...], port: nil)
        }
    }

    private init?(host: Substring, port: Substring?) {
        guard !host.isEmpty, !host.contains(where: { $0.isWhitespace || $0 == "/" }) else { return nil }
        guard let port else {
            self = .tcp(host: String(host), port: Self.defaultPort)
            return
        }
        guard let number = Int(port), (1...65535).contains(number) else { return nil }
        self = .tcp(host: String(host), port: number)
    }

    /// `host:port`, with brackets around an IPv6 address, or the path of the socket.
    public var description: String {
        switch self {
        case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unix(let path): path
        }
    }
}
