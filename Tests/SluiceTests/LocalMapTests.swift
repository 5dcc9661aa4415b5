import KafkaClient
import Testing
import WasmRuntime

@testable import sluice

@Suite struct LocalMapTests {
    private func scrub() throws -> [UInt8] {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        do {
            return try FileReader.read("/\(root)/.vendor/guests/scrub-ssn.wasm", bytesMax: 1 << 20)
        } catch {
            Issue.record("run Scripts/build-guests first: \(error)")
            throw error
        }
    }

    private func record(_ value: [UInt8], offset: Int64 = 0) -> ConsumedRecord {
        ConsumedRecord(
            topic: "t", partition: 0, offset: offset, timestamp: 1, key: Array("k".utf8), value: value,
            headers: [(key: "h", value: [1])])
    }

    @Test func narrowsWhatTheReaderWasSent() async throws {
        let map = try await LocalMap(module: scrub(), parameters: [], compile: .inProcess)
        defer { map.close() }
        let values = (0..<1200).map { "id \($0) 123-45-6789" }
        let mapped = try await map.map(values.enumerated().map { record(Array($1.utf8), offset: Int64($0)) })
        #expect(mapped.count == 1200)
        #expect(mapped.map(\.offset) == (0..<1200).map(Int64.init))
        #expect(
            mapped.map { String(decoding: $0.value ?? [], as: UTF8.self) } == (0..<1200).map { "id \($0) ***-**-****" })
        #expect(mapped.allSatisfy { $0.key == Array("k".utf8) && $0.headers.map(\.key) == ["h"] })
    }

    @Test func stopsAtWhatTheModuleCannotTake() async throws {
        let map = try await LocalMap(module: scrub(), parameters: [], compile: .inProcess)
        defer { map.close() }
        let error = await #expect(throws: CommandFailure.self) {
            try await map.map([record(Array("fine".utf8)), record([0xff, 0xfe], offset: 7)])
        }
        #expect(error?.message == "--map: the module fails on t-0 offset 7: module_error")
    }

    @Test func whatIsNoModuleIsRefused() async throws {
        let error = await #expect(throws: CommandFailure.self) {
            try await LocalMap(module: [0, 1, 2, 3], parameters: [], compile: .inProcess)
        }
        #expect(error?.status == .refused)
        let parameters = await #expect(throws: CommandFailure.self) {
            try await LocalMap(module: scrub(), parameters: [("mask", "x")], compile: .inProcess)
        }
        #expect(parameters?.message.contains("takes no parameters") == true)
    }
}
