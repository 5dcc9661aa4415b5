import KafkaRecords
public import Logging
import Synchronization
public import Views

/// The policy of this broker: what `__sluice_modules` and `__sluice_views` hold, as a snapshot that everybody reads, and
/// the one writer of both topics.
///
/// Changes are decided one at a time: checked against the state, modules and views admitted, appended, applied,
/// published, then acknowledged. A crash between append and apply is harmless, since the start replays the logs.
public actor PolicyStore {
    public struct Configuration: Sendable {
        /// `module.bytes.max`.
        public var moduleBytesMax = 4_194_304
        /// Changes that may wait for their turn.
        public var waitingMax = 64

        public init() {}
    }

    /// What readers see, swapped as a whole.
    private struct Published {
        var snapshot = PolicySnapshot.unread
        var moduleBytes: [Digest: [UInt8]] = [:]
        var state = PolicyState()
        var observers: [@Sendable (PolicySnapshot) async -> Void] = []
    }

    let logs: [PolicyTopic: any InternalTopicLog]
    let topics: any TopicCatalog
    let admission: any ModuleAdmission
    let configuration: Configuration
    let logger: Logger
    /// Milliseconds since 1970.
    let now: @Sendable () -> Int64
    private let published = Mutex(Published())
    var state = PolicyState()
    /// An append failed: what the logs hold is unknown until they are read again.
    private(set) var isBroken = false
    private(set) var isStarted = false
    private var isBusy = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    public init(
        modules: any InternalTopicLog, views: any InternalTopicLog, topics: any TopicCatalog,
        admission: any ModuleAdmission, configuration: Configuration = Configuration(), logger: Logger,
        now: @escaping @Sendable () -> Int64
    ) {
        logs = [.modules: modules, .views: views]
        self.topics = topics
        self.admission = admission
        self.configuration = configuration
        self.logger = logger
        self.now = now
    }

    // MARK: Reading

    /// The policy now; until `start` is through, one that denies everything.
    public nonisolated var snapshot: PolicySnapshot { published.withLock { $0.snapshot } }

    /// The records behind the snapshot: for listings, configs and `view explain`.
    public nonisolated var currentState: PolicyState { published.withLock { $0.state } }

    /// The bytes of a stored module that isn't deleted.
    public nonisolated func moduleBytes(_ sha256: Digest) -> [UInt8]? {
        published.withLock { $0.moduleBytes[sha256] }
    }

    /// Calls `observer` with each new snapshot, after it is published and before its change is acknowledged: parked
    /// fetches wake here, and what is queued under the old policy is waited for.
    public nonisolated func onChange(_ observer: @escaping @Sendable (PolicySnapshot) async -> Void) {
        published.withLock { $0.observers.append(observer) }
    }

    /// Reads `__sluice_modules` to its end, then `__sluice_views`, and publishes what they say. Nothing may be served
    /// before. Call it once.
    public func start() async throws {
        let read = Mutex(PolicyReplay())
        for topic in [PolicyTopic.modules, .views] {
            try await logs[topic]?.replay { batch in
                try read.withLock { try $0.take(batch, of: topic) }
            }
        }
        let replay = read.withLock { $0 }
        state = replay.state
        isStarted = true
        await publish(adding: replay.moduleBytes)
    }

    /// The bytes of a module couldn't be loaded by the engine: views that name it deny from now on, `view` among them.
    public func moduleFailed(_ module: VersionedName, deniedBy view: VersionedName) async {
        logger.error("module \(module) can't be loaded: readers of view \(view) are refused")
        state.setLoaded(module, false)
        await publish(adding: [:])
    }

    // MARK: For the changes

    func markBroken() {
        isBroken = true
        logger.error("a change of policy could not be stored: none is taken until the broker is started again")
    }

    /// Swaps in what `state` says. `modules`: bytes that are new.
    func publish(adding modules: [Digest: [UInt8]]) async {
        let snapshot = state.snapshot()
        let wanted = Set(
            state.modules.values.flatMap { $0.values }.filter { $0.isLoaded && !$0.isDeleted }.map(\.sha256))
        let state = state
        let observers = published.withLock { published in
            published.moduleBytes.merge(modules) { old, _ in old }
            published.moduleBytes = published.moduleBytes.filter { wanted.contains($0.key) }
            published.state = state
            published.snapshot = snapshot
            return published.observers
        }
        for observer in observers { await observer(snapshot) }
    }

    /// Waits for the turn of a change; false if too many wait. An actor may begin the next call while one awaits, but
    /// versions are given by one change at a time.
    func takeTurn() async -> Bool {
        guard isBusy else {
            isBusy = true
            return true
        }
        guard waiting.count < configuration.waitingMax else { return false }
        await withCheckedContinuation { waiting.append($0) }
        return true
    }

    func endTurn() {
        if waiting.isEmpty {
            isBusy = false
        } else {
            // The turn goes over to the next one; `isBusy` stays.
            waiting.removeFirst().resume()
        }
    }
}

/// The state that the logs make, while they are read.
private struct PolicyReplay {
    var state = PolicyState()
    var moduleBytes: [Digest: [UInt8]] = [:]

    mutating func take(_ batch: DecodedBatch, of topic: PolicyTopic) throws {
        if batch.header.attributes.isControl { return }
        for index in batch.records.indices {
            let record = PolicyRecord(batch.record(at: index))
            let offset = batch.header.baseOffset &+ Int64(batch.records[index].offsetDelta)
            switch topic {
            case .modules:
                state.applyModule(record, offset: offset)
                if let value = record.value, !value.isEmpty { moduleBytes[Digest(hashing: value)] = value }
            case .views: state.applyView(record, offset: offset)
            }
        }
    }
}
