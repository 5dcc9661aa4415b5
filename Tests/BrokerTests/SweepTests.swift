import KafkaMessages
import NIOCore
import TestSupport
import Testing

@testable import Broker

/// Every API and version with bytes that no client sends: an answer or a closed connection, never a trap.
@Suite struct SweepTests {
    @Test(arguments: SupportedApis.all.map(\.apiKey.rawValue))
    func randomBodies(apiKey: Int16) async throws {
        let test = try await TestBroker()
        try await test.createTopic("t")
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededGenerator(seed: seed)
        let versions = try #require(SupportedApis.find(apiKeyNumber: apiKey)).versions
        for version in versions {
            for _ in 0..<30 {
                let client = test.connect()
                var frame = ByteBuffer()
                frame.writeInteger(apiKey)
                frame.writeInteger(version)
                frame.writeInteger(Int32(1))
                frame.writeInteger(Int16(1))
                frame.writeString("c")
                let count = Int.random(in: 0..<120, using: &random)
                // Many small numbers, so that lengths and counts often fit.
                for _ in 0..<count {
                    let byte = UInt8.random(in: 0...255, using: &random)
                    frame.writeInteger(Bool.random(using: &random) ? byte & 3 : byte)
                }
                do {
                    // Long polls are cut short as by a client that goes.
                    // One task at a time uses the session.
                    nonisolated(unsafe) let session = client.session
                    let task = Task { [frame] in try await session.handle(frame) }
                    task.cancel()
                    if case .pending(let pending) = try await task.value { _ = await pending.value() }
                } catch is ConnectionClosure {
                } catch {
                    Issue.record("seed \(seed), version \(version): \(error)")
                }
                client.session.disconnected()
            }
        }
        // And it still serves.
        #expect(try await test.connect().produce("t", batch("a")).errorCode == .none)
    }

    @Test(arguments: [Int16(-1), 4, 77, 94, .max]) func unknownKeysCloseTheConnection(key: Int16) async throws {
        let test = try await TestBroker()
        var frame = ByteBuffer()
        frame.writeInteger(key)
        frame.writeInteger(Int16(0))
        frame.writeInteger(Int32(1))
        frame.writeInteger(Int16(-1))
        await #expect(throws: ConnectionClosure.self) { try await test.connect().session.handle(frame) }
    }

    /// KIP-511: a version that isn't known is answered in v0 with error 35 and the range of this API.
    @Test func unknownApiVersionsVersion() async throws {
        let test = try await TestBroker()
        var frame = ByteBuffer()
        for value in [Int16(18), 99] { frame.writeInteger(value) }
        frame.writeInteger(Int32(7))
        frame.writeInteger(Int16(-1))
        frame.writeInteger(UInt8(0))  // no tagged fields
        guard case .ready(let answer) = try await test.connect().session.handle(frame),
            case .bytes(let bytes)? = answer.parts.first
        else {
            Issue.record("no answer")
            return
        }
        let response = try ApiVersionsResponse(decoding: bytes, version: 0)
        #expect(response.errorCode == .unsupportedVersion)
        #expect(response.apiKeys.map(\.apiKey) == [18])
    }

    @Test func producesOldVersionsAreOfferedAndRefused() async throws {
        let test = try await TestBroker()
        let offered = try await test.connect().send(ApiVersionsRequest(), version: 3)
        #expect(offered.apiKeys.first { $0.apiKey == 0 }?.minVersion == 0)
        var frame = ByteBuffer()
        for value in [Int16(0), 2] { frame.writeInteger(value) }
        frame.writeInteger(Int32(7))
        frame.writeInteger(Int16(-1))
        await #expect(throws: ConnectionClosure.self) { try await test.connect().session.handle(frame) }
    }
}
