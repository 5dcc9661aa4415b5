import NIOCore
import Testing

@testable import KafkaMessages

/// What a version can't carry, and the traps of encoding that real clients set.
@Suite struct VersionRuleTests {
    private func encode(_ message: some KafkaMessage, _ version: Int16) throws(WireError) -> ByteBuffer {
        try bytes { writer throws(WireError) in try message.write(to: &writer, version: version) }
    }

    @Test func aValueThatTheVersionLacksIsAnError() throws {
        var request = FetchRequest()
        request.group = "email-app"
        expect(.notInVersion) { () throws(WireError) in _ = try encode(request, 11) }
        _ = try encode(request, 12)

        var replica = FetchRequest()
        replica.replicaId = 3
        _ = try encode(replica, 14)
        do {
            _ = try encode(replica, 15)
            Issue.record("nothing thrown")
        } catch {
            #expect(error.field == "FetchRequest.replicaId")
            #expect(error.version == 15)
        }

        var join = JoinGroupRequest()
        join.groupInstanceId = "static-1"
        expect(.notInVersion) { () throws(WireError) in _ = try encode(join, 4) }
        _ = try encode(join, 5)

        var find = FindCoordinatorResponse()
        find.errorCode = .coordinatorNotAvailable
        _ = try encode(find, 3)
        expect(.notInVersion) { () throws(WireError) in _ = try encode(find, 4) }
    }

    @Test func anIgnorableValueIsLeftOut() throws {
        var request = FetchRequest()
        request.rackId = "r1"
        #expect(try encode(request, 10) == encode(FetchRequest(), 10))
        var response = JoinGroupResponse()
        response.throttleTimeMs = 100
        #expect(try encode(response, 1) == encode(JoinGroupResponse(), 1))
    }

    @Test func nullIsAnErrorWhereTheVersionHasNone() throws {
        var request = MetadataRequest()
        request.topics = nil
        expect(.unexpectedNull) { () throws(WireError) in _ = try encode(request, 0) }
        #expect(hex(try encode(request, 1)) == "ffffffff")
        // And when read.
        let frame = ByteBuffer(integer: Int32(-1))
        var reader = WireReader(frame)
        expect(.unexpectedNull) { () throws(WireError) in _ = try MetadataRequest(from: &reader, version: 0) }
    }

    @Test(arguments: [Int16(-1), 0, 2, 14, Int16.max, Int16.min])
    func versionsThatProduceLacks(_ version: Int16) {
        let frame = ByteBuffer(repeating: 0, count: 64)
        var reader = WireReader(frame)
        expect(.unsupportedVersion) { () throws(WireError) in
            _ = try ProduceRequest(from: &reader, version: version)
        }
        expect(.unsupportedVersion) { () throws(WireError) in _ = try encode(ProduceRequest(), version) }
    }

    /// The count is compared with the bytes that are left before anything is allocated for it.
    @Test func absurdCountsInAMessage() {
        // Group, session and rebalance time-outs, member, protocol type, then 2,147,483,647 protocols.
        var classic = ByteBuffer(bytes: [0, 1, 0x67, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x7F, 0xFF, 0xFF, 0xFF])
        classic.writeRepeatingByte(0, count: 100)
        var reader = WireReader(classic)
        expect(.invalidCount) { () throws(WireError) in _ = try JoinGroupRequest(from: &reader, version: 4) }
        // Topics of Metadata 12, as a varint of 4,294,967,295.
        let flexible = ByteBuffer(bytes: [0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0, 0, 0])
        var second = WireReader(flexible)
        expect(.invalidCount) { () throws(WireError) in _ = try MetadataRequest(from: &second, version: 12) }
    }

    /// An empty topic list asks for no topics, null for all; they aren't the same.
    @Test func metadataOfNoTopicsIsNotAllTopics() throws {
        let frame = ByteBuffer(bytes: [0, 0, 0, 0])
        var reader = WireReader(frame)
        let request = try MetadataRequest(from: &reader, version: 1)
        #expect(request.topics?.isEmpty == true)
    }

    /// A null `records` makes librdkafka drop the answer, so the default is empty.
    @Test(arguments: FetchResponse.versions)
    func recordsAreEmptyByDefault(_ version: Int16) throws {
        let flexible = FetchResponse.isFlexible(version)
        let partition = try bytes { writer throws(WireError) in
            try FetchResponse.PartitionData().write(to: &writer, version: version)
        }
        #expect(hex(partition).hasSuffix(flexible ? "0100" : "00000000"))
    }

    /// The error answer to ApiVersions is in the format of version 0 and names the range of key 18.
    @Test func apiVersionsErrorAnswer() throws {
        var response = ApiVersionsResponse()
        response.errorCode = .unsupportedVersion
        var own = ApiVersionsResponse.ApiVersion()
        own.apiKey = 18
        own.maxVersion = 4
        response.apiKeys = [own]
        let frame = joined(try response.encode(version: 0, correlationId: 5))
        let read = try ApiVersionsResponse(answer: frame, version: 4)
        #expect(read.errorCode == .unsupportedVersion)
        #expect(read.apiKeys.first?.maxVersion == 4)
        #expect(hex(frame) == wire("00000005", "0023", "00000001", "0012", "0000", "0004"))
    }

    /// OffsetFetch 1 has no error of the whole answer.
    @Test func offsetFetchV1HasNoTopLevelError() throws {
        var response = OffsetFetchResponse()
        response.errorCode = .notCoordinator
        #expect(hex(try encode(response, 1)) == "00000000")
        #expect(hex(try encode(response, 2)) == wire("00000000", "0010"))
    }

    /// Librdkafka wants Produce offered from 0, though 0–2 are refused.
    @Test func produceIsAdvertisedFromZero() throws {
        let produce = try #require(SupportedApis.find(.produce))
        #expect(produce.advertised == 0...13)
        #expect(produce.versions == 3...13)
    }

    /// The lowest and highest versions that the clients there need.
    @Test func offeredVersionsAreUnbrokenAndReadable() {
        #expect(SupportedApis.all.count == 43)
        for api in SupportedApis.all {
            #expect(api.advertised.upperBound <= api.versions.upperBound)
            #expect(api.apiKey == .produce || api.advertised.lowerBound == api.versions.lowerBound)
        }
        let needed: [(ApiKey, ClosedRange<Int16>)] = [
            (.fetch, 4...18), (.listOffsets, 1...11), (.metadata, 0...13), (.offsetCommit, 2...10),
            (.offsetFetch, 1...10), (.findCoordinator, 0...6), (.joinGroup, 0...9), (.heartbeat, 0...4),
            (.leaveGroup, 0...5), (.syncGroup, 0...5), (.apiVersions, 0...4), (.createTopics, 2...7),
            (.deleteTopics, 1...6), (.initProducerId, 0...5), (.describeConfigs, 1...4),
            (.deleteRecords, 0...2), (.offsetForLeaderEpoch, 2...4), (.alterConfigs, 0...2),
            (.createPartitions, 0...3), (.incrementalAlterConfigs, 0...1), (.describeCluster, 0...2),
            (.describeGroups, 0...6), (.listGroups, 0...5), (.deleteGroups, 0...2), (.offsetDelete, 0...0),
            (.alterReplicaLogDirs, 1...2), (.describeLogDirs, 1...5), (.electLeaders, 0...2),
            (.alterPartitionReassignments, 0...1), (.listPartitionReassignments, 0...0), (.describeProducers, 0...0),
            (.listConfigResources, 0...1), (.describeTopicPartitions, 0...0), (.saslHandshake, 0...1),
            (.saslAuthenticate, 0...2), (.describeAcls, 1...3), (.createAcls, 1...3), (.deleteAcls, 1...3),
            (.describeUserScramCredentials, 0...0), (.alterUserScramCredentials, 0...0), (.describeClientQuotas, 0...1),
            (.alterClientQuotas, 0...1),
        ]
        for (key, versions) in needed {
            #expect(SupportedApis.find(key)?.advertised == versions)
        }
    }

    @Test func protocolTable() {
        let lines = ProtocolTable.markdown().split(separator: "\n").map(String.init)
        #expect(lines.count == 45)
        #expect(lines[2] == "| Produce | 0 | 0–13 (below 3 refused) | 9 |")
        #expect(lines.contains("| Heartbeat | 12 | 0–4 | 4 |"))
    }
}

@Suite struct SluiceTagTests {
    /// Tag 10001 is 32 bytes and nothing else.
    @Test func fetchTags() throws {
        var request = FetchRequest()
        request.group = "g"
        request.adhocDigest = Digest256(UInt8(0)..<32)
        request.adhocModule = ByteBuffer(bytes: [0, 0x61, 0x73, 0x6D])
        var parameter = FetchRequest.AdhocParameter()
        parameter.name = "mask"
        parameter.value = "*"
        request.adhocParams = [parameter]
        let frame = try bytes { writer throws(WireError) in try request.write(to: &writer, version: 12) }
        let digest = hex(ByteBuffer(bytes: UInt8(0)..<32))
        // Numbers 10000 to 10003 are the varints 904e to 934e.
        let tags =
            wire(
                "04", "904e", "02", "0267", "914e", "20", digest, "924e", "05", "050061736d", "934e", "09", "02",
                "056d61736b", "022a", "00")
        #expect(hex(frame).hasSuffix(tags))
        var reader = WireReader(frame)
        let again = try FetchRequest(from: &reader, version: 12)
        #expect(again.group == "g")
        #expect(again.adhocDigest?.bytes == Array(0..<32))
        #expect(again.adhocModule?.readableBytes == 4)
        #expect(again.adhocParams.first?.value == "*")
    }

    @Test(arguments: [31, 33])
    func adhocDigestOfAnotherSizeIsAnError(_ size: UInt8) throws {
        let body = try bytes { writer throws(WireError) in try FetchRequest().write(to: &writer, version: 12) }
        var frame = try #require(body.getSlice(at: 0, length: body.readableBytes - 1))
        frame.writeBytes([1, 0x91, 0x4E, size])
        frame.writeRepeatingByte(1, count: Int(size))
        var reader = WireReader(frame)
        expect(size < 32 ? .truncated : .invalidTag) { () throws(WireError) in
            _ = try FetchRequest(from: &reader, version: 12)
        }
    }

    /// A tag twice says what the last one says; arrays aren't added up.
    @Test func aRepeatedTagReplaces() throws {
        let body = try bytes { writer throws(WireError) in try FetchRequest().write(to: &writer, version: 12) }
        var frame = try #require(body.getSlice(at: 0, length: body.readableBytes - 1))
        frame.writeBytes([4])
        frame.writeBytes([0x90, 0x4E, 2, 2, 0x61, 0x90, 0x4E, 2, 2, 0x62])
        let parameter: [UInt8] = [0x93, 0x4E, 6, 2, 2, 0x61, 2, 0x62, 0]
        frame.writeBytes(parameter + parameter)
        var reader = WireReader(frame)
        let request = try FetchRequest(from: &reader, version: 12)
        #expect(request.group == "b")
        #expect(request.adhocParams.count == 1)
    }

    @Test func assignedVersions() throws {
        var partition = ProduceResponse.PartitionProduceResponse()
        var assigned = ProduceResponse.AssignedVersion()
        assigned.nameAtVersion = "m@3"
        partition.assigned = [assigned]
        let new = try bytes { writer throws(WireError) in try partition.write(to: &writer, version: 9) }
        #expect(hex(new).hasSuffix(wire("01", "904e", "0a", "02", "00000000", "046d4033", "00")))
        // Version 8 has no tags: the client asks for it another way.
        _ = try bytes { writer throws(WireError) in try partition.write(to: &writer, version: 8) }
    }

    @Test func sluiceFeatures() throws {
        var response = ApiVersionsResponse()
        response.sluiceFeatures = "1"
        let frame = try bytes { writer throws(WireError) in try response.write(to: &writer, version: 3) }
        #expect(hex(frame).hasSuffix(wire("01", "904e", "02", "0231")))
        var reader = WireReader(frame)
        #expect(try ApiVersionsResponse(from: &reader, version: 3).sluiceFeatures == "1")
    }
}
