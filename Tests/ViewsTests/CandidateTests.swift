import Testing

@testable import Views

/// The classes of evidence and their order, combined, against the text of view-security §3.
@Suite struct CandidateTests {
    static let bindings = [
        Binding(group: .exact("a"), topic: .exact("t"), target: .view(Universe.masked.name)),
        Binding(group: .exact("a-b"), principal: .exact(Universe.alice), topic: .exact("t"), target: .raw),
    ]

    /// The pseudo code, line by line.
    func oracle(_ e: Evidence, _ principal: Principal, readable: (String) -> Bool) -> Set<String?> {
        let bound = ["a", "a-b"]
        func named() -> [String] {
            let c = e.clientId.string
            var names = bound.contains(c) || e.clientIdIsLiveGroup ? [c] : []
            if c.hasPrefix("consumer-") {
                if !e.javaMemberGroups.isEmpty {
                    names += e.javaMemberGroups.map(\.string)
                } else {
                    names += bound.filter { c.hasPrefix("consumer-\($0)-") } + e.javaLiveGroups.map(\.string)
                }
            }
            return names
        }
        func decide() -> [String] {
            if let lease = e.lease {
                let groups = lease.groups.isEmpty ? named() : lease.groups.map(\.string)
                if !groups.isEmpty || lease.namesSoftware { return groups }
            }
            if let process = e.processGroups { return process.isEmpty ? named() : process.map(\.string) }
            if !e.connectionGroups.isEmpty { return e.connectionGroups.map(\.string) }
            if !e.sessionGroups.isEmpty { return e.sessionGroups.map(\.string) }
            let all = named() + e.remembered.map(\.string) + e.reloaded.map(\.string)
            let free = all.filter { name in !e.linked.contains { $0.string == name } }
            if !all.isEmpty { return free.isEmpty ? all : free }
            return principal == Universe.alice ? ["a-b"] : []
        }
        var groups = Set<String?>(decide().filter(readable))
        if groups.isEmpty { groups = [nil] }
        // Reloaded members stand beside whatever decides; of class 6 they are a part.
        let reloaded = Set<String?>(e.reloaded.map(\.string).filter(readable))
        let isLeased = e.lease.map { !$0.groups.isEmpty || !named().isEmpty || $0.namesSoftware } ?? false
        let isClass6 =
            !isLeased && e.processGroups == nil && e.connectionGroups.isEmpty && e.sessionGroups.isEmpty
        if isClass6, groups == [nil], !reloaded.isEmpty { return reloaded }
        return groups.union(reloaded)
    }

    @Test func everyCombinationOfClasses() {
        let snapshot = Universe.snapshot(Self.bindings, [])
        let policy = snapshot.policy(of: "t")
        let leases: [Evidence.Lease?] = [
            nil, .init(groups: ["z"], namesSoftware: true), .init(groups: [], namesSoftware: true),
            .init(groups: [], namesSoftware: false),
        ]
        var wrong: [String] = []
        var count = 0
        for lease in leases {
            for process in [nil, [], ["a"], ["z"]] as [[Name]?] {
                for connection in [[], ["a"], ["a", "z"]] as [[Name]] {
                    for session in [[], ["a-b"], ["a", "z"]] as [[Name]] {
                        for remembered in [[], ["a"], ["a", "a-b"]] as [[Name]] {
                            for linked in [[], ["a"]] as [[Name]] {
                                for client in ["", "a", "rdkafka", "consumer-a-1", "consumer-a-b-1"] as [Name] {
                                    for member in [[], ["a"]] as [[Name]] {
                                        for reloaded in [[], ["a-b"]] as [[Name]] {
                                            var e = Evidence()
                                            (e.lease, e.processGroups, e.connectionGroups) = (
                                                lease, process, connection
                                            )
                                            (e.sessionGroups, e.remembered, e.linked) = (session, remembered, linked)
                                            (e.clientId, e.reloaded) = (client, reloaded)
                                            if client.string.hasPrefix("consumer-") { e.javaMemberGroups = member }
                                            for principal in [Principal.anonymous, Universe.alice] {
                                                for readable in [Set(["a", "a-b", "z"]), ["a"]] {
                                                    count += 1
                                                    var trace: Trace?
                                                    let (got, _) = Resolution.candidates(
                                                        policy, Reader(principal: principal), e,
                                                        { readable.contains($0.string) }, &trace)
                                                    let want = oracle(e, principal) { readable.contains($0) }
                                                    if Set(got.map { $0?.string }) != want, wrong.count < 3 {
                                                        wrong.append(
                                                            "\(e) \(principal) \(readable): \(got), not \(want)")
                                                    }
                                                }
                                            }
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
        #expect(wrong == [])
        #expect(count == 4 * 4 * 3 * 3 * 3 * 2 * 5 * 2 * 2 * 4)
    }

    @Test(arguments: [
        ("consumer-a-1", ["a"]), ("consumer-a-b-1", ["a", "a-b"]), ("consumer-null-1", ["null"]),
        ("consumer-a-instance-7", ["a", "a-instance"]), ("consumer-", []), ("consumer--1", []), ("consumer-a", []),
        ("rdkafka", []), ("", []),
    ])
    func javaClientIds(clientId: String, groups: [String]) {
        #expect(JavaClientId.groups(in: Name(clientId)).map(\.string) == groups)
    }

    @Test func pinAndTagAreChecked() {
        let snapshot = Universe.snapshot(Self.bindings, [])
        func resolve(pin: String?, tag: Name?, readable: Bool = true) -> Decision {
            var evidence = Evidence()
            evidence.requestGroup = tag
            evidence.connectionGroups = ["z"]
            evidence.reloaded = ["z"]
            return Resolution.resolve(
                snapshot, Reader(principal: .anonymous, listener: ListenerRule(pinnedGroup: pin)),
                topic: Universe.topic("t"), evidence: evidence, now: 0, waitMs: 5_000, mayReadGroup: { _ in readable })
        }
        #expect(resolve(pin: "a", tag: nil).outcome == .view(Universe.masked))
        #expect(resolve(pin: nil, tag: "a").outcome == .view(Universe.masked))
        #expect(resolve(pin: "a", tag: "a").outcome == .view(Universe.masked))
        #expect(resolve(pin: "a", tag: "z").reason == .groupRefused("z"))
        #expect(resolve(pin: "a", tag: "z").outcome == .deny)
        #expect(resolve(pin: "a", tag: nil, readable: false).reason == .groupRefused("a"))
        #expect(resolve(pin: nil, tag: "a", readable: false).reason == .groupRefused("a"))
    }

    @Test func explainIsTheSameFunction() {
        let snapshot = Universe.snapshot(Self.bindings, [])
        for (evidence, _) in Universe.evidences {
            for principal in Universe.principals {
                let reader = Reader(principal: principal)
                let topic = Universe.topic("t")
                let explained = Resolution.explain(
                    snapshot, reader, topic: topic, evidence: evidence, now: 0, waitMs: 5_000,
                    mayReadGroup: { _ in true })
                let decision = Resolution.resolve(
                    snapshot, reader, topic: topic, evidence: evidence, now: 0, waitMs: 5_000,
                    mayReadGroup: { _ in true })
                #expect(explained.decision == decision)
                #expect(explained.steps.count >= 3)
            }
        }
    }

    @Test func internalTopicsAreForTheAdminOnly() {
        let topic = TopicRef(id: (9, 9), name: "__sluice_modules")
        for principal in Universe.principals {
            let decision = Resolution.resolve(
                .empty, Reader(principal: principal), topic: topic, evidence: Evidence(), now: 0, waitMs: 5_000,
                mayReadGroup: { _ in true })
            #expect(text(decision.outcome) == (principal == .admin ? "raw" : "deny"))
        }
        let refused = Resolution.resolve(
            .empty, Reader(principal: .anonymous, mayReadTopic: false), topic: Universe.topic("t"),
            evidence: Evidence(),
            now: 0, waitMs: 5_000, mayReadGroup: { _ in true })
        #expect(refused.reason == .topicNotReadable && refused.outcome == .deny)
    }

    @Test func lockedTopicsDenyEverybody() {
        let snapshot = PolicySnapshot(
            number: .init(modules: 1, views: 1), locks: [.topics(.prefix("t"))])
        for principal in Universe.principals {
            for (topic, expected) in [("t", "deny"), ("u", "raw")] {
                let decision = Resolution.resolve(
                    snapshot, Reader(principal: principal), topic: Universe.topic(topic), evidence: Evidence(), now: 0,
                    waitMs: 5_000, mayReadGroup: { _ in true })
                #expect(text(decision.outcome) == expected)
            }
        }
    }

    @Test func namesAreComparedByBytes() {
        let composed = Name("caf\u{E9}")
        let decomposed = Name("cafe\u{301}")
        #expect(composed != decomposed)
        #expect(composed.string == decomposed.string)
        #expect(!GroupPattern.exact(composed).matches(decomposed))
        #expect(Set([composed, decomposed]).count == 2)
        #expect(Name("K") != Name("\u{212A}") && Name("a") == Name("a"))
        #expect(Name("a\u{1F600}").prefix(byteCount: 4) == nil)
        #expect(Name("a\u{1F600}").prefix(byteCount: 5) == "a\u{1F600}")
    }
}
