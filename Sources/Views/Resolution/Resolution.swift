/// The one place that decides what a reader gets (view-security §3): pure and total. Called for each Fetch and partition
/// on one snapshot. `explain` is the same function with a trace.
public enum Resolution {
    /// Resolves one topic for one reader.
    ///
    /// - Parameters:
    ///   - evidence: may be empty where `needsEvidence` is false and neither a pin nor a tag names a group.
    ///   - now: milliseconds, of the clock that `evidence.firstAmbiguousAt` is of.
    ///   - waitMs: `attribution.wait.ms`.
    ///   - mayReadGroup: READ on a group.
    public static func resolve(
        _ snapshot: PolicySnapshot, _ reader: Reader, topic: TopicRef, evidence: Evidence, now: Int64, waitMs: Int64,
        mayReadGroup: (Name) -> Bool
    ) -> Decision {
        var trace: Trace?
        var decision = resolve(snapshot, reader, topic, evidence, now, waitMs, mayReadGroup, &trace)
        decision.cap = reader.listener.cap
        return decision
    }

    /// The same, with each step in a sentence.
    public static func explain(
        _ snapshot: PolicySnapshot, _ reader: Reader, topic: TopicRef, evidence: Evidence, now: Int64, waitMs: Int64,
        mayReadGroup: (Name) -> Bool
    ) -> (decision: Decision, steps: [String]) {
        var trace: Trace? = Trace()
        var decision = resolve(snapshot, reader, topic, evidence, now, waitMs, mayReadGroup, &trace)
        decision.cap = reader.listener.cap
        return (decision, trace?.steps ?? [])
    }

    /// Whether the group can change what this reader gets. Where it can't, evidence needn't be looked at, and no process
    /// asked for.
    public static func needsEvidence(_ snapshot: PolicySnapshot, _ reader: Reader, topic: TopicRef) -> Bool {
        guard reader.mayReadTopic, !topic.isInternal, reader.listener.pinnedGroup == nil else { return false }
        return snapshot.policy(of: topic.name).differs(for: reader.principal, cap: reader.listener.cap)
    }

    /// Whether anything but raw can come out for someone: a topic whose batches are validated deeply at Produce.
    public static func hasViews(_ snapshot: PolicySnapshot, topic: TopicRef) -> Bool {
        let policy = snapshot.policy(of: topic.name)
        if policy.hasBindings || policy.isLocked { return true }
        if case .raw = policy.defaultGrant { return false }
        return true
    }

    /// Whether the topic's default isn't raw: raw reads of it are audited.
    public static func isProtected(_ snapshot: PolicySnapshot, topic: TopicRef) -> Bool {
        let policy = snapshot.policy(of: topic.name)
        if case .raw = policy.defaultGrant { return policy.isLocked }
        return true
    }

    private static func resolve(
        _ snapshot: PolicySnapshot, _ reader: Reader, _ topic: TopicRef, _ evidence: Evidence, _ now: Int64,
        _ waitMs: Int64, _ mayReadGroup: (Name) -> Bool, _ trace: inout Trace?
    ) -> Decision {
        trace?.add("\(reader.principal) reads topic \"\(topic.name)\" under policy \(snapshot.number)")
        guard reader.mayReadTopic else {
            trace?.add("no READ on the topic: deny")
            return Decision(outcome: .deny, reason: .topicNotReadable)
        }
        if topic.isInternal {
            let isRaw = reader.principal == .admin && reader.listener.cap == .none
            trace?.add("an internal topic is for the admin only: \(isRaw ? "raw" : "deny")")
            return Decision(outcome: isRaw ? .raw(RawPermit()) : .deny, reason: .internalTopic)
        }
        let policy = snapshot.policy(of: topic.name)
        trace?.describeDefault(of: policy)
        trace?.describe(reader.listener.cap)

        if let named = reader.listener.pinnedGroup ?? evidence.requestGroup {
            let isOther = evidence.requestGroup.map { !reader.listener.admits(group: $0) } ?? false
            guard !isOther, mayReadGroup(named) else {
                trace?.add(
                    isOther
                        ? "the request names another group than the listener's: deny"
                        : "no READ on group \"\(named)\", which the listener or the request names: deny")
                return Decision(outcome: .deny, reason: .groupRefused(evidence.requestGroup ?? named))
            }
            trace?.add("the \(reader.listener.pinnedGroup == nil ? "request" : "listener") names group \"\(named)\"")
            var decision = decide([named], policy, reader, evidence, now, waitMs, &trace)
            decision.evidence = reader.listener.pinnedGroup == nil ? .request : .listener
            return decision
        }
        if !policy.differs(for: reader.principal, cap: reader.listener.cap) {
            let outcome = outcome(policy, reader, nil)
            trace?.add("every group and none of them get the same: \(outcome.name)")
            return Decision(outcome: outcome, reason: .groupIrrelevant)
        }
        let (groups, found) = candidates(policy, reader, evidence, mayReadGroup, &trace)
        var decision = decide(groups, policy, reader, evidence, now, waitMs, &trace)
        decision.evidence = found
        return decision
    }

    /// The outcome on which all candidates agree, else wait, else deny.
    private static func decide(
        _ groups: [Name?], _ policy: TopicPolicy, _ reader: Reader, _ evidence: Evidence, _ now: Int64,
        _ waitMs: Int64, _ trace: inout Trace?
    ) -> Decision {
        let candidates = groups.map { Decision.Candidate(group: $0, outcome: outcome(policy, reader, $0)) }
        for candidate in candidates {
            let group = candidate.group.map { "group \"\($0)\"" } ?? "no group"
            trace?.add("\(group) gets \(candidate.outcome.name)")
        }
        // Never empty: where no group is left, "no group" stands in the list.
        if candidates.dropFirst().allSatisfy({ $0.outcome == candidates[0].outcome }) {
            return Decision(outcome: candidates[0].outcome, reason: .agreed(candidates))
        }
        let isReloading = !evidence.reloaded.isEmpty && groups.contains { $0.map(evidence.reloaded.contains) ?? false }
        let first = evidence.firstAmbiguousAt ?? now
        let (waited, overflow) = now.subtractingReportingOverflow(first)
        let isWaiting = isReloading || (!overflow && waited < waitMs)
        trace?.add(
            isWaiting ? "the candidates differ: wait" : "the candidates still differ after attribution.wait: deny")
        return Decision(
            outcome: isWaiting ? .wait : .deny, reason: .ambiguous(candidates, isReloading: isReloading))
    }

    private static func outcome(_ policy: TopicPolicy, _ reader: Reader, _ group: Name?) -> Outcome {
        switch policy.capped(policy.pick(reader.principal, group), by: reader.listener.cap) {
        case .raw: .raw(RawPermit())
        case .deny, .unusable: .deny
        case .view(let view): .view(view)
        }
    }
}
