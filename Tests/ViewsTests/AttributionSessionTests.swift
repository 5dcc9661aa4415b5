import TestSupport
import Testing

@testable import Views

/// Class 5: what a fetch session says of the connection that names it (A8).
@Suite struct AttributionSessionTests {
    let software = "kafka-python"

    /// Two groups under one client.id, and the fetch connection of `email-app` with a session.
    func scene(session: Int32 = 77) -> (scene: Scene, fetch: UInt64) {
        let scene = Scene()
        for group in ["email-app", "audit"] {
            let member = scene.connect("client", software: software)
            scene.heartbeat(member, group)
        }
        let fetch = scene.connect("client", software: software)
        scene.request(fetch, "email-app")
        #expect(scene.fetch(fetch) == emailView)
        scene.table.sessionOpened(fetch, sessionId: session)
        #expect(scene.fetch(fetch, sessionId: session) == emailView)
        return (scene, fetch)
    }

    /// kafka-python, Java and franz-go end the session of the connection that was cut, on the next one.
    @Test func aFetchSessionSaysWhoItWas() {
        let (scene, fetch) = scene()
        scene.disconnect(fetch)
        let again = scene.connect("client", software: software)
        #expect(scene.fetch(again) == .wait)
        #expect(scene.fetch(again, sessionId: 77) == emailView)
        // It goes on without the id, and over the next cut by the next id.
        #expect(scene.fetch(again) == emailView)
        scene.table.sessionOpened(again, sessionId: 78)
        scene.disconnect(again)
        let third = scene.connect("client", software: software)
        #expect(scene.fetch(third, sessionId: 78) == emailView)
    }

    /// The broker often sees the new connection before it sees the old one go.
    @Test func theOldConnectionMayStillHang() {
        let (scene, _) = scene()
        let again = scene.connect("client", software: software)
        #expect(scene.fetch(again, sessionId: 77) == emailView)
    }

    @Test func requestsOnTheConnectionSayMore() {
        let (scene, fetch) = scene()
        scene.disconnect(fetch)
        let again = scene.connect("client", software: software)
        scene.request(again, "audit")
        #expect(scene.fetch(again, sessionId: 77) == auditView)
    }

    enum Difference: CaseIterable { case peer, clientId, principal, id }

    /// Somebody else's id is evidence of nothing, whether its connection is open or gone.
    @Test(arguments: Difference.allCases, [true, false]) func aThiefGetsNothing(from what: Difference, isOpen: Bool) {
        let (scene, fetch) = scene()
        if !isOpen { scene.disconnect(fetch) }
        let principal = what == .principal ? Principal.user("mallory") : .anonymous
        let thief = scene.connect(
            what == .clientId ? "other" : "client", software: software,
            peer: what == .peer ? "10.0.0.8" : "10.0.0.7", principal: principal)
        let sessionId: Int32 = what == .id ? 76 : 77
        let isOwn = scene.table.fetch(thief, sessionId: sessionId, now: scene.now)
        #expect(!isOwn)
        let evidence = scene.table.evidence(for: thief, topic: scene.topic, now: scene.now)
        #expect(evidence.sessionGroups == [])
        #expect(scene.fetch(thief, principal: principal, sessionId: sessionId) != emailView)
    }

    /// A connection that nothing was known of leaves nothing, and neither does an administrator's tool.
    @Test func sessionsOfNobody() {
        let scene = Scene()
        let plain = scene.connect("client")
        scene.table.sessionOpened(plain, sessionId: 1)
        let tool = scene.connect("client")
        scene.request(tool, "email-app")
        scene.table.adminRequest(tool)
        scene.table.sessionOpened(tool, sessionId: 2)
        for id in [plain, tool] { scene.disconnect(id) }
        #expect(scene.table.sessions.isEmpty)
        let again = scene.connect("client")
        for id in Int32(1)...2 { #expect(scene.fetch(again, sessionId: id) == .deny) }
    }

    @Test func twoGroupsOfASessionAreTwoCandidates() {
        let (scene, fetch) = scene()
        scene.request(fetch, "audit")
        scene.disconnect(fetch)
        #expect(scene.fetch(scene.connect("client", software: software), sessionId: 77) == .wait)
    }

    @Test func sessionsExpire() {
        let (scene, fetch) = scene()
        scene.disconnect(fetch)
        // Session time-out and five minutes.
        scene.now += 345_000
        scene.table.sweep(now: scene.now)
        #expect(scene.table.sessions.isEmpty && scene.table.goneSessions.isEmpty)
        let late = scene.connect("client", software: software)
        let isOwn = scene.table.fetch(late, sessionId: 77, now: scene.now)
        #expect(!isOwn)
    }

    /// Between two sweeps, too.
    @Test func whatHasExpiredSaysNothing() {
        let (scene, fetch) = scene()
        scene.disconnect(fetch)
        scene.now += 345_000
        let late = scene.connect("client", software: software)
        _ = scene.table.fetch(late, sessionId: 77, now: scene.now)
        #expect(scene.table.evidence(for: late, topic: scene.topic, now: scene.now).sessionGroups == [])
    }

    /// A33: neither ids nor connections fill the memory.
    @Test func memoryIsBounded() {
        var configuration = AttributionTable.Configuration()
        configuration.rememberedMax = 100
        var table = AttributionTable(configuration: configuration)
        for index in Int32(1)...20_000 {
            let id = UInt64(index)
            table.connect(id, peer: "10.0.0.7")
            table.identify(id, clientId: "c")
            table.groupRequest(id, group: "g", now: 0)
            for turn in Int32(0)..<3 { table.sessionOpened(id, sessionId: index * 4 + turn) }
            table.disconnect(id, now: 0)
        }
        #expect(table.sessions.count == 100)
        #expect(table.goneSessions.count - table.goneSessionsHead == 100 && table.goneSessions.count < 10_000)
        table.connect(1, peer: "10.0.0.7")
        for index in Int32(1)...1_000 { table.sessionOpened(1, sessionId: 1_000_000 + index) }
        #expect(table.sessions.count == 100 + AttributionTable.sessionsPerConnection)
    }

    // MARK: Against a naive memory

    /// Everything that ever happened to a session, looked through from the end.
    struct Holding {
        var sessionId: Int32
        var connection: UInt64
        var reader: String
        var groups: [Name]
        var goneAt: Int64?
    }

    @Test(arguments: [UInt64(0x5E55_0010), 0x5E55_0011, 0x5E55_0012]) func evidenceIsThatOfTheHolder(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let scene = Scene()
        var readers: [UInt64: (text: String, principal: Principal)] = [:]
        var named: [UInt64: [Name]] = [:]
        var inherited: [UInt64: [Name]] = [:]
        var history: [Holding] = []
        var nextSession: Int32 = 1
        var counts: [Bool: Int] = [:]
        for _ in 0..<5_000 {
            scene.now += Int64(random.below(3_000))
            let open = readers.keys.sorted()
            let connection = open.isEmpty ? 0 : random.pick(open)
            switch random.below(10) {
            case 0, 1:
                let principal = random.pick([Principal.anonymous, .user("alice")])
                let (peer, client) = (random.pick(["10.0.0.7", "10.0.0.8"]), random.pick(["c", "d"]))
                let id = scene.connect(client, peer: peer, principal: principal)
                readers[id] = ("\(principal) \(peer) \(client)", principal)
            case 2 where named[connection] == nil && !open.isEmpty:
                let group = random.pick(["email-app", "audit"])
                scene.request(connection, group)
                named[connection] = [Name(group)]
            case 3 where !open.isEmpty && history.count(where: { $0.connection == connection }) < 8:
                scene.table.sessionOpened(connection, sessionId: nextSession)
                history.append(
                    Holding(
                        sessionId: nextSession, connection: connection, reader: readers[connection]!.text, groups: []))
                nextSession += 1
            case 4 where open.count > 4:
                scene.disconnect(connection)
                for index in history.indices where history[index].connection == connection {
                    history[index].goneAt = scene.now
                    history[index].groups = named[connection] ?? inherited[connection] ?? []
                }
                readers[connection] = nil
            case 5: scene.table.sweep(now: scene.now)
            default:
                guard !history.isEmpty, !open.isEmpty else { continue }
                let sessionId = random.pick(history.suffix(40)).sessionId
                let holding = history[Int(sessionId) - 1]
                let groups =
                    holding.goneAt == nil ? named[holding.connection] ?? inherited[holding.connection] : holding.groups
                let isThere = holding.goneAt.map { scene.now < $0 + 345_000 && !holding.groups.isEmpty } ?? true
                let isOwn = isThere && holding.reader == readers[connection]!.text
                let said = scene.table.fetch(connection, sessionId: sessionId, now: scene.now)
                #expect(said == isOwn, "seed \(seed): session \(sessionId) on \(connection)")
                if isOwn, holding.connection != connection, let groups, !groups.isEmpty {
                    inherited[connection] = groups
                }
                let evidence = scene.table.evidence(for: connection, topic: scene.topic, now: scene.now)
                #expect(evidence.sessionGroups == inherited[connection] ?? [], "seed \(seed)")
                counts[isOwn, default: 0] += 1
            }
        }
        #expect(counts[true, default: 0] > 100 && counts[false, default: 0] > 100, "seed \(seed): \(counts)")
    }
}
