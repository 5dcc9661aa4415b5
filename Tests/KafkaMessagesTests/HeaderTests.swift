import NIOCore
import Testing

@testable import KafkaMessages

@Suite struct HeaderTests {
    @Test(arguments: [
        (ApiKey.produce, Int16(8), Int16(1)), (.produce, 9, 2), (.fetch, 11, 1), (.fetch, 12, 2), (.metadata, 8, 1),
        (.metadata, 9, 2), (.offsetFetch, 5, 1), (.offsetFetch, 6, 2), (.apiVersions, 2, 1), (.apiVersions, 3, 2),
        (.controlledShutdown, 0, 0), (.controlledShutdown, 1, 1),
    ])
    func requestHeaderVersions(_ key: ApiKey, _ version: Int16, _ header: Int16) {
        #expect(RequestHeader.version(apiKeyNumber: key.rawValue, apiVersion: version) == header)
    }

    /// KIP-511: a client that speaks a version that we don't have must be answered, so its header must be read.
    @Test func apiVersionsOfTheFutureHasAFlexibleHeader() throws {
        #expect(RequestHeader.version(apiKeyNumber: 18, apiVersion: 99) == 2)
        #expect(SupportedApis.find(.apiVersions)?.versions.contains(99) == false)
    }

    @Test func unknownKeysHaveAHeader() throws {
        let frame = ByteBuffer(bytes: [0x7F, 0xFF, 0x7F, 0xFF, 0, 0, 0, 9, 0, 1, 0x61])
        var reader = WireReader(frame)
        let header = try RequestHeader(from: &reader)
        #expect(header.apiKey == nil)
        #expect(header.apiKeyNumber == Int16.max)
        #expect(header.correlationId == 9)
        #expect(header.clientId == "a")
    }

    @Test func negativeKeysAndVersionsAreNoTrap() throws {
        let frame = ByteBuffer(bytes: [0x80, 0, 0x80, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF])
        var reader = WireReader(frame)
        let header = try RequestHeader(from: &reader)
        #expect(header.apiKeyNumber == Int16.min)
        #expect(header.clientId == nil)
    }

    /// The client id is a classic string in header v2 too, and unknown tags after it are skipped.
    @Test func flexibleRequestHeader() throws {
        let bytes: [UInt8] = [0, 18, 0, 3, 0, 0, 0, 1, 0, 2, 0x61, 0x62, 1, 5, 2, 9, 9, 0xEE]
        let frame = ByteBuffer(bytes: bytes)
        var reader = WireReader(frame)
        let header = try RequestHeader(from: &reader)
        #expect(header.apiKey == .apiVersions)
        #expect(header.clientId == "ab")
        #expect(reader.remainingByteCount == 1)
    }

    /// A client.id that isn't UTF-8 is a claim that matches nothing, and no reason to hang up.
    @Test func clientIdThatIsNotUTF8IsRepaired() throws {
        let frame = ByteBuffer(bytes: [0, 12, 0, 0, 0, 0, 0, 1, 0, 2, 0x61, 0xE4])
        var reader = WireReader(frame)
        #expect(try RequestHeader(from: &reader).clientId == "a\u{FFFD}")
    }

    @Test(arguments: 0..<17)
    func truncatedHeadersAreErrors(_ length: Int) {
        let bytes: [UInt8] = [0, 18, 0, 3, 0, 0, 0, 1, 0, 2, 0x61, 0x62, 1, 5, 2, 9, 9]
        let frame = ByteBuffer(bytes: bytes[..<length])
        #expect(throws: WireError.self) {
            var reader = WireReader(frame)
            _ = try RequestHeader(from: &reader)
        }
    }

    /// An ApiVersions answer has response header v0 whatever its version; others v1 where flexible.
    @Test(arguments: [
        (ApiKey.apiVersions, Int16(0), Int16(0)), (.apiVersions, 3, 0), (.apiVersions, 4, 0), (.apiVersions, 99, 0),
        (.produce, 8, 0), (.produce, 9, 1), (.fetch, 11, 0), (.fetch, 12, 1), (.heartbeat, 3, 0), (.heartbeat, 4, 1),
    ])
    func responseHeaderVersions(_ key: ApiKey, _ version: Int16, _ header: Int16) {
        #expect(ResponseHeader.version(apiKey: key, apiVersion: version) == header)
    }

    @Test func responsesRoundTripWithTheirHeader() throws {
        var response = HeartbeatResponse()
        response.errorCode = .rebalanceInProgress
        for version in HeartbeatResponse.versions {
            let frame = joined(try response.encode(version: version, correlationId: 77))
            #expect(frame.getInteger(at: 0, as: Int32.self) == 77)
            #expect(try HeartbeatResponse(decoding: frame, version: version).errorCode == .rebalanceInProgress)
        }
    }

    @Test func requestsBeginWithTheirHeader() throws {
        let frame = joined(try HeartbeatRequest().encode(version: 4, correlationId: 7, clientId: "me"))
        var reader = WireReader(frame)
        let header = try RequestHeader(from: &reader)
        #expect(header.apiKey == .heartbeat)
        #expect(header.apiVersion == 4)
        #expect(header.clientId == "me")
        _ = try HeartbeatRequest(from: &reader, version: header.apiVersion)
        #expect(reader.remainingByteCount == 0)
    }
}
