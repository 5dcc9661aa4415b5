import KafkaMessages
import TestSupport
import Testing

@testable import Broker

/// What holds whatever a client asks to be set.
@Suite struct ConfigPropertyTests {
    private static let values = [
        "0", "1", "-1", "-2", "5", "1000", "1048576", "1048588", "2147483647", "2147483648", "9223372036854775807",
        "9223372036854775808", "-9223372036854775808", "+7", " 7 ", "0x10", "1e3", "1.5", "", " ", "true", "FALSE",
        "delete",
        "delete,delete", "delete, compact", "compact", ",", "producer", "zstd", "LogAppendTime", "crc", "null", "é",
        "a\nb=c",
        "a=b", "config.retention.ms=1", "\u{0}",
    ]

    /// A change is refused with a message that names the setting, or it can be read again after a restart; never both.
    @Test func acceptedSettingsAreReadAgain() async throws {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededGenerator(seed: seed)
        let folder = TemporaryFolder()
        var overrides: [String: String] = [:]
        var dynamic = DynamicSettings()
        do {
            let test = try await TestBroker(folder: folder)
            let topic = try await test.createTopic("t")
            let client = test.connect()
            let names = TopicConfiguration.table.definitions.map(\.name) + ["no.such", ""]
            let brokerNames = BrokerConfiguration.table.definitions.filter(\.isLive).map(\.name) + ["node.id"]
            var accepted = 0
            for _ in 0..<400 {
                let isTopic = Bool.random(using: &random)
                let name = (isTopic ? names : brokerNames).randomElement(using: &random) ?? ""
                let value = Self.values.randomElement(using: &random) ?? ""
                let step = AlterStep(name: name, operation: Int8.random(in: 0...3, using: &random), value: value)
                let resource = isTopic ? "t" : Bool.random(using: &random) ? "" : "1"
                let answer = try await client.alter(resource, type: isTopic ? 2 : 4, [step])
                if answer.errorCode == .none {
                    accepted += 1
                } else {
                    #expect(answer.errorCode == .invalidConfig, "seed \(seed): \(step)")
                    #expect(answer.errorMessage?.isEmpty == false, "seed \(seed): \(step)")
                }
                #expect(topic.configuration.defect == nil, "seed \(seed): \(step)")
            }
            #expect(accepted > 40, "seed \(seed)")
            overrides = topic.configuration.overrides
            dynamic = test.broker.configuration.dynamic
            await test.broker.close()
        }
        let again = try await TestBroker(folder: folder)
        let settings = try #require(again.broker.topics["t"]).configuration
        #expect(settings.defect == nil, "seed \(seed)")
        #expect(settings.overrides == overrides, "seed \(seed)")
        #expect(again.broker.configuration.dynamic == dynamic, "seed \(seed)")
    }
}
