internal import Broker
internal import NIOCore
internal import Synchronization

/// The connections that are open: how many, from where, and how to end them all.
final class ConnectionRegistry: Sendable {
    enum Refusal: Sendable, Equatable {
        case total(Int)
        case perAddress(Int)
        case stopping
    }

    private struct Entry {
        var channel: any Channel
        var end: ConnectionEnd?
        var cut: (@Sendable () -> Void)?
        var address: String
        var isAdmin: Bool
    }

    private struct State {
        var totalMax: Int
        var perAddressMax: Int
        var entries: [UInt64: Entry] = [:]
        var perAddress: [String: Int] = [:]
        /// Entries that the limit counts: all but those of the admin socket, by which an operator gets in at any load.
        var counted = 0
        var lastId: UInt64 = 0
        var isStopping = false
    }

    private let state: Mutex<State>

    init(totalMax: Int, perAddressMax: Int) {
        state = Mutex(State(totalMax: totalMax, perAddressMax: perAddressMax))
    }

    /// Other limits, for connections to come.
    func limit(total: Int, perAddress: Int) {
        state.withLock { state in
            state.totalMax = total
            state.perAddressMax = perAddress
        }
    }

    /// The connection's id, or why it isn't taken. Whoever gets an id removes it.
    func add(_ channel: any Channel, address: String, isAdmin: Bool) -> Result<UInt64, RefusalError> {
        state.withLock { state in
            if state.isStopping { return .failure(RefusalError(.stopping)) }
            if !isAdmin {
                if state.counted >= state.totalMax { return .failure(RefusalError(.total(state.totalMax))) }
                let count = state.perAddress[address, default: 0]
                if count >= state.perAddressMax { return .failure(RefusalError(.perAddress(state.perAddressMax))) }
                state.perAddress[address] = count + 1
                state.counted += 1
            }
            state.lastId += 1
            state.entries[state.lastId] = Entry(channel: channel, address: address, isAdmin: isAdmin)
            return .success(state.lastId)
        }
    }

    var isStopping: Bool {
        state.withLock { $0.isStopping }
    }

    func remove(_ id: UInt64) {
        state.withLock { state in
            guard let entry = state.entries.removeValue(forKey: id), !entry.isAdmin else { return }
            state.counted -= 1
            let left = state.perAddress[entry.address, default: 1] - 1
            state.perAddress[entry.address] = left > 0 ? left : nil
        }
    }

    /// No connection is added from now on; those that are open take no more requests, finish what they have and close.
    func stop() {
        let channels = state.withLock { state in
            state.isStopping = true
            for entry in state.entries.values { entry.end?.note(.stopping) }
            return state.entries.values.map(\.channel)
        }
        for channel in channels {
            channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        }
    }

    /// The connection has begun: what ends it is noted there, and `cut` closes it at once.
    func began(_ id: UInt64, _ end: ConnectionEnd, cut: @escaping @Sendable () -> Void) {
        state.withLock { state in
            state.entries[id]?.end = end
            state.entries[id]?.cut = cut
        }
    }

    /// Cuts every connection; the number of them.
    func closeAll() -> Int {
        let entries = state.withLock { Array($0.entries.values) }
        for entry in entries {
            entry.end?.note(.stopping)
            if let cut = entry.cut { cut() } else { entry.channel.close(promise: nil) }
        }
        return entries.count
    }

    struct RefusalError: Error, CustomStringConvertible {
        var refusal: Refusal

        init(_ refusal: Refusal) {
            self.refusal = refusal
        }

        var description: String {
            switch refusal {
            case .total(let limit): "max.connections is \(limit)"
            case .perAddress(let limit): "max.connections.per.ip is \(limit)"
            case .stopping: "the server is stopping"
            }
        }
    }
}
