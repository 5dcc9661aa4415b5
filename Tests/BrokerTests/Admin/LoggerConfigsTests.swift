import KafkaMessages
import Logging
import Synchronization
import Testing

@testable import Broker

/// The levels of loggers as BROKER_LOGGER configs.
@Suite struct LoggerConfigsTests {
    private final class Levels: LogLevelControl {
        let state = Mutex<[String: Logger.Level]>(["root": .info, "groups": .info, "log": .notice])

        var levels: [String: Logger.Level] { state.withLock { $0 } }

        func set(_ level: Logger.Level?, of logger: String) {
            state.withLock { $0[logger] = level ?? $0["root"] }
        }
    }

    @Test func levelsAreSeenAndSet() async throws {
        let levels = Levels()
        let test = try await TestBroker(["node.id": "7"], logLevels: levels)
        let client = test.connect()
        let shown = try await client.describe("7", type: 8)
        #expect(shown.map { "\($0.name)=\($0.value ?? "")" } == ["groups=INFO", "log=NOTICE", "root=INFO"])
        #expect(shown.allSatisfy { $0.configSource == 6 && !$0.readOnly })
        let steps: [AlterStep] = [.set("groups", "DEBUG"), .set("log", "WARN"), .set("root", "FATAL")]
        #expect(try await client.alter("7", type: 8, steps, validateOnly: true).errorCode == .none)
        #expect(levels.levels["groups"] == .info)
        #expect(try await client.alter("7", type: 8, steps).errorCode == .none)
        #expect(levels.levels == ["groups": .debug, "log": .warning, "root": .critical])
        #expect(try await client.alter("7", type: 8, [.delete("groups")]).errorCode == .none)
        #expect(levels.levels["groups"] == .critical)
        var request = ListConfigResourcesRequest()
        request.resourceTypes = [8]
        #expect(try await client.send(request, version: 1).configResources.map(\.resourceName) == ["7"])
    }

    @Test(
        arguments: [
            ("7", [AlterStep.set("groups", "LOUD")], ErrorCode.invalidConfig, "must be one of TRACE, DEBUG, INFO"),
            ("7", [.set("root", "INFO"), .set("group", "INFO")], .invalidConfig, "(groups?)"),
            ("7", [.delete("root")], .invalidRequest, "root has no other"),
            ("7", [.append("groups", "INFO")], .invalidRequest, "not a list"),
            ("8", [.set("groups", "INFO")], .invalidRequest, "this is broker 7"),
            ("", [.set("groups", "INFO")], .invalidRequest, "this is broker 7"),
        ] as [(String, [AlterStep], ErrorCode, String)])
    func refusals(name: String, steps: [AlterStep], code: ErrorCode, message: String) async throws {
        let levels = Levels()
        let test = try await TestBroker(["node.id": "7"], logLevels: levels)
        let before = levels.levels
        let answer = try await test.connect().alter(name, type: 8, steps)
        #expect(answer.errorCode == code)
        #expect(answer.errorMessage?.contains(message) == true, "\(answer.errorMessage ?? "none")")
        #expect(levels.levels == before)
    }

    @Test func whoMayNot() async throws {
        let levels = Levels()
        let test = try await TestBroker(logLevels: levels)
        let steps: [AlterStep] = [.set("groups", "TRACE")]
        #expect(
            try await test.connect(peer: "10.0.0.2").alter("1", type: 8, steps).errorCode == .clusterAuthorizationFailed
        )
        #expect(try await test.connect().replaceConfigs("1", type: 8, ["groups": "TRACE"]).errorCode == .invalidRequest)
        #expect(levels.levels["groups"] == .info)
        let without = try await TestBroker()
        #expect(try await without.connect().alter("1", type: 8, steps).errorCode == .invalidRequest)
        #expect(try await without.connect().describeResult("1", type: 8).errorCode == .invalidRequest)
    }
}
