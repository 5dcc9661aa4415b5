import KafkaClient
import KafkaMessages

extension KafkaClientError {
    /// The broker's refusal under what the user asked for, in place of the request that carried it.
    func restated(_ action: String) -> KafkaClientError {
        guard errorCode != nil, let colon = message.firstRange(of: ": ") else { return self }
        return KafkaClientError(code, "\(action): \(message[colon.upperBound...])")
    }
}
