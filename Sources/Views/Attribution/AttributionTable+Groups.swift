extension AttributionTable {
    /// A request for exactly one group that passed the group's ACL: JoinGroup, SyncGroup, Heartbeat, the newer
    /// heartbeats, ShareFetch, FindCoordinator, OffsetFetch, OffsetCommit, TxnOffsetCommit.
    ///
    /// - Parameters:
    ///   - member: the member id that it speaks for, once the coordinator has taken it as one of the group's.
    ///   - sessionTimeoutMs: the member's, where the request or the group says it.
    /// - Returns: false if the listener is pinned to another group: answer GROUP_AUTHORIZATION_FAILED (30).
    @discardableResult
    public mutating func groupRequest(
        _ id: UInt64, group: String, member: String? = nil, sessionTimeoutMs: Int64? = nil, now: Int64
    ) -> Bool {
        guard let connection = connections[id] else { return true }
        let name = Name(group)
        if let pinned = connection.pinnedGroup, pinned != name { return false }
        if group.isEmpty || group.utf8.count > Self.nameBytesMax { return true }
        tick += 1
        let timeout = max(0, min(sessionTimeoutMs ?? configuration.sessionTimeoutMs, 86_400_000))
        let expiresAt = now &+ timeout &+ configuration.graceMs
        if let member, !member.isEmpty, member.utf8.count <= Self.nameBytesMax {
            heard(MemberRef(group: name, member: Name(member)), id, connection, expiresAt: expiresAt)
        }
        if connection.isAdminTool { return true }
        let entry = GroupSet.Entry(group: name, expiresAt: expiresAt, connection: id, tick: tick)
        connections[id]?.groups.note(entry, now: now)
        if let key = processClient(of: connection) {
            noteProcess(key, entry, now: now)
        } else if connection.isLoopback, connection.process == nil {
            unaskedGroupConnections.insert(id)
        }
        remembered.note(connection.client, entry, now: now, max: configuration.rememberedMax)
        return true
    }

    /// A request that asks for offsets of several groups at once, or lists, describes or deletes groups: the connection
    /// is an admin tool's. It adds no evidence from now on, and what it added is taken back.
    public mutating func adminRequest(_ id: UInt64) {
        guard let connection = connections[id], !connection.isAdminTool else { return }
        connections[id]?.isAdminTool = true
        connections[id]?.groups = GroupSet()
        unaskedGroupConnections.remove(id)
        remembered.update(connection.client) { $0.remove(namedBy: id) }
        if let key = processClient(of: connection) {
            processes[key]?.remove(namedBy: id)
            if processes[key]?.isEmpty == true { processes[key] = nil }
        }
    }

    /// A member has left its group, by LeaveGroup, fencing or expiry.
    public mutating func memberLeft(group: String, member: String) {
        let ref = MemberRef(group: Name(group), member: Name(member))
        guard let gone = remove(ref) else { return }
        connections[gone.connection]?.groups.leave(ref.group)
        guard let client = gone.client else { return }
        // Those of the same client stand under its address; a group may have thousands of others.
        let others = membersByAddress[gone.address] ?? []
        func isAnother(_ other: MemberRef, where isRight: (Member) -> Bool) -> Bool {
            guard other.group == ref.group, let member = members[other.group]?[other.member], member.client == client
            else { return false }
            return isRight(member)
        }
        if !others.contains(where: { isAnother($0) { _ in true } }) {
            remembered.update(client) { $0.leave(ref.group) }
        }
        guard let connection = connections[gone.connection], let key = processClient(of: connection) else { return }
        let isShared = others.contains { other in
            isAnother(other) { connections[$0.connection].flatMap { processClient(of: $0) } == key }
        }
        if !isShared { processes[key]?.leave(ref.group) }
    }

    /// A member as `__consumer_offsets` had it at the start: a candidate for what matches its peer and client.id until it
    /// is heard of or its session ends. `peer` may have the form of group metadata, `/127.0.0.1`.
    public mutating func memberReloaded(
        group: String, member: String, clientId: String, peer: String, sessionTimeoutMs: Int64, now: Int64
    ) {
        guard !group.isEmpty, [group, member, clientId].allSatisfy({ $0.utf8.count <= Self.nameBytesMax }) else {
            return
        }
        let ref = MemberRef(group: Name(group), member: Name(member))
        guard members[ref.group]?[ref.member]?.client == nil else { return }
        remove(ref)
        let address = ClientAddress(peer: ClientAddress.normalized(peer: peer), clientId: Name(clientId))
        let timeout = max(0, min(sessionTimeoutMs, 86_400_000))
        insert(ref, Member(address: address, client: nil, connection: 0, expiresAt: now &+ timeout))
    }

    private mutating func heard(_ ref: MemberRef, _ id: UInt64, _ connection: Connection, expiresAt: Int64) {
        let address = ClientAddress(peer: connection.client.peer, clientId: connection.client.clientId)
        let member = Member(address: address, client: connection.client, connection: id, expiresAt: expiresAt)
        if let known = members[ref.group]?[ref.member], known.address == address {
            if known.isAnywhere { anywhereCount -= 1 }
            members[ref.group]?[ref.member] = member
        } else {
            remove(ref)
            insert(ref, member)
        }
    }

    private mutating func insert(_ ref: MemberRef, _ member: Member) {
        guard memberCount < 2 * configuration.rememberedMax else { return }
        memberCount += 1
        if member.client == nil { anywhereCount += 1 }
        members[ref.group, default: [:]][ref.member] = member
        membersByAddress[member.address, default: []].insert(ref)
    }

    @discardableResult
    private mutating func remove(_ ref: MemberRef) -> Member? {
        guard let member = members[ref.group]?.removeValue(forKey: ref.member) else { return nil }
        memberCount -= 1
        if member.isAnywhere { anywhereCount -= 1 }
        if members[ref.group]?.isEmpty == true { members[ref.group] = nil }
        membersByAddress[member.address]?.remove(ref)
        if membersByAddress[member.address]?.isEmpty == true { membersByAddress[member.address] = nil }
        return member
    }

    mutating func noteProcess(_ key: ProcessClient, _ entry: GroupSet.Entry, now: Int64) {
        guard processes[key] != nil || processes.count < configuration.rememberedMax else { return }
        processes[key, default: GroupSet()].note(entry, now: now)
    }

    /// Drops what has expired and nobody who is here needs. Call it every few seconds; a pass looks at everything.
    public mutating func sweep(now: Int64) {
        for (key, set) in remembered.sets where connectionsByClient[key] == nil && set.isExpired(now: now) {
            remembered.remove(key)
        }
        for (key, set) in processes where connectionsByProcess[key] == nil && set.isExpired(now: now) {
            processes[key] = nil
        }
        for (group, list) in members {
            for (member, value) in list where value.expiresAt <= now { remove(MemberRef(group: group, member: member)) }
        }
        sweepSessions(now: now)
        let forgotten = now &- 2 &* configuration.waitMs
        ambiguities = ambiguities.filter { $0.value.last >= forgotten }
    }
}
