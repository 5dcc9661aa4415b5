import Broker
import NIOCore
import Testing

@testable import BrokerServer

#if canImport(Glibc)
    import Glibc
#endif

@Suite(.timeLimit(.minutes(1)))
struct ListenerTests {
    @Test(
        arguments: [
            ("PLAIN://localhost:9092", ListenerSpecification(name: "PLAIN", host: "localhost", port: 9092)),
            ("a-1_B://[::1]:0", ListenerSpecification(name: "a-1_B", host: "::1", port: 0)),
            ("ALL://:9092", ListenerSpecification(name: "ALL", host: "", port: 9092)),
            (
                "X://0.0.0.0:1?group=email-app&advertise=[fe80::1]:65535",
                ListenerSpecification(
                    name: "X", host: "0.0.0.0", port: 1, group: "email-app",
                    advertised: HostAndPort(host: "fe80::1", port: 65_535))
            ),
            ("X://h:1?views=no-raw", ListenerSpecification(name: "X", host: "h", port: 1, cap: .noRaw)),
            (
                "X://h:1?views=deny&group=g",
                ListenerSpecification(name: "X", host: "h", port: 1, group: "g", cap: .deny)
            ),
            ("X://h:1?group=a%26b%20%C3%A9", ListenerSpecification(name: "X", host: "h", port: 1, group: "a&b é")),
        ])
    func parses(text: String, expected: ListenerSpecification) throws {
        #expect(try ListenerSpecification(parsing: text) == expected)
    }

    @Test(
        arguments: [
            ("localhost:9092", "has no ://"), ("://h:1", "the name may hold"), ("A B://h:1", "the name may hold"),
            ("A://h", "isn't host:port"), ("A://h:", "isn't host:port"), ("A://h:65536", "isn't host:port"),
            ("A://h:-1", "isn't host:port"), ("A://::1:9092", "isn't host:port"), ("A://h/x:1", "isn't host:port"),
            ("A://h:1?color=red", "there are group, views, advertise, sasl, tls"),
            ("A://h:1?group", "isn't name=value"), ("A://h:1?group=", "isn't name=value"),
            ("A://h:1?group=%zz", "isn't name=value"), ("A://h:1?group=%ff", "isn't name=value"),
            ("A://h:1?group=%+1", "isn't name=value"), ("A://h:1?group=a&group=b", "given twice"),
            ("A://h:1?views=raw", "isn't no-raw or deny"), ("A://h:1?views=none", "isn't no-raw or deny"),
            ("A://h:1?views=deny&views=no-raw", "given twice"),
            ("A://h:1?advertise=h:0", "isn't host:port"), ("A://h:1?advertise=:9092", "isn't host:port"),
        ])
    func refuses(text: String, reason: String) {
        let error = #expect(throws: ServerError.self) { try ListenerSpecification(parsing: text) }
        #expect(error?.code == .invalidListener)
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
    }

    @Test("localhost is both loopback addresses with one port, and connections know their listener")
    func localhost() async throws {
        let service = TestService()
        try await withServer(service) {
            $0.listeners = [
                ListenerSpecification(name: "ONE", host: "localhost", port: 0),
                ListenerSpecification(
                    name: "TWO", host: "127.0.0.1", port: 0, group: "email-app",
                    advertised: HostAndPort(host: "broker.example", port: 19_092)),
            ]
        } body: { server in
            let listeners = server.server.boundListeners()
            #expect(listeners.map(\.name) == ["ONE", "TWO"])
            #expect(listeners[0].addresses.first == "127.0.0.1")
            #expect(listeners[0].port != listeners[1].port)
            for host in listeners[0].addresses {
                let client = try await TestClient.connect(host, port: listeners[0].port)
                try await client.send(TestService.command(.echo, "hello"))
                #expect(await client.text() == "hello")
                let info = try #require(service.record.withLock { $0.connections.last })
                #expect(info.listener.name == "ONE")
                #expect(info.listener.advertisedHost == "localhost")
                #expect(info.listener.advertisedPort == listeners[0].port)
                #expect(info.listener.pinnedGroup == nil)
                #expect(info.peerAddress == host)
                #expect(info.localAddress == host)
                #expect(info.localPort == listeners[0].port)
                #expect(info.peerPort == client.channel.localAddress?.port)
                #expect(info.isLoopback)
            }
            let client = try await TestClient.connect(port: listeners[1].port)
            try await client.send(TestService.command(.echo, "hello"))
            #expect(await client.text() == "hello")
            let info = try #require(service.record.withLock { $0.connections.last })
            #expect(info.listener.pinnedGroup == "email-app")
            #expect(info.listener.advertisedHost == "broker.example")
            #expect(info.listener.advertisedPort == 19_092)
            #expect(Set(service.record.withLock { $0.connections.map(\.id) }).count == listeners[0].addresses.count + 1)
        }
    }

    @Test("a listener on all interfaces gives IPv4 peers as IPv4")
    func everywhere() async throws {
        let service = TestService()
        try await withServer(service) {
            $0.listeners = [ListenerSpecification(name: "ALL", host: "", port: 0)]
        } body: { server in
            let client = try await TestClient.connect("127.0.0.1", port: server.port)
            try await client.send(TestService.command(.echo, "hello"))
            #expect(await client.text() == "hello")
            #expect(service.record.withLock { $0.connections.last?.peerAddress } == "127.0.0.1")
            #expect(server.server.boundListeners()[0].advertised.host == HostResolver.machineName())
        }
    }

    @Test("a port in use is named, and nothing stays bound")
    func portInUse() async throws {
        try await withServer(TestService()) { server in
            var configuration = ServerConfiguration()
            configuration.listeners = [
                ListenerSpecification(name: "FREE", host: "127.0.0.1", port: 0),
                ListenerSpecification(name: "TAKEN", host: "127.0.0.1", port: server.port),
            ]
            let second = BrokerServer(
                configuration: configuration, service: TestService(), logger: CapturedLog().logger)
            let error = await #expect(throws: ServerError.self) { try await second.bind() }
            #expect(error?.code == .addressInUse)
            #expect(error?.description.contains("TAKEN: 127.0.0.1:\(server.port)") == true)
            #expect(second.boundListeners().isEmpty)
        }
    }

    @Test("the admin socket: mode 0600, the peer's user id, and a stale one is replaced")
    func adminSocket() async throws {
        try await withTemporaryFolder { folder in
            for _ in 0..<2 {
                let stale = try AdminSocket.bind(in: folder)
                close(stale)
                let service = TestService()
                try await withServer(service) {
                    $0.adminSocketFolder = folder
                    $0.connectionsMax = 0
                } body: { server in
                    var status = stat()
                    #expect(lstat("\(folder)/admin.sock", &status) == 0)
                    #expect(status.st_mode & 0o7777 == 0o600)
                    let client = try await TestClient.connect(port: 0, path: "\(folder)/admin.sock")
                    try await client.send(TestService.command(.echo, "hello"))
                    #expect(await client.text() == "hello")
                    let info = try #require(service.record.withLock { $0.connections.last })
                    #expect(info.peerUserId == geteuid())
                    #expect(info.listener.isAdmin)
                    #expect(info.peerAddress == "")
                    #expect(info.isLoopback)
                    #expect(server.server.boundListeners().last?.addresses == ["\(folder)/admin.sock"])
                }
                #expect(access("\(folder)/admin.sock", F_OK) != 0)
            }
        }
    }

    @Test("what isn't a socket isn't replaced, and a path that is too long is named")
    func adminSocketRefusals() async throws {
        try await withTemporaryFolder { folder in
            let file = open("\(folder)/admin.sock", O_CREAT | O_WRONLY, 0o600)
            close(file)
            let error = #expect(throws: ServerError.self) { try AdminSocket.bind(in: folder) }
            #expect(error?.description.contains("isn't a socket") == true)
        }
        let long = "/tmp/" + String(repeating: "x", count: 100)
        let error = #expect(throws: ServerError.self) { try AdminSocket.bind(in: long) }
        #expect(error?.description.contains("116 bytes long and a Unix socket's path holds 107") == true)
    }
}
