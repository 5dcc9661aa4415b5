import KafkaMessages
import Testing

@testable import Broker

/// The cache of a whole broker: whatever it holds, a reader gets what the policy of the moment says of the records of the
/// moment.
@Suite struct ViewCacheBrokerTests {
    /// A topic with three batches, and two modules that mask with a letter each: `star` and `hash`.
    private func story(_ settings: [String: String] = [:]) async throws -> TestBroker {
        let test = try await TestBroker(settings)
        let admin = test.connect(isAdmin: true)
        #expect(try await admin.deploy("star", try ReaderFixture.guest(mask: "*")).errorCode == .none)
        #expect(try await admin.deploy("hash", try ReaderFixture.guest(mask: "#")).errorCode == .none)
        try await fill(test)
        return test
    }

    private func fill(_ test: TestBroker) async throws {
        try await test.createTopic("accounts")
        for values in [["secret"], ["a", "s1"], ["d", "s2"]] {
            let made = batch(of: values)
            #expect(try await test.connect().produce("accounts", made).errorCode == .none)
        }
    }

    private func reader(_ test: TestBroker, _ group: String, peer: String) async throws -> TestConnection {
        let reader = test.connect(peer: peer)
        try await reader.name(group: group)
        return reader
    }

    private func read(_ reader: TestConnection, version: Int16 = 11) async throws -> [String] {
        let answer = try await reader.fetch("accounts", from: 0, version: version)
        guard answer.errorCode == .none else { return ["\(answer.errorCode)"] }
        return try values(answer.records)
    }

    /// Reads until answers come from the cache, and returns what they say.
    private func readCached(_ test: TestBroker, _ reader: TestConnection) async throws -> [String] {
        for _ in 0..<3 { _ = try await read(reader) }
        let hits = test.broker.reader.cacheCounts.hits
        let found = try await read(reader)
        #expect(test.broker.reader.cacheCounts.hits == hits + 3)
        return found
    }

    private let star = ["*", "a", "*", "*"]
    private let hash = ["#", "a", "#", "#"]
    private let raw = ["secret", "a", "s1", "d", "s2"]
    private let denied = ["\(ErrorCode.topicAuthorizationFailed)"]

    @Test func groupsWithDifferentViewsGetTheirOwn() async throws {
        let test = try await story()
        let admin = test.connect(isAdmin: true)
        try await admin.bind(group: "one", topic: "accounts", to: "star")
        try await admin.bind(group: "two", topic: "accounts", to: "hash")
        let one = try await reader(test, "one", peer: "10.0.0.1")
        let two = try await reader(test, "two", peer: "10.0.0.2")
        let none = test.connect(peer: "10.0.0.3")
        for _ in 0..<5 {
            #expect(try await read(one) == star)
            #expect(try await read(two) == hash)
            #expect(try await read(none) == denied)
            #expect(try await read(admin) == raw)
            // The dialect of old clients is another answer.
            #expect(try await read(one, version: 10) == star)
        }
        #expect(test.broker.reader.cacheCounts.hits > 6)
        // A third group with the view of the first is served from what was made for that.
        try await admin.bind(group: "three", topic: "accounts", to: "star")
        let misses = test.broker.reader.cacheCounts.misses
        #expect(try await read(try await reader(test, "three", peer: "10.0.0.4")) == star)
        #expect(test.broker.reader.cacheCounts.misses == misses)
        await test.broker.close()
    }

    @Test func aChangeOfPolicyHoldsAtTheNextFetch() async throws {
        let test = try await story()
        let admin = test.connect(isAdmin: true)
        let key = #"["binding",["exact","one"],["any"],["exact","accounts"]]"#
        try await admin.bind(group: "one", topic: "accounts", to: "star")
        let one = try await reader(test, "one", peer: "10.0.0.1")
        #expect(try await readCached(test, one) == star)
        try await admin.bind(group: "one", topic: "accounts", to: "hash")
        #expect(try await read(one) == hash)
        #expect(try await readCached(test, one) == hash)
        try await admin.bind(group: "one", topic: "accounts", to: "deny")
        #expect(try await read(one) == denied)
        try await admin.bind(group: "one", topic: "accounts", to: "star")
        #expect(try await read(one) == star)
        try await admin.setDefault(topic: "accounts", to: "raw")
        #expect(try await admin.setPolicy(key, target: nil).errorCode == .none)
        #expect(try await read(one) == raw)
        try await admin.setDefault(topic: "accounts", to: "deny")
        #expect(try await read(one) == denied)
        try await admin.bind(group: "one", topic: "accounts", to: "star")
        #expect(try await readCached(test, one) == star)
        #expect(try await admin.setPolicy(key, target: nil).errorCode == .none)
        #expect(try await read(one) == denied)
        await test.broker.close()
    }

    /// A view's next version, a pause, and a record that is left out by command.
    @Test func aChangeOfTheViewHoldsAtTheNextFetch() async throws {
        let test = try await story()
        let admin = test.connect(isAdmin: true)
        func view(_ module: String) async throws {
            let value = #"{"steps":[{"headers":"keep","module":"\#(module)","with":{}}],"v":1}"#
            #expect(try await admin.setPolicy(#"["view","masked",0]"#, value: value).errorCode == .none)
            try await admin.bind(group: "one", topic: "accounts", to: "masked")
        }
        try await view("star")
        let one = try await reader(test, "one", peer: "10.0.0.1")
        #expect(try await readCached(test, one) == star)
        try await view("hash")
        #expect(try await read(one) == hash)
        // The first version again, under its own name and as a module's: the same digest, and the same bytes.
        try await admin.bind(group: "one", topic: "accounts", to: "masked@1")
        #expect(try await read(one) == star)
        #expect(try await admin.setPolicy(#"["pause","masked"]"#, value: #"{"v":1}"#).errorCode == .none)
        #expect(try await read(one) == denied)
        #expect(try await admin.setPolicy(#"["pause","masked"]"#, value: nil).errorCode == .none)
        #expect(try await readCached(test, one) == star)

        let topic = try #require(test.broker.topics["accounts"])
        let digest = try #require(
            test.broker.policy.snapshot.allViews.first { $0.target.name.description == "masked@1" }?.target.digest)
        let quarantine = #"["quarantine","\#(topic.reference.id.text)",0,2]"#
        let value = #"{"class":"trap","digest":"\#(digest)","v":1}"#
        #expect(try await admin.setPolicy(quarantine, value: value).errorCode == .none)
        #expect(try await read(one) == ["*", "a", "*"])
        #expect(try await admin.setPolicy(quarantine, value: nil).errorCode == .none)
        #expect(try await read(one) == star)
        await test.broker.close()
    }

    /// The same name, partition, offsets and sizes, and other records.
    @Test func aTopicThatIsMadeAnewHasNothingOfTheOld() async throws {
        let test = try await story()
        let admin = test.connect(isAdmin: true)
        try await admin.bind(group: "one", topic: "accounts", to: "star")
        let one = try await reader(test, "one", peer: "10.0.0.1")
        #expect(try await readCached(test, one) == star)
        func recreate() async throws {
            var delete = DeleteTopicsRequest()
            delete.topicNames = ["accounts"]
            #expect(try await admin.send(delete, version: 4).responses[0].errorCode == .none)
            #expect(try await read(one) == ["\(ErrorCode.unknownTopicOrPartition)"])
        }
        try await recreate()
        try await test.createTopic("accounts")
        for values in [["public"], ["b", "K2"], ["x", "y2"]] {
            let made = batch(of: values)
            #expect(try await test.connect().produce("accounts", made).errorCode == .none)
        }
        #expect(try await read(one) == ["public", "b", "null", "x", "y2"])
        // And with the very same bytes: what was made for the topic that is gone isn't looked at.
        try await recreate()
        let hits = test.broker.reader.cacheCounts.hits
        try await fill(test)
        #expect(try await read(one) == star)
        #expect(test.broker.reader.cacheCounts.hits == hits)
        await test.broker.close()
    }

    @Test func deletedRecordsAreNotServed() async throws {
        let test = try await story()
        let admin = test.connect(isAdmin: true)
        try await admin.bind(group: "one", topic: "accounts", to: "star")
        let one = try await reader(test, "one", peer: "10.0.0.1")
        #expect(try await readCached(test, one) == star)
        #expect(try await admin.deleteRecords("accounts", before: 1).lowWatermark == 1)
        #expect(try await read(one) == ["\(ErrorCode.offsetOutOfRange)"])
        #expect(try values(await one.fetch("accounts", from: 1).records) == ["a", "*", "*"])
        await test.broker.close()
    }

    /// So small that what is made goes at once: the answers are the same.
    @Test(arguments: ["0", "1", "600", "4096"])
    func whateverTheBound(bytes: String) async throws {
        let test = try await story(["view.cache.bytes": bytes])
        let admin = test.connect(isAdmin: true)
        try await admin.bind(group: "one", topic: "accounts", to: "star")
        try await admin.bind(group: "two", topic: "accounts", to: "hash")
        let one = try await reader(test, "one", peer: "10.0.0.1")
        let two = try await reader(test, "two", peer: "10.0.0.2")
        for _ in 0..<5 {
            #expect(try await read(one) == star)
            #expect(try await read(two) == hash)
        }
        let counts = test.broker.reader.cacheCounts
        #expect(counts.byteCount <= Int(bytes) ?? 0)
        await test.broker.close()
    }
}
