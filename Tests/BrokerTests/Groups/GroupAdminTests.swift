import Coordinators
import KafkaMessages
import NIOCore
import Testing

@testable import Broker

/// DescribeGroups, ListGroups, DeleteGroups and OffsetDelete in every version.
@Suite struct GroupAdminTests {
    /// The response must be one that the version has; gives it back as a client reads it.
    private func onWire<Response: KafkaResponse>(_ response: Response, _ version: Int16) throws -> Response {
        var frame = ByteBuffer()
        for piece in try response.encode(version: version, correlationId: 1) {
            if case .bytes(var bytes) = piece { frame.writeBuffer(&bytes) }
        }
        return try Response(decoding: frame, version: version)
    }

    private func subscription(_ topics: String...) throws -> ByteBuffer {
        var subscription = ConsumerProtocolSubscription()
        subscription.topics = topics
        return try subscription.encode(version: 1)
    }

    private func describe(
        _ groups: [String], version: Int16, _ bench: GroupBench
    ) async throws -> [DescribeGroupsResponse.DescribedGroup] {
        var request = DescribeGroupsRequest()
        request.groups = groups
        request.includeAuthorizedOperations = version >= 3
        return try onWire(
            await DescribeGroupsHandler.handle(request, version: version, coordinator: bench.coordinator), version
        ).groups
    }

    private func list(
        _ version: Int16, states: [String] = [], types: [String] = [], _ bench: GroupBench
    ) async throws -> ListGroupsResponse {
        var request = ListGroupsRequest()
        request.statesFilter = states
        request.typesFilter = types
        return try onWire(
            await ListGroupsHandler.handle(request, version: version, coordinator: bench.coordinator), version)
    }

    private func deleteOffsets(
        of group: String = "email-app", _ partitions: [(topic: String, index: Int32)], _ bench: GroupBench
    ) async throws -> OffsetDeleteResponse {
        var request = OffsetDeleteRequest()
        request.groupId = group
        request.topics = partitions.map { name, index in
            var topic = OffsetDeleteRequest.OffsetDeleteRequestTopic()
            topic.name = name
            var partition = OffsetDeleteRequest.OffsetDeleteRequestPartition()
            partition.partitionIndex = index
            topic.partitions = [partition]
            return topic
        }
        return try onWire(
            await OffsetDeleteHandler.handle(request, topics: TestTopics(), coordinator: bench.coordinator), 0)
    }

    // MARK: DescribeGroups

    @Test(arguments: DescribeGroupsRequest.versions) func `DescribeGroups`(version: Int16) async throws {
        try await GroupBench().serve { bench in
            _ = await bench.join(instance: "i", version: 5)
            _ = await bench.sync(member: "i-1", assignments: ["i-1": "bytes"])
            #expect(await bench.commit("offsets", offset: 1) == .none)
            let groups = try await describe(["email-app", "nobody", "offsets"], version: version, bench)
            #expect(groups.map(\.groupId) == ["email-app", "nobody", "offsets"])
            #expect(groups.map(\.groupState) == ["Stable", "Dead", "Empty"])
            #expect(groups.map(\.errorCode) == [.none, version >= 6 ? .groupIdNotFound : .none, .none])
            #expect(groups[1].errorMessage == (version >= 6 ? "group nobody not found" : nil))
            #expect(groups[0].protocolType == "consumer" && groups[0].protocolData == "range")
            #expect(groups[0].authorizedOperations == (version >= 3 ? 328 : Int32.min))
            #expect(groups[1].authorizedOperations == Int32.min)
            let member = try #require(groups[0].members.first)
            #expect(member.memberId == "i-1" && member.groupInstanceId == (version >= 4 ? "i" : nil))
            #expect(member.clientId == "app" && member.clientHost == "10.0.0.1")
            #expect(member.memberMetadata == ByteBuffer(string: "subscription"))
            #expect(member.memberAssignment == ByteBuffer(string: "bytes"))
            #expect(groups[2].protocolType.isEmpty && groups[2].members.isEmpty)
        }
    }

    /// Else a request that names a big group again and again would be answered with all of its memory at once.
    @Test func `an answer of DescribeGroups is bounded`() async throws {
        try await GroupBench().serve { bench in
            _ = await bench.join(subscription: ByteBuffer(repeating: 1, count: 1 << 20))
            _ = await bench.sync(member: "app-1", assignments: ["app-1": "bytes"])
            let groups = try await describe(Array(repeating: "email-app", count: 1_000), version: 5, bench)
            let described = groups.prefix { $0.errorCode == .none }
            #expect(described.count == DescribeGroupsHandler.memberBytesMax >> 20)
            #expect(groups.dropFirst(described.count).allSatisfy { $0.errorCode == .coordinatorNotAvailable })
        }
    }

    // MARK: ListGroups

    @Test(arguments: ListGroupsRequest.versions) func `ListGroups`(version: Int16) async throws {
        try await GroupBench().serve { bench in
            _ = await bench.join()
            _ = await bench.sync(member: "app-1", assignments: ["app-1": "bytes"])
            #expect(await bench.commit("offsets", offset: 1) == .none)
            let all = try await list(version, bench)
            #expect(all.errorCode == .none)
            #expect(all.groups.map(\.groupId) == ["email-app", "offsets"])
            #expect(all.groups.map(\.protocolType) == ["consumer", ""])
            #expect(all.groups.map(\.groupState) == (version >= 4 ? ["Stable", "Empty"] : ["", ""]))
            #expect(all.groups.map(\.groupType) == Array(repeating: version >= 5 ? "classic" : "", count: 2))
            if version >= 4 {
                #expect(try await list(version, states: ["stable"], bench).groups.map(\.groupId) == ["email-app"])
                #expect(try await list(version, states: ["Empty", "Stable"], bench).groups.count == 2)
                #expect(try await list(version, states: ["Sleeping"], bench).groups.isEmpty)
            }
            if version >= 5 {
                #expect(try await list(version, types: ["consumer"], bench).groups.isEmpty)
                #expect(try await list(version, types: ["consumer", "Classic"], bench).groups.count == 2)
            }
        }
    }

    // MARK: DeleteGroups

    @Test(arguments: DeleteGroupsRequest.versions) func `DeleteGroups`(version: Int16) async throws {
        try await GroupBench().serve { bench in
            _ = await bench.join()
            #expect(await bench.commit("offsets", offset: 1) == .none)
            var request = DeleteGroupsRequest()
            request.groupsNames = ["email-app", "offsets", "nobody"]
            let answer = try onWire(
                await DeleteGroupsHandler.handle(request, coordinator: bench.coordinator), version)
            #expect(answer.results.map(\.groupId) == request.groupsNames)
            #expect(answer.results.map(\.errorCode) == [.nonEmptyGroup, .none, .groupIdNotFound])
            #expect(await bench.offset("offsets") == -1)
            #expect(await bench.coordinator.groupNames == ["email-app"])
        }
    }

    // MARK: OffsetDelete

    @Test func `OffsetDelete, and after a restart`() async throws {
        let bench = GroupBench()
        try await bench.serve { bench in
            #expect(await bench.commit(offset: 1) == .none)
            #expect(await bench.commit(partition: 1, offset: 2) == .none)
            let answer = try await deleteOffsets(
                [("accounts", 0), ("accounts", 3), ("accounts", 4), ("none", 0)], bench)
            #expect(answer.errorCode == .none)
            #expect(
                answer.topics.flatMap(\.partitions).map(\.errorCode)
                    == [.none, .none, .unknownTopicOrPartition, .unknownTopicOrPartition])
            #expect(await bench.offset() == -1)
            #expect(await bench.offset(partition: 1) == 2)
            #expect(try await deleteOffsets(of: "nobody", [("accounts", 0)], bench).errorCode == .groupIdNotFound)
            #expect(try await deleteOffsets(of: "", [("accounts", 0)], bench).errorCode == .invalidGroupId)
        }
        try await bench.restart().serve { bench in
            #expect(await bench.offset() == -1)
            #expect(await bench.offset(partition: 1) == 2)
            // With the last offset the group goes: it never had members.
            let answer = try await deleteOffsets([("accounts", 1)], bench)
            #expect(answer.errorCode == .none)
            #expect(await bench.coordinator.groupNames.isEmpty)
        }
    }

    @Test func `offsets of what members subscribe to stay`() async throws {
        try await GroupBench().serve { bench in
            #expect(await bench.commit(offset: 1) == .none)
            #expect(await bench.commit(topic: "other", offset: 2) == .none)
            _ = await bench.join(subscription: try subscription("accounts", "elsewhere"))
            // Before the assignment as after it.
            for isStable in [false, true] {
                if isStable { _ = await bench.sync(member: "app-1", assignments: ["app-1": "bytes"]) }
                let answer = try await deleteOffsets([("accounts", 0), ("other", 0)], bench)
                #expect(answer.topics.map { $0.partitions[0].errorCode } == [.groupSubscribedToTopic, .none])
                #expect(await bench.offset() == 1)
                #expect(await bench.offset(topic: "other") == -1)
            }
            #expect(await bench.leave(member: "app-1") == .none)
            #expect(try await deleteOffsets([("accounts", 0)], bench).topics[0].partitions[0].errorCode == .none)
            #expect(await bench.offset() == -1)
        }
    }

    @Test func `members that can't be read may subscribe to anything`() async throws {
        try await GroupBench().serve { bench in
            #expect(await bench.commit(offset: 1) == .none)
            _ = await bench.join()
            let answer = try await deleteOffsets([("accounts", 0)], bench)
            #expect(answer.topics[0].partitions[0].errorCode == .groupSubscribedToTopic)
            #expect(await bench.commit("connect", offset: 1) == .none)
            _ = await bench.join("connect", type: "connect")
            #expect(try await deleteOffsets(of: "connect", [("accounts", 0)], bench).errorCode == .nonEmptyGroup)
            #expect(await bench.offset() == 1)
            #expect(await bench.offset("connect") == 1)
        }
    }

    @Test func `offsets that can't be deleted durably stay`() async throws {
        try await GroupBench().serve { bench in
            #expect(await bench.commit(offset: 1) == .none)
            bench.store.state.withLock { $0.failsAppends = true }
            let answer = try await deleteOffsets([("accounts", 0)], bench)
            #expect(answer.errorCode == .coordinatorNotAvailable && answer.topics.isEmpty)
            #expect(await bench.offset() == 1)
        }
    }

    @Test func `a commit that is on its way is deleted, too`() async throws {
        let bench = GroupBench()
        try await bench.serve { bench in
            #expect(await bench.commit(offset: 1) == .none)
            bench.store.hold()
            async let commit = bench.commit(partition: 1, offset: 2)
            #expect(await bench.until { bench.store.heldCount == 1 })
            async let deletion = deleteOffsets([("accounts", 1)], bench)
            #expect(await bench.until { await bench.coordinator.pendingCount("email-app") == 1 })
            bench.store.release()
            #expect(await commit == .none)
            let answer = try await deletion
            #expect(answer.topics[0].partitions[0].errorCode == .none)
            #expect(await bench.offset(partition: 1) == -1)
        }
        try await bench.restart().serve { bench in #expect(await bench.offset(partition: 1) == -1) }
    }

    // MARK: Loading

    @Test func `nothing is said of groups that are being loaded`() async throws {
        try await GroupBench().serve(loads: false) { bench in
            for version in DescribeGroupsRequest.versions {
                let groups = try await describe(["email-app"], version: version, bench)
                #expect(groups[0].errorCode == .coordinatorLoadInProgress && groups[0].groupState.isEmpty)
            }
            #expect(try await list(5, bench).errorCode == .coordinatorLoadInProgress)
            var request = DeleteGroupsRequest()
            request.groupsNames = ["email-app"]
            let deleted = await DeleteGroupsHandler.handle(request, coordinator: bench.coordinator)
            #expect(deleted.results[0].errorCode == .coordinatorLoadInProgress)
            #expect(try await deleteOffsets([("accounts", 0)], bench).errorCode == .coordinatorLoadInProgress)
        }
    }

    // MARK: Through a broker

    @Test func `a tool's connection reads no group's view and sees its pinned group only`() async throws {
        let test = try await TestBroker()
        try await test.createTopic("t")
        let tool = test.connect(isAdmin: true)
        for group in ["email-app", "billing"] {
            var request = OffsetCommitRequest()
            request.groupId = group
            request.generationIdOrMemberEpoch = -1
            var topic = OffsetCommitRequest.OffsetCommitRequestTopic()
            topic.name = "t"
            topic.partitions = [OffsetCommitRequest.OffsetCommitRequestPartition()]
            request.topics = [topic]
            #expect(try await tool.send(request, version: 7).topics[0].partitions[0].errorCode == .none)
        }
        #expect(try await tool.send(ListGroupsRequest(), version: 5).groups.map(\.groupId) == ["billing", "email-app"])

        let pinned = test.connect(pinnedGroup: "email-app")
        #expect(try await pinned.send(ListGroupsRequest(), version: 5).groups.map(\.groupId) == ["email-app"])
        var describe = DescribeGroupsRequest()
        describe.groups = ["billing", "email-app"]
        #expect(
            try await pinned.send(describe, version: 5).groups.map(\.errorCode) == [.groupAuthorizationFailed, .none])
        var delete = DeleteGroupsRequest()
        delete.groupsNames = ["billing"]
        #expect(try await pinned.send(delete, version: 2).results[0].errorCode == .groupAuthorizationFailed)
        var offsets = OffsetDeleteRequest()
        offsets.groupId = "billing"
        #expect(try await pinned.send(offsets, version: 0).errorCode == .groupAuthorizationFailed)
        #expect(try await tool.send(delete, version: 2).results[0].errorCode == .none)
        #expect(try await tool.send(ListGroupsRequest(), version: 0).groups.map(\.groupId) == ["email-app"])
        await test.broker.close()
    }
}
