import Broker
import BrokerServer
import Logging
import ServiceLifecycle
import Synchronization

/// A server on a port of the kernel's choice while `body` runs; stopped gracefully after it.
func withServer<Result: Sendable>(
    _ service: some BrokerService, log: CapturedLog = CapturedLog(),
    configure: (inout ServerConfiguration) -> Void = { _ in },
    body: (RunningServer) async throws -> Result
) async throws -> Result {
    var configuration = ServerConfiguration()
    configuration.listeners = [ListenerSpecification(name: "PLAIN", host: "127.0.0.1", port: 0)]
    configure(&configuration)
    let server = BrokerServer(configuration: configuration, service: service, logger: log.logger)
    let listeners = try await server.bind()
    let group = ServiceGroup(
        configuration: .init(
            services: [.init(service: server, successTerminationBehavior: .gracefullyShutdownGroup)],
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
    return try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask { try await group.run() }
        let running = RunningServer(server: server, group: group, port: listeners.first?.port ?? 0)
        do {
            let result = try await body(running)
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            return result
        } catch {
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            throw error
        }
    }
}

struct RunningServer: Sendable {
    let server: BrokerServer
    let group: ServiceGroup
    let port: Int

    func stop() async {
        await group.triggerGracefulShutdown()
    }
}

/// Log lines of a server under test.
final class CapturedLog: Sendable {
    private let lines = Mutex<[String]>([])

    var logger: Logger {
        Logger(label: "test") { _ in Handler(log: self) }
    }

    func contains(_ text: String) -> Bool {
        lines.withLock { $0.contains { $0.contains(text) } }
    }

    func count(of text: String) -> Int {
        lines.withLock { $0.count { $0.contains(text) } }
    }

    private struct Handler: LogHandler {
        let log: CapturedLog
        var metadata = Logger.Metadata()
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            var line = "\(event.level) \(event.message)"
            for (name, value) in (event.metadata ?? [:]).sorted(by: { $0.key < $1.key }) { line += " \(name)=\(value)" }
            log.lines.withLock { [line] in $0.append(line) }
        }
    }
}
