import TestSupport
import Testing

@testable import Views

/// Random schedules of everything that connections do: what comes out stays within what facts allow, waits end, and
/// nothing is left when all are gone.
@Suite struct AttributionScheduleTests {
    static let groups = ["email-app", "audit", "a", "a-b", "z"]
    static let clients = ["rdkafka", "consumer-a-b-1", "audit", ""]
    static let software: [String?] = ["librdkafka", "apache-kafka-java", nil]
    static let peers = ["127.0.0.1", "::1", "10.0.0.7"]

    @Test(arguments: [UInt64(0x5EED_0010), 0x5EED_0011, 0x5EED_0012, 0x5EED_0013])
    func outcomesStayWithinReach(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let alice = Principal.user("alice")
        let bindings =
            Scene.bindings + [
                Binding(group: .exact("audit"), principal: .exact(alice), topic: .exact("accounts"), target: .raw)
            ]
        let oracle = Oracle(bindings: bindings, defaults: [], usable: Universe.usable)
        let scene = Scene(bindings)
        var open: [UInt64: Principal] = [:]
        var counts: [String: Int] = [:]
        for _ in 0..<6_000 {
            scene.now += Int64(random.below(400))
            let connection = open.keys.sorted().isEmpty ? 0 : random.pick(open.keys.sorted())
            switch random.below(12) {
            case 0,
                1 where open.count < 12:
                let principal = random.pick([Principal.anonymous, alice, .admin])
                let peer = random.pick(Self.peers)
                let id = scene.connect(
                    random.pick(Self.clients), software: random.pick(Self.software), peer: peer,
                    process: random.below(3) == 0 ? nil : Int32(random.below(3)), principal: principal)
                open[id] = principal
            case 2:
                scene.disconnect(connection)
                open[connection] = nil
            case 3: scene.request(connection, random.pick(Self.groups))
            case 4: scene.heartbeat(connection, random.pick(Self.groups), member: "m\(random.below(6))")
            case 5: scene.table.memberLeft(group: random.pick(Self.groups), member: "m\(random.below(6))")
            case 6 where random.below(20) == 0: scene.table.adminRequest(connection)
            case 7:
                scene.table.memberReloaded(
                    group: random.pick(Self.groups), member: "m\(random.below(6))", clientId: random.pick(Self.clients),
                    peer: "/\(random.pick(Self.peers))", sessionTimeoutMs: 2_000, now: scene.now)
            case 8: scene.table.sweep(now: scene.now)
            case 9: scene.table.sessionOpened(connection, sessionId: Int32(random.below(4)))
            default:
                guard let principal = open[connection] else { continue }
                let outcome = text(scene.fetch(connection, principal: principal, sessionId: Int32(random.below(4))))
                counts[outcome, default: 0] += 1
                // Leaving out what a stronger class makes idle changes no decision.
                let decisions = [true, false].map { isComplete in
                    Resolution.resolve(
                        scene.snapshot, Reader(principal: principal), topic: scene.topic,
                        evidence: scene.table.evidence(
                            for: connection, topic: scene.topic, now: scene.now, isComplete: isComplete),
                        now: scene.now, waitMs: 5_000, mayReadGroup: { _ in true })
                }
                #expect(decisions[0] == decisions[1], "seed \(seed)")
                let reach = oracle.reach(principal, ListenerRule(), "accounts", groups: Self.groups)
                #expect(reach.contains(outcome), "seed \(seed): \(principal) got \(outcome)")
            }
        }
        #expect(counts.count == 5, "seed \(seed): every kind of outcome comes up: \(counts)")
        for id in open.keys { scene.table.disconnect(id, now: scene.now) }
        scene.now += 100_000_000
        scene.table.sweep(now: scene.now)
        let table = scene.table
        #expect(table.connections.isEmpty && table.connectionsByClient.isEmpty && table.connectionsByProcess.isEmpty)
        #expect(table.remembered.sets.isEmpty && table.processes.isEmpty && table.unaskedGroupConnections.isEmpty)
        #expect(
            table.members.isEmpty && table.membersByAddress.isEmpty && table.memberCount == 0
                && table.anywhereCount == 0)
        #expect(table.ambiguities.isEmpty && table.sessions.isEmpty && table.goneSessions.isEmpty)
    }

    @Test func adviceNamesWhatToSet() {
        let scene = Scene()
        func advice(_ connection: UInt64) -> String {
            scene.table.fetch(connection, now: scene.now)
            return scene.table.resolve(
                scene.snapshot, Reader(principal: .anonymous), connection: connection, topic: scene.topic,
                now: scene.now
            ) { _ in true }.advice(topic: scene.topic) ?? ""
        }
        let plain = scene.connect("rdkafka")
        #expect(
            advice(plain) == #"topic "accounts": denied, as no group is seen and the default is deny; to allow it: "#
                + "sluice view default --topic accounts raw (or a view)")
        let hostile = scene.connect("x")
        scene.request(hostile, "it's \u{1B}[31m; rm")
        #expect(
            advice(hostile)
                == #"topic "accounts": denied to group "it's \u{1b}[31m; rm"; to allow it: sluice view set "#
                + #"--group 'it'\''s \u{1b}[31m; rm' --topic accounts VIEW"#)
        scene.request(hostile, "email-app")
        #expect(advice(hostile).contains(#""email-app" (masked@1)"#))
        let email = scene.connect("y")
        scene.request(email, "email-app")
        #expect(advice(email) == "")
    }
}
