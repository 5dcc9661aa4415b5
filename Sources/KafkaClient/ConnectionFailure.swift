import Synchronization

/// Why a connection ended, kept for requests that come too late to learn it from its channel: TLS may fail before the first
/// one is written.
final class ConnectionFailure: Sendable {
    private let state = Mutex<KafkaClientError?>(nil)

    var error: KafkaClientError? { state.withLock { $0 } }

    /// The first reason stays.
    func set(_ error: KafkaClientError) {
        state.withLock { $0 = $0 ?? error }
    }
}
