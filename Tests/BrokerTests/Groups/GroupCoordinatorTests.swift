import Coordinators
import KafkaMessages
import Synchronization
import Testing

@testable import Broker

@Suite struct GroupCoordinatorTests {
    @Test func `a commit is there after a restart`() async throws {
        let bench = GroupBench()
        try await bench.serve { bench in
            #expect(await bench.commit(offset: 42, metadata: "note") == .none)
            #expect(await bench.commit(partition: 3, offset: 7) == .none)
            #expect(await bench.offset() == 42)
        }
        try await bench.restart().serve { bench in
            #expect(await bench.offset() == 42)
            #expect(await bench.offset(partition: 3) == 7)
            #expect(await bench.offset(partition: 1) == -1)
            #expect(await bench.commit(offset: 43) == .none)
        }
        try await bench.restart().serve { bench in
            #expect(await bench.offset() == 43)
        }
    }

    @Test func `a commit that can't be stored is refused and changes nothing`() async throws {
        let bench = GroupBench()
        try await bench.serve { bench in
            #expect(await bench.commit(offset: 1) == .none)
            bench.store.state.withLock { $0.failsAppends = true }
            #expect(await bench.commit(offset: 2) == .coordinatorNotAvailable)
            #expect(await bench.commit("new-group", offset: 2) == .coordinatorNotAvailable)
            #expect(await bench.offset() == 1)
            #expect(await bench.coordinator.groupNames == ["email-app"], "nothing is left of it")
            bench.store.state.withLock { $0.failsAppends = false }
            #expect(await bench.commit(offset: 3) == .none)
            #expect(await bench.offset() == 3)
        }
    }

    @Test func `a commit isn't seen before it is durable`() async throws {
        try await GroupBench().serve { bench in
            #expect(await bench.commit(offset: 1) == .none)
            bench.store.hold()
            async let commit = bench.commit(offset: 2)
            #expect(await bench.until { bench.store.heldCount == 1 })
            #expect(await bench.offset() == 1)
            bench.store.release()
            #expect(await commit == .none)
            #expect(await bench.offset() == 2)
        }
    }

    @Test func `commits that come while one is being stored share the next batch, in order`() async throws {
        try await GroupBench().serve { bench in
            bench.store.hold()
            await withTaskGroup(of: Void.self) { tasks in
                for number in 0..<50 {
                    tasks.addTask { #expect(await bench.commit(offset: Int64(number)) == .none) }
                    _ = await bench.until {
                        let pending = await bench.coordinator.pendingCount("email-app")
                        return pending + bench.store.heldCount == number + 1
                    }
                }
                bench.store.release()
            }
            #expect(await bench.offset() == 49)
            #expect(bench.store.batchCount == 2)
            #expect(bench.store.state.withLock { $0.appendsAtOnceMax } == 1)
        }
    }

    @Test func `a large commit is split into batches`() async throws {
        var configuration = GroupBench.configuration()
        configuration.batchBytesMax = 300
        try await GroupBench(configuration).serve { bench in
            let entries = (0..<10).map { index in
                (
                    CommittedOffsets.Partition(topic: "accounts", index: index),
                    CommittedOffsets.Entry(offset: Int64(index), commitTimestampMs: 0)
                )
            }
            #expect(await bench.coordinator.commit("g", .init(memberId: ""), generation: -1, entries) == nil)
            #expect(bench.store.batchCount > 2)
            #expect(await bench.offset("g", partition: 9) == 9)
            let records = try bench.store.records
            #expect(records.count == 10)
        }
    }

    @Test func `a group goes on after a restart without rejoining`() async throws {
        let bench = GroupBench()
        let member = try await bench.serve { bench in
            let joined = await bench.join()
            #expect(joined.errorCode == .none && joined.generationId == 1)
            #expect(joined.memberId == "app-1" && joined.leader == "app-1")
            let synced = await bench.sync(member: joined.memberId, assignments: [joined.memberId: "p0 p1"])
            #expect(synced.errorCode == .none)
            #expect(await bench.commit(member: joined.memberId, generation: 1, offset: 5) == .none)
            return joined.memberId
        }
        let restarted = bench.restart()
        try await restarted.serve { bench in
            #expect(bench.events.kinds == [.reloaded])
            let change = bench.events.all.first?.change
            #expect(change?.clientId == "app" && change?.clientHost == "10.0.0.1")
            #expect(change?.sessionTimeoutMs == 10_000)
            #expect(await bench.heartbeat(member: member) == .none)
            #expect(bench.events.kinds == [.reloaded, .resumed])
            let synced = await bench.sync(member: member)
            #expect(synced.assignment.readableBytesView.elementsEqual("p0 p1".utf8))
            #expect(await bench.commit(member: member, generation: 1, offset: 6) == .none)
            #expect(await bench.heartbeat(member: member, generation: 2) == .illegalGeneration)
        }
    }

    @Test func `a departure is stored when it is answered`() async throws {
        let bench = GroupBench()
        try await bench.serve { bench in
            _ = await bench.join()
            _ = await bench.sync(member: "app-1", assignments: ["app-1": "all"])
            let batchCount = bench.store.batchCount
            bench.store.hold()
            let isAnswered = Atomic(false)
            async let code = {
                let code = await bench.leave(member: "app-1")
                isAnswered.store(true, ordering: .relaxed)
                return code
            }()
            #expect(await bench.until { bench.store.heldCount == 1 })
            for _ in 0..<1_000 { await Task.yield() }
            let wasAnswered = isAnswered.load(ordering: .relaxed)
            #expect(!wasAnswered)
            bench.store.release()
            #expect(await code == .none)
            #expect(bench.store.batchCount == batchCount + 1)
        }
        try await bench.restart().serve { bench in #expect(bench.events.kinds == [], "nobody is waited for") }
    }

    @Test func `a member that doesn't come back after a restart expires`() async throws {
        let bench = GroupBench()
        try await bench.serve { bench in
            _ = await bench.join()
            _ = await bench.sync(member: "app-1", assignments: ["app-1": "all"])
        }
        let restarted = bench.restart()
        try await restarted.serve { bench in
            bench.clock.advance(byMs: 10_000)
            #expect(await bench.until { bench.events.kinds == [.reloaded, .expired] })
            #expect(await bench.until { await bench.coordinator.describe("email-app")?.generation == 2 })
        }
        try await bench.restart().serve { bench in
            #expect(bench.events.kinds == [])
            #expect(await bench.coordinator.describe("email-app")?.generation == 2, "the empty group was stored")
        }
    }

    @Test func `the clock alone ends the initial delay and sessions`() async throws {
        try await GroupBench(GroupBench.configuration(initialDelayMs: 3_000)).serve { bench in
            async let first = bench.join()
            await bench.untilWaiting(1)
            async let second = bench.join(clientId: "other")
            await bench.untilWaiting(2)
            bench.clock.advance(byMs: 3_000)
            #expect(
                await bench.until { await bench.coordinator.scheduledMs("email-app") == 1_006_000 },
                "set again for the newcomer")
            bench.clock.advance(byMs: 3_000)
            let answers = await [first, second]
            #expect(answers.map(\.generationId) == [1, 1])
            #expect(answers[0].members.count == 2 && answers[1].members.isEmpty)
            async let follower = bench.sync(member: answers[1].memberId)
            await bench.untilWaiting(1)
            bench.clock.advance(byMs: 10_000)
            #expect(await follower.errorCode == .rebalanceInProgress, "the leader has gone")
        }
    }

    @Test func `a group whose assignment can't be stored joins again`() async throws {
        try await GroupBench().serve { bench in
            let joined = await bench.join()
            bench.store.state.withLock { $0.failsAppends = true }
            let synced = await bench.sync(member: joined.memberId, assignments: [joined.memberId: "all"])
            #expect(synced.errorCode == .coordinatorNotAvailable)
            #expect(await bench.heartbeat(member: joined.memberId) == .rebalanceInProgress)
            bench.store.state.withLock { $0.failsAppends = false }
            let again = await bench.join(member: joined.memberId)
            #expect(again.generationId == 2)
            let settled = await bench.sync(
                member: joined.memberId, generation: 2, assignments: [joined.memberId: "all"])
            #expect(settled.errorCode == .none)
        }
    }

    @Test func `a client that goes while it waits is cleaned up`() async throws {
        try await GroupBench(GroupBench.configuration(initialDelayMs: 3_000)).serve { bench in
            let gone = Task { await bench.join() }
            await bench.untilWaiting(1)
            async let stays = bench.join(clientId: "stays")
            await bench.untilWaiting(2)
            gone.cancel()
            #expect(await gone.value.errorCode != .none)
            await bench.untilWaiting(1)
            bench.clock.advance(byMs: 3_000)
            _ = await bench.until { await bench.coordinator.scheduledMs("email-app") == 1_006_000 }
            bench.clock.advance(byMs: 3_000)
            let answer = await stays
            #expect(answer.leader == answer.memberId && answer.members.count == 1)
            #expect(bench.events.kinds == [.joined, .joined, .left])
        }
    }

    @Test func `two hundred members join, get their assignment and leave`() async throws {
        try await GroupBench(GroupBench.configuration(initialDelayMs: 3_000)).serve { bench in
            let answers = await withTaskGroup(of: JoinGroupResponse.self) { tasks in
                for number in 0..<200 { tasks.addTask { await bench.join(clientId: "c\(number)") } }
                await bench.untilWaiting(200)
                bench.clock.advance(byMs: 3_000)
                _ = await bench.until { await bench.coordinator.scheduledMs("email-app") == 1_006_000 }
                bench.clock.advance(byMs: 3_000)
                return await tasks.reduce(into: []) { $0.append($1) }
            }
            let leader = try #require(answers.first { !$0.members.isEmpty })
            #expect(leader.members.count == 200)
            let assignments = Dictionary(uniqueKeysWithValues: leader.members.map { ($0.memberId, $0.memberId) })
            await withTaskGroup(of: Void.self) { tasks in
                for answer in answers {
                    tasks.addTask {
                        let synced = await bench.sync(
                            member: answer.memberId, assignments: answer.members.isEmpty ? [:] : assignments)
                        #expect(synced.errorCode == .none)
                        #expect(synced.assignment.readableBytesView.elementsEqual(answer.memberId.utf8))
                    }
                }
            }
            for answer in answers { #expect(await bench.leave(member: answer.memberId) == .none) }
            #expect(await bench.coordinator.describe("email-app")?.state == .empty)
        }
    }

    @Test func `shutting down answers who waits and refuses the rest`() async throws {
        let bench = GroupBench(GroupBench.configuration(initialDelayMs: 3_000))
        let waiting = try await bench.serve { bench in
            let waiting = Task { await bench.join() }
            await bench.untilWaiting(1)
            return waiting
        }
        #expect(await waiting.value.errorCode == .coordinatorNotAvailable)
        #expect(await bench.commit(offset: 1) == .coordinatorNotAvailable)
        #expect(await bench.join().errorCode == .coordinatorNotAvailable)
        #expect(await bench.heartbeat(member: "m") == .coordinatorNotAvailable)
    }

    @Test func `shutting down stores what is on its way`() async throws {
        let bench = GroupBench()
        bench.store.hold()
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { await bench.coordinator.run() }
            bench.store.release()
            await bench.coordinator.load()
            bench.store.hold()
            async let commit = bench.commit(offset: 9)
            #expect(await bench.until { bench.store.heldCount == 1 })
            async let end: Void = bench.coordinator.shutdown()
            #expect(await bench.until { await bench.coordinator.isStopping })
            bench.store.release()
            #expect(await commit == .none)
            await end
            try await tasks.waitForAll()
        }
        #expect(bench.store.batchCount == 1)
    }

    @Test func `cancelling the coordinator leaves nobody waiting`() async throws {
        let bench = GroupBench(GroupBench.configuration(initialDelayMs: 3_000))
        let run = Task { await bench.coordinator.run() }
        await bench.coordinator.load()
        async let waiting = bench.join()
        await bench.untilWaiting(1)
        run.cancel()
        #expect(await waiting.errorCode == .coordinatorNotAvailable)
        await run.value
        #expect(await bench.commit(offset: 1) == .coordinatorNotAvailable)
    }

    @Test func `groups are limited in number and name`() async throws {
        var configuration = GroupBench.configuration()
        configuration.groupsMax = 1
        configuration.groupIdBytesMax = 9
        try await GroupBench(configuration).serve { bench in
            #expect(await bench.commit(offset: 1) == .none)
            #expect(await bench.commit("second", offset: 1) == .groupMaxSizeReached)
            #expect(await bench.join("second").errorCode == .groupMaxSizeReached)
            #expect(await bench.join("0123456789").errorCode == .invalidGroupId)
            #expect(await bench.commit("0123456789", offset: 1) == .invalidGroupId)
            #expect(await bench.join("").errorCode == .invalidGroupId)
            #expect(await bench.join("second", member: "m").errorCode == .unknownMemberId)
        }
    }

    @Test func `refused requests leave no group behind`() async throws {
        try await GroupBench().serve { bench in
            #expect(await bench.join(sessionMs: 1).errorCode == .invalidSessionTimeout)
            #expect(await bench.join(protocols: []).errorCode == .inconsistentGroupProtocol)
            #expect(await bench.heartbeat(member: "m") == .unknownMemberId)
            #expect(await bench.sync(member: "m").errorCode == .unknownMemberId)
            #expect(await bench.leave(member: "m") == .unknownMemberId)
            #expect(await bench.commit(member: "m", generation: 1, offset: 1) == .illegalGeneration)
            #expect(await bench.offset() == -1)
            #expect(await bench.coordinator.groupNames.isEmpty)
            #expect(await bench.join(version: 4).errorCode == .memberIdRequired)
            #expect(await bench.coordinator.groupNames.count == 1)
            bench.clock.advance(byMs: 10_000)
            #expect(await bench.until { await bench.coordinator.groupNames.isEmpty }, "the id has lapsed")
        }
    }

    @Test func `waiting requests are limited`() async throws {
        var configuration = GroupBench.configuration(initialDelayMs: 3_000)
        configuration.waitersMax = 1
        try await GroupBench(configuration).serve { bench in
            async let first = bench.join()
            await bench.untilWaiting(1)
            #expect(await bench.join().errorCode == .coordinatorNotAvailable)
            bench.clock.advance(byMs: 3_000)
            #expect(await first.errorCode == .none)
        }
    }
}
