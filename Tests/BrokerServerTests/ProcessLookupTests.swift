import Broker
import NIOCore
import Testing

@testable import BrokerServer

#if canImport(Glibc)
    import Glibc
#endif

@Suite(.timeLimit(.minutes(1)))
struct ProcessLookupTests {
    @Test("finds this process at the other end", arguments: ["127.0.0.1", "::1"])
    func ownProcess(host: String) async throws {
        let service = TestService()
        let lookup = ProcPeerProcessLookup()
        try await withServer(service) {
            $0.listeners = [ListenerSpecification(name: "PLAIN", host: host, port: 0)]
        } body: { server in
            let client = try await TestClient.connect(host, port: server.port)
            try await client.send(TestService.command(.echo, "hello"))
            #expect(await client.text() == "hello")
            var info = try #require(service.record.withLock { $0.connections.last })
            let owner = try #require(try await lookup.owner(of: info))
            #expect(owner.pid == getpid())
            #expect(owner.startTime == ProcessTable(root: "/proc").startTime(of: getpid()))
            #expect(owner.startTime > 0)
            // The same client from another port is nobody that the kernel knows.
            info.peerPort = info.peerPort == 1 ? 2 : 1
            #expect(try await lookup.owner(of: info) == nil)
        }
    }

    @Test("an IPv4 connection of a dual-stack socket is found in the table of IPv6")
    func mapped() async throws {
        let service = TestService()
        try await withServer(service) { server in
            let descriptor = socket(AF_INET6, Int32(SOCK_STREAM.rawValue), 0)
            defer { close(descriptor) }
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = in_port_t(server.port).bigEndian
            #expect(inet_pton(AF_INET6, "::ffff:127.0.0.1", &address.sin6_addr) == 1)
            let connected = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in6>.size))
                }
            }
            #expect(connected == 0)
            while service.record.withLock({ $0.connections.isEmpty }) { await Task.yield() }
            let info = try #require(service.record.withLock { $0.connections.last })
            #expect(info.peerAddress == "127.0.0.1")
            #expect(try await ProcPeerProcessLookup().owner(of: info)?.pid == getpid())
        }
    }

    @Test("a peer that isn't on this machine isn't looked for")
    func remote() async throws {
        let listener = ListenerInfo(name: "PLAIN", advertisedHost: "h", advertisedPort: 1)
        for (peer, local) in [("192.0.2.1", "192.0.2.2"), ("127.0.0.1", "::1"), ("127.0.0.1", "x"), ("", "")] {
            let info = ConnectionInfo(
                id: 1, listener: listener, peerAddress: peer, peerPort: 1234, localAddress: local, localPort: 9092)
            #expect(try await ProcPeerProcessLookup().owner(of: info) == nil)
        }
    }

    // The lines are of proc(5) and of `cat /proc/net/tcp6` on Linux 6.18, little-endian.
    @Test(
        arguments: [
            ([127, 0, 0, 1], 9092, "0100007F:2384"),
            ([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], 80, "00000000000000000000000001000000:0050"),
            (
                [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127, 0, 0, 1], 65_535,
                "0000000000000000FFFF00000100007F:FFFF"
            ),
        ] as [([UInt8], Int, String)])
    func socketEnds(address: [UInt8], port: Int, expected: String) {
        #expect(SocketLine.end(address: address, port: port) == expected)
    }
}
