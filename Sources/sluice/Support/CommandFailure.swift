import KafkaClient
import KafkaMessages

/// Why a command ends, in one line for the reader and one number for scripts.
struct CommandFailure: Error, Equatable, CustomStringConvertible {
    var status: CommandStatus
    var message: String
    /// What to do about it.
    var hint: String?

    init(_ status: CommandStatus, _ message: String, hint: String? = nil) {
        self.status = status
        self.message = message
        self.hint = hint
    }

    var description: String {
        // One line, whatever text a broker has sent.
        let line = ([message] + [hint].compactMap { $0 }).joined(separator: "; ")
        return String(line.map { $0.isNewline ? " " : $0 })
    }
}

extension CommandFailure {
    /// The failure that an error of the client stands for.
    init(_ error: KafkaClientError) {
        switch error.code {
        case .unreachable:
            let isSocket = error.message.contains(".sock")
            self.init(
                .unreachable, error.message,
                hint: isSocket
                    ? "start a broker with `sluice serve`, or name a running one with -b HOST:PORT"
                    : "check the address and that a broker listens there")
        case .timedOut, .connectionClosed:
            self.init(.unreachable, error.message, hint: "whether it was done is unknown; see the broker's log")
        case .unsupported, .malformedResponse, .invalidRequest:
            self.init(.failed, error.message)
        case .untrusted, .tlsFailed: self.init(.unreachable, error.message)
        case .loginFailed: self.init(.refused, error.message)
        case .broker(let code):
            self.init(Self.status(of: code), error.message, hint: Self.hint(for: code))
        }
    }

    private static func status(of code: ErrorCode) -> CommandStatus {
        switch code {
        case .unknownTopicOrPartition, .unknownTopicId, .groupIdNotFound, .offsetOutOfRange, .resourceNotFound:
            .notFound
        case .topicAlreadyExists: .exists
        case .topicAuthorizationFailed, .groupAuthorizationFailed, .clusterAuthorizationFailed, .policyViolation,
            .invalidRecord, .invalidConfig, .invalidTopicException, .invalidPartitions, .invalidReplicationFactor,
            .messageTooLarge, .nonEmptyGroup, .groupSubscribedToTopic, .securityDisabled, .unacceptableCredential,
            .transactionalIdAuthorizationFailed, .illegalSaslState, .saslAuthenticationFailed:
            .refused
        default: .failed
        }
    }

    private static func hint(for code: ErrorCode) -> String? {
        switch code {
        case .unknownTopicOrPartition: "`sluice topic list` shows what there is"
        case .groupIdNotFound: "`sluice group list` shows what there is"
        case .nonEmptyGroup: "stop them first; `sluice group describe` shows them"
        case .topicAuthorizationFailed:
            "`sluice view explain` shows why; the admin reads raw over the admin socket of the data folder"
        case .groupAuthorizationFailed: "name the group that the listener is pinned to, or use another listener"
        case .clusterAuthorizationFailed: "use the admin socket of the data folder (--data DIR)"
        default: nil
        }
    }
}
