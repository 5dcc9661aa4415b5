extension AttributionTable {
    /// A Fetch has come. Call it once per request, before `evidence`.
    ///
    /// - Parameters:
    ///   - requestGroup: the group that the request itself names (our tag, ShareFetch); its ACL is checked by resolution.
    ///   - sessionId: the fetch session that the request goes on with or ends; 0: none.
    /// - Returns: whether that session is this client's: on this connection, or on another of the same principal, peer and
    ///   client.id.
    @discardableResult
    public mutating func fetch(_ id: UInt64, requestGroup: String? = nil, sessionId: Int32 = 0, now: Int64) -> Bool {
        tick += 1
        connections[id]?.noteFetch(tick, requestGroup: requestGroup)
        return sessionId != 0 && sessionNamed(sessionId, on: id, now: now)
    }

    /// What is known of the group behind a connection, of all classes.
    public func evidence(for id: UInt64, topic: TopicRef, now: Int64) -> Evidence {
        evidence(for: id, topic: topic, now: now, isComplete: true)
    }

    /// With `isComplete` false, classes that a stronger one makes idle are left out: the decision is the same.
    func evidence(for id: UInt64, topic: TopicRef, now: Int64, isComplete: Bool) -> Evidence {
        guard let connection = connections[id] else { return Evidence() }
        let client = connection.client
        var evidence = Evidence(clientId: client.clientId, javaNames: connection.javaNames)
        evidence.requestGroup = connection.requestGroup
        if anywhereCount > 0 { addReloaded(of: client, now: now, to: &evidence) }
        if !ambiguities.isEmpty, let ambiguity = ambiguities[AmbiguityKey(client: client, topicId: topic.id)],
            now &- ambiguity.last <= 2 &* configuration.waitMs
        {
            evidence.firstAmbiguousAt = ambiguity.first
        }
        if let key = processClient(of: connection) {
            evidence.processGroups = processes[key]?.current(now: now) ?? []
            if !isComplete {
                if evidence.processGroups?.isEmpty == true { addNamed(by: connection, now: now, to: &evidence) }
                return evidence
            }
        }
        evidence.connectionGroups = connection.groups.current(now: now)
        evidence.sessionGroups = connection.sessionGroups
        if !isComplete && !(evidence.connectionGroups.isEmpty && evidence.sessionGroups.isEmpty) { return evidence }
        addNamed(by: connection, now: now, to: &evidence)
        evidence.remembered = remembered[client].map { $0.current(now: now) } ?? []
        evidence.linked = linkedGroups(id, connection, evidence, now: now)
        return evidence
    }

    /// Takes note of a decision, so that the wait of an ambiguous reader ends.
    public mutating func record(_ decision: Decision, for id: UInt64, topic: TopicRef, now: Int64) {
        if ambiguities.isEmpty && !decision.isAmbiguous { return }
        guard let connection = connections[id] else { return }
        let key = AmbiguityKey(client: connection.client, topicId: topic.id)
        guard case .ambiguous(_, let isReloading) = decision.reason else {
            ambiguities[key] = nil
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
            evidence = self.evidence(for: id, topic: topic, now: now, isComplete: false)
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

    private func addReloaded(of client: ClientIdentity, now: Int64, to evidence: inout Evidence) {
        for ref in membersByAddress[ClientAddress(peer: client.peer, clientId: client.clientId)] ?? [] {
            guard let member = members[ref.group]?[ref.member], member.isAnywhere, member.expiresAt > now,
                !evidence.reloaded.contains(ref.group)
            else { continue }
            evidence.reloaded.append(ref.group)
        }
        evidence.reloaded.sort()
    }

    /// What the client.id names among live groups.
    private func addNamed(by connection: Connection, now: Int64, to evidence: inout Evidence) {
        let client = connection.client
        evidence.clientIdIsLiveGroup = isLive(client.clientId, now: now)
        if connection.javaNames.isEmpty { return }
        let peers = membersByAddress[ClientAddress(peer: client.peer, clientId: client.clientId)] ?? []
        for group in connection.javaNames where isLive(group, now: now) {
            evidence.javaLiveGroups.append(group)
            let isPeer = peers.contains { ref in
                ref.group == group && (members[ref.group]?[ref.member]?.expiresAt ?? now) > now
            }
            if isPeer { evidence.javaMemberGroups.append(group) }
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
}
