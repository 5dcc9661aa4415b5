internal import Broker

/// What all connections of a server share.
struct ServerContext: Sendable {
    let settings: ServerSettings
    let service: any BrokerService
    let registry: ConnectionRegistry
    let budget: MemoryBudget
    let slices: SliceReader
    let counters: ServerCounters
    let log: ServerLog

    /// As it is now.
    var configuration: ServerConfiguration { settings.current }
}
