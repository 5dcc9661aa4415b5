import KafkaMessages
import NIOCore
import TestSupport
import Testing

@testable import Broker

/// Fetch sessions over requests: what real clients do, thieves, views that change, and full answers as the measure.
@Suite struct FetchSessionBrokerTests {
    typealias Place = SessionConsumer.Place

    func consumer(_ test: TestBroker, _ wants: [Place: Int64], version: Int16 = 11) -> SessionConsumer {
        var consumer = SessionConsumer(test.connect(peer: "10.0.0.1"))
        consumer.wants = wants
        consumer.version = version
        return consumer
    }

    /// Parks a fetch of a session; it is opened before, if it isn't there.
    static func poll(_ consumer: sending SessionConsumer, isOpen: Bool) async throws -> FetchResponse {
        var consumer = consumer
        if !isOpen { _ = try await consumer.fetch() }
        return try await consumer.fetch(maxWaitMs: 20_000)
    }

    @Test(arguments: Int16(7)...12) func answersHoldWhatIsNew(version: Int16) async throws {
        let test = try await TestBroker()
        try await test.createTopic("t", partitions: 3)
        try await test.createTopic("u")
        let producer = test.connect()
        _ = try await producer.produce("t", batch("a"), partition: 1)
        var consumer = consumer(
            test, [Place(topic: "t", partition: 0): 0, Place(topic: "t", partition: 1): 0], version: version)
        let full = try await consumer.fetch()
        #expect(full.sessionId != 0 && places(full) == ["t-0", "t-1"])
        consumer.wants[Place(topic: "t", partition: 1)] = 1
        #expect(try await places(consumer.fetch()) == [])
        _ = try await producer.produce("t", batch("b"), partition: 0)
        let piece = try await consumer.fetch()
        #expect(places(piece) == ["t-0"])
        #expect(try values(piece.responses[0].partitions[0].records) == ["b"])
        // Not taken yet, so it comes again.
        #expect(try await places(consumer.fetch()) == ["t-0"])
        // One is added, one is forgotten.
        consumer.wants[Place(topic: "u", partition: 0)] = 0
        consumer.wants[Place(topic: "t", partition: 0)] = nil
        #expect(try await places(consumer.fetch()) == ["u-0"])
        _ = try await producer.produce("t", batch("c"), partition: 0)
        #expect(try await places(consumer.fetch()) == [])
        #expect(consumer.epoch == 6 && test.broker.fetchSessions.count == 1)
        // Without the last one it ends.
        consumer.wants = [:]
        let last = try await consumer.fetch(maxWaitMs: 60_000)
        #expect(last.sessionId == 0 && last.errorCode == .none && test.broker.fetchSessions.count == 0)
    }

    @Test(arguments: Int16(13)...18) func topicIds(version: Int16) async throws {
        let test = try await TestBroker()
        let first = try await test.createTopic("t")
        var consumer = consumer(test, [Place(topic: "t", partition: 0): 0], version: version)
        consumer.ids["t"] = first.id
        _ = try await consumer.fetch()
        // Names come with another version only.
        var named = TestConnection.fetchRequest("t", from: 0)
        (named.sessionId, named.sessionEpoch) = (consumer.sessionId, consumer.epoch)
        let mixed = try await consumer.connection.send(named, version: 12)
        #expect(mixed.errorCode == .fetchSessionTopicIdError && mixed.sessionId == 0)
        // It goes on as it was.
        #expect(try await consumer.fetch().errorCode == .none)
        // Deleted and made again: the old id names nothing, until the client has learnt the new one.
        var delete = DeleteTopicsRequest()
        delete.topicNames = ["t"]
        _ = try await test.connect().send(delete, version: 4)
        let second = try await test.createTopic("t")
        _ = try await test.connect().produce("t", batch("new"))
        #expect(try await consumer.fetch().responses[0].partitions[0].errorCode == .unknownTopicId)
        #expect(try await consumer.fetch().responses[0].partitions[0].errorCode == .unknownTopicId)
        consumer.ids["t"] = second.id
        let again = try await consumer.fetch()
        #expect(again.responses.map(\.topicId) == [second.id])
        #expect(try values(again.responses[0].partitions[0].records) == ["new"])
        #expect(consumer.epoch > 4)
    }

    @Test func namesThatAreMadeAgain() async throws {
        let test = try await TestBroker()
        try await test.createTopic("t")
        var consumer = consumer(test, [Place(topic: "t", partition: 0): 0, Place(topic: "later", partition: 0): 0])
        #expect(try await places(consumer.fetch()) == ["later-0", "t-0"])
        // An error is said each time.
        #expect(try await places(consumer.fetch()) == ["later-0"])
        try await test.createTopic("later")
        #expect(try await places(consumer.fetch()) == ["later-0"])
        #expect(try await places(consumer.fetch()) == [])
        var delete = DeleteTopicsRequest()
        delete.topicNames = ["t"]
        _ = try await test.connect().send(delete, version: 4)
        try await test.createTopic("t")
        // Another topic of the name, as empty as the first was.
        #expect(try await places(consumer.fetch()) == ["t-0"])
    }

    @Test func wrongEpochsAndIds() async throws {
        let test = try await TestBroker()
        try await test.createTopic("t")
        var consumer = consumer(test, [Place(topic: "t", partition: 0): 0])
        _ = try await consumer.fetch()
        var request = consumer.request()
        for epoch in [Int32(2), -2, .max, .min] {
            request.sessionEpoch = epoch
            #expect(try await consumer.connection.send(request, version: 11).errorCode == .invalidFetchSessionEpoch)
        }
        (request.sessionId, request.sessionEpoch) = (consumer.sessionId ^ 1, 1)
        #expect(try await consumer.connection.send(request, version: 11).errorCode == .fetchSessionIdNotFound)
        (request.sessionId, request.sessionEpoch) = (0, 1)
        #expect(try await consumer.connection.send(request, version: 11).errorCode == .fetchSessionIdNotFound)
        #expect(try await consumer.fetch().errorCode == .none)
        // -1 ends it and asks for no other.
        (request.sessionId, request.sessionEpoch) = (consumer.sessionId, -1)
        #expect(try await consumer.connection.send(request, version: 11).sessionId == 0)
        #expect(test.broker.fetchSessions.count == 0)
        #expect(try await consumer.fetch().errorCode == .fetchSessionIdNotFound)
        // 0 ends the old one and opens another.
        let first = try await consumer.fetch().sessionId
        (request.sessionId, request.sessionEpoch) = (first, 0)
        request.topics = TestConnection.fetchRequest("t", from: 0).topics
        let second = try await consumer.connection.send(request, version: 11).sessionId
        #expect(second != first && second > 0 && test.broker.fetchSessions.count == 1)
        consumer.connection.session.disconnected()
        #expect(test.broker.fetchSessions.count == 0 && test.broker.fetchSessions.byteCount == 0)
    }

    /// A8: somebody else's session is as good as none, for its going on and for its end, but on a client's next connection.
    @Test func sessionsAreOfOneConnection() async throws {
        let test = try await TestBroker()
        try await test.createTopic("t")
        var owner = consumer(test, [Place(topic: "t", partition: 0): 0])
        _ = try await owner.fetch()
        for thief in [test.connect(peer: "10.0.0.1"), test.connect(peer: "10.0.0.9"), test.connect(isAdmin: true)] {
            thief.clientId = "thief"
            var request = FetchRequest()
            (request.sessionId, request.sessionEpoch) = (owner.sessionId, owner.epoch)
            #expect(try await thief.send(request, version: 11).errorCode == .fetchSessionIdNotFound)
            request.sessionEpoch = -1
            _ = try await thief.send(request, version: 11)
        }
        #expect(try await owner.fetch().errorCode == .none)
        // The client itself comes back before the broker has seen its old connection go.
        var again = owner.reconnected(test.connect(peer: "10.0.0.1"))
        #expect(try await places(again.fetch()) == ["t-0"])
        #expect(again.sessionId != owner.sessionId && test.broker.fetchSessions.count == 1)
    }

    @Test func followersTooManyAndDoublesGetNoSession() async throws {
        let test = try await TestBroker(["max.incremental.fetch.session.cache.slots": "1"])
        try await test.createTopic("t")
        let client = test.connect()
        var request = TestConnection.fetchRequest("t", from: 0)
        request.sessionEpoch = 0
        request.replicaId = 3
        #expect(try await client.send(request, version: 11).sessionId == 0)
        request.replicaId = -1
        request.topics[0].partitions += request.topics[0].partitions
        #expect(try await client.send(request, version: 11).sessionId == 0)
        request = TestConnection.fetchRequest(String(repeating: "n", count: 300), from: 0)
        request.sessionEpoch = 0
        #expect(try await client.send(request, version: 11).sessionId == 0)
        request = TestConnection.fetchRequest("t", from: 0)
        request.sessionEpoch = 0
        #expect(try await client.send(request, version: 11).sessionId != 0)
        #expect(try await test.connect().send(request, version: 11).sessionId == 0)
    }

    /// A8, DESIGN rule 9: what a reader gets is never remembered in a session.
    @Test func changesOfAViewAreNews() async throws {
        let test = try await TestBroker()
        try await test.createTopic("accounts")
        _ = try await test.connect().produce("accounts", batch("secret"))
        let admin = test.connect(isAdmin: true)
        _ = try await admin.deploy("mask", try ReaderFixture.guest())
        var member = consumer(test, [Place(topic: "accounts", partition: 0): 0])
        try await member.connection.name(group: "email-app")
        let place = Place(topic: "accounts", partition: 0)
        _ = try await member.fetch()
        #expect(try values(#require(member.picture[place]).records) == ["secret"])
        // Nothing more to read, and still the change is told.
        member.wants[place] = 1
        #expect(try await places(member.fetch()) == [])
        try await admin.bind(group: "email-app", topic: "accounts", to: "mask")
        #expect(try await places(member.fetch()) == ["accounts-0"])
        #expect(try await places(member.fetch()) == [])
        // Read anew in the same session: through the view.
        member.wants[place] = 0
        _ = try await member.fetch()
        #expect(try values(#require(member.picture[place]).records) == ["*"])
        // Refused, and let in again.
        try await admin.setDefault(topic: "accounts", to: "deny")
        try await admin.bind(group: "email-app", topic: "accounts", to: "deny")
        for _ in 0..<2 {
            let refused = try await member.fetch()
            #expect(refused.responses[0].partitions[0].errorCode == .topicAuthorizationFailed)
            #expect(refused.responses[0].partitions[0].highWatermark == -1)
        }
        try await admin.bind(group: "email-app", topic: "accounts", to: "mask")
        member.wants[place] = 1
        #expect(try await member.fetch().responses[0].partitions[0].errorCode == .none)
        #expect(try await places(member.fetch()) == [])
        #expect(test.broker.fetchSessions.count == 1)
    }

    /// A9: a long poll of a session that is parked while the policy changes.
    @Test func aParkedSessionResolvesAgain() async throws {
        let test = try await TestBroker()
        try await test.createTopic("accounts")
        let admin = test.connect(isAdmin: true)
        _ = try await admin.deploy("mask", try ReaderFixture.guest())
        let plain = consumer(test, [Place(topic: "accounts", partition: 0): 0])
        async let polled = Self.poll(plain, isOpen: false)
        while test.broker.fetchSessions.count == 0 { await Task.yield() }
        try await admin.bind(group: "email-app", topic: "accounts", to: "mask")
        _ = try await test.connect().produce("accounts", batch("secret"))
        let answer = try await polled
        #expect(answer.responses[0].partitions[0].errorCode == .topicAuthorizationFailed)
    }

    /// Class 5: two groups share address and client.id, so nothing but its session says who comes back.
    @Test func aSessionNamesTheGroupOfAReconnectedClient() async throws {
        let test = try await TestBroker.story(["attribution.wait.ms": "0"])
        try await test.connect(isAdmin: true).bind(group: "audit", topic: "accounts", to: "deny")
        let place = Place(topic: "accounts", partition: 0)
        var member = consumer(test, [place: 0])
        try await member.connection.name(group: "email-app")
        _ = try await member.fetch()
        let other = test.connect(peer: "10.0.0.1")
        try await other.name(group: "audit")
        member.connection.session.disconnected()
        var unknown = consumer(test, [place: 0])
        _ = try await unknown.fetch()
        #expect(unknown.picture[place]?.errorCode == .topicAuthorizationFailed)
        var thief = member.reconnected(test.connect(peer: "10.0.0.2"))
        _ = try await thief.fetch()
        #expect(thief.picture[place]?.errorCode == .topicAuthorizationFailed)
        var again = member.reconnected(test.connect(peer: "10.0.0.1"))
        _ = try await again.fetch()
        #expect(try values(#require(again.picture[place]).records) == ["*"])
        // And once more, before the broker has seen that connection go.
        var third = again.reconnected(test.connect(peer: "10.0.0.1"))
        _ = try await third.fetch()
        #expect(try values(#require(third.picture[place]).records) == ["*"])
    }

    /// The topic goes while a fetch of it is parked.
    @Test(arguments: [Int16(12), 13]) func aParkedFetchOfADeletedTopic(version: Int16) async throws {
        let test = try await TestBroker()
        let topic = try await test.createTopic("t")
        var consumer = consumer(test, [Place(topic: "t", partition: 0): 0], version: version)
        consumer.ids["t"] = topic.id
        _ = try await consumer.fetch()
        let parked = consumer
        async let polled = Self.poll(parked, isOpen: true)
        await Task.yield()
        var delete = DeleteTopicsRequest()
        delete.topicNames = ["t"]
        _ = try await test.connect().send(delete, version: 4)
        let code = try await polled.responses[0].partitions[0].errorCode
        #expect(code == (version < 13 ? .unknownTopicOrPartition : .unknownTopicId))
    }

    /// Against full answers: random records, deletions, views, evictions and reconnects.
    @Test(arguments: [UInt64(0xB0_0001), 0xB0_0002]) func piecesMakeTheWhole(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let test = try await TestBroker(["max.incremental.fetch.session.cache.slots": "1", "attribution.wait.ms": "0"])
        let admin = test.connect(isAdmin: true)
        _ = try await admin.deploy("mask", try ReaderFixture.guest())
        let names = ["a", "b", "c"]
        var places: [Place] = []
        for name in names {
            try await test.createTopic(name, partitions: 2)
            places += [Place(topic: name, partition: 0), Place(topic: name, partition: 1)]
            try await admin.setDefault(topic: name, to: "raw")
        }
        func connect() async throws -> TestConnection {
            let connection = test.connect(peer: "10.0.0.1")
            try await connection.name(group: "g")
            return connection
        }
        var consumer = SessionConsumer(try await connect())
        let measure = try await connect()
        var pieces = 0
        for _ in 0..<250 {
            let place = try #require(places.randomElement(using: &random))
            switch Int.random(in: 0..<12, using: &random) {
            case 0, 1, 2:
                _ = try await admin.produce(place.topic, batch("s\(random.next() % 100)"), partition: place.partition)
            case 3:
                var delete = DeleteTopicsRequest()
                delete.topicNames = [place.topic]
                _ = try await admin.send(delete, version: 4)
                if Bool.random(using: &random) { try await test.createTopic(place.topic, partitions: 2) }
            case 4: _ = try? await test.createTopic(place.topic, partitions: 2)
            case 5, 6:
                // Raw is refused where everybody else has less.
                try? await admin.bind(
                    group: "g", topic: place.topic, to: try #require(["raw", "mask"].randomElement(using: &random)))
            case 7:
                let target = try #require(["raw", "mask"].randomElement(using: &random))
                // Refused where the group has more than everybody would.
                try? await admin.setDefault(topic: place.topic, to: target)
            case 8: consumer.wants[place] = consumer.wants[place] == nil ? 0 : nil
            case 9 where Int.random(in: 0..<4, using: &random) == 0:
                consumer.connection.session.disconnected()
                consumer = consumer.reconnected(try await connect())
            case 10 where Int.random(in: 0..<4, using: &random) == 0:
                test.broker.fetchSessions.evictAll()
            default: break
            }
            if consumer.wants.isEmpty { continue }
            if try await consumer.fetch().errorCode != .none { _ = try await consumer.fetch() }
            pieces += consumer.epoch > 1 ? 1 : 0
            for (place, offset) in consumer.wants {
                let whole = try await measure.fetch(place.topic, from: offset, partition: place.partition)
                let known = try #require(consumer.picture[place], "seed \(seed)")
                #expect(known.errorCode == whole.errorCode, "seed \(seed): \(place)")
                #expect(known.highWatermark == whole.highWatermark, "seed \(seed): \(place)")
                #expect(known.logStartOffset == whole.logStartOffset, "seed \(seed): \(place)")
                #expect(try values(known.records) == values(whole.records), "seed \(seed): \(place)")
                consumer.wants[place] = offset + Int64(try values(known.records).count)
                if whole.errorCode == .offsetOutOfRange { consumer.wants[place] = 0 }
            }
        }
        #expect(pieces > 50, "seed \(seed)")
    }
}

extension FetchSessions {
    /// As if others had wanted the room.
    func evictAll() {
        for connection in UInt64(0)..<1_000 { disconnected(connection) }
    }
}
