import Broker
import BrokerServer
import Logging
import ServiceLifecycle
import Synchronization
import UnixSignals

/// On SIGHUP: reads the configuration again, checks all of it, takes what can be changed while the broker runs and names
/// what needs a restart. A configuration with a mistake changes nothing.
struct ServeReload: Service {
    /// What a changed configuration means.
    struct Plan: Equatable {
        var reloaded: [String] = []
        var needsRestart: [String] = []
    }

    private let startedWith: ServeConfiguration
    private let load: @Sendable () throws -> ServeConfiguration
    private let levels: LogLevels
    private let broker: Broker
    private let server: BrokerServer
    private let notifier: SystemdNotifier?
    private let hangups: UnixSignalsSequence
    private let inForce: InForce
    private let logger = Logger(label: "sluice")

    /// What holds now: only the reloads, one at a time, change it.
    private final class InForce: Sendable {
        let state: Mutex<(level: LogLevelSetting, settings: BrokerConfiguration)>

        init(_ level: LogLevelSetting, _ settings: BrokerConfiguration) {
            state = Mutex((level, settings))
        }
    }

    init(
        configuration: ServeConfiguration, settings: BrokerConfiguration,
        load: @escaping @Sendable () throws -> ServeConfiguration, levels: LogLevels, broker: Broker,
        server: BrokerServer, notifier: SystemdNotifier?, hangups: UnixSignalsSequence
    ) {
        startedWith = configuration
        self.load = load
        self.levels = levels
        self.broker = broker
        self.server = server
        self.notifier = notifier
        self.hangups = hangups
        inForce = InForce(configuration.logLevel, settings)
    }

    func run() async throws {
        for await _ in hangups.cancelOnGracefulShutdown() {
            notifier?.reloading()
            await reload()
            notifier?.ready()
        }
    }

    private func reload() async {
        do {
            let configuration = try load()
            let settings = try configuration.brokerConfiguration()
            let serverConfiguration = try ServeLoading.server(configuration, settings)
            let (oldLevel, oldSettings) = inForce.state.withLock { $0 }
            let plan = Self.plan(from: oldSettings, oldLevel, startedWith, to: settings, configuration)
            let newSettings = try oldSettings.reloading(settings)
            try await broker.reload(settings)
            server.reload(serverConfiguration)
            // Levels that were set by request stay where the configuration says what it said.
            if oldLevel != configuration.logLevel { levels.set(configuration.logLevel) }
            inForce.state.withLock { $0 = (configuration.logLevel, newSettings) }
            for name in plan.reloaded { logger.notice("reloaded a setting", metadata: ["setting": "\(name)"]) }
            for name in plan.needsRestart {
                logger.warning("a setting needs a restart to change", metadata: ["setting": "\(name)"])
            }
            logger.notice("the configuration was reloaded", metadata: ["changed": "\(plan.reloaded.count)"])
        } catch {
            logger.error("the configuration was not reloaded, nothing has changed: \(error)")
        }
    }

    static func plan(
        from old: BrokerConfiguration, _ oldLevel: LogLevelSetting, _ started: ServeConfiguration,
        to new: BrokerConfiguration, _ configuration: ServeConfiguration
    ) -> Plan {
        var plan = Plan()
        for name in old.differences(to: new) {
            if BrokerConfiguration.isReloadable(name) {
                plan.reloaded.append(name)
            } else {
                plan.needsRestart.append(name)
            }
        }
        if oldLevel != configuration.logLevel { plan.reloaded.append("log.level") }
        if started.logFormat != configuration.logFormat { plan.needsRestart.append("log.format") }
        if started.listeners != configuration.listeners { plan.needsRestart.append("listeners") }
        if started.dataFolder != configuration.dataFolder { plan.needsRestart.append("log.dir") }
        if started.adminListener != configuration.adminListener { plan.needsRestart.append("admin.listener") }
        return plan
    }
}
