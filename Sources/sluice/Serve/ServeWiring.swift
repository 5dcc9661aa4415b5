import Broker
import BrokerServer
import Logging
import ServiceLifecycle
import UnixSignals
import WasmRuntime

/// Puts a broker and a server together from a configuration, and runs them until SIGTERM or SIGINT.
enum ServeWiring {
    static func run(_ configuration: ServeConfiguration, logger: Logger) async throws {
        let settings = try configuration.brokerConfiguration()
        let serverConfiguration = try server(configuration, settings)
        let broker = try await openBroker(configuration, settings, logger)
        let server = BrokerServer(configuration: serverConfiguration, service: broker, logger: logger)
        do {
            for listener in try await server.bind() {
                for address in listener.addresses {
                    let place =
                        listener.isAdmin
                        ? address : "\(listener.name)://\(HostAndPort(host: address, port: listener.port))"
                    let group = listener.group.map { ", for group \($0) only" } ?? ""
                    logger.info("listening on \(place)\(group)")
                }
            }
            let services = ServiceGroup(
                services: [server, ReadyNotice(logger: logger)], gracefulShutdownSignals: [.sigterm, .sigint],
                logger: logger)
            try await services.run()
        } catch {
            await broker.close()
            throw CommandFailure(.failed, "\(error)")
        }
        await broker.close()
        logger.info("stopped")
    }

    private static func openBroker(
        _ configuration: ServeConfiguration, _ settings: BrokerConfiguration, _ logger: Logger
    ) async throws(CommandFailure) -> Broker {
        do throws(BrokerStartError) {
            return try await Broker.open(
                settings,
                Broker.Environment(
                    dataFolder: configuration.dataFolder, logger: logger, processes: ProcPeerProcessLookup(),
                    // In the child this names the child's own program, which is the same file.
                    compile: .child(executable: "/proc/self/exe")))
        } catch {
            throw CommandFailure(.failed, error.description)
        }
    }

    private static func server(
        _ configuration: ServeConfiguration, _ settings: BrokerConfiguration
    ) throws(CommandFailure) -> ServerConfiguration {
        var server = ServerConfiguration()
        do throws(ServerError) {
            if !configuration.listeners.isEmpty {
                server.listeners = []
                for text in configuration.listeners {
                    server.listeners.append(try ListenerSpecification(parsing: text))
                }
            }
        } catch {
            throw CommandFailure(.usage, "\(error)")
        }
        server.adminSocketFolder = configuration.dataFolder
        server.networkThreads = settings.number("num.network.threads")
        server.requestBytesMax = settings.number("socket.request.max.bytes")
        server.requestBytesInFlightMax = settings.number("queued.max.request.bytes")
        server.connectionsMax = settings.number("max.connections")
        server.connectionsPerAddressMax = settings.number("max.connections.per.ip")
        server.idleMsMax = Int64(settings.number("connections.max.idle.ms"))
        server.readThreads = settings.number("num.read.threads")
        return server
    }
}

/// Says that all is up once signals are caught: whoever waits for the line may stop the broker at once.
private struct ReadyNotice: Service {
    let logger: Logger

    func run() async throws {
        logger.info("sluice is ready")
        try await gracefulShutdown()
    }
}

/// The settings that the broker knows.
enum ServeSettings {
    static let names = BrokerConfiguration.table.definitions.map(\.name)

    static var json: JSON {
        .object([
            "settings": .array(
                BrokerConfiguration.table.definitions.map { definition in
                    .object([
                        "name": .string(definition.name),
                        "default": definition.defaultValue.map { .string($0) } ?? .null,
                        "documentation": .string(definition.documentation), "live": .bool(definition.isLive),
                    ])
                })
        ])
    }

    static var table: String {
        BrokerConfiguration.table.definitions.map { definition in
            "\(definition.name) = \(definition.defaultValue ?? "(not set)")\n    \(definition.documentation)\n"
        }.joined()
    }
}
