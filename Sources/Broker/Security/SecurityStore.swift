import KafkaRecords
import Synchronization
import Views

/// ACLs, credentials and quotas of this broker: what `__sluice_security` holds as a snapshot that everybody reads, and its one
/// writer. A change is appended, applied, published, then acknowledged, so that it holds at the next request.
actor SecurityStore {
    static let topicName = "__sluice_security"
    /// `max.message.bytes` of the topic, and the most that one change may come to.
    static let messageBytesMax = 1_048_588
    /// More ACLs than anybody looks after by hand, and a bound on memory.
    static let aclsMax = 100_000
    static let credentialsMax = 100_000
    static let quotasMax = 100_000

    /// Why a change isn't made. Nothing of it is stored then, but for `.storage`, where that is unknown.
    enum Failure: Error, Equatable {
        case tooLarge
        case tooMany(String)
        case storage
    }

    private let log: any InternalTopicLog
    private let nowMs: @Sendable () -> Int64
    private let onChange: @Sendable (SecuritySnapshot) -> Void
    private let published = Mutex(SecuritySnapshot.unread)
    private let currentVersion = Atomic<UInt64>(0)
    private var state = SecurityState()
    /// An append failed: what the log holds is unknown until it is read again.
    private var isBroken = false
    private let turns = TurnQueue(waitingMax: 64)

    /// `onChange` gets each snapshot before the change is acknowledged.
    init(
        log: any InternalTopicLog, nowMs: @escaping @Sendable () -> Int64,
        onChange: @escaping @Sendable (SecuritySnapshot) -> Void = { _ in }
    ) {
        self.log = log
        self.nowMs = nowMs
        self.onChange = onChange
    }

    nonisolated var snapshot: SecuritySnapshot { published.withLock { $0 } }

    /// The number of `snapshot`, without taking a lock: 1 ns for who keeps something that was made from one.
    nonisolated var version: UInt64 { currentVersion.load(ordering: .acquiring) }

    /// Reads the records to their end, and makes the secret where there is none yet. Nothing may be served before. Call it
    /// once.
    func start() async throws {
        let read = Mutex(SecurityState())
        try await log.replay { batch in
            guard !batch.header.attributes.isControl else { return }
            read.withLock { state in
                for index in batch.records.indices {
                    let record = batch.record(at: index)
                    state.apply(key: record.key, value: record.value)
                }
            }
        }
        state = read.withLock { $0 }
        publish()
        guard state.secret.isEmpty, state.unreadable.isEmpty else { return }
        var random = SystemRandomNumberGenerator()
        let secret = (0..<32).map { _ in UInt8.random(in: 0...255, using: &random) }
        try await store { _ throws(Failure) in
            [(.secret, SecurityValue(secret: secret))]
        } by: {
            .admin
        }
    }

    /// Makes and removes ACLs, all or none; what is there already or isn't there is left alone.
    func change(
        adding: [Acl], removing: [Acl], by author: Principal
    ) async throws(Failure) {
        try await store { state throws(Failure) in
            let new = Set(adding).subtracting(state.acls)
            guard state.acls.count + new.count <= Self.aclsMax else { throw .tooMany("at most \(Self.aclsMax) ACLs") }
            return new.map { (.acl($0), SecurityValue()) }
                + removing.filter { state.acls.contains($0) && !adding.contains($0) }.map { (.acl($0), nil) }
        } by: {
            author
        }
    }

    /// Sets credentials, and removes those that are nil, all or none.
    func change(_ credentials: [CredentialKey: ScramCredential?], by author: Principal) async throws(Failure) {
        try await store { state throws(Failure) in
            let new = credentials.count { $0.value != nil && state.credentials[$0.key] == nil }
            guard state.credentials.count + new <= Self.credentialsMax else {
                throw .tooMany("at most \(Self.credentialsMax) credentials")
            }
            return credentials.map { (.scram($0.key), $0.value.map { SecurityValue(credential: $0) }) }
        } by: {
            author
        }
    }

    /// Changes quotas, all or none: of each entity, those with a value are set and those without are removed.
    func change(_ quotas: [QuotaEntity: [QuotaKind: Double?]], by author: Principal) async throws(Failure) {
        try await store { state throws(Failure) in
            let new = quotas.keys.count { state.quotas.limits[$0] == nil }
            guard state.quotas.limits.count + new <= Self.quotasMax else {
                throw .tooMany("at most \(Self.quotasMax) entities with quotas")
            }
            return quotas.map { entity, changes in
                var limits = state.quotas.limits[entity] ?? [:]
                for (kind, limit) in changes { limits[kind] = limit }
                return (.quota(entity), limits.isEmpty ? nil : SecurityValue(limits: limits))
            }
        } by: {
            author
        }
    }

    private func store(
        _ plan: (SecurityState) throws(Failure) -> [(SecurityKey, SecurityValue?)], by author: () -> Principal
    ) async throws(Failure) {
        guard await turns.take() else { throw .tooMany("too many changes wait; try again") }
        defer { turns.end() }
        guard !isBroken else { throw .storage }
        let (now, author) = (nowMs(), author())
        let records = try plan(state).map { key, value in
            Record(key: key.bytes, value: value?.bytes(author: author, atMs: now), headers: [], timestamp: now)
        }
        guard !records.isEmpty else { return }
        let batch = RecordBatch.encode(records)
        guard batch.count <= Self.messageBytesMax else { throw .tooLarge }
        do {
            _ = try await log.append(batch)
        } catch {
            isBroken = true
            throw .storage
        }
        for record in records { state.apply(key: record.key, value: record.value) }
        publish()
    }

    private func publish() {
        let snapshot = SecuritySnapshot(version: self.snapshot.version + 1, state)
        published.withLock { $0 = snapshot }
        currentVersion.store(snapshot.version, ordering: .releasing)
        onChange(snapshot)
    }
}
