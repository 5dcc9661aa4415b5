import Synchronization

/// The broker's settings as they hold now. `TopicManager` replaces them; who reads them takes them anew for each request.
final class LiveConfiguration: Sendable {
    private let state: Mutex<BrokerConfiguration>

    init(_ configuration: BrokerConfiguration) {
        state = Mutex(configuration)
    }

    var current: BrokerConfiguration { state.withLock { $0 } }

    func replace(_ configuration: BrokerConfiguration) { state.withLock { $0 = configuration } }
}
