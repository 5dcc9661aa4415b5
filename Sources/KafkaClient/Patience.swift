/// Waits out what may pass by itself: a broker that restarts, a leader that moves. A consumer that has begun goes on over
/// it; how long is bounded.
struct Patience {
    /// Without any success in between.
    private static let limit: Duration = .seconds(60)
    private static let pause: Duration = .milliseconds(200)

    private var since: ContinuousClock.Instant?

    mutating func succeeded() {
        since = nil
    }

    /// Pauses, or throws `error` if it has lasted too long.
    mutating func wait(after error: KafkaClientError) async throws(KafkaClientError) {
        let now = ContinuousClock.now
        let first = since ?? now
        since = first
        guard now - first < Self.limit else { throw error }
        do {
            try await Task.sleep(for: Self.pause)
        } catch {
            throw KafkaClientError(.timedOut, "cancelled")
        }
    }
}

extension KafkaClientError {
    /// The connection is gone or can't be made; another one may do.
    var isConnectionLoss: Bool {
        switch code {
        case .unreachable, .connectionClosed, .timedOut: true
        case .unsupported, .malformedResponse, .invalidRequest, .untrusted, .tlsFailed, .loginFailed, .broker: false
        }
    }
}
