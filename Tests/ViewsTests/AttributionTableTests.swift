import Testing

@testable import Views

/// The evidence memory where readers differ: two on one host, races, restarts, leaving, bounds.
@Suite struct AttributionTableTests {
    /// kcat with a bootstrap name that isn't the advertised one: nothing on its fetch connection names the group.
    func kcat(_ scene: Scene, _ group: String, peer: String, process: Int32) -> (group: UInt64, fetch: UInt64) {
        let bootstrap = scene.connect("rdkafka", software: "librdkafka", peer: peer, process: process)
        scene.request(bootstrap, group)
        let member = scene.connect("rdkafka", software: "librdkafka", peer: peer, process: process)
        scene.heartbeat(member, group)
        return (member, scene.connect("rdkafka", software: "librdkafka", peer: peer, process: process))
    }

    @Test(arguments: [("127.0.0.1", "127.0.0.1"), ("127.0.0.1", "::1"), ("::1", "127.0.0.1")])
    func kcatsOnOneHostAreToldApartByProcess(first: String, second: String) {
        let scene = Scene()
        let email = kcat(scene, "email-app", peer: first, process: 1)
        let audit = kcat(scene, "audit", peer: second, process: 2)
        let plain = scene.connect("rdkafka", software: "librdkafka", peer: first, process: 3)
        for _ in 0..<3 {
            #expect(scene.fetch(plain) == .deny)
            #expect(scene.fetch(email.fetch) == emailView)
            #expect(scene.fetch(audit.fetch) == auditView)
        }
        // Each connection is asked for once.
        #expect(Set(scene.asked).count == scene.asked.count)
    }

    @Test func processesAreNotAskedForWhereTheOutcomeIsTheSame() {
        let scene = Scene([])
        let fetch = scene.connect("rdkafka", software: "librdkafka", peer: "127.0.0.1", process: 1)
        #expect(text(scene.fetch(fetch)) == "raw")
        #expect(scene.asked == [])
    }

    /// Two groups from one other host under one client.id: nothing tells them apart, so nobody gets a guess.
    @Test func ambiguityWaitsAndThenDenies() {
        let scene = Scene()
        let email = kcat(scene, "email-app", peer: "10.0.0.7", process: 1)
        #expect(scene.fetch(email.fetch) == emailView)
        _ = kcat(scene, "audit", peer: "10.0.0.7", process: 2)
        let start = scene.now
        #expect(scene.fetch(email.fetch) == .wait)
        scene.now = start + 4_900
        #expect(scene.fetch(email.fetch) == .wait)
        scene.now = start + 5_001
        #expect(scene.fetch(email.fetch) == .deny)
        // A reconnect doesn't start the wait again.
        scene.disconnect(email.fetch)
        let again = scene.connect("rdkafka", software: "librdkafka")
        #expect(scene.fetch(again) == .deny)
        // The first unambiguous answer ends it.
        scene.table.memberLeft(group: "audit", member: "audit-member")
        #expect(scene.fetch(again) == emailView)
        _ = kcat(scene, "audit", peer: "10.0.0.7", process: 2)
        #expect(scene.fetch(again) == .wait)
    }

    @Test func anAmbiguousReaderWhoStaysAwayIsForgotten() {
        let scene = Scene()
        let email = kcat(scene, "email-app", peer: "10.0.0.7", process: 1)
        _ = kcat(scene, "audit", peer: "10.0.0.7", process: 2)
        #expect(scene.fetch(email.fetch) == .wait)
        scene.now += 10_002
        #expect(scene.fetch(email.fetch) == .wait)
    }

    /// FindCoordinator on the fetch connection is lost at a cut; the member whose other connection goes on is left out,
    /// but only once it has fetched after the new connection did.
    @Test func linkedMembersAreLeftOut() {
        let scene = Scene()
        func join(_ group: String, _ scene: Scene) -> UInt64 {
            let member = scene.connect("rdkafka", software: "librdkafka")
            scene.heartbeat(member, group)
            let fetch = scene.connect("rdkafka", software: "librdkafka")
            scene.request(fetch, group)
            return fetch
        }
        let email = join("email-app", scene)
        let audit = join("audit", scene)
        #expect(scene.fetch(email) == emailView)
        #expect(scene.fetch(audit) == auditView)
        scene.disconnect(email)
        let again = scene.connect("rdkafka", software: "librdkafka")
        #expect(scene.fetch(again) == .wait)
        #expect(scene.fetch(audit) == auditView)
        #expect(scene.fetch(again) == emailView)
        // The other one is cut while its old connection still hangs: that one doesn't fetch any more, so it links none.
        let auditAgain = scene.connect("rdkafka", software: "librdkafka")
        #expect(scene.fetch(auditAgain) == .wait)
        #expect(scene.fetch(again) == emailView)
        #expect(scene.fetch(auditAgain) == .wait)
    }

    @Test func unnamedSoftwareIsNeverLinked() {
        let scene = Scene()
        for group in ["email-app", "audit"] {
            let member = scene.connect("go")
            scene.heartbeat(member, group)
        }
        let linked = scene.connect("go")
        scene.request(linked, "audit")
        let fetch = scene.connect("go")
        #expect(scene.fetch(fetch) == .wait)
        #expect(scene.fetch(linked) == auditView)
        #expect(scene.fetch(fetch) == .wait)
    }

    /// After a restart a reconnecting fetch may come before its heartbeat: no process or default may decide against it.
    @Test func reloadedMembersAreCandidatesUntilTheyAreHeardOf() {
        let scene = Scene()
        scene.restart(members: [("email-app", "rdkafka", "/127.0.0.1"), ("audit", "rdkafka", "/127.0.0.1")])
        let email = scene.connect("rdkafka", software: "librdkafka", peer: "127.0.0.1", process: 1)
        let plain = scene.connect("rdkafka", software: "librdkafka", peer: "127.0.0.1", process: 3)
        #expect(scene.fetch(email) == .wait)
        #expect(scene.fetch(plain) == .wait)
        // Longer than attribution.wait: it lasts as long as the members may come back.
        scene.now += 20_000
        #expect(scene.fetch(email) == .wait)
        let group = scene.connect("rdkafka", software: "librdkafka", peer: "::1", process: 1)
        scene.heartbeat(group, "email-app")
        #expect(scene.fetch(email) == .wait, "audit's member may still be behind this connection")
        let other = scene.connect("rdkafka", software: "librdkafka", peer: "127.0.0.1", process: 2)
        scene.heartbeat(other, "audit")
        #expect(scene.fetch(email) == emailView)
        #expect(scene.fetch(plain) == .deny)
    }

    /// Its group connection goes before anybody asks whose it is, or while that is asked: the member may be in the process
    /// that fetches, which therefore isn't one of no group.
    @Test(arguments: [true, false])
    func membersWhoseProcessWasNotFoundAreCandidates(isClosed: Bool) {
        let scene = Scene()
        let group = scene.connect(
            "rdkafka", software: "librdkafka", peer: "127.0.0.1", process: isClosed ? 1 : nil)
        scene.heartbeat(group, "email-app")
        if isClosed { scene.disconnect(group) }
        let email = scene.connect("rdkafka", software: "librdkafka", peer: "127.0.0.1", process: 1)
        let plain = scene.connect("rdkafka", software: "librdkafka", peer: "127.0.0.1", process: 3)
        #expect(scene.fetch(email) == .wait)
        #expect(scene.fetch(plain) == .wait)
        let again = scene.connect("rdkafka", software: "librdkafka", peer: "127.0.0.1", process: 1)
        scene.heartbeat(again, "email-app")
        #expect(scene.fetch(email) == emailView)
        #expect(scene.fetch(plain) == .deny)
        scene.table.memberLeft(group: "email-app", member: "email-app-member")
        #expect(scene.table.anywhereCount == 0)
    }

    @Test func membersWhoseProcessWasNotFoundExpire() {
        let scene = Scene()
        let group = scene.connect("rdkafka", software: "librdkafka", peer: "127.0.0.1")
        scene.heartbeat(group, "email-app")
        scene.disconnect(group)
        let plain = scene.connect("rdkafka", software: "librdkafka", peer: "127.0.0.1", process: 3)
        #expect(scene.fetch(plain) == .wait)
        scene.now += 45_001
        #expect(scene.fetch(plain) == .deny)
        scene.now += 300_000
        scene.table.sweep(now: scene.now)
        #expect(scene.table.anywhereCount == 0)
    }

    @Test func reloadedMembersExpire() {
        let scene = Scene()
        scene.restart(members: [("email-app", "rdkafka", "/127.0.0.1")])
        let plain = scene.connect("rdkafka", software: "librdkafka", peer: "127.0.0.1", process: 3)
        #expect(scene.fetch(plain) == .wait)
        scene.now += 45_001
        #expect(scene.fetch(plain) == .deny)
        // A member of another client.id never mattered.
        scene.restart(members: [("email-app", "other", "/127.0.0.1")])
        let again = scene.connect("rdkafka", software: "librdkafka", peer: "127.0.0.1", process: 3)
        #expect(scene.fetch(again) == .deny)
    }

    /// `localhost` may be IPv4 for one connection and IPv6 for the next; where no process can be read, memory decides.
    @Test(arguments: [("127.0.0.1", "::1"), ("::1", "127.0.0.1"), ("::ffff:10.0.0.7", "10.0.0.7")])
    func addressesOfOnePeerAreOne(group: String, fetch: String) {
        let scene = Scene()
        let member = scene.connect("rdkafka", software: "librdkafka", peer: group)
        scene.heartbeat(member, "email-app")
        #expect(scene.fetch(scene.connect("rdkafka", software: "librdkafka", peer: fetch)) == emailView)
        scene.restart(members: [("email-app", "rdkafka", "/\(group)")])
        #expect(scene.fetch(scene.connect("rdkafka", software: "librdkafka", peer: fetch)) == emailView)
    }

    @Test func adminToolsAddNoEvidence() {
        let scene = Scene()
        let tool = scene.connect("rdkafka", software: "librdkafka")
        scene.request(tool, "email-app")
        scene.table.adminRequest(tool)
        scene.request(tool, "audit")
        #expect(scene.fetch(tool) == .deny)
        let reader = scene.connect("rdkafka", software: "librdkafka")
        #expect(scene.fetch(reader) == .deny)
    }

    @Test func twoGroupsOnOneConnectionAreTwoCandidates() {
        let scene = Scene()
        let proxy = scene.connect("proxy")
        scene.request(proxy, "email-app")
        #expect(scene.fetch(proxy) == emailView)
        scene.request(proxy, "audit")
        #expect(scene.fetch(proxy) == .wait)
        // Two that see the same agree.
        let agreeing = Scene()
        let same = agreeing.connect("proxy")
        agreeing.request(same, "email-app")
        agreeing.request(same, "a")
        #expect(agreeing.fetch(same) == emailView)
    }

    @Test func theLastGroupStaysUntilAnotherTakesItsPlace() {
        let scene = Scene()
        let connection = scene.connect("sarama", software: "sarama")
        scene.heartbeat(connection, "email-app")
        scene.table.memberLeft(group: "email-app", member: "email-app-member")
        #expect(scene.fetch(connection) == emailView)
        scene.heartbeat(connection, "audit")
        #expect(scene.fetch(connection) == auditView)
    }

    @Test func memoryOfAClientThatIsGoneExpires() {
        let scene = Scene()
        let member = scene.connect("kgo", software: "kgo")
        scene.request(member, "email-app")
        scene.disconnect(member)
        scene.now += 345_002
        scene.table.sweep(now: scene.now)
        let later = scene.connect("kgo", software: "kgo")
        #expect(scene.fetch(later) == .deny)
    }

    /// A proven principal all of whose bindings name one group is taken for it only where nothing is seen.
    @Test func theOneBoundGroupFillsAGap() {
        let alice = Principal.user("alice")
        let scene = Scene(
            Scene.bindings + [
                Binding(group: .exact("email-app"), principal: .exact(alice), topic: .exact("accounts"), target: .raw)
            ])
        let seen = scene.connect("rdkafka", software: "librdkafka", principal: alice)
        scene.request(seen, "audit")
        #expect(scene.fetch(seen, principal: alice) == auditView)
        let unseen = scene.connect("other", software: "librdkafka", principal: alice)
        #expect(text(scene.fetch(unseen, principal: alice)) == "raw")
        let nobody = scene.connect("other", software: "librdkafka")
        #expect(scene.fetch(nobody) == .deny)
    }

    @Test func aPinnedListenerRefusesOtherGroups() {
        var table = AttributionTable()
        table.connect(1, peer: "10.0.0.7", pinnedGroup: "email-app")
        let other = table.groupRequest(1, group: "audit", now: 0)
        let own = table.groupRequest(1, group: "email-app", now: 0)
        #expect(!other && own)
        let evidence = table.evidence(for: 1, topic: Scene().topic, now: 0)
        #expect(evidence.connectionGroups == ["email-app"])
    }

    /// A33: names fill no memory.
    @Test func memoryIsBounded() {
        var configuration = AttributionTable.Configuration()
        configuration.rememberedMax = 1_000
        var table = AttributionTable(configuration: configuration)
        for index in 0..<20_000 {
            let id = UInt64(index + 1)
            table.connect(id, peer: "10.0.0.7")
            table.identify(id, clientId: "c\(index % 5_000)")
            table.groupRequest(id, group: "g\(index)", now: Int64(index))
            table.disconnect(id, now: Int64(index))
        }
        #expect(table.remembered.count <= 1_000)
        #expect(table.remembered.sets.values.reduce(0) { $0 + $1.entries.count } <= 1_000)
        #expect(table.connections.isEmpty && table.connectionsByClient.isEmpty)
        // What is named again and again outlives what was named once.
        table.connect(1, peer: "10.0.0.9")
        for index in 0..<5_000 {
            table.groupRequest(1, group: "kept", now: 30_000)
            table.connect(2, peer: "10.0.0.7")
            table.identify(2, clientId: "d\(index)")
            table.groupRequest(2, group: "once", now: 30_000)
            table.disconnect(2, now: 30_000)
        }
        #expect(table.evidence(for: 1, topic: Scene().topic, now: 30_000).remembered == ["kept"])
    }

    @Test func aConnectionOfManyGroupsIsBounded() {
        var table = AttributionTable()
        table.connect(1, peer: "10.0.0.7")
        for index in 0..<1_000 { table.groupRequest(1, group: "g\(index)", now: 0) }
        #expect(table.evidence(for: 1, topic: Scene().topic, now: 0).connectionGroups.count == GroupSet.entriesMax)
        table.groupRequest(1, group: String(repeating: "x", count: 600), now: 0)
        #expect(table.evidence(for: 1, topic: Scene().topic, now: 0).connectionGroups.count == GroupSet.entriesMax)
    }
}
