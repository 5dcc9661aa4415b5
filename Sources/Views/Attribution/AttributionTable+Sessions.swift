extension AttributionTable {
    /// Who holds a fetch session, or held it: kafka-python, Java and franz-go end the session of a connection that was cut
    /// by its id on the next one, and nothing else there says who they are.
    enum SessionHolder: Sendable {
        case open(connection: UInt64)
        /// The connection is gone; `groups`: what stronger evidence said of it then, never empty.
        case gone(client: ClientIdentity, groups: [Name], expiresAt: Int64)
    }

    /// Sessions of one connection that are remembered; the broker gives no more.
    static let sessionsPerConnection = 8

    /// The connection has been given a fetch session. `sessionId` can't be guessed, and was never another's.
    public mutating func sessionOpened(_ id: UInt64, sessionId: Int32) {
        guard let connection = connections[id] else { return }
        sessions[sessionId] = .open(connection: id)
        connections[id]?.sessionIds.append(sessionId)
        guard connection.sessionIds.count >= Self.sessionsPerConnection else { return }
        if let oldest = connections[id]?.sessionIds.removeFirst(), isHeld(oldest, by: id) { sessions[oldest] = nil }
    }

    /// A Fetch names a session. Whoever held it was attributed to groups: they are evidence here, if principal, peer and
    /// client.id are the same. Returns whether they are.
    mutating func sessionNamed(_ sessionId: Int32, on id: UInt64, now: Int64) -> Bool {
        guard let client = connections[id]?.client, let holder = sessions[sessionId] else { return false }
        switch holder {
        case .open(let other):
            if other == id { return true }
            // Cut on the client's side only, so far.
            guard let holding = connections[other], holding.client.isSameReader(as: client) else { return false }
            if let groups = strongGroups(holding, now: now), !groups.isEmpty {
                connections[id]?.sessionGroups = groups
            }
            return true
        case .gone(let known, let groups, let expiresAt):
            guard expiresAt > now, known.isSameReader(as: client) else { return false }
            connections[id]?.sessionGroups = groups
            return true
        }
    }

    /// Keeps what the sessions of a connection that is gone say, for as long as its member may come back.
    mutating func rememberSessions(of id: UInt64, _ connection: Connection, now: Int64) {
        let groups = connection.sessionIds.isEmpty ? [] : strongGroups(connection, now: now) ?? []
        let expiresAt = now &+ configuration.sessionTimeoutMs &+ configuration.graceMs
        for sessionId in connection.sessionIds where isHeld(sessionId, by: id) {
            if groups.isEmpty {
                sessions[sessionId] = nil
                continue
            }
            sessions[sessionId] = .gone(client: connection.client, groups: groups, expiresAt: expiresAt)
            goneSessions.append((sessionId, expiresAt))
            if goneSessions.count - goneSessionsHead > configuration.rememberedMax { forgetOldestSession() }
        }
    }

    /// Those that have expired go. All are kept equally long, so they stand in the order in which they expire.
    mutating func sweepSessions(now: Int64) {
        while goneSessionsHead < goneSessions.count, goneSessions[goneSessionsHead].expiresAt <= now {
            forgetOldestSession()
        }
    }

    private mutating func forgetOldestSession() {
        let (sessionId, expiresAt) = goneSessions[goneSessionsHead]
        goneSessionsHead += 1
        if case .gone(_, _, expiresAt)? = sessions[sessionId] { sessions[sessionId] = nil }
        if goneSessionsHead > 4096 && goneSessionsHead > goneSessions.count / 2
            || goneSessionsHead == goneSessions.count
        {
            goneSessions.removeFirst(goneSessionsHead)
            goneSessionsHead = 0
        }
    }

    private func isHeld(_ sessionId: Int32, by id: UInt64) -> Bool {
        if case .open(let holder)? = sessions[sessionId] { holder == id } else { false }
    }
}

extension ClientIdentity {
    /// The software may be said later on a connection than the session is named, so it doesn't count.
    func isSameReader(as other: ClientIdentity) -> Bool {
        principal == other.principal && peer == other.peer && clientId == other.clientId
    }
}
