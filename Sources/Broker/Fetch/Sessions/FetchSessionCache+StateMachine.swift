import Views

/// Which fetch sessions there are: the bound on them, and which goes when another one is wanted.
enum FetchSessionCache {
    struct Limits: Sendable {
        /// `max.incremental.fetch.session.cache.slots`.
        var slots = 1_000
        /// Kafka's MIN_INCREMENTAL_FETCH_SESSION_EVICTION_MS: a session that was used within it goes for nothing, one that
        /// is as old goes for a larger one.
        var evictionMs: Int64 = 120_000
        /// Bytes of all sessions.
        var bytes = 64 << 20
        /// Clients have one session for each broker, so one a connection; a proxy may have a few.
        var perConnection = 8

        init() {}

        init(_ configuration: BrokerConfiguration) {
            slots = configuration.number("max.incremental.fetch.session.cache.slots")
        }
    }

    /// Who may go on with a session.
    struct Owner: Sendable, Equatable {
        var connection: UInt64
        var principal: Principal
    }

    struct Opening: Equatable {
        var isOpen: Bool
        /// Sessions that had to make room. Some may have, and not enough.
        var evicted: [Int32] = []
    }

    /// The slots. `now`: milliseconds of a monotonic clock.
    struct StateMachine: ~Copyable {
        private struct Slot {
            var owner: Owner
            var partitionCount: Int
            var byteCount: Int
            var createdAt: Int64
            var lastUsedAt: Int64
        }

        private let limits: Limits
        private var slots: [Int32: Slot] = [:]
        /// In the order in which they were opened.
        private var ofConnection: [UInt64: [Int32]] = [:]
        private(set) var byteCount = 0

        init(limits: Limits) {
            self.limits = limits
        }

        var count: Int { slots.count }

        func contains(_ id: Int32) -> Bool { slots[id] != nil }

        /// Whether `owner` may go on with the session: it is there, and its own.
        func isOpen(_ id: Int32, to owner: Owner) -> Bool { slots[id]?.owner == owner }

        /// Opens a session under an id that isn't in use, if there is room or can be made.
        mutating func open(
            _ id: Int32, owner: Owner, partitionCount: Int, byteCount: Int, now: Int64
        ) -> Opening {
            var opening = Opening(isOpen: false)
            if let own = ofConnection[owner.connection], own.count >= limits.perConnection {
                // Its own oldest one: nobody else's.
                close(own[0])
                opening.evicted.append(own[0])
            }
            while slots.count >= limits.slots || self.byteCount + byteCount > limits.bytes {
                guard let evicted = evictable(for: partitionCount, now: now) else { return opening }
                close(evicted)
                opening.evicted.append(evicted)
            }
            slots[id] = Slot(
                owner: owner, partitionCount: partitionCount, byteCount: byteCount, createdAt: now, lastUsedAt: now)
            ofConnection[owner.connection, default: []].append(id)
            self.byteCount += byteCount
            opening.isOpen = true
            return opening
        }

        /// A request has gone on with the session, which has this size now. False if it isn't there any more, or there is no
        /// memory for what it has become; it is closed then.
        mutating func used(_ id: Int32, partitionCount: Int, byteCount: Int, now: Int64) -> Bool {
            guard var slot = slots[id] else { return false }
            guard self.byteCount - slot.byteCount + byteCount <= limits.bytes else {
                close(id)
                return false
            }
            self.byteCount += byteCount - slot.byteCount
            slot.partitionCount = partitionCount
            slot.byteCount = byteCount
            slot.lastUsedAt = now
            slots[id] = slot
            return true
        }

        mutating func close(_ id: Int32) {
            guard let slot = slots.removeValue(forKey: id) else { return }
            byteCount -= slot.byteCount
            let connection = slot.owner.connection
            ofConnection[connection]?.removeAll { $0 == id }
            if ofConnection[connection]?.isEmpty == true { ofConnection[connection] = nil }
        }

        /// The connection is gone, and its sessions with it: nobody else may go on with them. Returns which.
        mutating func disconnected(_ connection: UInt64) -> [Int32] {
            let ids = ofConnection[connection] ?? []
            for id in ids { close(id) }
            return ids
        }

        /// Kafka's order: the session that was unused longest, if that is long; else the smallest of those that are old, if it
        /// is smaller than the new one.
        private func evictable(for partitionCount: Int, now: Int64) -> Int32? {
            var stale: (lastUsedAt: Int64, id: Int32)?
            var small: (partitionCount: Int, id: Int32)?
            for (id, slot) in slots {
                if stale.map({ (slot.lastUsedAt, id) < $0 }) ?? true { stale = (slot.lastUsedAt, id) }
                guard slot.lastUsedAt - slot.createdAt > limits.evictionMs else { continue }
                if small.map({ (slot.partitionCount, id) < $0 }) ?? true { small = (slot.partitionCount, id) }
            }
            if let stale, now - stale.lastUsedAt > limits.evictionMs { return stale.id }
            guard let small, small.partitionCount < partitionCount else { return nil }
            return small.id
        }
    }
}
