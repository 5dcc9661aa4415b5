import KafkaMessages
import SegmentLog
import Testing

@testable import Broker

/// Topics whose stored settings this version doesn't take: nothing of them is lost, neither settings nor records.
@Suite struct StoredSettingsTests {
    private let folder = TemporaryFolder()

    private var path: String { folder.path + "/t-0/topic.properties" }

    private func stored() throws -> String? {
        try PosixFileSystem().contents(of: path).map { String(decoding: $0, as: UTF8.self) }
    }

    /// A broker that finds these settings.
    private func broker(_ settings: [String]) async throws -> TestBroker {
        do {
            let test = try await TestBroker(folder: folder)
            try await test.createTopic("t")
            await test.broker.close()
        }
        let lines = ["partitions=1"] + settings.map { "config.\($0)" }
        try PosixFileSystem().replace(path, with: Array((lines.joined(separator: "\n") + "\n").utf8))
        return try await TestBroker(folder: folder)
    }

    @Test func nothingIsWrittenOverWhatCanNotBeRead() async throws {
        let test = try await broker(["retention.ms=soon", "max.message.bytes=100", "segment.ms=77"])
        let before = try stored()
        let client = test.connect()
        // What can be taken is; but no record goes by a default that nobody chose.
        let log = try #require(test.broker.topics["t"]).partitions[0]
        #expect(await log.configuration.segmentMs == 77)
        #expect(await !log.configuration.deletesOldSegments)
        #expect(try await client.produce("t", batch(String(repeating: "x", count: 200))).errorCode == .messageTooLarge)
        for answer in [
            try await client.alter("t", [.set("segment.ms", "5")]),
            try await client.alter("t", [.delete("segment.ms")]),
        ] {
            #expect(answer.errorCode == .invalidConfig)
            #expect(answer.errorMessage?.contains("retention.ms = soon: must be a whole number") == true)
        }
        let replaced = try await client.replaceConfigs("t", ["segment.ms": "5"])
        #expect(replaced.errorCode == .invalidConfig)
        #expect(try await client.alter("", type: 4, [.set("log.roll.ms", "5")]).errorCode == .none)
        #expect(await log.configuration.segmentMs == 77)
        #expect(try stored() == before)
        #expect(try await client.describe("t", keys: ["retention.ms"]).map(\.value) == ["soon"])
    }

    @Test func growingKeepsThem() async throws {
        let test = try await broker(["retention.ms=soon"])
        #expect(try await test.connect().grow("t", to: 2).errorCode == .none)
        #expect(try stored() == "partitions=2\nconfig.retention.ms=soon\n")
    }

    @Test(arguments: [
        AlterStep.delete("nonsense.of.tomorrow"), .set("nonsense.of.tomorrow", "x"),
    ]) func whatIsWrongCanBeMended(step: AlterStep) async throws {
        let test = try await broker(["nonsense.of.tomorrow=1", "retention.ms=77"])
        #expect(try await test.retentionMs("t") == 77)
        let answer = try await test.connect().alter("t", [step])
        guard step.operation == 1 else {
            #expect(answer.errorCode == .invalidConfig)
            return
        }
        #expect(answer.errorCode == .none)
        #expect(try stored() == "partitions=1\nconfig.retention.ms=77\n")
        let log = try #require(test.broker.topics["t"]).partitions[0]
        #expect(await log.configuration.deletesOldSegments)
        #expect(try await test.connect().alter("t", [.set("retention.ms", "78")]).errorCode == .none)
    }
}
