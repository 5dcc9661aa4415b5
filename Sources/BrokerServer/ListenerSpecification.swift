public import Broker
public import Views

/// One `--listener NAME://host:port[?group=…&views=…&advertise=host:port&sasl=…&tls=…&key=…]`.
public struct ListenerSpecification: Sendable, Equatable {
    public var name: String
    /// A host name, a numeric address, or empty for all interfaces.
    public var host: String
    /// 0: the kernel picks.
    public var port: Int
    /// Every connection speaks for this group.
    public var group: String?
    /// What no reader here gets, as in `views=no-raw` and `views=deny`.
    public var cap = ListenerRule.Cap.none
    /// What clients are told to connect to, if not host and port.
    public var advertised: HostAndPort?
    /// How clients log in, as in `sasl=PLAIN+SCRAM-SHA-512`; empty: they don't.
    public var sasl: [SaslMechanism] = []
    /// nil: in the clear.
    public var tls: ListenerTLS?

    /// What serves where nothing is configured.
    public static let standard = ListenerSpecification(name: "PLAIN", host: "localhost", port: 9092)

    public init(
        name: String, host: String, port: Int, group: String? = nil, cap: ListenerRule.Cap = .none,
        advertised: HostAndPort? = nil, tls: ListenerTLS? = nil
    ) {
        self.name = name
        self.host = host
        self.port = port
        self.group = group
        self.cap = cap
        self.advertised = advertised
        self.tls = tls
    }

    /// Parses the form above. IPv6 addresses stand in brackets; values of options may be percent-encoded.
    public init(parsing text: String) throws(ServerError) {
        func refuse(_ reason: String) -> ServerError {
            ServerError(.invalidListener, "listener \"\(text)\": \(reason); the form is NAME://host:port?option=value")
        }
        guard let separator = text.firstRange(of: "://") else { throw refuse("has no ://") }
        name = String(text[..<separator.lowerBound])
        guard !name.isEmpty, name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") })
        else { throw refuse("the name may hold letters, digits, - and _") }
        let rest = text[separator.upperBound...]
        let question = rest.firstIndex(of: "?") ?? rest.endIndex
        guard let place = HostAndPort(parsing: rest[..<question], port: 0...65_535) else {
            throw refuse("\"\(rest[..<question])\" isn't host:port")
        }
        host = place.host
        port = place.port
        var tlsOptions = ListenerTLSOptions()
        for option in rest[question...].dropFirst().split(separator: "&") {
            let parts = option.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, let value = percentDecoded(parts[1]), !value.isEmpty else {
                throw refuse("option \"\(option)\" isn't name=value")
            }
            switch parts[0] {
            case "group" where group == nil:
                group = value
            case "views" where cap == .none:
                guard let known = ListenerRule.Cap(rawValue: value), known != .none else {
                    throw refuse("views=\(value) isn't no-raw or deny")
                }
                cap = known
            case "advertise" where advertised == nil:
                guard let place = HostAndPort(parsing: value[...], port: 1...65_535), !place.host.isEmpty else {
                    throw refuse("advertise=\(value) isn't host:port")
                }
                advertised = place
            case "sasl" where sasl.isEmpty:
                guard let mechanisms = Self.mechanisms(value) else {
                    let known = SaslMechanism.allCases.map(\.rawValue).joined(separator: "+")
                    throw refuse("sasl=\(value) isn't one or more of \(known)")
                }
                sasl = mechanisms
            case "group", "views", "advertise", "sasl":
                throw refuse("option \(parts[0]) is given twice")
            case let name where ListenerTLSOptions.names.contains(String(name)):
                do throws(ListenerTLSOptions.Mistake) {
                    try tlsOptions.take(name, value)
                } catch {
                    throw refuse(error.text)
                }
            default:
                let names = (["group", "views", "advertise", "sasl"] + ListenerTLSOptions.names).joined(separator: ", ")
                throw refuse("option \"\(parts[0])\" isn't known; there are \(names)")
            }
        }
        do throws(ListenerTLSOptions.Mistake) {
            tls = try tlsOptions.finish()
        } catch {
            throw refuse(error.text)
        }
    }

    /// nil if one isn't known or is named twice.
    private static func mechanisms(_ text: String) -> [SaslMechanism]? {
        let names = text.split(separator: "+", omittingEmptySubsequences: false)
        let mechanisms = names.compactMap { SaslMechanism(rawValue: String($0)) }
        return mechanisms.count == names.count && Set(mechanisms).count == names.count ? mechanisms : nil
    }
}

/// A host and a port, as in `localhost:9092` or `[::1]:9092`.
public struct HostAndPort: Sendable, Equatable, CustomStringConvertible {
    public var host: String
    public var port: Int

    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    init?(parsing text: Substring, port range: ClosedRange<Int>) {
        guard let colon = text.lastIndex(of: ":") else { return nil }
        let digits = text[text.index(after: colon)...]
        guard (1...5).contains(digits.count), digits.allSatisfy({ ("0"..."9").contains($0) }),
            let port = Int(digits), range.contains(port)
        else { return nil }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(where: { $0 == ":" || $0 == "[" || $0 == "]" }) {
            return nil
        }
        guard host.utf8.count <= 255, !host.contains(where: { $0.isWhitespace || $0 == "/" }) else { return nil }
        self.init(host: String(host), port: port)
    }

    public var description: String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}

/// nil if a percent sign isn't followed by two hexadecimal digits, or if the result isn't UTF-8.
private func percentDecoded(_ text: Substring) -> String? {
    var bytes: [UInt8] = []
    var rest = text.utf8
    while let byte = rest.popFirst() {
        guard byte == UInt8(ascii: "%") else {
            bytes.append(byte)
            continue
        }
        guard let high = rest.popFirst(), let low = rest.popFirst(),
            let digits = String(validating: [high, low], as: UTF8.self), !digits.hasPrefix("+"), !digits.hasPrefix("-"),
            let value = UInt8(digits, radix: 16)
        else { return nil }
        bytes.append(value)
    }
    return String(validating: bytes, as: UTF8.self)
}
