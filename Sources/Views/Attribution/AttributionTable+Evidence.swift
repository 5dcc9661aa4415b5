extension AttributionTable {
    /// A Fetch has come. Call it once per request, before `evidence`.
    ///
    /// - Parameters:
    ///   - requestGroup: the group that the request itself names (our tag, ShareFetch); its ACL is checked by resolution.
    ///   - sessionId: the fetch session that the request continues or closes; 0: none.
    public mutating func fetch(_ id: UInt64, requestGroup: String? = nil, sessionId: Int32 = 0) {
        guard var connection = connections[id] else { return }
        tick += 1
        if connection.firstFetch == 0 { connection.firstFetch = tick }
        connection.lastFetch = tick
        connection.requestGroup = requestGroup.map { Name($0) }
        if sessionId != 0, sessionId != connection.sessionId, let held = sessions[sessionId],
            held.client.principal == connection.client.principal, held.client.peer == connection.client.peer,
            held.client.clientId == connection.client.clientId
        {
            connection.sessionGroups = held.groups
        }
        connections[id] = connection
    }

    /// The connection has been given a fetch session.
    public mutating func sessionOpened(_ id: UInt64, sessionId: Int32) {
        connections[id]?.sessionId = sessionId
    }

    /// What is known of the group behind a connection.
    public func evidence(for id: UInt64, topic: TopicRef, now: Int64) -> Evidence {
        var evidence = Evidence()
        guard let connection = connections[id] else { return evidence }
        let client = connection.client
        evidence.requestGroup = connection.requestGroup
        evidence.clientId = client.clientId
        if let key = processClient(of: connection) {
            evidence.processGroups = processes[key]?.current(now: now) ?? []
        }
        evidence.connectionGroups = connection.groups.current(now: now)
        evidence.sessionGroups = connection.sessionGroups
        addMembers(of: client, now: now, to: &evidence)
        evidence.remembered = remembered[client].map { $0.current(now: now) } ?? []
        evidence.linked = linkedGroups(id, connection, evidence, now: now)
        if let ambiguity = ambiguities[AmbiguityKey(client: client, topicId: topic.id)],
            now &- ambiguity.last <= 2 &* configuration.waitMs
        {
            evidence.firstAmbiguousAt = ambiguity.first
        }
        return evidence
    }

    /// Takes note of a decision, so that the wait of an ambiguous reader ends.
    public mutating func record(_ decision: Decision, for id: UInt64, topic: TopicRef, now: Int64) {
        guard let connection = connections[id] else { return }
        let key = AmbiguityKey(client: connection.client, topicId: topic.id)
        guard case .ambiguous(_, let isReloading) = decision.reason else {
            if !ambiguities.isEmpty { ambiguities[key] = nil }
            return
        }
        if isReloading { return }
        if var known = ambiguities[key], now &- known.last <= 2 &* configuration.waitMs {
            known.last = now
            ambiguities[key] = known
            return
        }
        if ambiguities.count >= configuration.rememberedMax {
            let forgotten = now &- 2 &* configuration.waitMs
            ambiguities = ambiguities.filter { $0.value.last >= forgotten }
            // Full of others who wait: the oldest go, and begin anew if they still are here.
            if ambiguities.count >= configuration.rememberedMax {
                let middle = ambiguities.values.map(\.first).sorted()[ambiguities.count / 2]
                ambiguities = ambiguities.filter { $0.value.first > middle }
            }
        }
        ambiguities[key] = (now, now)
    }

    /// Evidence, resolution and its record in one step, for one topic of a Fetch. Evidence is gathered only where it can
    /// change the outcome; look up `processesWanted` before.
    public mutating func resolve(
        _ snapshot: PolicySnapshot, _ reader: Reader, connection id: UInt64, topic: TopicRef, now: Int64,
        mayReadGroup: (Name) -> Bool
    ) -> Decision {
        var evidence = Evidence()
        if Resolution.needsEvidence(snapshot, reader, topic: topic) {
            evidence = self.evidence(for: id, topic: topic, now: now)
        } else if let connection = connections[id] {
            evidence.requestGroup = connection.requestGroup
        }
        let decision = Resolution.resolve(
            snapshot, reader, topic: topic, evidence: evidence, now: now, waitMs: configuration.waitMs,
            mayReadGroup: mayReadGroup)
        record(decision, for: id, topic: topic, now: now)
        return decision
    }

    // MARK: Members

    private func addMembers(of client: ClientIdentity, now: Int64, to evidence: inout Evidence) {
        evidence.clientIdIsLiveGroup = isLive(client.clientId, now: now)
        let address = ClientAddress(peer: client.peer, clientId: client.clientId)
        for ref in (membersByAddress[address] ?? []).sorted(by: { $0.group < $1.group }) {
            guard let member = members[ref.group]?[ref.member], member.expiresAt > now else { continue }
            if member.client == nil, !evidence.reloaded.contains(ref.group) { evidence.reloaded.append(ref.group) }
            if JavaClientId.names(ref.group, in: client.clientId), !evidence.javaMemberGroups.contains(ref.group) {
                evidence.javaMemberGroups.append(ref.group)
            }
        }
        JavaClientId.forEachGroup(in: client.clientId) { group in
            if isLive(group, now: now) { evidence.javaLiveGroups.append(group) }
        }
    }

    private func isLive(_ group: Name, now: Int64) -> Bool {
        members[group]?.values.contains { $0.expiresAt > now } ?? false
    }

    /// The groups all of whose members of this client are linked to other connections: attributed there by classes 1–5,
    /// and with a Fetch there after the first one here. A connection that this one replaces sends none, so a reconnecting
    /// member is never taken for the other one.
    private func linkedGroups(
        _ id: UInt64, _ connection: Connection, _ evidence: Evidence, now: Int64
    ) -> [Name] {
        let groups = Set(evidence.remembered + evidence.javaMemberGroups + evidence.javaLiveGroups)
        guard groups.count > 1, connection.firstFetch > 0, SingleFetchSoftware.contains(connection.softwareName),
            strongGroups(connection, now: now) == nil, let siblings = connectionsByClient[connection.client]
        else { return [] }
        var links: [Name: Int] = [:]
        for other in siblings where other != id {
            guard let sibling = connections[other], sibling.lastFetch > connection.firstFetch,
                let attributed = strongGroups(sibling, now: now), attributed.count == 1
            else { continue }
            links[attributed[0], default: 0] += 1
        }
        return groups.filter { group in
            guard let linked = links[group] else { return false }
            let own = members[group]?.values.reduce(0) { $0 + ($1.client == connection.client ? 1 : 0) } ?? 0
            return linked >= max(1, own)
        }.sorted()
    }

    /// What classes 1 to 5 say of a connection; nil: they say nothing.
    func strongGroups(_ connection: Connection, now: Int64) -> [Name]? {
        if let group = connection.requestGroup { return [group] }
        if let key = processClient(of: connection) { return processes[key]?.current(now: now) ?? [] }
        let own = connection.groups.current(now: now)
        if !own.isEmpty { return own }
        return connection.sessionGroups.isEmpty ? nil : connection.sessionGroups
    }

    mutating func rememberSession(_ sessionId: Int32, client: ClientIdentity, groups: [Name]) {
        if sessions.updateValue((client, groups), forKey: sessionId) == nil {
            sessionOrder.append(sessionId)
        }
        if sessionOrder.count > 10_000 {
            for old in sessionOrder.prefix(5_000) { sessions[old] = nil }
            sessionOrder.removeFirst(5_000)
        }
    }
}
