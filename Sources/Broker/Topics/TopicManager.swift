import KafkaMessages
import Logging
import Metering
import SegmentLog

/// Makes, loads, cleans and deletes topics: the one writer of the topic table and of the partitions' folders. Runs on a
/// thread of its own, since all of it waits for the disk.
actor TopicManager {
    static let partitionsMax = 10_000

    private let directory: LogDirectory<PosixFileSystem>
    let live: LiveConfiguration
    let dynamicFile: DynamicSettingsFile
    /// Why the file of settings that were set by request wasn't taken at the start.
    let dynamicDefect: String?
    let table: TopicTable
    private let lanes: [LogLane]
    private let clock: any BrokerClock
    private let logger: Logger
    private let thread: SerialThread
    private let metrics: BrokerMetrics
    private var nextLane = 0
    /// Topics that are out of the table and still on the disk.
    private var dying: Set<String> = []

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe thread.asUnownedSerialExecutor() }

    init(
        directory: LogDirectory<PosixFileSystem>, live: LiveConfiguration, dynamicDefect: String?, table: TopicTable,
        lanes: [LogLane], clock: any BrokerClock, logger: Logger, thread: SerialThread, metrics: BrokerMetrics
    ) {
        self.directory = directory
        self.live = live
        self.dynamicDefect = dynamicDefect
        dynamicFile = DynamicSettingsFile(folder: directory.path, fileSystem: directory.files.fileSystem)
        self.table = table
        self.lanes = lanes
        self.clock = clock
        self.logger = logger
        self.thread = thread
        self.metrics = metrics
    }

    private var store: TopicStore { TopicStore(directory: directory) }

    var configuration: BrokerConfiguration { live.current }

    /// Opens every topic of the data folder.
    func loadAll() throws(LogError) {
        for stored in try store.load() {
            let settings = self.stored(stored.name, stored.overrides, under: configuration)
            if let defect = settings.defect {
                logger.error(
                    "topic \(stored.name): \(defect); until that is set or deleted nothing else is altered, no record goes"
                )
            }
            let partitions = try open(stored.name, 0..<stored.partitionCount, settings)
            table.insert(
                Topic(
                    name: stored.name, id: stored.id, partitions: partitions, configuration: settings,
                    meter: metrics.topics.take(stored.name)))
        }
    }

    /// Whether a topic of that shape could be made now; returns its settings.
    func check(
        name: String, partitionCount: Int, overrides: [String: String]
    ) throws(TopicError) -> TopicConfiguration {
        if let problem = Topic.nameProblem(name) { throw TopicError(code: .invalidTopicException, message: problem) }
        guard (1...Self.partitionsMax).contains(partitionCount) else {
            throw TopicError(
                code: .invalidPartitions,
                message: "\(partitionCount) partitions: a topic has between 1 and \(Self.partitionsMax)")
        }
        guard table[name] == nil else {
            throw TopicError(code: .topicAlreadyExists, message: "topic \(name) exists")
        }
        guard !dying.contains(name) else {
            throw TopicError(code: .topicAlreadyExists, message: "topic \(name) is being deleted")
        }
        // Kafka's rule: '.' and '_' are the same in metric names.
        let twin = table.snapshot.byName.keys.first { $0.replacingDots == name.replacingDots }
        if let twin {
            throw TopicError(code: .invalidTopicException, message: "topic \(twin) differs only in '.' and '_'")
        }
        do throws(ConfigError) {
            return try makeConfiguration(name, overrides)
        } catch {
            throw TopicError(code: .invalidConfig, message: error.description)
        }
    }

    /// Makes a topic; it can be seen when all of it is on disk.
    func create(
        name: String, partitionCount: Int, overrides: [String: String]
    ) throws(TopicError) -> Topic {
        let settings = try check(name: name, partitionCount: partitionCount, overrides: overrides)
        var random = SystemRandomNumberGenerator()
        let stored = StoredTopic(
            name: name, id: Uuid.random(using: &random), partitionCount: partitionCount,
            overrides: settings.overrides)
        do throws(LogError) {
            try store.create(stored)
            let partitions = try open(name, 0..<partitionCount, settings, isNew: true)
            let topic = Topic(
                name: name, id: stored.id, partitions: partitions, configuration: settings,
                meter: metrics.topics.take(name))
            table.insert(topic)
            return topic
        } catch {
            throw TopicError(code: .kafkaStorageError, message: error.message)
        }
    }

    /// Makes one of the broker's own topics, unless it's there.
    func createInternal(name: String, partitionCount: Int, overrides: [String: String]) throws(TopicError) -> Topic {
        if let topic = table[name] { return topic }
        return try create(name: name, partitionCount: partitionCount, overrides: overrides)
    }

    /// Changes a topic's settings: on disk first, then for every partition. `replacing`: those that aren't named go back to
    /// their defaults.
    @discardableResult
    func alter(
        _ topic: Topic, _ changes: [ConfigAlteration], replacing: Bool, validateOnly: Bool
    ) async throws(TopicError) -> TopicConfiguration {
        let topic = try current(topic)
        let old = topic.configuration
        var stored = StoredTopic(topic)
        if replacing, let defect = old.defect { throw Self.refusal(defect) }
        stored.overrides = try ConfigAlteration.apply(
            changes, to: replacing ? [:] : old.overrides, table: TopicConfiguration.table
        ) { old.effective($0, broker: configuration) }
        let settings: TopicConfiguration
        do throws(ConfigError) {
            settings = try makeConfiguration(topic.name, stored.overrides)
            stored.overrides = settings.overrides
        } catch {
            if let defect = old.defect, defect == error.description { throw Self.refusal(defect) }
            throw TopicError(code: .invalidConfig, message: error.description)
        }
        if validateOnly { return settings }
        do throws(LogError) {
            try store.update(stored)
        } catch {
            throw TopicError(code: .kafkaStorageError, message: error.message)
        }
        topic.configure(settings)
        await configurePartitions(of: topic)
        return settings
    }

    private static func refusal(_ defect: String) -> TopicError {
        TopicError(
            code: .invalidConfig,
            message:
                "settings that are stored for the topic can't be taken: set or delete what is wrong first: \(defect)")
    }

    func configurePartitions(of topic: Topic) async {
        for partition in topic.partitions {
            // What holds now: a later change may have come in the meantime and must not be undone. So may more partitions,
            // which have been opened with what held then.
            guard let latest = table[topic.id] else { return }
            await partition.configure(latest.configuration.log(broker: configuration, partition: partition.index))
        }
    }

    /// Gives a topic more partitions. They can be seen when they are on disk and `topic.properties` counts them: a crash
    /// before that leaves empty folders, which the next start removes.
    func grow(_ topic: Topic, to count: Int, validateOnly: Bool) throws(TopicError) {
        let topic = try current(topic)
        let old = topic.partitions.count
        guard count != old else {
            throw TopicError(code: .invalidPartitions, message: "Topic already has \(old) partition(s).")
        }
        guard count > old else {
            throw TopicError(
                code: .invalidPartitions,
                message: "The topic \(topic.name) currently has \(old) partition(s); \(count) would not be an increase."
            )
        }
        guard count <= Self.partitionsMax else {
            throw TopicError(
                code: .invalidPartitions,
                message: "\(count) partitions: a topic has between 1 and \(Self.partitionsMax)")
        }
        if validateOnly { return }
        let settings = topic.configuration
        var stored = StoredTopic(topic)
        stored.partitionCount = count
        do throws(LogError) {
            try store.createPartitions(old..<count, of: stored)
            let added = try open(topic.name, old..<count, settings, isNew: true)
            try store.update(stored)
            table.insert(
                Topic(
                    name: topic.name, id: topic.id, partitions: topic.partitions + added, configuration: settings,
                    meter: topic.meter))
        } catch {
            throw TopicError(code: .kafkaStorageError, message: error.message)
        }
    }

    /// The topic as it is now: another request may have grown or deleted it.
    private func current(_ topic: Topic) throws(TopicError) -> Topic {
        guard let current = table[topic.id] else {
            throw TopicError(code: .unknownTopicOrPartition, message: "there is no such topic")
        }
        return current
    }

    func delete(_ topic: Topic) async throws(TopicError) {
        let topic = try current(topic)
        table.remove(topic)
        dying.insert(topic.name)
        defer { dying.remove(topic.name) }
        metrics.topics.keep { table[$0] != nil }
        for partition in topic.partitions { await partition.abandon() }
        do throws(LogError) {
            try store.delete(StoredTopic(topic))
        } catch {
            throw TopicError(code: .kafkaStorageError, message: error.message)
        }
    }

    nonisolated var maintenanceIntervalMs: Int64 { Int64(live.current.number("log.retention.check.interval.ms")) }

    /// Retention, and what else the logs have to do now and then.
    func maintain() async {
        for topic in table.snapshot.sorted {
            for partition in topic.partitions {
                do throws(LogError) {
                    try await partition.maintain(nowMs: clock.wallMs())
                } catch {
                    metrics.maintenanceFailures.add()
                    logger.error("\(topic.name)-\(partition.index): \(error.message)")
                }
            }
        }
    }

    /// Syncs what `flush.ms` says.
    func syncDue() async {
        if configuration.flushesBeforeAnswer { return }
        for topic in table.snapshot.sorted where topic.configuration.flushMs < Int64.max {
            for partition in topic.partitions { await partition.syncIfDue(nowMs: clock.wallMs()) }
        }
    }

    /// Syncs and closes everything. False if a log could not be closed well: the stop is not clean then.
    func closeAll() async -> Bool {
        var isClean = true
        for topic in table.snapshot.sorted {
            table.remove(topic)
            for partition in topic.partitions {
                do throws(LogError) {
                    try await partition.close()
                } catch {
                    isClean = false
                    logger.error("\(topic.name)-\(partition.index): \(error.message)")
                }
            }
        }
        return isClean
    }

    private func makeConfiguration(
        _ name: String, _ overrides: [String: String]
    ) throws(ConfigError) -> TopicConfiguration {
        try TopicConfiguration(overrides, broker: configuration, isInternal: Topic.isInternal(name))
    }

    private func open(
        _ name: String, _ indexes: Range<Int>, _ settings: TopicConfiguration, isNew: Bool = false
    ) throws(LogError) -> [Partition] {
        var partitions: [Partition] = []
        partitions.reserveCapacity(indexes.count)
        for index in indexes {
            let log = try directory.openLog(
                PartitionName(topic: name, partition: Int32(index)),
                configuration: settings.log(broker: configuration, partition: Int32(index)), now: clock.wallMs(),
                afterFailure: isNew)
            report(log.recovery, of: "\(name)-\(index)")
            nextLane = (nextLane + 1) % lanes.count
            partitions.append(
                Partition(
                    topicName: name, index: Int32(index), lane: lanes[nextLane], log: log,
                    flushesBeforeAnswer: configuration.flushesBeforeAnswer, meter: metrics.topics.take(name),
                    metrics: metrics, logger: logger))
        }
        return partitions
    }

    private func report(_ recovery: RecoveryReport, of partition: String) {
        if recovery.truncatedByteCount > 0 {
            logger.notice(
                "\(partition): cut \(recovery.truncatedByteCount) bytes of an append that a crash interrupted")
        }
        if let corruption = recovery.corruption {
            logger.error("\(partition): \(corruption.message)")
        }
    }
}

extension String {
    fileprivate var replacingDots: String { String(map { $0 == "." ? "_" : $0 }) }
}
