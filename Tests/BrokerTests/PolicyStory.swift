import KafkaMessages
import KafkaRecords
import NIOCore
import WasmRuntime

@testable import Broker

/// Policy as a client sets it: by producing to its topics.
extension TestConnection {
    @discardableResult
    func deploy(_ name: String, _ module: [UInt8]) async throws -> ProduceResponse.PartitionProduceResponse {
        try await produce("__sluice_modules", policyBatch(key: Array(name.utf8), value: module), version: 9)
    }

    /// `target` nil removes the record.
    @discardableResult
    func setPolicy(
        _ key: String, target: String?
    ) async throws -> ProduceResponse.PartitionProduceResponse {
        try await setPolicy(key, value: target.map { #"{"target":"\#($0)","v":1}"# })
    }

    @discardableResult
    func setPolicy(
        _ key: String, value: String?
    ) async throws -> ProduceResponse.PartitionProduceResponse {
        let value = value.map { Array($0.utf8) }
        return try await produce("__sluice_views", policyBatch(key: Array(key.utf8), value: value), version: 9)
    }

    func bind(group: String, topic: String, to target: String) async throws {
        let answer = try await setPolicy(
            #"["binding",["exact","\#(group)"],["any"],["exact","\#(topic)"]]"#, target: target)
        guard answer.errorCode == .none else { throw TestFailure("\(answer.errorCode): \(answer.errorMessage ?? "")") }
    }

    func setDefault(topic: String, to target: String) async throws {
        let answer = try await setPolicy(#"["default",["exact","\#(topic)"]]"#, target: target)
        guard answer.errorCode == .none else { throw TestFailure("\(answer.errorCode): \(answer.errorMessage ?? "")") }
    }

    private func policyBatch(key: [UInt8], value: [UInt8]?) -> [UInt8] {
        RecordBatch.encode([Record(key: key, value: value, headers: [], timestamp: 1)])
    }

    /// Names a group on this connection, as librdkafka does before it fetches.
    func name(group: String) async throws {
        var request = FindCoordinatorRequest()
        request.key = group
        _ = try await send(request, version: 2)
    }
}

extension TestBroker {
    /// A topic with one record, a deployed module that masks, and `email-app` bound to it.
    static func story(
        _ settings: [String: String] = [:], folder: TemporaryFolder = TemporaryFolder(),
        processes: (any PeerProcessLookup)? = nil, clock: any BrokerClock = SystemBrokerClock()
    ) async throws -> TestBroker {
        let test = try await TestBroker(settings, folder: folder, processes: processes, clock: clock)
        try await test.createTopic("accounts")
        _ = try await test.connect().produce("accounts", batch("secret"))
        let admin = test.connect(isAdmin: true)
        let deployed = try await admin.deploy("mask", try ReaderFixture.guest())
        guard deployed.errorCode == .none else { throw TestFailure("\(deployed.errorMessage ?? "")") }
        try await admin.bind(group: "email-app", topic: "accounts", to: "mask")
        return test
    }
}
