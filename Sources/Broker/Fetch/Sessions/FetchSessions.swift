import KafkaMessages
import Synchronization

/// The fetch sessions of all connections. What a session holds has a lock of its own, which nobody but its connection takes,
/// save for the moment in which it is evicted; the lock over all is held for a few loads and stores.
final class FetchSessions: Sendable {
    /// One session.
    final class Handle: Sendable {
        let id: Int32
        private let session: Mutex<FetchSession.StateMachine>

        fileprivate init(id: Int32, _ session: consuming sending FetchSession.StateMachine) {
            self.id = id
            self.session = Mutex(session)
        }

        /// Takes note of an answer. Returns which of its partitions the client doesn't know yet, and whether the session goes
        /// on: one that was evicted meanwhile gives everything once more, and ends with that.
        func news(_ targets: FetchTargets, _ parts: [FetchedPartition]) -> (indices: [Int], isOpen: Bool) {
            withSession { session in
                var indices: [Int] = []
                for (index, part) in parts.enumerated() {
                    let slot = targets.items[index].slot
                    if session.tell(slot, part.told, hasRecords: part.byteCount > 0) { indices.append(index) }
                }
                session.endAnswer()
                return (indices, !session.isClosed)
            }
        }

        func withSession<Value: Sendable>(_ body: (inout FetchSession.StateMachine) -> Value) -> Value {
            session.withLock { body(&$0) }
        }
    }

    /// How a request is answered.
    enum Scope: Sendable {
        /// What it asks for, and nothing is kept.
        case once
        /// What it asks for, and a session is opened with the answer.
        case opening
        /// All of the session that is new.
        case session(Handle)
        case refused(ErrorCode)
    }

    private struct State: ~Copyable {
        var cache: FetchSessionCache.StateMachine
        var handles: [Int32: Handle] = [:]

        init(limits: FetchSessionCache.Limits) {
            cache = FetchSessionCache.StateMachine(limits: limits)
        }

        mutating func take(_ ids: [Int32]) -> [Handle] { ids.compactMap { handles.removeValue(forKey: $0) } }
    }

    private let state: Mutex<State>
    private let randomId: @Sendable () -> Int32

    /// `randomId`: a positive number that nobody can guess.
    init(
        limits: FetchSessionCache.Limits,
        randomId: @escaping @Sendable () -> Int32 = { Int32.random(in: 1...Int32.max) }
    ) {
        state = Mutex(State(limits: limits))
        self.randomId = randomId
    }

    /// Takes a request's session fields.
    ///
    /// - Parameters:
    ///   - isSameClient: the session that it names is of the client that sends it, on another connection: it may end the
    ///     session, not go on with it.
    ///   - now: milliseconds of a monotonic clock.
    func begin(
        _ request: FetchRequest, owner: FetchSessionCache.Owner, isSameClient: Bool, usesTopicIds: Bool, now: Int64
    ) -> Scope {
        let id = request.sessionId
        if request.isFull {
            if id != 0, isSameClient || state.withLock({ $0.cache.isOpen(id, to: owner) }) { close(id) }
            return request.sessionEpoch == 0 ? .opening : .once
        }
        // Somebody else's is as good as none.
        let handle = state.withLock { $0.cache.isOpen(id, to: owner) ? $0.handles[id] : nil }
        guard let handle else { return .refused(.fetchSessionIdNotFound) }
        let (action, partitionCount, byteCount) = handle.withSession { session in
            (session.proceed(request, usesTopicIds: usesTopicIds), session.partitionCount, session.byteCount)
        }
        switch action {
        case .fetch:
            let isThere = state.withLock {
                $0.cache.used(id, partitionCount: partitionCount, byteCount: byteCount, now: now)
            }
            if isThere { return .session(handle) }
            close(id)
            return .refused(.fetchSessionIdNotFound)
        case .refuse(let code): return .refused(code)
        case .emptied:
            close(id)
            return .once
        case .outgrown:
            close(id)
            return .refused(.fetchSessionIdNotFound)
        }
    }

    /// Opens a session of what a full request asked for and got. 0 if there is no room for it, or it can't be one.
    func open(
        _ targets: FetchTargets, _ parts: [FetchedPartition], owner: FetchSessionCache.Owner, usesTopicIds: Bool,
        now: Int64
    ) -> Int32 {
        var session = FetchSession.StateMachine(usesTopicIds: usesTopicIds)
        for (target, part) in zip(targets.items, parts) {
            let key = targets.topics[target.topicNumber].key
            guard session.open(key, target.wanted, told: part.told) else { return 0 }
        }
        let (partitionCount, byteCount) = (session.partitionCount, session.byteCount)
        guard let id = reserve(owner, partitionCount: partitionCount, byteCount: byteCount, now: now) else { return 0 }
        let handle = Handle(id: id, session)
        state.withLock { if $0.cache.contains(id) { $0.handles[id] = handle } }
        return id
    }

    func disconnected(_ connection: UInt64) {
        let handles = state.withLock { $0.take($0.cache.disconnected(connection)) }
        Self.empty(handles)
    }

    var count: Int { state.withLock { $0.cache.count } }
    var byteCount: Int { state.withLock { $0.cache.byteCount } }

    private func reserve(
        _ owner: FetchSessionCache.Owner, partitionCount: Int, byteCount: Int, now: Int64
    ) -> Int32? {
        let (id, evicted) = state.withLock { state -> (Int32?, [Handle]) in
            // Of two billion ids the first is nearly always free.
            for _ in 0..<100 {
                let id = randomId()
                if id <= 0 || state.cache.contains(id) { continue }
                let opening = state.cache.open(
                    id, owner: owner, partitionCount: partitionCount, byteCount: byteCount, now: now)
                return (opening.isOpen ? id : nil, state.take(opening.evicted))
            }
            return (nil, [])
        }
        Self.empty(evicted)
        return id
    }

    private func close(_ id: Int32) {
        let handles = state.withLock { state in
            state.cache.close(id)
            return state.take([id])
        }
        Self.empty(handles)
    }

    /// Gives back what sessions hold, which a request of theirs may still be looking at.
    private static func empty(_ handles: [Handle]) {
        for handle in handles { handle.withSession { $0.close() } }
    }
}
