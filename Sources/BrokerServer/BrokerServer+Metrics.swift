public import Metering
internal import NIOCore

/// The metrics of the network side.
enum ServerMetric {
    static let connections = MetricDefinition.gauge("sluice_connections", "Connections that are open.")
    static let accepted = MetricDefinition.counter("sluice_connections_accepted_total", "Connections that were taken.")
    static let closed = MetricDefinition.counter(
        "sluice_connections_closed_total", labels: ["reason"],
        "Connections that ended, by who or what ended them; peer: the client or the network.")
    static let refused = MetricDefinition.counter(
        "sluice_connections_refused_total", labels: ["reason"], "Connections closed before their first request.")
    static let received = MetricDefinition.counter(
        "sluice_network_received_bytes_total", "Bytes from clients, length prefixes included.")
    static let sent = MetricDefinition.counter(
        "sluice_network_sent_bytes_total", "Bytes handed to sockets, length prefixes included.")
    static let sentFromFiles = MetricDefinition.counter(
        "sluice_network_sent_file_bytes_total", "Of these, bytes that went from file to socket in the kernel.")
    static let coldSlices = MetricDefinition.counter(
        "sluice_fetch_cold_slices_total", "Pieces of answers that had to be read from the disk first.")
    static let requestMemory = MetricDefinition.gauge(
        "sluice_request_memory_bytes", "Bytes of requests that are taken on and not yet done with.")
    static let requestMemoryMax = MetricDefinition.gauge(
        "sluice_request_memory_limit_bytes",
        "From here on large requests wait in their sockets (queued.max.request.bytes).")
    static let suppressedLines = MetricDefinition.counter(
        "sluice_log_lines_suppressed_total", "Lines about connections that were over the rate and not logged.")
    static let certificateExpiry = MetricDefinition.gauge(
        "sluice_tls_certificate_expiry_seconds", labels: ["listener"],
        "When the first of a listener's certificates expires, in seconds since 1970.")

    static let all = [
        connections, accepted, closed, refused, received, sent, sentFromFiles, coldSlices, requestMemory,
        requestMemoryMax, suppressedLines, certificateExpiry,
    ]
}

extension BrokerServer {
    /// All metrics of the server: for the table in the documentation.
    public static var metricDefinitions: [MetricDefinition] { ServerMetric.all }

    /// Writes every metric of the server.
    public func writeMetrics(to page: inout MetricsPage) {
        page.write(ServerMetric.connections, counters.connections.value)
        page.write(ServerMetric.accepted, counters.connectionsAccepted.value)
        page.write(ServerMetric.closed) { family in
            for reason in ConnectionEnd.Reason.allCases { family.add([reason.name], counters.closed[reason.rawValue]) }
        }
        page.write(ServerMetric.refused) { family in
            for reason in ConnectionRefusal.allCases { family.add([reason.name], counters.refused[reason.rawValue]) }
        }
        page.write(ServerMetric.received, counters.bytesReceived.value)
        page.write(ServerMetric.sent, counters.bytesSent.value)
        page.write(ServerMetric.sentFromFiles, counters.bytesSentFromFiles.value)
        page.write(ServerMetric.coldSlices, counters.coldSlices.value)
        page.write(ServerMetric.requestMemory, context.budget.used)
        page.write(ServerMetric.requestMemoryMax, context.configuration.requestBytesInFlightMax)
        page.write(ServerMetric.suppressedLines, context.log.suppressedCount)
        page.write(ServerMetric.certificateExpiry) { family in
            for listener in tlsListeners { family.add([listener.name], Int(listener.expirySeconds)) }
        }
    }

    /// The event loops, for `Pulse`.
    public var pulseTargets: [Pulse.Target] {
        eventLoops.enumerated().map { index, eventLoop in
            Pulse.Target(name: "event loop \(index)") { eventLoop.execute($0) }
        }
    }
}
