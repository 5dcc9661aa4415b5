import KafkaClient
import KafkaMessages
import Testing

@testable import sluice

@Suite struct FailureTests {
    @Test(arguments: [
        (KafkaClientError.Code.unreachable, CommandStatus.unreachable), (.timedOut, .unreachable),
        (.connectionClosed, .unreachable), (.unsupported, .failed), (.malformedResponse, .failed),
        (.broker(.unknownTopicOrPartition), .notFound), (.broker(.topicAuthorizationFailed), .refused),
        (.broker(.invalidRecord), .refused), (.broker(.policyViolation), .refused), (.broker(.invalidConfig), .refused),
        (.broker(.topicAlreadyExists), .exists), (.broker(.unknownServerError), .failed),
    ])
    func statusSaysWhatHappened(code: KafkaClientError.Code, status: CommandStatus) {
        #expect(CommandFailure(KafkaClientError(code, "m")).status == status)
    }

    /// Scripts rely on these numbers.
    @Test func numbersStay() {
        #expect(CommandStatus.allCases.map(\.rawValue) == [0, 1, 2, 3, 4, 5, 6, 130])
        #expect(
            CommandStatus.allCases == [
                .done, .failed, .usage, .notFound, .refused, .unreachable, .exists, .interrupted,
            ])
    }

    @Test func isOneLine() {
        let failure = CommandFailure(.failed, "first\nsecond", hint: "do this")
        #expect("\(failure)" == "first second; do this")
    }

    @Test func brokersTextStandsUnderWhatWasAsked() {
        let error = KafkaClientError.broker(
            .invalidRecord, "no module \"x\"", while: "write to topic \"t\", partition 0")
        #expect(error.restated("can't bind g").message == "can't bind g: no module \"x\"")
        let lost = KafkaClientError(.timedOut, "h:1 didn't answer")
        #expect(lost.restated("can't bind g").message == "h:1 didn't answer")
    }

    @Test func unreachableSocketSaysHowToStart() async {
        #expect(await Sluice.run(["topic", "list", "--data", "/nonexistent"]) == .unreachable)
        let failure = CommandFailure(
            KafkaClientError(.unreachable, "can't connect to ./sluice-data/admin.sock: no such socket"))
        #expect(failure.hint?.contains("sluice serve") == true)
    }
}
