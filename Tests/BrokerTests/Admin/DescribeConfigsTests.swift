import KafkaMessages
import Testing

@testable import Broker

/// DescribeConfigs over requests: values, where they come from, types, documentation.
@Suite struct DescribeConfigsTests {
    @Test(arguments: DescribeConfigsRequest.versions) func everySettingOfATopic(version: Int16) async throws {
        let test = try await TestBroker(["log.retention.minutes": "5"])
        try await test.createTopic("t", configs: ["segment.bytes": "1048576", "cleanup.policy": " delete "])
        let configs = try await test.connect().describe("t", version: version)
        #expect(configs.map(\.name) == TopicConfiguration.table.definitions.map(\.name))
        let retention = try #require(configs.first { $0.name == "retention.ms" })
        #expect(retention.value == "300000")
        #expect(retention.configSource == 4)
        #expect(!retention.readOnly)
        #expect(
            retention.synonyms.map { "\($0.name)=\($0.value ?? "") \($0.source)" }
                == ["log.retention.minutes=5 4", "log.retention.hours=168 5"])
        let segment = try #require(configs.first { $0.name == "segment.bytes" })
        #expect(segment.value == "1048576")
        #expect(segment.configSource == 1)
        #expect(segment.synonyms.map(\.source) == [1, 5])
        #expect(segment.synonyms.map(\.name) == ["segment.bytes", "log.segment.bytes"])
        #expect(configs.first { $0.name == "cleanup.policy" }?.value == "delete")
        #expect(configs.first { $0.name == "flush.ms" }?.value == "9223372036854775807")
        guard version >= 3 else { return }
        #expect(retention.configType == 5)
        #expect(configs.allSatisfy { $0.documentation?.isEmpty == false })
        #expect(configs.first { $0.name == "cleanup.policy" }?.configType == 7)
        #expect(configs.first { $0.name == "preallocate" }?.configType == 1)
    }

    @Test func everySettingOfTheBroker() async throws {
        let test = try await TestBroker(["node.id": "7", "num.partitions": "3"])
        let configs = try await test.connect().describe("7", type: 4)
        #expect(configs.map(\.name) == BrokerConfiguration.table.definitions.map(\.name))
        let partitions = try #require(configs.first { $0.name == "num.partitions" })
        #expect(partitions.value == "3")
        #expect(partitions.readOnly)
        #expect(partitions.configSource == 4)
        // Not set, and not what it falls back to.
        let retention = try #require(configs.first { $0.name == "log.retention.ms" })
        #expect(retention.value == nil)
        #expect(retention.configSource == 5)
        #expect(!retention.readOnly)
        #expect(retention.synonyms.map(\.name) == ["log.retention.hours"])
        // Nothing was set for all brokers.
        #expect(try await test.connect().describe("", type: 4).isEmpty)
    }

    @Test func theKeysThatAreAskedFor() async throws {
        let test = try await TestBroker()
        try await test.createTopic("t")
        let configs = try await test.connect().describe("t", keys: ["retention.ms", "no.such"])
        #expect(configs.map(\.name) == ["retention.ms"])
        #expect(try await test.connect().describe("t", keys: []).isEmpty)
    }

    @Test func whatCanNotBeDescribed() async throws {
        let test = try await TestBroker()
        for (name, type, code) in [
            ("none", Int8(2), ErrorCode.unknownTopicOrPartition), ("2", 4, .invalidRequest), ("x", 16, .invalidRequest),
            ("x", 0, .invalidRequest), ("x", -1, .invalidRequest), ("one", 4, .invalidRequest),
        ] {
            let result = try await test.connect().describeResult(name, type: type)
            #expect(result.errorCode == code)
            #expect(result.errorMessage?.isEmpty == false)
            #expect(result.configs.isEmpty)
        }
    }

    /// CreateTopics answers with the settings that the topic has.
    @Test func createTopicsSaysTheSettings() async throws {
        let test = try await TestBroker()
        let topic = try await test.connect().create("t", ["retention.ms": "7"])
        #expect(topic.errorCode == .none)
        let configs = try #require(topic.configs)
        #expect(configs.map(\.name) == TopicConfiguration.table.definitions.map(\.name))
        #expect(configs.first { $0.name == "retention.ms" }?.value == "7")
        #expect(configs.first { $0.name == "retention.ms" }?.configSource == 1)
        #expect(configs.first { $0.name == "segment.ms" }?.value == "604800000")
        #expect(configs.first { $0.name == "segment.ms" }?.configSource == 5)
    }

    @Test(
        arguments: [
            (["retention.ms": "x"], "must be a whole number of at least -1"),
            (["retention.ms": "-2"], "retention.ms = -2: must be at least -1"),
            (["segment.bytes": "1000"], "must be between 1048576 and 2147483647"),
            (["retentions.ms": "1"], "unknown setting retentions.ms (retention.ms?)"),
            (["log.retention.ms": "1"], "(retention.ms?)"),
            (["remote.storage.enable": "true"], "there is no tiered storage"),
            (["compression.type": "brotli"], "must be one of producer, uncompressed, gzip, snappy, lz4, zstd"),
            (["compression.zstd.level": "23"], "must be between -131072 and 22"),
            (["preallocate": "yes"], "must be true or false"),
            (["cleanup.policy": "delete,delete"], "must be a list of delete, compact"),
            (["cleanup.policy": ""], "must be a list of delete, compact"),
            (["min.insync.replicas": "2"], "must be 1, since there is one replica"),
            (["min.insync.replicas": "0"], "must be between 1 and"),
            (
                ["max.message.bytes": "2000000", "segment.bytes": "1048576"],
                "must be at most segment.bytes, which is 1048576"
            ),
            (["message.timestamp.type": "createtime"], "must be one of CreateTime, LogAppendTime"),
            (["flush.messages": "0"], "must be at least 1"), (["fetch.verify": "yes"], "must be one of none, crc"),
            (["retention.ms": "9223372036854775808"], "must be a whole number"),
        ] as [([String: String], String)])
    func settingsThatCanNotBe(settings: [String: String], message: String) async throws {
        let test = try await TestBroker()
        try await test.createTopic("there")
        let created = try await test.connect().create("t", settings)
        #expect(created.errorCode == .invalidConfig)
        #expect(created.errorMessage?.contains(message) == true, "\(created.errorMessage ?? "none")")
        let altered = try await test.connect().alter("there", settings.map { .set($0.key, $0.value) })
        #expect(altered.errorCode == .invalidConfig)
        #expect(altered.errorMessage?.contains(message) == true, "\(altered.errorMessage ?? "none")")
        #expect(test.broker.topics["there"]?.configuration.overrides == [:])
    }

    @Test func settingsAreReadAsKafkaReadsThem() async throws {
        let test = try await TestBroker(["accept.any.replication.factor": "TRUE"])
        let settings = ["preallocate": "False", "retention.ms": " 7 ", "min.insync.replicas": "2"]
        try await test.createTopic("t", configs: settings)
        #expect(
            test.broker.topics["t"]?.configuration.overrides
                == ["preallocate": "false", "retention.ms": "7", "min.insync.replicas": "2"])
    }

    @Test func aSettingTwiceOrNullIsRefused() async throws {
        let test = try await TestBroker()
        for settings in [
            [("retention.ms", "1"), ("retention.ms", "2")], [("view.default", "raw"), ("view.default", "deny")],
        ] {
            #expect(try await test.connect().create("t", settings.map { ($0.0, $0.1) }).errorCode == .invalidConfig)
        }
        let created = try await test.connect().create("t", [("retention.ms", nil)])
        #expect(created.errorCode == .invalidConfig)
        #expect(created.errorMessage == "Null value not supported for topic configs: retention.ms")
        #expect(test.broker.topics["t"] == nil)
    }
}

extension TestConnection {
    func describeResult(
        _ name: String, type: Int8 = 2, keys: [String]? = nil, version: Int16 = 4
    ) async throws -> DescribeConfigsResponse.DescribeConfigsResult {
        var resource = DescribeConfigsRequest.DescribeConfigsResource()
        resource.resourceType = type
        resource.resourceName = name
        resource.configurationKeys = keys
        var request = DescribeConfigsRequest()
        request.resources = [resource]
        request.includeSynonyms = true
        request.includeDocumentation = version >= 3
        return try await send(request, version: version).results[0]
    }

    func describe(
        _ name: String, type: Int8 = 2, keys: [String]? = nil, version: Int16 = 4
    ) async throws -> [DescribeConfigsResponse.DescribeConfigsResourceResult] {
        let result = try await describeResult(name, type: type, keys: keys, version: version)
        #expect(result.errorCode == .none)
        return result.configs
    }

    func create(_ name: String, _ settings: [String: String]) async throws -> CreateTopicsResponse.CreatableTopicResult
    {
        try await create(name, settings.map { ($0.key, $0.value) })
    }

    func create(
        _ name: String, _ settings: [(String, String?)]
    ) async throws -> CreateTopicsResponse.CreatableTopicResult {
        var topic = CreateTopicsRequest.CreatableTopic()
        topic.name = name
        topic.numPartitions = 1
        topic.replicationFactor = 1
        topic.configs = settings.map { name, value in
            var config = CreateTopicsRequest.CreatableTopicConfig()
            config.name = name
            config.value = value
            return config
        }
        var request = CreateTopicsRequest()
        request.topics = [topic]
        return try await send(request, version: 7).topics[0]
    }
}
