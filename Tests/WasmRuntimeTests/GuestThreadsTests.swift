import Testing

@testable import WasmRuntime

@Suite struct GuestThreadsTests {
    @Test func workComesBack() async throws {
        let threads = try GuestThreads(name: "test", count: 3, queueLimit: 100)
        let sum = try await withThrowingTaskGroup(of: Int.self) { group in
            for index in 0..<50 { group.addTask { try await threads.run { _ in index } } }
            var sum = 0
            for try await value in group { sum += value }
            return sum
        }
        #expect(sum == 1225)
        threads.shutdown()
    }

    /// One thread is held, one job waits, the next is refused.
    @Test func aFullQueueIsBusy() async throws {
        let threads = try GuestThreads(name: "test", count: 1, queueLimit: 1)
        let started = Semaphore()
        let gate = Semaphore()
        threads.post { _ in
            started.signal()
            gate.wait()
        } orElse: { _ in
        }
        started.wait()
        threads.post { _ in
        } orElse: { _ in
        }
        let error = await #expect(throws: WasmRuntimeError.self) { try await threads.run { _ in } }
        #expect(error?.code == .busy)
        gate.signal()
        threads.shutdown()
    }

    @Test func aCancelledTaskDoesNotRun() async throws {
        let threads = try GuestThreads(name: "test", count: 1, queueLimit: 10)
        let started = Semaphore()
        let gate = Semaphore()
        let ran = Counter()
        threads.post { _ in
            started.signal()
            gate.wait()
        } orElse: { _ in
        }
        started.wait()
        let task = Task { try await threads.run { _ in ran.increment() } }
        task.cancel()
        await #expect(throws: WasmRuntimeError.self) { try await task.value }
        gate.signal()
        try await threads.run { _ in }
        #expect(ran.value == 0)
        threads.shutdown()
    }

    @Test func shutdownFailsWhatWaits() async throws {
        let threads = try GuestThreads(name: "test", count: 1, queueLimit: 10)
        let started = Semaphore()
        let gate = Semaphore()
        let failed = Counter()
        threads.post { _ in
            started.signal()
            gate.wait()
        } orElse: { _ in
        }
        started.wait()
        threads.post { _ in
        } orElse: { error in
            if error.code == .shutDown { failed.increment() }
            gate.signal()
        }
        threads.shutdown()
        #expect(failed.value == 1)
        let error = await #expect(throws: WasmRuntimeError.self) { try await threads.run { _ in } }
        #expect(error?.code == .shutDown)
    }

    /// A guest may use all of the stack that either engine allows, and no more: a trap, not a crash.
    @Test(arguments: EngineProfile.allCases)
    func stackIsLargeEnough(profile: EngineProfile) async throws {
        #expect(profile.stackByteCount < NativeThread.stackByteCount / 2)
        let module = try Guests.assemble(
            """
            (module (memory (export "memory") 1) (func $f (export "_initialize") (call $f) (call $f)))
            """)
        let artifact = try CompileChild.compile(module, profile)
        let compiled = try CompiledModule(artifact: artifact, engine: WasmEngine(onDemand: profile))
        let threads = try GuestThreads(name: "test", count: 1, queueLimit: 10)
        let text = try await threads.run { _ in
            do throws(GuestFault) {
                var instance = try GuestInstance(compiled, limits: GuestLimits())
                return "\(try instance.begin(parameters: nil, byteCount: 16))"
            } catch {
                return "\(error)"
            }
        }
        #expect(text.contains("trap"))
        threads.shutdown()
    }
}
