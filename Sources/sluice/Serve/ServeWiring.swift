import Broker
import BrokerServer
import KafkaClient
import Logging
import Metering
import ServiceLifecycle
import Synchronization
import UnixSignals
import WasmRuntime

/// Puts a broker and a server together from a configuration, and runs them until SIGTERM or SIGINT.
struct ServeWiring: Sendable {
    /// A thread that doesn't turn over for so long hangs.
    private static let hangMs: Int64 = 30_000

    let configuration: ServeConfiguration
    /// Reads the configuration again.
    let load: @Sendable () throws -> ServeConfiguration
    let levels: LogLevels
    let notifier: SystemdNotifier?
    private let logger = Logger(label: "sluice")
    private let readiness = Readiness("starting")
    private let pulse = Pulse(limitMs: hangMs) { SystemBrokerClock().monotonicNs() }

    init(
        configuration: ServeConfiguration, load: @escaping @Sendable () throws -> ServeConfiguration,
        levels: LogLevels, notifier: SystemdNotifier?
    ) {
        self.configuration = configuration
        self.load = load
        self.levels = levels
        self.notifier = notifier
    }

    func run() async throws {
        let settings = try configuration.brokerConfiguration()
        let serverConfiguration = try ServeLoading.server(configuration, settings)
        // Before anything that takes long: the signal ends a process that doesn't look for it.
        let hangups = await UnixSignalsSequence(trapping: .sighup)
        let parts = ServeParts()
        let admin = try await startAdmin(parts)
        do {
            try await serve(settings, serverConfiguration, hangups, parts)
        } catch {
            await admin?.close()
            throw error
        }
        await admin?.close()
        logger.info("stopped")
    }

    private func serve(
        _ settings: BrokerConfiguration, _ serverConfiguration: ServerConfiguration, _ hangups: UnixSignalsSequence,
        _ parts: ServeParts
    ) async throws {
        let broker = try await openBroker(settings)
        let server = BrokerServer(
            configuration: serverConfiguration, service: broker, logger: Logger(label: "sluice.server"))
        parts.set(broker, server)
        pulse.add(broker.threads.map { Pulse.Target(name: $0.name, run: $0.run) } + server.pulseTargets)
        do {
            announce(try await server.bind())
            let reloads = ServeReload(
                configuration: configuration, settings: settings, load: load, levels: levels, broker: broker,
                server: server, notifier: notifier, hangups: hangups)
            let services = ServiceGroup(
                configuration: ServiceGroupConfiguration(
                    services: [
                        .init(
                            service: server, successTerminationBehavior: .gracefullyShutdownGroup,
                            failureTerminationBehavior: .cancelGroup),
                        .init(service: reloads, successTerminationBehavior: .ignore),
                        .init(service: Supervision(self), successTerminationBehavior: .ignore),
                    ], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
            try await services.run()
        } catch {
            pulse.stop()
            await broker.close()
            throw CommandFailure(.failed, "\(error)")
        }
        pulse.stop()
        await broker.close()
    }

    private func announce(_ listeners: [BoundListener]) {
        for listener in listeners {
            for address in listener.addresses {
                let place =
                    listener.isAdmin
                    ? address : "\(listener.name)://\(HostAndPort(host: address, port: listener.port))"
                let group = listener.group.map { ", for group \($0) only" } ?? ""
                logger.info("listening on \(place)\(Self.security(listener))\(group)")
            }
        }
    }

    private static func security(_ listener: BoundListener) -> String {
        switch listener.tls?.clientAuthentication {
        case nil: ""
        case .some(.none): " with TLS"
        case .requested: " with TLS, client certificates requested"
        case .required: " with TLS, client certificates required"
        }
    }

    private func openBroker(_ settings: BrokerConfiguration) async throws(CommandFailure) -> Broker {
        tell("recovering logs and reading the policy")
        do throws(BrokerStartError) {
            return try await Broker.open(
                settings,
                Broker.Environment(
                    dataFolder: configuration.dataFolder, logger: logger,
                    loggers: { Logger(label: "sluice.\($0)") }, logLevels: levels,
                    processes: ProcPeerProcessLookup(),
                    // In the child this names the child's own program, which is the same file.
                    compile: .child(executable: "/proc/self/exe"), version: Sluice.version))
        } catch {
            throw CommandFailure(.failed, error.description)
        }
    }

    /// Tells `/ready` and the service manager; nil: ready.
    private func tell(_ reason: String?) {
        readiness.set(reason)
        if let reason {
            notifier?.status(reason)
        } else {
            logger.info("sluice is ready")
            notifier?.ready()
        }
    }

    // MARK: Metrics and health

    /// nil where no admin listener is configured.
    private func startAdmin(_ parts: ServeParts) async throws(CommandFailure) -> AdminServer? {
        guard !configuration.adminListener.isEmpty else { return nil }
        let admin = AdminServer(pages: pages(parts))
        do {
            for address in try await admin.bind(configuration.adminListener) {
                Logger(label: "sluice.admin").info("metrics and health on http://\(address)")
            }
            return admin
        } catch {
            await admin.close()
            throw CommandFailure(.failed, "\(error)")
        }
    }

    private func pages(_ parts: ServeParts) -> AdminPages {
        AdminPages(
            metrics: { format in
                var page = MetricsPage(format)
                ProcessMetrics.write(to: &page)
                if let (broker, server) = parts.get {
                    server.writeMetrics(to: &page)
                    await broker.writeMetrics(to: &page)
                }
                return page.finish()
            },
            health: { [pulse] in pulse.problem },
            ready: { [readiness] in
                if let reason = readiness.current { return reason }
                return await parts.get?.broker.diskProblem()
            })
    }

    /// Looks after the threads, and gives the service manager its sign of life, until the graceful stop.
    private struct Supervision: Service {
        let wiring: ServeWiring

        init(_ wiring: ServeWiring) { self.wiring = wiring }

        func run() async throws {
            let notifier = wiring.notifier
            // The group catches signals by now: whoever waits for the line may stop the broker at once.
            wiring.tell(nil)
            await withGracefulShutdownHandler {
                await cancelWhenGracefulShutdown { await watch() }
            } onGracefulShutdown: {
                wiring.readiness.set("stopping")
                notifier?.stopping()
            }
        }

        private func watch() async {
            let watchdog = wiring.notifier?.watchdog
            let isWatched = !wiring.configuration.adminListener.isEmpty || watchdog != nil
            let interval = min(watchdog.map { $0 / 2 } ?? .seconds(2), .seconds(2))
            while isWatched, (try? await Task.sleep(for: interval)) != nil {
                wiring.pulse.beat()
                if watchdog != nil, wiring.pulse.problem == nil { wiring.notifier?.alive() }
            }
            // Nothing to watch, but the stop must be seen.
            while !Task.isCancelled { try? await Task.sleep(for: .seconds(3600)) }
        }
    }
}

/// The broker and its server, as soon as they are there.
final class ServeParts: Sendable {
    private let parts = Mutex<(broker: Broker, server: BrokerServer)?>(nil)

    var get: (broker: Broker, server: BrokerServer)? { parts.withLock { $0 } }

    func set(_ broker: Broker, _ server: BrokerServer) {
        parts.withLock { $0 = (broker, server) }
    }
}
