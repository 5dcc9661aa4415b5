import Broker
import BrokerServer

/// Makes of what was configured what broker and server take. Throws for what can't be, in one line.
enum ServeLoading {
    static func server(
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
            server.tls = try TLSSettings(
                protocols: settings.text("ssl.enabled.protocols"), cipherSuites: settings.text("ssl.cipher.suites"),
                rules: settings.text("ssl.principal.mapping.rules"))
            if !configuration.adminListener.isEmpty { try AdminServer.check(configuration.adminListener) }
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
                        "reloadable": .bool(BrokerConfiguration.isReloadable(definition.name)),
                    ])
                })
        ])
    }

    static var table: String {
        BrokerConfiguration.table.definitions.map { definition in
            let reload = BrokerConfiguration.isReloadable(definition.name) ? " Reloaded on SIGHUP." : ""
            let value = definition.defaultValue ?? "(not set)"
            return "\(definition.name) = \(value)\n    \(definition.documentation)\(reload)\n"
        }.joined()
    }
}
