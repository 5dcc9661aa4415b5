import Coordinators
import KafkaMessages
import NIOCore
import Testing

@testable import Broker

/// Every group API in every version: what clients are told, and that the version can carry it.
@Suite struct GroupHandlerTests {
    /// The response must be one that the version has; gives it back as a client reads it.
    private func onWire<Response: KafkaResponse>(_ response: Response, _ version: Int16) throws -> Response {
        var frame = ByteBuffer()
        for piece in try response.encode(version: version, correlationId: 1) {
            if case .bytes(var bytes) = piece { frame.writeBuffer(&bytes) }
        }
        return try Response(decoding: frame, version: version)
    }

    // MARK: Membership

    @Test(arguments: JoinGroupRequest.versions) func `JoinGroup, SyncGroup, Heartbeat`(version: Int16) async throws {
        try await GroupBench().serve { bench in
            var answer = try onWire(await bench.join(version: version), version)
            if version >= 4 {
                #expect(answer.errorCode == .memberIdRequired)
                #expect(answer.memberId == "app-1" && answer.generationId == -1)
                answer = try onWire(await bench.join(member: answer.memberId, version: version), version)
            }
            #expect(answer.errorCode == .none && answer.generationId == 1)
            #expect(answer.memberId == "app-1" && answer.leader == "app-1")
            #expect(answer.protocolName == "range")
            #expect(answer.protocolType == (version >= 7 ? "consumer" : nil))
            #expect(answer.members.count == 1)
            let syncVersion = min(version, SyncGroupRequest.versions.upperBound)
            let synced = try onWire(
                await bench.sync(member: "app-1", version: syncVersion, assignments: ["app-1": "bytes"]), syncVersion)
            #expect(synced.errorCode == .none)
            #expect(synced.assignment.readableBytesView.elementsEqual("bytes".utf8))
            #expect(synced.protocolName == (syncVersion >= 5 ? "range" : nil))
            // The leader's bytes again, to a member that joins again unchanged.
            let again = try onWire(
                await bench.sync(member: "app-1", version: syncVersion), syncVersion)
            #expect(again.assignment == synced.assignment)
            #expect(await bench.heartbeat(member: "app-1") == .none)
        }
    }

    @Test(arguments: JoinGroupRequest.versions) func `a static member joins at once`(version: Int16) async throws {
        guard version >= 5 else { return }
        try await GroupBench().serve { bench in
            let answer = try onWire(await bench.join(instance: "i", version: version), version)
            #expect(answer.errorCode == .none && answer.memberId == "i-1")
            #expect(answer.members.first?.groupInstanceId == "i")
            _ = await bench.sync(member: "i-1", assignments: ["i-1": "a"])
            let back = try onWire(await bench.join(instance: "i", version: version), version)
            #expect(back.errorCode == .none && back.memberId == "i-2" && back.generationId == 1)
            #expect(back.skipAssignment == (version >= 9))
            #expect(back.leader == (version >= 9 ? "i-2" : "i-1"))
            let fenced = try onWire(await bench.join(member: "i-1", instance: "i", version: version), version)
            #expect(fenced.errorCode == .fencedInstanceId)
        }
    }

    @Test(arguments: JoinGroupRequest.versions) func `errors of JoinGroup`(version: Int16) async throws {
        try await GroupBench().serve { bench in
            let answers = [
                await bench.join(sessionMs: 1), await bench.join(protocols: []), await bench.join(""),
                await bench.join(member: "nobody"),
            ]
            let codes = try answers.map { try onWire($0, version).errorCode }
            #expect(codes == [.invalidSessionTimeout, .inconsistentGroupProtocol, .invalidGroupId, .unknownMemberId])
        }
    }

    @Test func `a long client id makes a member id that can join`() async throws {
        try await GroupBench().serve { bench in
            let first = await bench.join(version: 4, clientId: String(repeating: "é", count: 16_000))
            #expect(first.errorCode == .memberIdRequired)
            #expect(await bench.join(member: first.memberId, version: 4).errorCode == .none)
        }
    }

    @Test(arguments: LeaveGroupRequest.versions) func `LeaveGroup`(version: Int16) async throws {
        try await GroupBench().serve { bench in
            _ = await bench.join(instance: "i")
            _ = await bench.sync(member: "i-1", assignments: ["i-1": "a"])
            var request = LeaveGroupRequest()
            request.groupId = "email-app"
            if version < 3 {
                request.memberId = "nobody"
                let unknown = try onWire(
                    await LeaveGroupHandler.handle(request, version: version, coordinator: bench.coordinator), version)
                #expect(unknown.errorCode == .unknownMemberId)
                request.memberId = "i-1"
            } else {
                request.members = [("nobody", nil), ("old", "i"), ("", "i")].map { memberId, instanceId in
                    var member = LeaveGroupRequest.MemberIdentity()
                    member.memberId = memberId
                    member.groupInstanceId = instanceId
                    return member
                }
            }
            let answer = try onWire(
                await LeaveGroupHandler.handle(request, version: version, coordinator: bench.coordinator), version)
            #expect(answer.errorCode == .none)
            if version >= 3 {
                #expect(answer.members.map(\.errorCode) == [.unknownMemberId, .fencedInstanceId, .none])
                #expect(answer.members.map(\.groupInstanceId) == [nil, "i", "i"])
            }
            #expect(await bench.coordinator.describe("email-app")?.state == .empty)
        }
    }

    @Test(arguments: HeartbeatRequest.versions) func `Heartbeat of nobody`(version: Int16) async throws {
        try await GroupBench().serve { bench in
            var request = HeartbeatRequest()
            request.groupId = "email-app"
            let answer = await HeartbeatHandler.handle(request, version: version, coordinator: bench.coordinator)
            let read = try onWire(answer, version)
            #expect(read.errorCode == .unknownMemberId)
        }
    }

    // MARK: Offsets

    @Test(arguments: OffsetCommitRequest.versions) func `OffsetCommit`(version: Int16) async throws {
        try await GroupBench().serve { bench in
            var request = OffsetCommitRequest()
            request.groupId = "email-app"
            request.topics = [("accounts", TestTopics.accountsId), ("gone", TestTopics.noId)].map { name, id in
                var topic = OffsetCommitRequest.OffsetCommitRequestTopic()
                topic.name = name
                topic.topicId = id
                let partitions: [(Int32, String?)] = [
                    (0, nil), (4, nil), (1, String(repeating: "x", count: 4_097)),
                ]
                topic.partitions = partitions.map { index, metadata in
                    var partition = OffsetCommitRequest.OffsetCommitRequestPartition()
                    partition.partitionIndex = index
                    partition.committedOffset = 8
                    partition.committedMetadata = metadata
                    return partition
                }
                return topic
            }
            let answer = try onWire(
                await OffsetCommitHandler.handle(
                    request, version: version, topics: TestTopics(), coordinator: bench.coordinator), version)
            let codes = answer.topics.map { $0.partitions.map(\.errorCode) }
            #expect(codes[0] == [.none, .unknownTopicOrPartition, .offsetMetadataTooLarge])
            #expect(Set(codes[1]) == [version < 10 ? .unknownTopicOrPartition : .unknownTopicId])
            #expect(answer.topics.map(\.name) == (version < 10 ? ["accounts", "gone"] : ["", ""]))
            #expect(answer.topics[0].topicId == (version < 10 ? .zero : TestTopics.accountsId))
            #expect(await bench.offset() == 8)
        }
    }

    @Test(arguments: OffsetCommitRequest.versions)
    func `a commit of a generation that isn't there`(version: Int16) async throws {
        try await GroupBench().serve { bench in
            let code = await bench.commit(member: "m", generation: 3, offset: 1, version: version)
            #expect(code == (version < 9 ? .illegalGeneration : .groupIdNotFound))
        }
    }

    @Test func `too many partitions in one commit`() async throws {
        var configuration = GroupBench.configuration()
        configuration.commitPartitionsMax = 0
        try await GroupBench(configuration).serve { bench in
            #expect(await bench.commit(offset: 1) == .invalidRequest)
        }
    }

    private func fetch(_ version: Int16, group: String, all: Bool) -> OffsetFetchRequest {
        var request = OffsetFetchRequest()
        if version < 8 {
            request.groupId = group
            var topic = OffsetFetchRequest.OffsetFetchRequestTopic()
            topic.name = "accounts"
            topic.partitionIndexes = [0, 3]
            request.topics = all ? nil : [topic]
        } else {
            var one = OffsetFetchRequest.OffsetFetchRequestGroup()
            one.groupId = group
            var topic = OffsetFetchRequest.OffsetFetchRequestTopics()
            topic.name = "accounts"
            topic.topicId = TestTopics.accountsId
            topic.partitionIndexes = [0, 3]
            one.topics = all ? nil : [topic]
            request.groups = [one]
        }
        request.requireStable = true
        return request
    }

    /// (topic, partition, offset, leader epoch, metadata, error) and the group's own error.
    private func read(
        _ answer: OffsetFetchResponse, _ version: Int16
    ) -> (code: ErrorCode, offsets: [Int32: Int64], codes: Set<ErrorCode>, topics: Int) {
        if version < 8 {
            let partitions = answer.topics.flatMap(\.partitions)
            return (
                answer.errorCode,
                Dictionary(partitions.map { ($0.partitionIndex, $0.committedOffset) }) { first, _ in first },
                Set(partitions.map(\.errorCode)), answer.topics.count
            )
        }
        let partitions = answer.groups.flatMap(\.topics).flatMap(\.partitions)
        return (
            answer.groups[0].errorCode,
            Dictionary(partitions.map { ($0.partitionIndex, $0.committedOffset) }) { first, _ in first },
            Set(partitions.map(\.errorCode)), answer.groups[0].topics.count
        )
    }

    @Test(arguments: OffsetFetchRequest.versions) func `OffsetFetch`(version: Int16) async throws {
        try await GroupBench().serve { bench in
            #expect(await bench.commit(offset: 5, metadata: "note") == .none)
            #expect(await bench.commit(topic: "other", offset: 6) == .none)
            for all in version < 2 ? [false] : [false, true] {
                let response = try onWire(
                    await OffsetFetchHandler.handle(
                        fetch(version, group: "email-app", all: all), version: version, topics: TestTopics(),
                        coordinator: bench.coordinator), version)
                let answer = read(response, version)
                #expect(answer.code == .none && answer.codes == [.none])
                if all {
                    // By id, "other" can't be named: the directory has no id for it.
                    #expect(answer.topics == (version < 10 ? 2 : 1))
                } else {
                    #expect(answer.offsets == [0: 5, 3: -1])
                }
                let epoch =
                    version < 8
                    ? response.topics[0].partitions[0].committedLeaderEpoch
                    : response.groups[0].topics[0].partitions[0].committedLeaderEpoch
                #expect(epoch == (version >= 5 ? 3 : -1))
            }
        }
    }

    /// GROUP_ID_NOT_FOUND or UNKNOWN_TOPIC_OR_PARTITION here stops Java, kafka-python or franz-go for good.
    @Test(arguments: OffsetFetchRequest.versions)
    func `an unknown group or partition has no offset and no error`(version: Int16) async throws {
        try await GroupBench().serve { bench in
            let answer = read(
                try onWire(
                    await OffsetFetchHandler.handle(
                        fetch(version, group: "nobody", all: false), version: version, topics: TestTopics(),
                        coordinator: bench.coordinator), version), version)
            #expect(answer.code == .none && answer.codes == [.none])
            #expect(answer.offsets == [0: -1, 3: -1])
        }
    }

    /// Version 1 can only say it in the partitions; kafka-go and old kafka-python else begin at the earliest record.
    @Test(arguments: OffsetFetchRequest.versions)
    func `an error of the group is where the version has a place for it`(version: Int16) async throws {
        let bench = GroupBench()
        try await bench.serve(loads: false) { bench in
            let answer = read(
                try onWire(
                    await OffsetFetchHandler.handle(
                        fetch(version, group: "email-app", all: false), version: version, topics: TestTopics(),
                        coordinator: bench.coordinator), version), version)
            if version < 2 {
                #expect(answer.codes == [.coordinatorLoadInProgress])
                #expect(answer.offsets == [0: -1, 3: -1])
            } else {
                #expect(answer.code == .coordinatorLoadInProgress && answer.offsets.isEmpty)
            }
        }
    }

    @Test func `OffsetFetch of several groups and of an id that no topic has`() async throws {
        try await GroupBench().serve { bench in
            #expect(await bench.commit("a", offset: 1) == .none)
            #expect(await bench.commit("b", offset: 2) == .none)
            var request = fetch(10, group: "a", all: false)
            request.groups += fetch(10, group: "b", all: false).groups
            request.groups[1].topics?[0].topicId = TestTopics.noId
            let answer = try onWire(
                await OffsetFetchHandler.handle(
                    request, version: 10, topics: TestTopics(), coordinator: bench.coordinator), 10)
            #expect(answer.groups.map(\.groupId) == ["a", "b"])
            #expect(answer.groups[0].topics[0].partitions[0].committedOffset == 1)
            #expect(answer.groups[1].topics[0].topicId == TestTopics.noId)
            #expect(answer.groups[1].topics[0].partitions.map(\.errorCode) == [.unknownTopicId, .unknownTopicId])
        }
    }

    // MARK: FindCoordinator

    @Test(arguments: FindCoordinatorRequest.versions) func `FindCoordinator`(version: Int16) throws {
        let listener = ListenerInfo(name: "PLAIN", advertisedHost: "broker.example", advertisedPort: 9_092)
        for (keyType, isAccepted) in [(0, true), (1, true), (2, false), (-1, false), (99, false)] as [(Int8, Bool)] {
            guard keyType == 0 || version >= 1 else { continue }
            var request = FindCoordinatorRequest()
            request.keyType = keyType
            if version < 4 { request.key = "email-app" } else { request.coordinatorKeys = ["email-app", "second"] }
            let answer = try onWire(
                FindCoordinatorHandler.handle(request, version: version, listener: listener, nodeId: 3), version)
            let rows: [(ErrorCode, Int32, String, Int32)] =
                version < 4
                ? [(answer.errorCode, answer.nodeId, answer.host, answer.port)]
                : answer.coordinators.map { ($0.errorCode, $0.nodeId, $0.host, $0.port) }
            #expect(rows.count == (version < 4 ? 1 : 2))
            for row in rows {
                if isAccepted {
                    #expect(row == (.none, 3, "broker.example", 9_092))
                } else {
                    #expect(row == (.invalidRequest, -1, "", -1))
                }
            }
            if version >= 4 { #expect(answer.coordinators.map(\.key) == ["email-app", "second"]) }
        }
    }

    @Test func `too many keys for FindCoordinator`() {
        var request = FindCoordinatorRequest()
        request.coordinatorKeys = Array(repeating: "g", count: 1_001)
        let listener = ListenerInfo(name: "PLAIN", advertisedHost: "h", advertisedPort: 1)
        let answer = FindCoordinatorHandler.handle(request, version: 6, listener: listener, nodeId: 1)
        #expect(answer.coordinators.allSatisfy { $0.errorCode == .invalidRequest })
    }

    // MARK: Errors

    @Test func `every group error has Kafka's code of the same name`() {
        for error in GroupError.allCases {
            let name = "\(error)".reduce(into: "") { text, letter in
                text += letter.isUppercase ? "_" + letter.lowercased() : String(letter)
            }
            #expect(error.code.description == name.uppercased())
        }
    }
}
