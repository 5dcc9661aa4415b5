import KafkaMessages
import Testing

@testable import Broker

/// A session that `#expect` can be asked of.
final class SessionHarness {
    private var machine: FetchSession.StateMachine

    init(usesTopicIds: Bool = false) {
        machine = FetchSession.StateMachine(usesTopicIds: usesTopicIds)
    }

    var byteCount: Int { machine.byteCount }

    func open(_ topic: FetchSession.Topic, _ index: Int32, told: Int64 = 5) -> Bool {
        machine.open(topic, FetchSessionTests.wanted(index), told: FetchSessionTests.told(told))
    }

    func proceed(_ request: FetchRequest, byId: Bool = false) -> FetchSession.Action {
        machine.proceed(request, usesTopicIds: byId)
    }

    func tell(_ slot: Int, _ told: FetchSession.Told, records: Bool = false) -> Bool {
        machine.tell(slot, told, hasRecords: records)
    }

    func endAnswer() { machine.endAnswer() }
    func close() { machine.close() }

    /// Its partitions in the order in which they are read.
    var partitions: [String] {
        var found: [String] = []
        machine.forEach { found.append("\(machine.topics[$1]) \($2.index)@\($2.fetchOffset)") }
        return found
    }
}

/// Slots that `#expect` can be asked of; sessions take 100 bytes for each partition.
final class CacheHarness {
    private var machine: FetchSessionCache.StateMachine

    init(slots: Int, bytes: Int = 1 << 20) {
        var limits = FetchSessionCache.Limits()
        (limits.slots, limits.bytes) = (slots, bytes)
        machine = FetchSessionCache.StateMachine(limits: limits)
    }

    var count: Int { machine.count }
    var byteCount: Int { machine.byteCount }

    func open(
        _ id: Int32, size: Int = 1, at now: Int64, owner: FetchSessionCache.Owner = FetchSessionTests.alice
    ) -> FetchSessionCache.Opening {
        machine.open(id, owner: owner, partitionCount: size, byteCount: 100 * size, now: now)
    }

    func used(_ id: Int32, size: Int, at now: Int64) -> Bool {
        machine.used(id, partitionCount: size, byteCount: 100 * size, now: now)
    }

    func isOpen(_ id: Int32, to owner: FetchSessionCache.Owner) -> Bool { machine.isOpen(id, to: owner) }
    func disconnected(_ connection: UInt64) -> [Int32] { machine.disconnected(connection) }
}

/// The rules of one session and of the slots, as KIP-227 and Apache Kafka have them.
@Suite struct FetchSessionTests {
    static func told(
        _ highWatermark: Int64, start: Int64 = 0, error: ErrorCode = .none, source: Int = 7
    ) -> FetchSession.Told {
        FetchSession.Told(
            errorCode: error, highWatermark: highWatermark, lastStableOffset: highWatermark, logStartOffset: start,
            source: source)
    }

    static func wanted(_ index: Int32, _ offset: Int64 = 0) -> FetchSession.Wanted {
        FetchSession.Wanted(index: index, fetchOffset: offset, bytesMax: 1 << 20)
    }

    static func request(
        epoch: Int32, _ topics: [String: [(Int32, Int64)]] = [:], forget: [String: [Int32]] = [:]
    ) -> FetchRequest {
        var request = FetchRequest()
        request.sessionEpoch = epoch
        request.topics = topics.sorted { $0.key < $1.key }.map { name, partitions in
            var topic = FetchRequest.FetchTopic()
            topic.topic = name
            topic.partitions = partitions.map { index, offset in
                var partition = FetchRequest.FetchPartition()
                partition.partition = index
                partition.fetchOffset = offset
                partition.partitionMaxBytes = 1 << 20
                return partition
            }
            return topic
        }
        request.forgottenTopicsData = forget.map { name, partitions in
            var topic = FetchRequest.ForgottenTopic()
            topic.topic = name
            topic.partitions = partitions
            return topic
        }
        return request
    }

    /// A session of topic `t` with partitions 0 to 2, told a high watermark of 5.
    func session() -> SessionHarness {
        let session = SessionHarness()
        for index in Int32(0)...2 { #expect(session.open(.name("t"), index)) }
        return session
    }

    @Test func epochsFollowEachOther() {
        let session = session()
        for epoch in [Int32(1), 2, 3] {
            #expect(session.proceed(Self.request(epoch: epoch)) == .fetch)
        }
        for epoch in [Int32(3), 5, -2, .max] {
            let action = session.proceed(Self.request(epoch: epoch))
            #expect(action == .refuse(.invalidFetchSessionEpoch))
        }
        #expect(session.proceed(Self.request(epoch: 4)) == .fetch)
        // 0 begins one and -1 ends one, so neither comes again.
        #expect(FetchSession.epoch(after: .max) == 1)
    }

    @Test func namesAndIdsDontMix() {
        let named = session()
        #expect(named.proceed(Self.request(epoch: 1), byId: true) == .refuse(.fetchSessionTopicIdError))
        #expect(named.proceed(Self.request(epoch: 1)) == .fetch)
        let byId = SessionHarness(usesTopicIds: true)
        #expect(byId.open(.id(Uuid(high: 1, low: 1)), 0))
        #expect(byId.proceed(Self.request(epoch: 1)) == .refuse(.fetchSessionTopicIdError))
    }

    @Test func aRequestAddsChangesAndForgets() {
        let session = session()
        let request = Self.request(epoch: 1, ["t": [(1, 9)], "u": [(0, 3)]], forget: ["t": [0, 0, 77], "x": [1]])
        #expect(session.proceed(request) == .fetch)
        #expect(session.partitions == [#"name("t") 1@9"#, #"name("t") 2@0"#, #"name("u") 0@3"#])
        // What was told of the others is kept over that; of the new one nothing was.
        let isNews = (0..<3).map { session.tell($0, Self.told(5), records: false) }
        #expect(isNews == [false, false, true])
        // Forgetting all of it ends it.
        let all = Self.request(epoch: 2, forget: ["t": [1, 2], "u": [0]])
        #expect(session.proceed(all) == .emptied)
    }

    @Test func onlyNewsIsTold() {
        let session = session()
        #expect(session.proceed(Self.request(epoch: 1)) == .fetch)
        func isNews(_ told: FetchSession.Told, records: Bool = false) -> Bool {
            session.tell(0, told, records: records)
        }
        #expect(!isNews(Self.told(5)))
        #expect(isNews(Self.told(5), records: true))
        #expect(isNews(Self.told(6)))
        #expect(!isNews(Self.told(6)))
        #expect(isNews(Self.told(6, start: 2)))
        // Another view of it, or another topic of its name.
        #expect(isNews(Self.told(6, start: 2, source: 8)))
        // An error is told each time, and so is its end.
        let error = Self.told(-1, start: -1, error: .topicAuthorizationFailed)
        #expect(isNews(error))
        #expect(isNews(error))
        #expect(isNews(Self.told(6, start: 2, source: 8)))
        #expect(!isNews(Self.told(6, start: 2, source: 8)))
    }

    /// Under a bound of bytes whoever got records waits for those who didn't.
    @Test func whoGotRecordsIsReadLast() {
        let session = session()
        func order() -> [String] { session.partitions.map { String($0.dropFirst(10).prefix(1)) } }
        #expect(order() == ["0", "1", "2"])
        for slot in 0...2 { _ = session.tell(slot, Self.told(5), records: slot == 0) }
        session.endAnswer()
        #expect(order() == ["1", "2", "0"])
        for slot in 0...1 { _ = session.tell(slot, Self.told(5), records: true) }
        session.endAnswer()
        #expect(order() == ["2", "1", "0"])
    }

    @Test func whatIsTooLargeIsNoSession() {
        let session = session()
        let long = String(repeating: "x", count: 250)
        #expect(session.proceed(Self.request(epoch: 1, [long: [(0, 0)]])) == .outgrown)
        let many = SessionHarness()
        #expect((0..<Int32(FetchSession.Limit.partitions)).allSatisfy { many.open(.name("t"), $0) })
        #expect(!many.open(.name("t"), -1))
        #expect(many.proceed(Self.request(epoch: 1, ["t": [(-1, 0)]])) == .outgrown)
        // Twice the same.
        let twice = SessionHarness()
        #expect(twice.open(.name("t"), 0))
        #expect(!twice.open(.name("t"), 0))
    }

    @Test func aClosedOneHoldsNothing() {
        let session = session()
        session.close()
        #expect(session.byteCount == 0)
        #expect(session.proceed(Self.request(epoch: 1)) == .refuse(.fetchSessionIdNotFound))
        #expect(session.tell(2, Self.told(5), records: false))
    }

    // MARK: Slots

    static let alice = FetchSessionCache.Owner(connection: 1, principal: .anonymous)
    static let bob = FetchSessionCache.Owner(connection: 2, principal: .anonymous)

    @Test func onlyItsOwnConnectionAndPrincipalGoOn() {
        let cache = CacheHarness(slots: 2)
        #expect(cache.open(7, at: 0).isOpen)
        #expect(cache.isOpen(7, to: Self.alice))
        #expect(!cache.isOpen(7, to: Self.bob))
        #expect(!cache.isOpen(7, to: FetchSessionCache.Owner(connection: 1, principal: .admin)))
        #expect(!cache.isOpen(8, to: Self.alice))
        #expect(cache.disconnected(2) == [])
        #expect(cache.disconnected(1) == [7])
        #expect(cache.count == 0 && cache.byteCount == 0)
    }

    /// Kafka's FetchSessionCache: stale ones first, the longest unused of them; else an old, smaller one; else none.
    @Test func evictionIsKafkas() {
        let cache = CacheHarness(slots: 2)
        _ = cache.open(1, size: 10, at: 0)
        _ = cache.open(2, size: 20, at: 10)
        // Both were used within two minutes, and neither is two minutes old.
        #expect(cache.open(3, size: 99, at: 120_000) == .init(isOpen: false))
        // The longest unused one goes once that is more than two minutes.
        #expect(cache.open(3, size: 1, at: 120_001) == .init(isOpen: true, evicted: [1]))
        #expect(cache.used(2, size: 20, at: 120_005))
        #expect(cache.used(3, size: 1, at: 120_005))
        // The younger one is no candidate, small as it is; the old one goes for a larger one only.
        for size in [1, 19, 20] {
            #expect(cache.open(4, size: size, at: 120_020) == .init(isOpen: false))
        }
        // Age counts when it is used: the old one was last used within its first two minutes.
        #expect(cache.open(4, size: 21, at: 120_020) == .init(isOpen: false))
        #expect(cache.used(2, size: 20, at: 120_030))
        #expect(cache.open(4, size: 21, at: 120_040) == .init(isOpen: true, evicted: [2]))
        #expect(cache.count == 2 && cache.byteCount == 2_200)
    }

    @Test func memoryIsBounded() {
        let cache = CacheHarness(slots: 100, bytes: 1_000)
        #expect(cache.open(1, size: 6, at: 0).isOpen)
        #expect(!cache.open(2, size: 5, at: 0, owner: Self.bob).isOpen)
        #expect(cache.open(2, size: 4, at: 0, owner: Self.bob).isOpen)
        // One that grows beyond it goes.
        #expect(!cache.used(2, size: 5, at: 1))
        #expect(cache.count == 1 && cache.byteCount == 600)
        #expect(!cache.used(2, size: 1, at: 1))
        #expect(cache.open(3, size: 10, at: 120_002) == .init(isOpen: true, evicted: [1]))
    }

    @Test func aConnectionHasFew() {
        let cache = CacheHarness(slots: 100)
        for id in Int32(1)...8 { #expect(cache.open(id, at: 0) == .init(isOpen: true)) }
        #expect(cache.open(9, at: 0, owner: Self.bob) == .init(isOpen: true))
        #expect(cache.open(10, at: 0) == .init(isOpen: true, evicted: [1]))
        #expect(cache.count == 9)
    }

    @Test func noSlotsNoSessions() {
        let cache = CacheHarness(slots: 0)
        #expect(cache.open(1, at: 0) == .init(isOpen: false))
    }
}
