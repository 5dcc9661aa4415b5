import Logging

/// Puts a broker and a server together from a configuration, and runs them.
enum ServeWiring {
    static func run(_ configuration: ServeConfiguration, logger: Logger) async throws {
        throw CommandFailure(.failed, "this build has no broker in it")
    }
}

/// The settings that the broker knows.
enum ServeSettings {
    static let names: [String] = []
    static var json: JSON { ["settings": []] }
    static var table: String { "this build has no broker in it\n" }
}
