// swift-format-ignore-file: NeverForceUnwrap

import Glibc
import KafkaRecords
import Testing

@testable import WasmRuntime

/// A runtime with a folder of its own, gone with it.
final class Fixture: Sendable {
    let directory: String
    let runtime: GuestRuntime

    init(
        compile: CompileStrategy = .inProcess, threadCount: Int = 2, moduleBytesMax: Int = 4 << 20,
        now: @escaping @Sendable () -> Int64 = GuestRuntime.monotonicMs
    ) {
        directory = Self.makeDirectory()
        runtime = GuestRuntime(
            configuration: .init(
                artifactDirectory: directory, compile: compile, threadCount: threadCount,
                moduleBytesMax: moduleBytesMax, now: now))
    }

    deinit {
        runtime.shutdown()
        Self.remove(directory)
    }

    static func makeDirectory() -> String {
        var template = Array("/tmp/sluice-wasm-XXXXXX".utf8CString)
        return String(cString: mkdtemp(&template)!)
    }

    static func remove(_ directory: String) {
        guard let entries = opendir(directory) else { return }
        while let entry = readdir(entries) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            unlink("\(directory)/\(name)")
        }
        closedir(entries)
        rmdir(directory)
    }

    func plan(
        _ modules: [UInt8]..., parameters: [String: String] = [:], keepHeaders: Bool = true,
        limits: GuestLimits = GuestLimits()
    ) async throws -> ViewPlan {
        var steps: [StepPlan] = []
        for module in modules {
            steps.append(
                StepPlan(
                    module: try await runtime.load(module), parameters: parameters, keepHeaders: keepHeaders))
        }
        return ViewPlan(
            steps: steps, limits: limits, digest: ViewDigest((0..<32).map { _ in UInt8.random(in: 0...255) }))
    }

    func transform(
        _ batch: DecodedBatch, _ plan: ViewPlan, recordMax: Int = 1 << 20
    ) async throws -> TransformResult {
        let runtime = runtime
        return try await runtime.run { thread in
            runtime.transform(
                batch, plan: plan, identity: Batches.identity(of: batch), recordMax: recordMax, on: thread)
        }
    }

    /// The outcome, if need be after the judge has spoken.
    func outcome(_ batch: DecodedBatch, _ plan: ViewPlan, recordMax: Int = 1 << 20) async throws -> BatchOutcome {
        for _ in 0..<2 {
            switch try await transform(batch, plan, recordMax: recordMax) {
            case .done(let outcome): return outcome
            case .judging: try await runtime.settle()
            case .unavailable: throw WasmRuntimeError(.engineUnavailable, "unavailable")
            }
        }
        throw WasmRuntimeError(.engineUnavailable, "still judging")
    }

    /// `scrub-ssn` as `Scripts/build-guests` makes it.
    static func scrub() throws -> [UInt8] {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let path = "/\(root)/.vendor/guests/scrub-ssn.wasm"
        return try #require(PrivateFile.read(path, limit: 1 << 20), "run Scripts/build-guests first")
    }
}
