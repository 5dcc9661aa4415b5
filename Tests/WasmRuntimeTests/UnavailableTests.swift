import Glibc
import Synchronization
import Testing

@testable import WasmRuntime

/// Where the engine or the machine can't: an answer, never a record, never the end of the process.
@Suite struct UnavailableTests {
    /// The fuel engine's compilation fails: the batch is refused for now, after half a minute for good, until it works.
    @Test func withoutAJudgementNothingIsShown() async throws {
        let clock = Mutex<Int64>(1000)
        let works = Atomic(false)
        let fixture = Fixture(
            compile: CompileStrategy { (module, profile, _) throws(WasmRuntimeError) in
                guard profile == .main || works.load(ordering: .relaxed) else {
                    throw WasmRuntimeError(.compilerUnavailable, "no memory")
                }
                return try CompileChild.compile(module, profile)
            },
            now: { clock.withLock { $0 } })
        let limits = GuestLimits(callMs: 20, fuelPerRecord: 20_000_000)
        let plan = try await fixture.plan(Guests.actor(), limits: limits)
        let batch = Batches.decoded(["k", "l"])
        func ask() async throws -> String {
            switch try await fixture.transform(batch, plan) {
            case .done(let outcome): outcome.words().joined(separator: " ")
            case .judging: "judging"
            case .unavailable(let isLasting): isLasting ? "lasting" : "unavailable"
            }
        }
        #expect(try await ask() == "judging")
        try await fixture.runtime.settle()
        #expect(try await ask() == "unavailable")
        clock.withLock { $0 += 29_000 }
        #expect(try await ask() == "unavailable")
        clock.withLock { $0 += 2000 }
        #expect(try await ask() == "judging", "tried again")
        try await fixture.runtime.settle()
        #expect(try await ask() == "lasting")
        works.store(true, ordering: .relaxed)
        clock.withLock { $0 += 31_000 }
        #expect(try await ask() == "judging")
        try await fixture.runtime.settle()
        #expect(try await ask() == "keep fuel")
    }

    @Test func aMissingEngineIsOneClearError() async {
        await #expect(processExitsWith: .success) {
            setenv("SLUICE_WASMTIME_LIB", "/nowhere/libwasmtime.so", 1)
            do throws(WasmRuntimeError) {
                try WasmLibrary.load()
                exit(1)
            } catch {
                let isClear =
                    error.message.contains("Scripts/install-wasmtime")
                    && error.message.contains("/nowhere/libwasmtime.so: not there")
                exit(error.code == .engineMissing && isClear ? 0 : 2)
            }
        }
    }

    @Test func anotherLibraryIsRefused() async {
        await #expect(processExitsWith: .success) {
            setenv("SLUICE_WASMTIME_LIB", "/lib/x86_64-linux-gnu/libm.so.6", 1)
            if access("/lib/x86_64-linux-gnu/libm.so.6", F_OK) != 0 {
                setenv("SLUICE_WASMTIME_LIB", "/lib/aarch64-linux-gnu/libm.so.6", 1)
            }
            do throws(WasmRuntimeError) {
                try WasmLibrary.load()
                exit(1)
            } catch {
                exit(error.message.contains("it has no function") ? 0 : 2)
            }
        }
    }

    /// The engine would abort the process; the trial says so first.
    @Test func tooLittleAddressSpaceIsAnError() async {
        await #expect(processExitsWith: .success) {
            do throws(WasmRuntimeError) {
                try WasmLibrary.load()
                var limit = rlimit(rlim_cur: 8 << 30, rlim_max: 8 << 30)
                setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
                _ = try WasmEngine(slots: 8)
                exit(1)
            } catch {
                exit(error.code == .engineUnavailable && error.message.contains("address space") ? 0 : 2)
            }
        }
    }

    @Test func afterShutdownEverythingSaysSo() async throws {
        let fixture = Fixture()
        let plan = try await fixture.plan(Guests.actor())
        fixture.runtime.shutdown()
        let error = await #expect(throws: WasmRuntimeError.self) { _ = try await fixture.runtime.load([]) }
        #expect(error?.code == .shutDown)
        await #expect(throws: WasmRuntimeError.self) { _ = try await fixture.transform(Batches.decoded(["k"]), plan) }
        fixture.runtime.shutdown()
    }
}
