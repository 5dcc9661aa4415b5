internal import Synchronization

/// The configuration in force. What a reload may change is read where it's used, for each connection anew.
final class ServerSettings: Sendable {
    private let configuration: Mutex<ServerConfiguration>

    init(_ configuration: ServerConfiguration) {
        self.configuration = Mutex(configuration)
    }

    var current: ServerConfiguration { configuration.withLock { $0 } }

    /// Takes the limits of `other`; listeners, folders and threads stay.
    func takeLimits(of other: ServerConfiguration) {
        configuration.withLock { configuration in
            configuration.requestBytesMax = other.requestBytesMax
            configuration.requestBytesInFlightMax = other.requestBytesInFlightMax
            configuration.connectionsMax = other.connectionsMax
            configuration.connectionsPerAddressMax = other.connectionsPerAddressMax
            configuration.idleMsMax = other.idleMsMax
        }
    }
}
