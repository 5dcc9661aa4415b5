import KafkaMessages
import NIOCore
import NIOPosix
import ProtocolTestBroker
import Testing

@testable import KafkaClient

private func configuration() -> KafkaConnection.Configuration {
    KafkaConnection.Configuration(clientId: "test")
}

@Suite struct ConnectionTests {
    @Test func speaksTheHighestVersionOfBoth() async throws {
        let memory = MemoryBroker()
        memory.state.withLock { $0.versionCaps[.metadata] = 5 }
        try await FakeBroker.with(memory.script) { broker in
            let connection = try await KafkaConnection.connect(to: broker.address, configuration: configuration())
            #expect(try connection.version(of: MetadataRequest.self) == 5)
            #expect(try connection.version(of: FetchRequest.self) == FetchRequest.versions.upperBound)
            #expect(connection.features.isSluice)
            let response = try await connection.send(MetadataRequest())
            #expect(response.clusterId == "memory")
            await connection.close()
        }
    }

    @Test func goesDownToTheBrokersApiVersions() async throws {
        let script: FakeBroker.Script = { request in
            var response = ApiVersionsResponse()
            var entry = ApiVersionsResponse.ApiVersion()
            entry.apiKey = ApiKey.apiVersions.rawValue
            entry.minVersion = 0
            entry.maxVersion = 1
            response.apiKeys = [entry]
            guard request.header.apiVersion > 1 else { return try request.answer(response) }
            response.errorCode = .unsupportedVersion
            // KIP-511: the refusal is in version 0, whatever was asked.
            return try request.answer(response, version: 0)
        }
        try await FakeBroker.with(script) { broker in
            let connection = try await KafkaConnection.connect(to: broker.address, configuration: configuration())
            #expect(connection.features.versions[.apiVersions] == 0...1)
            #expect(broker.requests == [.apiVersions, .apiVersions])
            #expect(!connection.features.isSluice)
            let error = #expect(throws: KafkaClientError.self) { try connection.version(of: FetchRequest.self) }
            #expect(error?.code == .unsupported)
            await connection.close()
        }
    }

    @Test func manyRequestsWaitAtOnce() async throws {
        let memory = MemoryBroker()
        try await FakeBroker.with(memory.script) { broker in
            let connection = try await KafkaConnection.connect(to: broker.address, configuration: configuration())
            let pending = try (0..<50).map { _ in try connection.begin(MetadataRequest()) }
            for answer in pending { #expect(try await answer.response().controllerId == 1) }
            await connection.close()
        }
    }

    @Test func namesWhoDidNotAnswer() async throws {
        let memory = MemoryBroker()
        let script: FakeBroker.Script = { request in
            request.header.apiKey == .metadata ? .silence : try memory.script(request)
        }
        try await FakeBroker.with(script) { broker in
            let connection = try await KafkaConnection.connect(to: broker.address, configuration: configuration())
            let error = await #expect(throws: KafkaClientError.self) {
                try await connection.send(MetadataRequest(), timeout: .milliseconds(50))
            }
            #expect(error?.code == .timedOut)
            #expect(error?.message == "\(broker.address) didn't answer Metadata within 0.05 s")
            // Answers can't be told apart any more, so the connection is given up.
            let next = await #expect(throws: KafkaClientError.self) { try await connection.send(MetadataRequest()) }
            #expect(next?.code == .timedOut || next?.code == .connectionClosed)
        }
    }

    @Test func brokerThatClosesFailsAllThatWait() async throws {
        let memory = MemoryBroker()
        let script: FakeBroker.Script = { request in
            request.header.apiKey == .metadata ? .closeConnection : try memory.script(request)
        }
        try await FakeBroker.with(script) { broker in
            let connection = try await KafkaConnection.connect(to: broker.address, configuration: configuration())
            let pending = try (0..<3).map { _ in try connection.begin(MetadataRequest()) }
            for answer in pending {
                let error = await #expect(throws: KafkaClientError.self) { try await answer.response() }
                #expect(error?.code == .connectionClosed)
            }
        }
    }

    @Test(arguments: [
        // A frame of 2 GiB, one of no bytes, one that answers another request.
        [0x7f, 0xff, 0xff, 0xff] as [UInt8], [0, 0, 0, 0], [0, 0, 0, 4, 0x11, 0x22, 0x33, 0x44],
    ])
    func nonsenseEndsTheConnection(bytes: [UInt8]) async throws {
        try await FakeBroker.with({ _ in .garbage(bytes) }) { broker in
            let error = await #expect(throws: KafkaClientError.self) {
                try await KafkaConnection.connect(to: broker.address, configuration: configuration())
            }
            #expect(error?.code == .malformedResponse)
            #expect(error?.message.contains("\(broker.address)") == true)
        }
    }

    @Test func truncatedBodyIsAnErrorOfTheAnswer() async throws {
        let memory = MemoryBroker()
        let script: FakeBroker.Script = { request in
            guard request.header.apiKey == .metadata else { return try memory.script(request) }
            return .bytes(ByteBuffer(integer: request.header.correlationId))
        }
        try await FakeBroker.with(script) { broker in
            let connection = try await KafkaConnection.connect(to: broker.address, configuration: configuration())
            let error = await #expect(throws: KafkaClientError.self) { try await connection.send(MetadataRequest()) }
            #expect(error?.code == .malformedResponse)
            await connection.close()
        }
    }

    @Test func refusedConnectionNamesHostAndPort() async throws {
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = server.localAddress?.port ?? 0
        try await server.close()
        let error = await #expect(throws: KafkaClientError.self) {
            try await KafkaConnection.connect(
                to: .tcp(host: "127.0.0.1", port: port), configuration: configuration())
        }
        #expect(error?.code == .unreachable)
        #expect(error?.message == "can't connect to 127.0.0.1:\(port): connection refused")
    }

    @Test func missingSocketIsUnreachable() async throws {
        let error = await #expect(throws: KafkaClientError.self) {
            try await KafkaConnection.connect(
                to: .unix(path: "/nonexistent/admin.sock"), configuration: configuration())
        }
        #expect(error?.code == .unreachable)
        #expect(error?.message == "can't connect to /nonexistent/admin.sock: no such socket")
    }
}
