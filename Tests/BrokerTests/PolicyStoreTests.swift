import KafkaMessages
import KafkaRecords
import Synchronization
import Testing
import Views

@testable import Broker

@Suite struct PolicyStoreTests {
    @Test func theFirstStoryAndARestart() async throws {
        let fixture = PolicyFixture()
        let store = try await fixture.makeStore()
        #expect(fixture.outcome(store.snapshot, nil) == "raw")
        let deployed = await fixture.deploy(store, "scrub-ssn", "good")
        #expect(deployed.errorCode == .none && deployed.baseOffset == 0)
        #expect(deployed.assigned.map(\.name) == ["scrub-ssn@1"])
        let bound = await fixture.bind(store, "email-app", "scrub-ssn")
        #expect(bound.errorCode == .none && bound.baseOffset == 0 && bound.logAppendTimeMs == 1_769_860_800_000)
        #expect(bound.produceResponse.assigned.map(\.nameAtVersion) == ["scrub-ssn@1"])
        #expect(fixture.outcome(store.snapshot, "email-app") == "scrub-ssn@1")
        #expect(fixture.outcome(store.snapshot, nil) == "deny")
        #expect(store.snapshot.number == PolicySnapshot.Number(modules: 1, views: 2))
        // What is stored is a batch of the broker's own: no codec, no producer.
        for batch in try fixture.modules.batches + fixture.views.batches {
            #expect(batch.header.attributes.codecNumber == 0 && !batch.header.hasProducerId)
        }
        #expect(store.moduleBytes(Digest(hashing: Array("good".utf8))) == Array("good".utf8))
        // The same again changes nothing and says where it lies.
        let again = await fixture.deploy(store, "scrub-ssn", "good")
        #expect(again.baseOffset == 0 && again.assigned == deployed.assigned)
        let same = await fixture.bind(store, "email-app", "scrub-ssn")
        #expect(same.errorCode == .none && same.baseOffset == 1)
        #expect(try fixture.views.records.count == 2 && fixture.modules.records.count == 1)

        let restarted = try await fixture.makeStore()
        #expect(fixture.outcome(restarted.snapshot, "email-app") == "scrub-ssn@1")
        #expect(restarted.snapshot.number == store.snapshot.number)
        #expect(restarted.moduleBytes(Digest(hashing: Array("good".utf8))) != nil)
        #expect(await fixture.deploy(restarted, "scrub-ssn", "good 2").assigned.map(\.name) == ["scrub-ssn@2"])
    }

    @Test func nothingIsServedBeforeThePolicyIsRead() async throws {
        let fixture = PolicyFixture()
        let store = try await fixture.makeStore(started: false)
        #expect(fixture.outcome(store.snapshot, nil) == "deny")
        #expect(await fixture.deploy(store, "m", "good").errorCode == .coordinatorLoadInProgress)
        try await store.start()
        #expect(fixture.outcome(store.snapshot, nil) == "raw")
    }

    @Test func onlyLocalConnectionsWrite() async throws {
        let fixture = PolicyFixture()
        let store = try await fixture.makeStore()
        func origin(_ address: String, isAdmin: Bool = false, uid: UInt32? = nil) -> PolicyOrigin {
            let listener = ListenerInfo(name: "PLAIN", advertisedHost: "h", advertisedPort: 1, isAdmin: isAdmin)
            return PolicyOrigin(
                principal: .anonymous,
                connection: ConnectionInfo(
                    id: 1, listener: listener, peerAddress: address, peerPort: 1, localAddress: "", localPort: 1,
                    peerUserId: uid))
        }
        let batch = RecordBatch.encode([Record(key: Array("m".utf8), value: Array("good".utf8), timestamp: 0)])
        let refused = await store.produce(topic: .modules, batch: batch, origin: origin("10.0.0.7"))
        #expect(refused.errorCode == .topicAuthorizationFailed)
        #expect(try fixture.modules.records.isEmpty && fixture.admission.log.isEmpty)
        for origin in [origin("127.0.0.1"), origin("::1"), origin("", isAdmin: true, uid: 0)] {
            #expect(await store.produce(topic: .modules, batch: batch, origin: origin).errorCode == .none)
        }
    }

    @Test func refusalsNameTheRecord() async throws {
        let fixture = PolicyFixture()
        let store = try await fixture.makeStore()
        let bad = await fixture.deploy(store, "m", "bad")
        #expect(bad.errorCode == .invalidRecord && bad.message == "imports env.now: no ABI has it")
        #expect(bad.produceResponse.recordErrors.map(\.batchIndex) == [0])
        _ = await fixture.deploy(store, "masker", "good mask")
        let bare = await fixture.bind(store, "g", "masker")
        #expect(bare.message == "sluice_init answered 3: missing parameter \"mask\"" && bare.refusedIndex == 0)
        let view = #"{"steps":[{"module":"masker","with":{"mask":"*"}}]}"#
        let written = await fixture.set(
            store,
            [
                (#"["view","masked",0]"#, view),
                (#"["binding",["exact","g"],["any"],["exact","accounts"]]"#, #"{"target":"masked"}"#),
            ])
        #expect(written.errorCode == .none && written.assigned.map(\.name) == ["masked@1", "masked@1"])
        let wrong = await fixture.set(
            store, [(#"["pause","masked"]"#, "{}"), (#"["default",["exact","accounts"]]"#, #"{"target":"maskd"}"#)])
        #expect(wrong.produceResponse.recordErrors.map(\.batchIndex) == [1])
        #expect(wrong.message == #"no module or view "maskd" (masked?)"#)
        #expect(fixture.outcome(store.snapshot, "g") == "masked@1")
    }

    @Test func damagedAndForbiddenBatches() async throws {
        let fixture = PolicyFixture()
        let store = try await fixture.makeStore()
        let record = Record(key: Array("m".utf8), value: Array("good".utf8), timestamp: 0)
        let whole = RecordBatch.encode([record])
        func code(_ batch: [UInt8], _ topic: PolicyTopic = .modules) async -> ErrorCode {
            await store.produce(topic: topic, batch: batch, origin: fixture.local).errorCode
        }
        var damaged = whole
        damaged[whole.count - 1] ^= 1
        #expect(await code(damaged) == .corruptMessage)
        #expect(await code(Array(whole.dropLast())) == .corruptMessage)
        #expect(await code([]) == .corruptMessage)
        #expect(await code(whole + whole) == .invalidRecord)
        #expect(await code(RecordBatch.encode([record], isTransactional: true)) == .invalidRecord)
        #expect(await code([UInt8](repeating: 0, count: 1_048_589), .views) == .messageTooLarge)
        let bomb = Record(key: nil, value: [UInt8](repeating: 0, count: 3 << 20), timestamp: 0)
        #expect(await code(RecordBatch.encode([bomb], codec: .gzip), .views) == .messageTooLarge)
        #expect(await code(RecordBatch.encode([Record(value: nil, timestamp: 0)])) == .invalidRecord)
        #expect(try fixture.modules.records.isEmpty)
    }

    /// Versions are given by one change at a time, though the store awaits in between.
    @Test func changesAreDecidedOneAtATime() async throws {
        let fixture = PolicyFixture()
        let store = try await fixture.makeStore()
        let names = await withTaskGroup(of: String?.self) { group in
            for index in 0..<30 {
                group.addTask { await fixture.deploy(store, "m", "good \(index)").assigned.first?.name }
            }
            return await group.reduce(into: Set<String>()) { names, name in if let name { names.insert(name) } }
        }
        #expect(names == Set((1...30).map { "m@\($0)" }))
        #expect(
            try fixture.modules.records.compactMap { $0.key.map { String(decoding: $0, as: UTF8.self) } }
                == (1...30).map { "m@\($0)" })
    }

    /// P6: observers have the new policy before its writer has the answer.
    @Test func observersSeeEachChangeBeforeItIsAcknowledged() async throws {
        let fixture = PolicyFixture()
        let store = try await fixture.makeStore()
        let seen = Mutex<[PolicySnapshot.Number]>([])
        store.onChange { snapshot in
            #expect(store.snapshot.number == snapshot.number)
            seen.withLock { $0.append(snapshot.number) }
        }
        _ = await fixture.deploy(store, "m", "good")
        #expect(seen.withLock { $0 } == [.init(modules: 1, views: 0)])
        _ = await fixture.bind(store, "g", "m")
        #expect(seen.withLock { $0 }.last == .init(modules: 1, views: 2))
        _ = await fixture.bind(store, "g", "m")
        #expect(seen.withLock { $0.count } == 2)
    }

    @Test func afterAFailedAppendNothingIsWritten() async throws {
        let fixture = PolicyFixture()
        let store = try await fixture.makeStore()
        _ = await fixture.deploy(store, "m", "good")
        fixture.views.fail()
        #expect(await fixture.bind(store, "g", "m").errorCode == .kafkaStorageError)
        #expect(fixture.outcome(store.snapshot, "g") == "raw")
        #expect(await fixture.deploy(store, "m", "good 2").errorCode == .kafkaStorageError)
        #expect(try fixture.modules.records.count == 1)
    }

    @Test func configsAndDryRuns() async throws {
        let fixture = PolicyFixture()
        let store = try await fixture.makeStore()
        _ = await fixture.deploy(store, "m", "good")
        let records = [ConfigViews.record(topic: "accounts", viewDefault: "m")]
        let dry = await store.change(topic: .views, records: records, origin: fixture.local, validateOnly: true)
        #expect(dry.errorCode == .none && dry.assigned.map(\.name) == ["m@1"])
        #expect(try fixture.views.records.isEmpty)
        #expect(await store.change(topic: .views, records: records, origin: fixture.local).errorCode == .none)
        #expect(store.currentState.viewDefault(of: "accounts")?.value == "m@1")
        let removed = await store.change(
            topic: .views, records: [ConfigViews.record(topic: "accounts", viewDefault: nil)], origin: fixture.local)
        #expect(removed.message == #""accounts" would become raw for everybody; write its default first"#)
        let created = await store.change(
            topic: .views, records: [ConfigViews.record(topic: "new", viewDefault: "m")], origin: fixture.local,
            creating: [TopicFact(ref: TopicRef(id: (2, 2), name: "new"), isCompacted: true)])
        #expect(created.errorCode == .none)
    }

    @Test func aModuleThatCannotBeLoadedDenies() async throws {
        let fixture = PolicyFixture()
        let store = try await fixture.makeStore()
        _ = await fixture.deploy(store, "m", "good")
        _ = await fixture.bind(store, "g", "m")
        await store.moduleFailed(VersionedName(name: "m", version: 1), deniedBy: VersionedName(name: "m", version: 1))
        #expect(fixture.outcome(store.snapshot, "g") == "deny")
    }

    /// An unreadable record in the log: what it names denies after the start, and nothing is written.
    @Test func unreadableRecordsInTheLog() async throws {
        let fixture = PolicyFixture()
        let record = Record(
            key: Array(#"["default",["exact","accounts"]]"#.utf8), value: Array(#"{"v":9}"#.utf8), timestamp: 0)
        _ = try await fixture.views.append(RecordBatch.encode([record]))
        let store = try await fixture.makeStore()
        #expect(fixture.outcome(store.snapshot, nil) == "deny")
        #expect(store.currentState.isLocked)
        #expect(await fixture.deploy(store, "m", "good").errorCode == .invalidRecord)
    }
}
