import Testing

@testable import Views

/// Resolution against the oracle and the invariants of view-security §3, enumerated.
@Suite struct ResolutionEnumerationTests {
    struct Failures {
        private(set) var messages: [String] = []
        mutating func check(_ isTrue: Bool, _ message: @autoclosure () -> String) {
            if !isTrue && messages.count < 5 { messages.append(message()) }
        }
    }

    /// All readers, evidence and claims on one policy. Returns how many cases.
    func check(
        _ bindings: [Binding], _ defaults: [TopicDefault], topics: [String], caps: [ListenerRule.Cap],
        _ failures: inout Failures
    ) -> Int {
        let snapshot = Universe.snapshot(bindings, defaults)
        let oracle = Oracle(bindings: bindings, defaults: defaults, usable: Universe.usable)
        var cases = 0
        for topic in topics {
            for principal in Universe.principals {
                // Class 7 fills a gap where one group is all that a principal's bindings name.
                let named = bindings.filter {
                    $0.key.principal == .exact(principal) && oracle.matches($0.key.topic, topic)
                }
                var only: String?
                if principal != .admin, !named.isEmpty, Set(named.map(\.key.group)).count == 1,
                    case .exact(let group) = named[0].key.group
                {
                    only = group.string
                }
                for cap in caps {
                    let reader = Reader(principal: principal, listener: ListenerRule(cap: cap))
                    let reach = oracle.reach(principal, reader.listener, topic, groups: Universe.groups)
                    checkReach(reach, oracle, principal, topic, &failures)
                    for (evidence, listed) in Universe.evidences {
                        cases += 1
                        let candidates = listed == [nil] ? [only] : listed
                        checkOne(
                            snapshot, oracle, reader, topic, evidence, candidates, reach,
                            "\(bindings) \(defaults) \(principal) \(topic) \(cap) \(listed)", &failures)
                    }
                }
            }
        }
        return cases
    }

    func checkOne(
        _ snapshot: PolicySnapshot, _ oracle: Oracle, _ reader: Reader, _ topic: String, _ evidence: Evidence,
        _ candidates: [String?], _ reach: Set<String>, _ label: @autoclosure () -> String, _ failures: inout Failures
    ) {
        let ref = Universe.topic(topic)
        let expected = oracle.agree(candidates, reader.principal, reader.listener.cap, topic)
        let decision = Resolution.resolve(
            snapshot, reader, topic: ref, evidence: evidence, now: 1_000, waitMs: 5_000, mayReadGroup: { _ in true })
        let outcome = text(decision.outcome)
        failures.check(outcome == expected ?? "wait", "\(label()): \(outcome), not \(expected ?? "wait")")
        failures.check(reach.contains(outcome), "I3: \(label()): \(outcome)")
        if outcome == "wait" {
            var late = evidence
            late.firstAmbiguousAt = -4_000
            let denied = Resolution.resolve(
                snapshot, reader, topic: ref, evidence: late, now: 1_000, waitMs: 5_000, mayReadGroup: { _ in true })
            failures.check(
                text(denied.outcome) == (evidence.reloaded.isEmpty ? "deny" : "wait"), "I8: \(label())")
        } else if !Resolution.needsEvidence(snapshot, reader, topic: ref) {
            let blind = Resolution.resolve(
                snapshot, reader, topic: ref, evidence: Evidence(), now: 1_000, waitMs: 5_000,
                mayReadGroup: { _ in true })
            failures.check(blind.outcome == decision.outcome, "I9: \(label())")
        }
    }

    /// I1, I2 and the second half of I3.
    func checkReach(
        _ reach: Set<String>, _ oracle: Oracle, _ principal: Principal, _ topic: String, _ failures: inout Failures
    ) {
        let fallback = oracle.written(topic)
        var allowed: Set<String> = ["deny", "wait", oracle.use(fallback)]
        var mayReadRaw = fallback == .raw || principal == .admin
        for binding in oracle.bindings where oracle.matches(binding.key.topic, topic) {
            switch binding.key.principal {
            case .any: if binding.target != .raw || fallback == .raw { allowed.insert(oracle.use(binding.target)) }
            case .exact(let named) where named == principal:
                allowed.insert(oracle.use(binding.target))
                if binding.target == .raw { mayReadRaw = true }
            case .exact: break
            }
        }
        if principal == .admin { allowed.insert("raw") }
        failures.check(reach.isSubset(of: allowed), "I1, I2: \(oracle.bindings) \(principal): \(reach)")
        failures.check(!reach.contains("raw") || mayReadRaw, "I3 raw: \(oracle.bindings) \(principal)")
    }

    @Test func everyPolicyOfAtMostOneBinding() {
        var failures = Failures()
        var cases = 0
        let options: [Target?] = [nil, .raw, .deny, .view(Universe.masked.name)]
        for defaults in Universe.defaults(options, [nil, .raw, .deny, .view(Universe.absent.name)]) {
            for bindings in [[]] + Universe.singles.map({ [$0] }) {
                cases += check(
                    bindings, defaults, topics: ["t", "tx"], caps: [.none, .noRaw, .deny], &failures)
            }
        }
        #expect(failures.messages == [])
        #expect(cases == 16 * 111 * 2 * 4 * 3 * Universe.evidences.count)
    }

    @Test func everyPolicyOfTwoBindings() {
        var failures = Failures()
        var cases = 0
        for (index, first) in Universe.singles.enumerated() {
            for second in Universe.singles[(index + 1)...] where second.key != first.key {
                // The default changes with the pair, so that each is met often with each target.
                let options: [[TopicDefault]] = Universe.defaults(
                    [nil, .raw, .deny, .view(Universe.masked.name)], [nil])
                cases += check(
                    [first, second], options[(index + cases / (4 * Universe.evidences.count)) % 4], topics: ["t"],
                    caps: [.none], &failures)
            }
        }
        #expect(failures.messages == [])
        #expect(cases == 5775 * 4 * Universe.evidences.count)
    }

    /// I4: a deny, a pin or a cap more opens nothing.
    @Test func tighteningIsMonotone() {
        var failures = Failures()
        let options: [Target?] = [nil, .raw, .deny, .view(Universe.masked.name)]
        func reach(_ snapshot: PolicySnapshot, _ principal: Principal, _ cap: ListenerRule.Cap) -> Set<String> {
            let policy = snapshot.policy(of: "t")
            let groups: [Name?] = [nil] + Universe.groups.map { Name($0) }
            return Set(
                groups.map { group in
                    switch policy.capped(policy.pick(principal, group), by: cap) {
                    case .raw: "raw"
                    case .deny, .unusable: "deny"
                    case .view(let view): "view \(view.digest)"
                    }
                })
        }
        for defaults in Universe.defaults(options, [nil]) {
            for bindings in [[]] + Universe.singles.map({ [$0] }) {
                let before = Universe.snapshot(bindings, defaults)
                let fallback = Oracle(bindings: bindings, defaults: defaults, usable: Universe.usable)
                for principal in Universe.principals {
                    let open = reach(before, principal, .none)
                    let capped = reach(before, principal, .noRaw)
                    let byCap = Set(["deny", fallback.use(fallback.written("t"))]).subtracting(["raw"])
                    failures.check(
                        capped.isSubset(of: open.union(byCap)) && !capped.contains("raw"), "cap: \(bindings)")
                    for key in Universe.keys where !bindings.contains(where: { $0.key == key }) {
                        let after = Universe.snapshot(bindings + [Universe.binding(key, .deny)], defaults)
                        failures.check(
                            reach(after, principal, .none).isSubset(of: open.union(["deny"])),
                            "deny \(key) added to \(bindings) \(defaults) opens something to \(principal)")
                    }
                }
            }
        }
        #expect(failures.messages == [])
    }

    /// The enumeration would see it if W1 weren't loaded as deny.
    @Test func aGroupOnlyRawOnAProtectedTopicIsLoadedAsDeny() {
        let binding = Binding(group: .exact("a"), topic: .prefix("t"), target: .raw)
        let snapshot = Universe.snapshot([binding], [TopicDefault(topic: .exact("t"), target: .raw)])
        for (topic, expected) in [("t", "raw"), ("tx", "deny")] {
            let decision = Resolution.resolve(
                snapshot, Reader(principal: .anonymous), topic: Universe.topic(topic),
                evidence: Universe.evidences[1].evidence, now: 0, waitMs: 5_000, mayReadGroup: { _ in true })
            #expect(text(decision.outcome) == expected)
        }
    }
}
