import KafkaMessages
import Testing

@testable import Broker

/// IncrementalAlterConfigs and AlterConfigs, over requests.
@Suite struct AlterConfigsTests {
    @Test(arguments: IncrementalAlterConfigsRequest.versions)
    func settingsHoldAtOnceAndAfterARestart(version: Int16) async throws {
        let folder = TemporaryFolder()
        do {
            let test = try await TestBroker(folder: folder)
            try await test.createTopic("t", partitions: 2, configs: ["retention.bytes": "5", "segment.ms": "7"])
            let client = test.connect()
            let answer = try await client.alter(
                "t", [.set("retention.ms", "1000"), .set("max.message.bytes", "100"), .delete("segment.ms")],
                version: version)
            #expect(answer.errorCode == .none)
            #expect(answer.errorMessage == nil)
            #expect(answer.resourceName == "t")
            let big = batch(String(repeating: "x", count: 200))
            #expect(try await client.produce("t", big).errorCode == .messageTooLarge)
            for partition in try #require(test.broker.topics["t"]).partitions {
                #expect(await partition.configuration.retentionMs == 1000)
                #expect(await partition.configuration.retentionBytes == 5)
                #expect(await partition.configuration.segmentMs == 604_800_000)
            }
            await test.broker.close()
        }
        let again = try await TestBroker(folder: folder)
        #expect(
            again.broker.topics["t"]?.configuration.overrides
                == ["retention.ms": "1000", "max.message.bytes": "100", "retention.bytes": "5"])
        #expect(again.broker.topics["t"]?.partitions.count == 2)
    }

    @Test(arguments: AlterConfigsRequest.versions) func theOldWayReplacesTheWholeSet(version: Int16) async throws {
        let test = try await TestBroker()
        try await test.createTopic("t", configs: ["retention.bytes": "5", "segment.ms": "7"])
        let answer = try await test.connect().replaceConfigs("t", ["retention.ms": "1000"], version: version)
        #expect(answer.errorCode == .none)
        #expect(test.broker.topics["t"]?.configuration.overrides == ["retention.ms": "1000"])
        #expect(try await test.connect().replaceConfigs("t", [:], version: version).errorCode == .none)
        #expect(test.broker.topics["t"]?.configuration.overrides == [:])
    }

    @Test(arguments: [
        ([AlterStep.set("retention.ms", "soon")], ErrorCode.invalidConfig, "must be a whole number"),
        ([.set("retention.ms", "-2")], .invalidConfig, "must be at least -1"),
        ([.set("retenton.ms", "1")], .invalidConfig, "(retention.ms?)"),
        ([.set("segment.bytes", "1")], .invalidConfig, "must be between"),
        ([.set("cleanup.policy", "compacted")], .invalidConfig, "must be a list of delete, compact"),
        ([.set("cleanup.policy", "compact,compact")], .invalidConfig, "must be a list of delete, compact"),
        ([.set("min.cleanable.dirty.ratio", "1.1")], .invalidConfig, "must be between 0.0 and 1.0"),
        ([.set("min.cleanable.dirty.ratio", "nan")], .invalidConfig, "must be between 0.0 and 1.0"),
        ([.set("max.compaction.lag.ms", "0")], .invalidConfig, "must be at least 1"),
        ([.set("delete.retention.ms", "-1")], .invalidConfig, "must be at least 0"),
        (
            [.set("min.compaction.lag.ms", "5"), .set("max.compaction.lag.ms", "4")], .invalidConfig,
            "must be at most max.compaction.lag.ms, which is 4"
        ),
        ([.subtract("cleanup.policy", "delete")], .invalidConfig, "must be a list of delete, compact"),
        ([.append("retention.ms", "1")], .invalidConfig, "because its type is not LIST"),
        ([.subtract("nonsense", "1")], .invalidConfig, "unknown setting nonsense"),
        ([.set("retention.ms", nil)], .invalidRequest, "Null value not supported for : retention.ms"),
        ([.set("retention.ms", "1"), .delete("retention.ms")], .invalidRequest, "more than once"),
        ([AlterStep(name: "retention.ms", operation: 4, value: "1")], .invalidRequest, "operation 4"),
        // Nothing of a request is done if a part can't be.
        ([.set("retention.ms", "1"), .set("segment.ms", "0")], .invalidConfig, "segment.ms"),
        ([.set("retention.ms", "1"), .set("view.default", "nobody")], .invalidConfig, "nobody"),
        ([.set("view.default", "deny"), .set("retention.ms", "soon")], .invalidConfig, "whole number"),
        ([.append("view.default", "raw")], .invalidConfig, "not a list"),
        ([.set("view.other", "raw")], .invalidConfig, "view.other"),
    ])
    func refusals(steps: [AlterStep], code: ErrorCode, message: String) async throws {
        let test = try await TestBroker()
        try await test.createTopic("t", configs: ["retention.ms": "77"])
        let answer = try await test.connect().alter("t", steps)
        #expect(answer.errorCode == code)
        #expect(answer.errorMessage?.contains(message) == true, "\(answer.errorMessage ?? "no message")")
        #expect(test.broker.topics["t"]?.configuration.overrides == ["retention.ms": "77"])
        #expect(test.broker.policy.currentState.viewDefault(of: "t") == nil)
    }

    @Test func listsAndUnknownNamesAsInKafka() async throws {
        let test = try await TestBroker()
        try await test.createTopic("t")
        let client = test.connect()
        #expect(try await client.alter("t", [.append("cleanup.policy", "delete")]).errorCode == .none)
        #expect(test.broker.topics["t"]?.configuration.overrides == ["cleanup.policy": "delete"])
        #expect(try await client.alter("t", [.delete("cleanup.policy"), .delete("no.such")]).errorCode == .none)
        #expect(test.broker.topics["t"]?.configuration.overrides == [:])
    }

    @Test func validateOnlyChangesNothing() async throws {
        let test = try await TestBroker()
        try await test.createTopic("t")
        let client = test.connect()
        let steps: [AlterStep] = [.set("retention.ms", "1"), .set("view.default", "deny")]
        #expect(try await client.alter("t", steps, validateOnly: true).errorCode == .none)
        #expect(test.broker.topics["t"]?.configuration.overrides == [:])
        #expect(test.broker.policy.currentState.viewDefault(of: "t") == nil)
        #expect(
            try await client.alter("t", [.set("retention.ms", "x")], validateOnly: true).errorCode == .invalidConfig)
    }

    @Test func otherResources() async throws {
        let test = try await TestBroker(["node.id": "7"])
        let client = test.connect()
        let settings: [AlterStep] = [.set("log.retention.ms", "1")]
        #expect(try await client.alter("8", type: 4, settings).errorCode == .invalidRequest)
        #expect(try await client.alter("7", type: 8, settings).errorCode == .invalidRequest)
        #expect(try await client.alter("none", settings).errorCode == .unknownTopicOrPartition)
        for name in ["__sluice_views", "__consumer_offsets"] {
            let own: [AlterStep] = [.set("retention.ms", "1")]
            #expect(try await test.connect(isAdmin: true).alter(name, own).errorCode == .policyViolation)
            #expect(try await test.connect(isAdmin: true).replaceConfigs(name, [:]).errorCode == .policyViolation)
        }
    }

    @Test func theRetentionOfViewErrorsIsTheAdministrators() async throws {
        let test = try await TestBroker()
        let name = ViewErrorWriter.topicName
        let retention: [AlterStep] = [.set("retention.ms", "1000"), .delete("retention.bytes")]
        let admin = test.connect(isAdmin: true)
        #expect(try await test.connect().alter(name, retention).errorCode == .policyViolation)
        #expect(try await admin.replaceConfigs(name, ["retention.ms": "1000"]).errorCode == .policyViolation)
        #expect(try await admin.alter(name, retention + [.set("segment.ms", "1")]).errorCode == .policyViolation)
        #expect(try await admin.alter(name, retention).errorCode == .none)
        #expect(try await test.retentionMs(name) == 1000)
        #expect(test.broker.topics[name]?.configuration.overrides["max.message.bytes"] == "65536")
    }

    @Test func aResourceNamedTwiceIsRefused() async throws {
        let test = try await TestBroker()
        try await test.createTopic("t")
        var request = TestConnection.alterRequest("t", type: 2, [.set("retention.ms", "1")])
        request.resources += request.resources
        let response = try await test.connect().send(request, version: 1)
        #expect(response.responses.map(\.errorCode) == [.invalidRequest, .invalidRequest])
        #expect(test.broker.topics["t"]?.configuration.overrides == [:])
    }

    // MARK: Views (policy-records §8)

    @Test func viewDefaultIsPolicyAndNeverGoesByOmission() async throws {
        let test = try await TestBroker()
        try await test.createTopic("t")
        let client = test.connect()
        _ = try await client.produce("t", batch("secret"))
        #expect(try await client.alter("t", [.set("view.default", "deny")]).errorCode == .none)
        #expect(try await client.fetch("t", from: 0).errorCode == .topicAuthorizationFailed)
        // A tool that sets retention the old way doesn't open the topic.
        #expect(try await client.replaceConfigs("t", ["retention.ms": "1000"]).errorCode == .none)
        #expect(try await client.fetch("t", from: 0).errorCode == .topicAuthorizationFailed)
        #expect(test.broker.policy.currentState.viewDefault(of: "t")?.value == "deny")
        // W4: deleting it would end in raw.
        let deletion = try await client.alter("t", [.delete("view.default")])
        #expect(deletion.errorCode == .invalidConfig)
        #expect(try await client.fetch("t", from: 0).errorCode == .topicAuthorizationFailed)
        #expect(try await client.alter("t", [.set("view.default", "raw")]).errorCode == .none)
        #expect(try values(await client.fetch("t", from: 0).records) == ["secret"])
    }

    @Test func viewsNeedTheRightToWritePolicy() async throws {
        let test = try await TestBroker.story()
        let stranger = test.connect(peer: "10.0.0.2")
        for validateOnly in [true, false] {
            let topic = try await stranger.alter("accounts", [.set("view.default", "raw")], validateOnly: validateOnly)
            #expect(topic.errorCode == .topicAuthorizationFailed)
            let group = try await stranger.alter(
                "email-app", type: 32, [.set("view.accounts", "raw")], validateOnly: validateOnly)
            #expect(group.errorCode == .topicAuthorizationFailed)
        }
        let old = try await stranger.replaceConfigs("accounts", ["view.default": "raw"])
        #expect(old.errorCode == .topicAuthorizationFailed)
        #expect(try await stranger.fetch("accounts", from: 0).errorCode == .topicAuthorizationFailed)
    }

    @Test func aGroupsBindings() async throws {
        let test = try await TestBroker.story()
        let admin = test.connect(isAdmin: true)
        func bindings() -> [String] {
            test.broker.policy.currentState.viewConfigs(ofGroup: "email-app").map { "\($0.key)=\($0.value)" }
        }
        #expect(bindings() == ["view.accounts=mask@1"])
        #expect(try await admin.alter("email-app", type: 32, [.set("view.other", "deny")]).errorCode == .none)
        #expect(bindings() == ["view.accounts=mask@1", "view.other=deny"])
        // Replacing doesn't remove what it doesn't name.
        #expect(try await admin.replaceConfigs("email-app", type: 32, ["view.accounts": "deny"]).errorCode == .none)
        #expect(bindings() == ["view.accounts=deny", "view.other=deny"])
        let member = test.connect(peer: "10.0.0.1")
        try await member.name(group: "email-app")
        #expect(try await member.fetch("accounts", from: 0).errorCode == .topicAuthorizationFailed)
        for (name, value) in [
            ("accounts", "raw"), ("view.", "raw"), ("view.accounts", "nobody"), ("retention.ms", "1"),
            ("consumer.session.timeout.ms", "1"),
        ] {
            #expect(try await admin.alter("email-app", type: 32, [.set(name, value)]).errorCode == .invalidConfig)
        }
        #expect(try await admin.alter("", type: 32, [.set("view.accounts", "raw")]).errorCode == .invalidConfig)
        #expect(bindings() == ["view.accounts=deny", "view.other=deny"])
    }
}

/// One setting of a change.
struct AlterStep: Sendable {
    var name: String
    var operation: Int8
    var value: String?

    static func set(_ name: String, _ value: String?) -> AlterStep { AlterStep(name: name, operation: 0, value: value) }

    static func delete(_ name: String) -> AlterStep { AlterStep(name: name, operation: 1, value: nil) }

    static func append(_ name: String, _ value: String) -> AlterStep {
        AlterStep(name: name, operation: 2, value: value)
    }

    static func subtract(_ name: String, _ value: String) -> AlterStep {
        AlterStep(name: name, operation: 3, value: value)
    }
}

extension TestConnection {
    static func alterRequest(_ name: String, type: Int8, _ steps: [AlterStep]) -> IncrementalAlterConfigsRequest {
        var resource = IncrementalAlterConfigsRequest.AlterConfigsResource()
        resource.resourceType = type
        resource.resourceName = name
        resource.configs = steps.map { step in
            var config = IncrementalAlterConfigsRequest.AlterableConfig()
            config.name = step.name
            config.configOperation = step.operation
            config.value = step.value
            return config
        }
        var request = IncrementalAlterConfigsRequest()
        request.resources = [resource]
        return request
    }

    func alter(
        _ name: String, type: Int8 = 2, _ steps: [AlterStep], validateOnly: Bool = false, version: Int16 = 1
    ) async throws -> IncrementalAlterConfigsResponse.AlterConfigsResourceResponse {
        var request = Self.alterRequest(name, type: type, steps)
        request.validateOnly = validateOnly
        return try await send(request, version: version).responses[0]
    }

    func replaceConfigs(
        _ name: String, type: Int8 = 2, _ settings: [String: String], version: Int16 = 2
    ) async throws -> AlterConfigsResponse.AlterConfigsResourceResponse {
        var resource = AlterConfigsRequest.AlterConfigsResource()
        resource.resourceType = type
        resource.resourceName = name
        resource.configs = settings.map { name, value in
            var config = AlterConfigsRequest.AlterableConfig()
            config.name = name
            config.value = value
            return config
        }
        var request = AlterConfigsRequest()
        request.resources = [resource]
        return try await send(request, version: version).responses[0]
    }
}
