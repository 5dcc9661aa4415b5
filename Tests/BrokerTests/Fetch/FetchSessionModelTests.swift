import KafkaMessages
import NIOCore
import Synchronization
import TestSupport
import Testing

@testable import Broker

/// What a client pieces together from the answers of its sessions equals what full answers would say, whatever becomes of
/// topics, views, slots and connections between them.
@Suite struct FetchSessionModelTests {
    struct Place: Hashable {
        var topic: FetchSession.Topic
        var partition: Int32
    }

    /// What there is. A full answer is read off it.
    struct World {
        var told: [Place: FetchSession.Told] = [:]

        func answer(_ place: Place) -> FetchSession.Told {
            told[place] ?? FetchSessionTests.told(-1, start: -1, error: .unknownTopicOrPartition, source: 0)
        }

        mutating func change(_ place: Place, _ random: inout SeededGenerator) {
            var now = told[place] ?? FetchSessionTests.told(0, source: Int.random(in: 1...3, using: &random))
            switch Int.random(in: 0..<8, using: &random) {
            case 0: told[place] = nil
            case 1: now = FetchSessionTests.told(now.highWatermark, source: now.source + 1)
            case 2: now.source ^= 1
            case 3: now = FetchSessionTests.told(-1, start: -1, error: .topicAuthorizationFailed, source: now.source)
            case 4: now = FetchSessionTests.told(5, source: now.source)
            case 5: now.logStartOffset = min(max(now.highWatermark, 0), now.logStartOffset + 1)
            default: now.highWatermark = max(now.highWatermark, 0) + 1
            }
            now.lastStableOffset = now.highWatermark
            told[place] = told[place] == nil && Bool.random(using: &random) ? nil : now
        }
    }

    /// A consumer that keeps a session as Java's FetchSessionHandler does.
    struct Client {
        var connection: UInt64
        var byId: Bool
        var sessionId: Int32 = 0
        var epoch: Int32 = 0
        var wants: [Place: Int64] = [:]
        /// What the session's last request left in it.
        var inSession: [Place: Int64] = [:]
        /// What it knows of each partition.
        var picture: [Place: FetchSession.Told] = [:]

        func request() -> FetchRequest {
            var request = FetchRequest()
            (request.sessionId, request.sessionEpoch) = (sessionId, epoch)
            let named = epoch > 0 ? wants.filter { inSession[$0.key] != $0.value } : wants
            for (topic, places) in Dictionary(grouping: named, by: \.key.topic) {
                var entry = FetchRequest.FetchTopic()
                switch topic {
                case .name(let name): entry.topic = name
                case .id(let id): entry.topicId = id
                }
                entry.partitions = places.map { place, offset in
                    var partition = FetchRequest.FetchPartition()
                    (partition.partition, partition.fetchOffset) = (place.partition, offset)
                    partition.partitionMaxBytes = 1 << 20
                    return partition
                }
                request.topics.append(entry)
            }
            if epoch > 0 {
                request.forgottenTopicsData = inSession.keys.filter { wants[$0] == nil }.map { place in
                    var entry = FetchRequest.ForgottenTopic()
                    switch place.topic {
                    case .name(let name): entry.topic = name
                    case .id(let id): entry.topicId = id
                    }
                    entry.partitions = [place.partition]
                    return entry
                }
            }
            return request
        }
    }

    /// Counts how often the interesting things happened: a test in which nothing happens proves nothing.
    struct Tally {
        var counts: [String: Int] = [:]
        mutating func note(_ what: String) { counts[what, default: 0] += 1 }
    }

    final class Run {
        var random: SeededGenerator
        var world = World()
        var tally = Tally()
        var clients: [Client] = []
        var now: Int64 = 0
        let sessions: FetchSessions
        let table = TopicTable()
        var nextConnection: UInt64 = 100
        let places: [Place]

        init(seed: UInt64) {
            random = SeededGenerator(seed: seed)
            var limits = FetchSessionCache.Limits()
            limits.slots = 3
            limits.evictionMs = 1_000
            let ids = Mutex(SeededGenerator(seed: seed ^ 0xFE7C))
            sessions = FetchSessions(limits: limits) { ids.withLock { Int32.random(in: 0...9, using: &$0) } }
            let topics: [FetchSession.Topic] = [
                .name("a"), .name("b"), .id(Uuid(high: 1, low: 1)), .id(Uuid(high: 1, low: 2)),
            ]
            places = topics.flatMap { topic in (0..<3).map { Place(topic: topic, partition: $0) } }
            for index in 0..<5 { clients.append(Client(connection: UInt64(index), byId: index % 2 == 0)) }
        }

        func isOf(_ client: Client, _ place: Place) -> Bool {
            if case .id = place.topic { client.byId } else { !client.byId }
        }
    }

    @Test(arguments: [UInt64(0x5E55_0001), 0x5E55_0002, 0x5E55_0003, 0x5E55_0004])
    func piecesMakeTheWhole(seed: UInt64) {
        let run = Run(seed: seed)
        for _ in 0..<20_000 {
            run.now += Int64.random(in: 0...200, using: &run.random)
            let index = Int.random(in: run.clients.indices, using: &run.random)
            switch Int.random(in: 0..<10, using: &run.random) {
            case 0, 1, 2:
                let place = run.places.randomElement(using: &run.random)!
                run.world.change(place, &run.random)
            case 3:
                let place = run.places.randomElement(using: &run.random)!
                guard run.isOf(run.clients[index], place) else { continue }
                let isWanted = run.clients[index].wants[place] == nil
                run.clients[index].wants[place] = isWanted ? Int64.random(in: 0...3, using: &run.random) : nil
                run.clients[index].picture[place] = nil
            case 4 where Int.random(in: 0..<10, using: &run.random) == 0: reconnect(run, index)
            case 4 where Int.random(in: 0..<10, using: &run.random) == 0:
                (run.clients[index].wants, run.clients[index].picture) = ([:], [:])
            default: fetch(run, index, seed)
            }
        }
        for what in ["full", "piece", "left out", "70", "71", "evicted in flight", "emptied", "no session"] {
            #expect(run.tally.counts[what, default: 0] > 20, "seed \(seed): \(what) \(run.tally.counts)")
        }
        for connection in 0...run.nextConnection { run.sessions.disconnected(connection) }
        #expect(run.sessions.count == 0 && run.sessions.byteCount == 0)
    }

    /// The client comes back on another connection, and ends the session that it had, or tries to go on with it.
    func reconnect(_ run: Run, _ index: Int) {
        if Bool.random(using: &run.random) { run.sessions.disconnected(run.clients[index].connection) }
        run.nextConnection += 1
        run.clients[index].connection = run.nextConnection
        if Bool.random(using: &run.random) { run.clients[index].epoch = 0 }
    }

    func fetch(_ run: Run, _ index: Int, _ seed: UInt64) {
        var client = run.clients[index]
        if client.wants.isEmpty && client.inSession.isEmpty { return }
        var request = client.request()
        let isConfused = Int.random(in: 0..<50, using: &run.random) == 0 && client.epoch > 0
        if isConfused { request.sessionEpoch += 1 }
        let owner = FetchSessionCache.Owner(connection: client.connection, principal: .anonymous)
        let scope = run.sessions.begin(
            request, owner: owner, isSameClient: false, usesTopicIds: client.byId, now: run.now)
        let targets: FetchTargets
        switch scope {
        case .refused(let code):
            run.tally.note("\(code.rawValue)")
            #expect(client.epoch > 0, "seed \(seed): a full request is never refused")
            #expect(isConfused || code == .fetchSessionIdNotFound, "seed \(seed): \(code)")
            // Java forgets an id that isn't known, and ends a session of another epoch.
            if code == .fetchSessionIdNotFound { client.sessionId = 0 }
            client.epoch = 0
            run.clients[index] = client
            return
        case .once, .opening: targets = FetchTargets(request, byId: client.byId, run.table)
        case .session(let handle): targets = FetchTargets(handle, isFollower: false, run.table)
        }
        let parts = answer(run, targets)
        take(run, &client, scope, targets, parts, owner, seed)
        run.clients[index] = client
    }

    /// The partitions as they are, with records for the first two that have some: the answer's bound of bytes.
    func answer(_ run: Run, _ targets: FetchTargets) -> [FetchedPartition] {
        var served = 0
        return targets.items.map { target in
            let told = run.world.answer(
                Place(topic: targets.topics[target.topicNumber].key, partition: target.wanted.index))
            var part = FetchedPartition(errorCode: told.errorCode)
            (part.highWatermark, part.logStartOffset, part.source) = (
                told.highWatermark, told.logStartOffset, told.source
            )
            if told.errorCode == .none, target.wanted.fetchOffset < told.highWatermark, served < 2 {
                served += 1
                var encoded = EncodedFetch(nextOffset: target.wanted.fetchOffset + 1)
                encoded.bytes = ByteBuffer(bytes: [1])
                part.content = .encoded(encoded)
            }
            return part
        }
    }

    func take(
        _ run: Run, _ client: inout Client, _ scope: FetchSessions.Scope, _ targets: FetchTargets,
        _ parts: [FetchedPartition], _ owner: FetchSessionCache.Owner, _ seed: UInt64
    ) {
        var told = Array(parts.indices)
        var sessionId: Int32 = 0
        switch scope {
        case .refused: return
        case .once: run.tally.note("emptied")
        case .opening:
            run.tally.note("full")
            sessionId = run.sessions.open(targets, parts, owner: owner, usesTopicIds: client.byId, now: run.now)
            if sessionId == 0 { run.tally.note("no session") }
        case .session(let handle):
            if Int.random(in: 0..<20, using: &run.random) == 0 { evict(run, handle.id) }
            let news = handle.news(targets, parts)
            run.tally.note(news.isOpen ? "piece" : "evicted in flight")
            if news.indices.count < parts.count { run.tally.note("left out") }
            told = news.indices
            sessionId = news.isOpen ? handle.id : 0
            for index in parts.indices where !news.indices.contains(index) {
                #expect(parts[index].byteCount == 0, "seed \(seed): records that aren't sent are lost")
            }
        }
        client.sessionId = sessionId
        client.epoch = sessionId == 0 ? 0 : FetchSession.epoch(after: client.epoch)
        client.inSession = sessionId == 0 ? [:] : client.wants
        for index in told {
            let target = targets.items[index]
            let place = Place(topic: targets.topics[target.topicNumber].key, partition: target.wanted.index)
            guard client.wants[place] != nil else { continue }
            client.picture[place] = parts[index].told
            if parts[index].byteCount > 0 { client.wants[place, default: 0] += 1 }
        }
        #expect(Set(client.picture.keys) == Set(client.wants.keys), "seed \(seed)")
        for (place, known) in client.picture {
            #expect(known == run.world.answer(place), "seed \(seed): \(place)")
        }
    }

    /// Others want slots until the session is gone.
    func evict(_ run: Run, _ id: Int32) {
        run.now += 1_001
        var request = FetchSessionTests.request(epoch: 0, ["z": [(0, 0)]])
        request.sessionId = 0
        let targets = FetchTargets(request, byId: false, run.table)
        run.nextConnection += 1
        let owner = FetchSessionCache.Owner(connection: run.nextConnection, principal: .anonymous)
        for _ in 0..<3 {
            _ = run.sessions.open(
                targets, [FetchedPartition()], owner: owner, usesTopicIds: false, now: run.now)
        }
        run.sessions.disconnected(run.nextConnection)
    }

    /// With room for two partitions' records in an answer, each of many gets its turn.
    @Test func nobodyStarves() {
        let run = Run(seed: 1)
        var client = Client(connection: 1, byId: false)
        for place in run.places where run.isOf(client, place) {
            client.wants[place] = 0
            run.world.told[place] = FetchSessionTests.told(1_000)
        }
        run.clients = [client]
        for _ in 0..<30 { fetch(run, 0, 1) }
        // 60 records for 6 partitions. The full request doesn't turn the order, so one may be a little ahead.
        #expect(run.clients[0].wants.values.allSatisfy { (8...12).contains($0) }, "\(run.clients[0].wants)")
    }
}
