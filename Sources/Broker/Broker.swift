import KafkaMessages
import Logging
import SegmentLog
import Synchronization
import Views
import WasmRuntime

/// A broker: topics and their logs, groups, policy, and the handlers that clients reach through `connect`. Knows no
/// sockets. Made by `Broker.open`, ended by `close`.
public final class Broker: BrokerService {
    private let live: LiveConfiguration
    let clusterId: String
    let clock: any BrokerClock
    let logger: Logger
    /// What administrators and their tools did.
    let adminLog: AdminLog
    let logLevels: (any LogLevelControl)?
    let version: String
    let metrics: BrokerMetrics
    let directory: LogDirectory<PosixFileSystem>
    let lanes: [LogLane]
    let timers: Timers
    let readPool: ReadPool
    let topics = TopicTable()
    let topicManager: TopicManager
    let cleaner: LogCleaner
    let producerIds: ProducerIds
    let parking: FetchParking
    let fetchSessions: FetchSessions
    let rawSends = RawSends()
    let answerMemory: AnswerMemory
    let attribution: AttributionService
    let policy: PolicyStore
    let security: SecurityStore
    let authorizer: Authorizer
    let logins: SaslContext
    let quotas: ClientQuotas
    let groups: GroupCoordinator
    let reader: ViewReader
    let viewErrors: ViewErrorWriter
    /// A graceful stop has begun: nothing is parked any more.
    private let hasStopBegun = Atomic(false)
    /// Work that goes on until `close`.
    let background = Mutex<[Task<Void, Never>]>([])
    /// Upkeep that is cut short by `close`.
    let maintenance = Mutex<[Task<Void, Never>]>([])

    init(
        _ directory: LogDirectory<PosixFileSystem>, _ configuration: BrokerConfiguration, dynamicDefect: String?,
        _ environment: Environment
    ) {
        let live = LiveConfiguration(configuration)
        self.live = live
        self.directory = directory
        clusterId = directory.identity.clusterId
        clock = environment.clock
        logger = environment.logger
        adminLog = AdminLog(logger: environment.loggers("admin"), clock: environment.clock)
        logLevels = environment.logLevels
        version = environment.version
        let metrics = BrokerMetrics(
            topicsMax: configuration.number("metrics.topics.max"),
            groupsMax: configuration.number("metrics.groups.max"))
        self.metrics = metrics
        lanes = (0..<configuration.number("num.log.lanes")).map {
            LogLane(index: $0, clock: environment.clock, metrics: metrics)
        }
        timers = Timers(clock: environment.clock)
        readPool = ReadPool(threadCount: configuration.number("num.read.threads"))
        let files = SerialThread(name: "topics")
        topicManager = TopicManager(
            directory: directory, live: live, dynamicDefect: dynamicDefect, table: topics, lanes: lanes, clock: clock,
            logger: environment.loggers("log"), thread: files, metrics: metrics)
        cleaner = LogCleaner(table: topics, live: live, clock: clock, logger: environment.loggers("log"))
        producerIds = ProducerIds(folder: directory.path, fileSystem: PosixFileSystem(), thread: files)
        parking = FetchParking(timers: timers, parkedSeconds: metrics.parkedSeconds, clock: environment.clock)
        fetchSessions = FetchSessions(limits: FetchSessionCache.Limits(configuration))
        answerMemory = AnswerMemory(limit: configuration.number("queued.max.answer.bytes"))
        attribution = AttributionService(
            waitMs: configuration.attributionWaitMs, processes: environment.processes, clock: clock,
            logger: environment.loggers("readers"), metrics: metrics)
        let topics = topics
        let (clock, readPool, timers) = (clock, readPool, timers)
        let decompressedBytesMax = configuration.decompressedBytesMax
        func log(_ topic: String) -> BrokerTopicLog {
            BrokerTopicLog(
                name: topic, topics: topics, clock: clock, readPool: readPool,
                decompressedBytesMax: decompressedBytesMax)
        }
        let runtime = GuestRuntime(
            configuration: GuestRuntime.Configuration(
                artifactDirectory: directory.path + "/artifacts", compile: environment.compile,
                threadCount: configuration.number("num.view.threads"),
                moduleBytesMax: configuration.moduleBytesMax))
        var policyConfiguration = PolicyStore.Configuration()
        policyConfiguration.moduleBytesMax = configuration.moduleBytesMax
        let policy = PolicyStore(
            modules: log(PolicyTopic.modules.name), views: log(PolicyTopic.views.name),
            topics: BrokerTopicCatalog(topics: topics),
            admission: GuestAdmission(runtime: runtime), configuration: policyConfiguration,
            logger: environment.loggers("policy"), now: { clock.wallMs() })
        self.policy = policy
        viewErrors = ViewErrorWriter(policy: { policy.snapshot }, clock: clock, logger: environment.loggers("readers"))
        reader = ViewReader(
            runtime: runtime, sink: viewErrors, metrics: metrics, cacheBytes: configuration.number("view.cache.bytes")
        ) { policy.moduleBytes($0) }
        let quotas = ClientQuotas(clock: clock, windowSeconds: configuration.quotaWindowSeconds)
        self.quotas = quotas
        let (security, securityLogger) = (
            SecurityStore(
                log: log(SecurityStore.topicName), nowMs: { clock.wallMs() }, onChange: { quotas.use($0.quotas) }),
            environment.loggers("security")
        )
        self.security = security
        authorizer = Authorizer(
            configuration: Authorizer.Configuration(configuration), store: security,
            denials: DenialLog(logger: securityLogger, clock: clock))
        logins = SaslContext(configuration, store: security, log: LoginLog(logger: securityLogger, clock: clock))
        groups = GroupCoordinator(
            configuration: GroupConfiguration(configuration),
            store: BrokerOffsetsStore(
                topics: topics, clock: clock, readPool: readPool, decompressedBytesMax: decompressedBytesMax),
            clock: BrokerGroupClock(clock: clock, timers: timers), events: attribution,
            logger: environment.loggers("groups"))
    }

    public func connect(_ connection: ConnectionInfo) -> any ConnectionSession {
        BrokerSession(broker: self, connection: connection)
    }

    public func admitsConnection(from address: String) -> Bool { quotas.admitsConnection(from: address) }

    public func stopping() {
        hasStopBegun.store(true, ordering: .sequentiallyConsistent)
        parking.wakeAll()
    }

    var isStopping: Bool { hasStopBegun.load(ordering: .sequentiallyConsistent) }

    /// The settings as they hold now.
    var configuration: BrokerConfiguration { live.current }

    /// The principal that a connection's transport has proven: the administrator on the admin socket, elsewhere whom the
    /// client's certificate names, else nobody.
    func principal(of connection: ConnectionInfo) -> Principal {
        connection.listener.isAdmin && connection.peerUserId != nil ? .admin : connection.peerPrincipal ?? .anonymous
    }

    func isAdmin(_ context: RequestContext) -> Bool { context.principal == .admin }
}
