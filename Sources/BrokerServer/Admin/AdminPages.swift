public import Metering

/// What the admin listener shows. Asked on no particular thread, any number at a time.
public struct AdminPages: Sendable {
    /// The text of all metrics.
    public var metrics: @Sendable (MetricsPage.Format) async -> String
    /// nil: every thread turns over. Else what doesn't, in one line.
    public var health: @Sendable () -> String?
    /// nil: clients can be served. Else why not yet or no more, in one line.
    public var ready: @Sendable () async -> String?

    public init(
        metrics: @escaping @Sendable (MetricsPage.Format) async -> String,
        health: @escaping @Sendable () -> String?, ready: @escaping @Sendable () async -> String?
    ) {
        self.metrics = metrics
        self.health = health
        self.ready = ready
    }
}

/// One answer of the admin listener.
struct AdminAnswer: Sendable {
    enum Status: Sendable, Equatable {
        case ok, badRequest, notFound, methodNotAllowed, tooLarge, unavailable
    }

    var status: Status
    var contentType = "text/plain; charset=utf-8"
    var body: String

    static func refusal(_ status: Status, _ reason: String) -> AdminAnswer {
        AdminAnswer(status: status, body: reason + "\n")
    }
}

extension AdminPages {
    /// - Parameters:
    ///   - target: as it stands in the request line.
    ///   - accept: the values of all `Accept` headers.
    func answer(target: String, accept: [String]) async -> AdminAnswer {
        switch target.prefix(while: { $0 != "?" }) {
        case "/metrics":
            let format = Self.format(accept: accept)
            return AdminAnswer(status: .ok, contentType: format.contentType, body: await metrics(format))
        case "/health":
            return health().map { .refusal(.unavailable, $0) } ?? AdminAnswer(status: .ok, body: "alive\n")
        case "/ready":
            return await ready().map { .refusal(.unavailable, $0) } ?? AdminAnswer(status: .ok, body: "ready\n")
        default:
            return .refusal(.notFound, "there are /metrics, /health and /ready")
        }
    }

    /// OpenMetrics for who asks for it and doesn't like plain text better (RFC 9110, 12.5.1).
    static func format(accept: [String]) -> MetricsPage.Format {
        var openMetrics = 0.0
        var plain = 0.0
        for range in accept.joined(separator: ",").split(separator: ",").prefix(64) {
            let parts = range.split(separator: ";").map { String($0.filter { $0 != " " && $0 != "\t" }).lowercased() }
            let quality = parts.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
            switch parts.first {
            case "application/openmetrics-text": openMetrics = max(openMetrics, quality)
            case "text/plain", "text/*", "*/*": plain = max(plain, quality)
            default: break
            }
        }
        return openMetrics > 0 && openMetrics >= plain ? .openMetrics : .prometheus
    }
}
