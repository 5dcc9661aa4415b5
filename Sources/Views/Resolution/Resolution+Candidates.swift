extension Resolution {
    /// The groups that the reader may be of, by the first class of evidence that decides; nil is "no group". Never empty.
    /// And that class.
    /// Pins and tags (classes 0 and 1) have been looked at before.
    static func candidates(
        _ policy: TopicPolicy, _ reader: Reader, _ evidence: Evidence, _ mayReadGroup: (Name) -> Bool,
        _ trace: inout Trace?
    ) -> (groups: [Name?], found: EvidenceClass) {
        let (groups, found, decidesNone) = decidingClass(policy, reader, evidence, &trace)
        var result: [Name?] = []
        func add(_ group: Name?) {
            if !result.contains(group) { result.append(group) }
        }
        for group in groups where mayReadGroup(group) { add(group) }
        if result.count < groups.count {
            trace?.add("groups without READ are left out")
        }
        // A class that decides "no group" says so beside a reloaded member, too; class 6 holds those already.
        if decidesNone || (result.isEmpty && !groups.isEmpty) { add(nil) }
        for group in evidence.reloaded where mayReadGroup(group) {
            trace?.add("a member of group \"\(group)\" matches and is to be heard of again")
            add(group)
        }
        if result.isEmpty { add(nil) }
        return (result, found)
    }

    /// The groups of the deciding class, which it is, and whether it decides that there is none.
    private static func decidingClass(
        _ policy: TopicPolicy, _ reader: Reader, _ evidence: Evidence, _ trace: inout Trace?
    ) -> (groups: [Name], found: EvidenceClass, decidesNone: Bool) {
        if let lease = evidence.lease {
            let groups = lease.groups.isEmpty ? named(policy, evidence) : lease.groups
            if !groups.isEmpty || lease.namesSoftware {
                trace?.add("the leased endpoint decides", groups)
                return (groups, .lease, groups.isEmpty)
            }
        }
        if let process = evidence.processGroups {
            let groups = process.isEmpty ? named(policy, evidence) : process
            trace?.add("the peer's process decides", groups)
            return (groups, .process, groups.isEmpty)
        }
        if !evidence.connectionGroups.isEmpty {
            trace?.add("requests on this connection decide", evidence.connectionGroups)
            return (evidence.connectionGroups, .connection, false)
        }
        if !evidence.sessionGroups.isEmpty {
            trace?.add("the fetch session of an earlier connection decides", evidence.sessionGroups)
            return (evidence.sessionGroups, .session, false)
        }
        var groups = named(policy, evidence)
        for group in evidence.remembered + evidence.reloaded where !groups.contains(group) { groups.append(group) }
        let free = groups.filter { !evidence.linked.contains($0) }
        if !free.isEmpty { groups = free }
        if !groups.isEmpty {
            trace?.add("client.id \"\(evidence.clientId)\" and what is remembered of it decide", groups)
            return (groups, .client, false)
        }
        if reader.principal.isProven, reader.principal != .admin, let group = policy.onlyGroup(of: reader.principal) {
            trace?.add("all bindings of \(reader.principal) name one group", [group])
            return ([group], .principal, false)
        }
        trace?.add("nothing names a group")
        return ([], .nothing, true)
    }

    /// The groups that the client.id names.
    private static func named(_ policy: TopicPolicy, _ evidence: Evidence) -> [Name] {
        let clientId = evidence.clientId
        var groups: [Name] = []
        if evidence.clientIdIsLiveGroup || (!clientId.isEmpty && policy.isBound(clientId)) { groups.append(clientId) }
        var java = evidence.javaMemberGroups
        if java.isEmpty {
            java = evidence.javaLiveGroups
            for group in evidence.javaNames where policy.isBound(group) && !java.contains(group) { java.append(group) }
        }
        for group in java where !groups.contains(group) { groups.append(group) }
        return groups
    }
}
