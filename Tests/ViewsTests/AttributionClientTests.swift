import Testing

@testable import Views

/// What each client of clients.md §1.1 shows on its connections, from another host, and what it gets: at first, after
/// its fetch connection was cut, and after the broker was restarted.
@Suite struct AttributionClientTests {
    enum Client: CaseIterable {
        case kcatSameName, kcatOtherName, confluent, kafkaPython, aiokafka, javaClassic, javaOwnClientId, franz, sarama
        case kafkaGo

        var software: String? {
            switch self {
            case .kcatSameName, .kcatOtherName: "librdkafka"
            case .confluent: "confluent-kafka-python"
            case .kafkaPython: "kafka-python"
            case .aiokafka, .kafkaGo: nil
            case .javaClassic, .javaOwnClientId: "apache-kafka-java"
            case .franz: "kgo"
            case .sarama: "sarama"
            }
        }

        var clientId: String {
            switch self {
            case .kcatSameName, .kcatOtherName, .confluent: "rdkafka"
            case .kafkaPython: "kafka-python-3.0.12"
            case .aiokafka: "aiokafka-0.14.0"
            case .javaClassic: "consumer-email-app-1"
            case .javaOwnClientId: "billing"
            case .franz: "kgo"
            case .sarama: "sarama"
            case .kafkaGo: "reader@host (github.com/segmentio/kafka-go)"
            }
        }

        /// Whether the first Fetch has a group request before it on its own connection.
        var showsGroupWhereItFetches: Bool {
            switch self {
            case .kcatSameName, .confluent, .kafkaPython, .aiokafka, .sarama: true
            case .kcatOtherName, .javaClassic, .javaOwnClientId, .franz, .kafkaGo: false
            }
        }

        /// Whether it ends its old fetch session on the connection that follows a cut one.
        var keepsSessions: Bool {
            switch self {
            case .kafkaPython, .javaClassic, .javaOwnClientId, .franz: true
            case .kcatSameName, .kcatOtherName, .confluent, .aiokafka, .sarama, .kafkaGo: false
            }
        }

        /// Connects as a member of `email-app` and returns group and fetch connection.
        func join(_ scene: Scene) -> (group: UInt64, fetch: UInt64) {
            let bootstrap = scene.connect(clientId, software: self == .kafkaGo ? nil : software)
            if [.kcatOtherName, .confluent, .javaClassic, .javaOwnClientId, .kafkaGo].contains(self) {
                scene.request(bootstrap, "email-app")
            }
            if [.confluent, .kafkaPython, .aiokafka, .sarama].contains(self) { scene.disconnect(bootstrap) }
            let fetch = scene.connect(clientId, software: software)
            let group = self == .sarama ? fetch : scene.connect(clientId, software: software)
            scene.heartbeat(group, "email-app")
            scene.request(group, "email-app")
            if showsGroupWhereItFetches { scene.request(fetch, "email-app") }
            return (group, fetch)
        }
    }

    @Test(arguments: Client.allCases)
    func getsItsGroupsView(client: Client) {
        let scene = Scene()
        let (group, fetch) = client.join(scene)
        #expect(scene.fetch(fetch) == emailView)
        // Cut: the new connection shows nothing of the group (but sarama's, which heartbeats first).
        scene.disconnect(fetch)
        if client != .sarama { scene.heartbeat(group, "email-app") }
        let again = scene.connect(client.clientId, software: client.software)
        if client == .sarama { scene.heartbeat(again, "email-app") }
        #expect(scene.fetch(again) == emailView)
        // It goes on as long as it fetches, whatever the age of the evidence.
        scene.now += 10_000_000
        scene.table.sweep(now: scene.now)
        #expect(scene.fetch(again) == emailView)
    }

    /// Another group of the same host and client.id is there: what the cut connection showed is in its session, if the client
    /// keeps one and the connection showed anything.
    @Test(arguments: Client.allCases)
    func getsItBesideAnotherGroup(client: Client) {
        let scene = Scene()
        let (_, fetch) = client.join(scene)
        scene.table.sessionOpened(fetch, sessionId: 0x5E55)
        let other = scene.connect(client.clientId, software: client.software)
        scene.heartbeat(other, "audit")
        scene.disconnect(fetch)
        let again = scene.connect(client.clientId, software: client.software)
        let known = client.keepsSessions && client.showsGroupWhereItFetches
        #expect(scene.fetch(again, sessionId: client.keepsSessions ? 0x5E55 : 0) == (known ? emailView : .wait))
    }

    @Test(arguments: Client.allCases)
    func getsItAfterARestart(client: Client) {
        let scene = Scene()
        _ = client.join(scene)
        scene.restart(members: [("email-app", client.clientId, "/10.0.0.7")])
        // The fetch connection is often back before the first heartbeat.
        let fetch = scene.connect(client.clientId, software: client.software)
        #expect(scene.fetch(fetch) == emailView)
        let group = scene.connect(client.clientId, software: client.software)
        scene.heartbeat(group, "email-app")
        #expect(scene.fetch(fetch) == emailView)
    }

    @Test(arguments: Client.allCases)
    func aReaderWithoutGroupGetsTheDefault(client: Client) {
        let scene = Scene()
        let clientId = client == .javaClassic ? "consumer-null-1" : client.clientId
        let fetch = scene.connect(clientId, software: client.software)
        #expect(scene.fetch(fetch) == .deny)
    }

    /// `assign()` with a group: a FindCoordinator, or only Java's client.id.
    @Test func assignWithoutJoining() {
        let scene = Scene()
        let librdkafka = scene.connect("rdkafka", software: "librdkafka")
        scene.request(librdkafka, "email-app")
        #expect(scene.fetch(librdkafka) == emailView)
        let java = scene.connect("consumer-audit-1", software: "apache-kafka-java")
        #expect(scene.fetch(java) == auditView)
    }

    /// Groups `a` and `a-b` are both named by `consumer-a-b-1`; a live member says which.
    @Test func javaGroupNamesWithDashes() {
        let scene = Scene()
        let fetch = scene.connect("consumer-a-b-1", software: "apache-kafka-java")
        #expect(scene.fetch(fetch) == .wait)
        let group = scene.connect("consumer-a-b-1", software: "apache-kafka-java")
        scene.heartbeat(group, "a-b")
        #expect(scene.fetch(fetch) == auditView)
        let other = Scene()
        let single = other.connect("consumer-a-1", software: "apache-kafka-java")
        #expect(other.fetch(single) == emailView)
    }
}
