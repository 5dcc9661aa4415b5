import Coordinators
import KafkaMessages
import KafkaRecords
import TestSupport
import Testing

@testable import Broker

@Suite struct GroupLoadingTests {
    @Test func `while a partition is read its groups are told so`() async throws {
        let bench = GroupBench()
        bench.store.hold()
        try await bench.serve(loads: false) { bench in
            async let load: Void = bench.coordinator.load()
            #expect(await bench.until { bench.store.heldCount == 1 })
            #expect(await bench.join().errorCode == .coordinatorLoadInProgress)
            #expect(await bench.commit(offset: 1) == .coordinatorLoadInProgress)
            #expect(await bench.leave(member: "m") == .coordinatorLoadInProgress)
            #expect(await bench.heartbeat(member: "m") == .none, "a member has nothing to do but go on")
            #expect(await bench.sync(member: "m").errorCode == .rebalanceInProgress)
            #expect(await !bench.coordinator.isLoaded)
            bench.store.release()
            await load
            #expect(await bench.coordinator.isLoaded)
            #expect(await bench.commit(offset: 1) == .none)
        }
    }

    @Test func `a partition that can't be read makes its groups unavailable`() async throws {
        let bench = GroupBench()
        bench.store.state.withLock { $0.failsReplays = true }
        try await bench.serve { bench in
            #expect(await bench.commit(offset: 1) == .coordinatorNotAvailable)
            #expect(await bench.join().errorCode == .coordinatorNotAvailable)
            #expect(await bench.heartbeat(member: "m") == .coordinatorNotAvailable)
        }
    }

    @Test func `records that aren't ours are left alone`() async throws {
        let bench = GroupBench()
        let partition = bench.coordinator.partition(of: "email-app")
        let foreign: [Record] = [
            Record(key: nil, value: [1], timestamp: 0), Record(key: [], value: [1], timestamp: 0),
            Record(key: [0], value: nil, timestamp: 0), Record(key: [0, 3, 0, 1, 65], value: [0, 0], timestamp: 0),
            Record(key: [0, 1, 0, 200], value: [0, 3], timestamp: 0),
            Record(key: [0, 2, 0, 1, 65], value: [0, 9], timestamp: 0),
            Record(key: [0, 2, 0, 1, 65], value: [], timestamp: 0),
        ]
        try await bench.store.append(RecordBatch.encode(foreign), partition: partition)
        try await bench.serve { bench in
            #expect(await bench.coordinator.groupNames.isEmpty)
            #expect(await bench.commit(offset: 1) == .none)
        }
    }

    @Test(arguments: 0..<200) func `no bytes in the log break the loading`(number: Int) throws {
        let seed = UInt64(number) &+ 77
        var random = SeededGenerator(seed: seed)
        let replay = OffsetsReplay()
        let snapshot = ConsumerGroup.Snapshot(
            protocolType: "consumer", generation: 1, protocolName: "range", leaderId: "m",
            members: [
                .init(
                    id: "m", instanceId: nil, clientId: "c", clientHost: "h", rebalanceTimeoutMs: 1,
                    sessionTimeoutMs: 1,
                    subscription: [1, 2], assignment: [3])
            ])
        let good = [
            try GroupRecords.metadata(snapshot, group: "g", nowMs: 1),
            try GroupRecords.offset(
                .init(offset: 1, commitTimestampMs: 1), group: "g", .init(topic: "t", index: 0), nowMs: 1),
        ]
        var records: [Record] = []
        for _ in 0..<20 {
            var record = good[Int.random(in: 0..<2, using: &random)]
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                if Bool.random(using: &random) {
                    record.key = Self.damaged(record.key, &random)
                } else {
                    record.value = Self.damaged(record.value, &random)
                }
            }
            records.append(record)
        }
        let bytes = RecordBatch.encode(records)
        replay.visit(try DecodedBatch(decoding: bytes.span.bytes, bound: 1 << 20))
        let outcome = replay.finish()
        #expect(outcome.malformedCount + outcome.foreignCount <= 20, "seed \(seed)")
    }

    private static func damaged(_ bytes: [UInt8]?, _ random: inout SeededGenerator) -> [UInt8]? {
        guard var bytes, !bytes.isEmpty else { return nil }
        let index = Int.random(in: 0..<bytes.count, using: &random)
        if Bool.random(using: &random) {
            bytes[index] = UInt8.random(in: 0...255, using: &random)
        } else {
            bytes.removeLast(bytes.count - index)
        }
        return bytes
    }
}

@Suite struct GroupRetentionTests {
    private static let weekMs: Int64 = 7 * 24 * 3_600_000

    @Test func `offsets of a group without members lapse, and the group with them`() async throws {
        let bench = GroupBench()
        try await bench.serve { bench in
            #expect(await bench.commit(offset: 1) == .none)
            _ = await bench.join("second")
            _ = await bench.sync("second", member: "app-1", assignments: ["app-1": "all"])
            #expect(await bench.commit("second", member: "app-1", generation: 1, offset: 2) == .none)
            bench.clock.advance(byMs: Self.weekMs - 1)
            #expect(await bench.until { await bench.coordinator.describe("second")?.state == .empty })
            await bench.coordinator.sweep()
            #expect(await bench.offset() == 1)
            bench.clock.advance(byMs: 1)
            await bench.coordinator.sweep()
            #expect(await bench.until { await !bench.coordinator.groupNames.contains("email-app") })
            #expect(await bench.offset() == -1)
            #expect(await bench.offset("second") == 2, "its week began when its last member went")
            bench.clock.advance(byMs: Self.weekMs)
            #expect(await bench.until { await bench.coordinator.groupNames.isEmpty }, "the sweep comes by itself")
        }
        try await bench.restart().serve { bench in
            #expect(await bench.coordinator.groupNames.isEmpty)
            let records = try bench.store.records
            #expect(records.count { $0.value == nil } == 3)
        }
    }

    @Test func `offsets of a group with members don't lapse`() async throws {
        try await GroupBench().serve { bench in
            _ = await bench.join(sessionMs: 1_800_000)
            _ = await bench.sync(member: "app-1", assignments: ["app-1": "all"])
            #expect(await bench.commit(member: "app-1", generation: 1, offset: 2) == .none)
            for _ in 0..<400 {
                bench.clock.advance(byMs: 1_799_000)
                #expect(await bench.heartbeat(member: "app-1") == .none)
            }
            await bench.coordinator.sweep()
            #expect(await bench.offset() == 2)
        }
    }

    @Test func `a commit can bring its own retention`() async throws {
        let bench = GroupBench()
        try await bench.serve { bench in
            #expect(await bench.commit(offset: 1, version: 4, retentionMs: 60_000) == .none)
            #expect(await bench.commit(partition: 1, offset: 2, version: 4, retentionMs: .max) == .none)
        }
        try await bench.restart().serve { bench in
            bench.clock.advance(byMs: 60_000)
            await bench.coordinator.sweep()
            #expect(await bench.until { await bench.offset() == -1 })
            bench.clock.advance(byMs: Self.weekMs * 10)
            await bench.coordinator.sweep()
            #expect(await bench.offset(partition: 1) == 2)
        }
    }

    @Test func `a commit on its way is not lost to the sweep`() async throws {
        try await GroupBench().serve { bench in
            #expect(await bench.commit(offset: 1) == .none)
            bench.clock.advance(byMs: Self.weekMs)
            #expect(await bench.until { await bench.coordinator.groupNames.isEmpty })
            #expect(await bench.commit(offset: 1) == .none)
            bench.store.hold()
            async let commit = bench.commit(offset: 2)
            #expect(await bench.until { bench.store.heldCount == 1 })
            bench.clock.advance(byMs: Self.weekMs)
            await bench.coordinator.sweep()
            bench.store.release()
            #expect(await commit == .none)
            #expect(await bench.offset() == 2)
        }
    }

    @Test func `a deleted group is gone for good`() async throws {
        let bench = GroupBench()
        try await bench.serve { bench in
            #expect(await bench.coordinator.delete("email-app") == .groupIdNotFound)
            _ = await bench.join()
            _ = await bench.sync(member: "app-1", assignments: ["app-1": "all"])
            #expect(await bench.commit(member: "app-1", generation: 1, offset: 2) == .none)
            #expect(await bench.coordinator.delete("email-app") == .nonEmptyGroup)
            #expect(await bench.leave(member: "app-1") == .none)
            bench.store.state.withLock { $0.failsAppends = true }
            #expect(await bench.coordinator.delete("email-app") == .coordinatorNotAvailable)
            #expect(await bench.offset() == 2)
            bench.store.state.withLock { $0.failsAppends = false }
            #expect(await bench.coordinator.delete("email-app") == nil)
            #expect(await bench.coordinator.groupNames.isEmpty)
        }
        try await bench.restart().serve { bench in
            #expect(await bench.coordinator.groupNames.isEmpty)
            #expect(await bench.offset() == -1)
        }
    }

    @Test func `offsets go with their topic`() async throws {
        let bench = GroupBench()
        try await bench.serve { bench in
            #expect(await bench.commit(offset: 1) == .none)
            #expect(await bench.commit(topic: "other", offset: 2) == .none)
            await bench.coordinator.topicDeleted("accounts")
            #expect(await bench.offset() == -1)
            #expect(await bench.offset(topic: "other") == 2)
            #expect(await bench.commit(offset: 1) == .none)
            bench.store.state.withLock { $0.failsAppends = true }
            await bench.coordinator.topicDeleted("accounts")
            #expect(await bench.offset() == 1, "memory is what the log is")
            bench.store.state.withLock { $0.failsAppends = false }
            await bench.coordinator.topicDeleted("accounts")
        }
        try await bench.restart().serve { bench in
            #expect(await bench.offset() == -1)
            #expect(await bench.offset(topic: "other") == 2)
        }
    }

    @Test func `groups are listed and described`() async throws {
        try await GroupBench().serve { bench in
            #expect(await bench.commit("simple", offset: 1) == .none)
            _ = await bench.join()
            _ = await bench.sync(member: "app-1", assignments: ["app-1": "all"])
            let list = await bench.coordinator.list()
            #expect(list.map(\.groupId) == ["email-app", "simple"])
            #expect(list.map(\.protocolType) == ["consumer", ""])
            #expect(list.map(\.state) == [.stable, .empty])
            let member = await bench.coordinator.describe("email-app")?.members.first
            #expect(member?.clientId == "app" && member?.clientHost == "10.0.0.1")
            #expect(member?.assignment == Array("all".utf8))
            #expect(await bench.coordinator.describe("nobody") == nil)
        }
    }
}
