import KafkaMessages
public import Logging
import SegmentLog
import Synchronization
import Views
public import WasmRuntime

/// Why a broker can't start: one line for whoever runs it, with what to do.
public struct BrokerStartError: Error, Sendable, CustomStringConvertible {
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}

extension Broker {
    /// What a broker is opened with beside its settings.
    public struct Environment: Sendable {
        /// Everything is kept here; made if it isn't there.
        public var dataFolder: String
        public var logger: Logger
        /// The logger of a part of the broker by its name: `admin`, `groups`, `log`, `policy`, `readers`.
        public var loggers: @Sendable (String) -> Logger
        /// nil: clients neither see nor change what is logged.
        public var logLevels: (any LogLevelControl)?
        public var clock: any BrokerClock
        /// nil: the process behind a loopback connection is never asked for.
        public var processes: (any PeerProcessLookup)?
        /// How modules are compiled: in a child process of its own, with limits.
        public var compile: CompileStrategy
        /// Of the program, for metrics.
        public var version: String

        public init(
            dataFolder: String, logger: Logger, loggers: (@Sendable (String) -> Logger)? = nil,
            logLevels: (any LogLevelControl)? = nil, clock: any BrokerClock = SystemBrokerClock(),
            processes: (any PeerProcessLookup)? = nil, compile: CompileStrategy, version: String = ""
        ) {
            self.dataFolder = dataFolder
            self.logger = logger
            self.loggers = loggers ?? { _ in logger }
            self.logLevels = logLevels
            self.clock = clock
            self.processes = processes
            self.compile = compile
            self.version = version
        }
    }

    /// Locks the data folder, opens what is in it and reads the policy to its end. Nothing is served before that.
    public static func open(
        _ configuration: BrokerConfiguration, _ environment: Environment
    ) async throws(BrokerStartError) -> Broker {
        let directory = try openDirectory(configuration, environment)
        let (settings, defect) = try withDynamicSettings(configuration, directory, environment.logger)
        let broker = Broker(directory, settings, dynamicDefect: defect, environment)
        do throws(LogError) {
            try await broker.topicManager.loadAll()
        } catch {
            throw BrokerStartError("the data folder \(environment.dataFolder) can't be read: \(error.message)")
        }
        try await broker.start()
        return broker
    }

    /// Puts the settings that were set by request over those that were given. One that can't be taken any more must not
    /// keep the broker from starting: none of them is used then, and none can be changed.
    private static func withDynamicSettings(
        _ configuration: BrokerConfiguration, _ directory: LogDirectory<PosixFileSystem>, _ logger: Logger
    ) throws(BrokerStartError) -> (BrokerConfiguration, defect: String?) {
        let file = DynamicSettingsFile(folder: directory.path, fileSystem: directory.files.fileSystem)
        let settings: DynamicSettings
        do throws(FileError) {
            settings = try file.load()
        } catch {
            throw BrokerStartError("\(file.path) can't be read: \(LogError.io(error).message)")
        }
        do throws(ConfigError) {
            return (try configuration.with(settings), nil)
        } catch {
            logger.error("\(file.path): \(error); its settings are not used")
            return (configuration, error.description)
        }
    }

    private static func openDirectory(
        _ configuration: BrokerConfiguration, _ environment: Environment
    ) throws(BrokerStartError) -> LogDirectory<PosixFileSystem> {
        var random = SystemRandomNumberGenerator()
        let identity = LogIdentity(
            clusterId: Uuid.random(using: &random).description, nodeId: configuration.nodeId,
            directoryId: Uuid.random(using: &random).description)
        let folder = environment.dataFolder
        let directory: LogDirectory<PosixFileSystem>
        do throws(LogError) {
            directory = try LogDirectory.open(
                folder, fileSystem: PosixFileSystem(), identity: identity,
                filesMax: configuration.number("open.segments.max"))
        } catch .locked {
            throw BrokerStartError(
                "the data folder \(folder) is in use by another broker; stop it or name another --data")
        } catch {
            throw BrokerStartError("the data folder \(folder) can't be opened: \(error.message)")
        }
        guard directory.identity.nodeId == configuration.nodeId else {
            throw BrokerStartError(
                "the data folder \(folder) is of node \(directory.identity.nodeId), node.id is \(configuration.nodeId)")
        }
        return directory
    }

    /// Makes the topics of the broker's own, reads policy and groups, and begins the upkeep.
    private func start() async throws(BrokerStartError) {
        do throws(TopicError) {
            for topic in InternalTopic.all(configuration) {
                _ = try await topicManager.createInternal(
                    name: topic.name, partitionCount: topic.partitionCount, overrides: topic.settings)
            }
        } catch {
            throw BrokerStartError("the broker's own topics can't be made: \(error.message)")
        }
        do {
            try await policy.start()
        } catch {
            // Nothing is served under a policy that isn't known.
            throw BrokerStartError("the policy can't be read: \(error)")
        }
        do {
            try await security.start()
        } catch {
            throw BrokerStartError("ACLs and credentials can't be read: \(error)")
        }
        if !security.snapshot.isReadable {
            logger.error(
                "\(SecurityStore.topicName) holds a record that this version can't read: only super users may do anything"
            )
        }
        policy.onChange { [weak self] snapshot in await self?.policyChanged(snapshot) }
        let errors = BrokerTopicLog(
            name: ViewErrorWriter.topicName, topics: topics, clock: clock, readPool: readPool,
            decompressedBytesMax: configuration.decompressedBytesMax)
        let writer = Task { [viewErrors] in await viewErrors.run { batch in _ = try await errors.append(batch) } }
        let coordinator = Task { [groups] in await groups.run() }
        background.withLock { $0 += [writer, coordinator] }
        await groups.load()
        startMaintenance()
    }

    /// Ends the broker when the server has: nothing is appended any more, everything is synced and closed, the folder is
    /// marked as cleanly stopped.
    public func close() async {
        await groups.shutdown()
        viewErrors.finish()
        cleaner.stop()
        for task in maintenance.withLock({ $0 }) { task.cancel() }
        // The cleaner's own hops to lanes have to be through.
        for task in maintenance.withLock({ $0 }) { await task.value }
        for task in background.withLock({ $0 }) { await task.value }
        let isClean = await topicManager.closeAll()
        reader.close()
        timers.stop()
        if isClean {
            do throws(LogError) {
                try directory.close()
            } catch {
                logger.error("the clean stop can't be noted: \(error.message)")
            }
        }
        cleaner.stopThreads()
        readPool.stop()
        logins.worker.stop()
        for lane in lanes { lane.stop() }
    }

    private static let evidenceSweepMs: Int64 = 10_000
    private static let syncCheckMs: Int64 = 1_000

    /// Retention and other upkeep, until `close`. Each step begins so long after the last one of its kind has ended.
    private func startMaintenance() {
        let logs = Task { [topicManager, timers] in
            while await timers.sleep(forMs: topicManager.maintenanceIntervalMs) { await topicManager.maintain() }
        }
        let evidence = Task { [attribution, timers] in
            while await timers.sleep(forMs: Self.evidenceSweepMs) { attribution.sweep() }
        }
        let syncs = Task { [topicManager, timers] in
            while await timers.sleep(forMs: Self.syncCheckMs) { await topicManager.syncDue() }
        }
        var tasks = [logs, evidence, syncs]
        if configuration.flag("log.cleaner.enable") {
            let backoffMs = Int64(configuration.number("log.cleaner.backoff.ms"))
            tasks.append(
                Task { [cleaner, timers] in
                    while await timers.sleep(forMs: backoffMs) { await cleaner.sweep() }
                })
        }
        maintenance.withLock { $0 = tasks }
    }
}
