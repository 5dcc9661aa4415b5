import CSluice
import Glibc
import Synchronization
import Testing

@testable import WasmRuntime

/// Where artifacts come from and where they are kept.
@Suite struct CompilerTests {
    /// The tool beside the test program that does what `sluice compile-module` does.
    static var child: CompileStrategy {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        let folder = String(decoding: buffer[..<count], as: UTF8.self).split(separator: "/").dropLast()
        return .child(executable: "/" + folder.joined(separator: "/") + "/compile-child", arguments: [])
    }

    @Test func aRealChildCompiles() async throws {
        let fixture = Fixture(compile: Self.child)
        let plan = try await fixture.plan(Guests.actor())
        #expect(try await fixture.outcome(Batches.decoded(["k", "d"]), plan).words() == ["keep", "drop"])
    }

    @Test func theChildsRefusalIsTold() throws {
        let directory = Fixture.makeDirectory()
        defer { Fixture.remove(directory) }
        let error = #expect(throws: WasmRuntimeError.self) {
            _ = try Self.child.compile([0, 0x61, 0x73, 0x6D, 1, 0, 0, 0, 1, 9], .main, directory)
        }
        #expect(error?.code == .moduleRefused)
        #expect(error?.message.hasPrefix("does not compile") == true)
    }

    @Test func aCompilerThatCannotWorkIsNoRefusal() throws {
        let directory = Fixture.makeDirectory()
        defer { Fixture.remove(directory) }
        for program in ["/bin/false", "/nowhere/sluice"] {
            let error = #expect(throws: WasmRuntimeError.self) {
                _ = try CompileStrategy.child(executable: program).compile([0], .main, directory)
            }
            #expect(error?.code == .compilerUnavailable)
        }
    }

    @Test func aChildIsKilledWhenItsTimeIsOver() {
        var status: Int32 = 0
        let words: [UnsafePointer<CChar>?] =
            ["/bin/sleep", "1000"].map { (word: String) in UnsafePointer(strdup(word)) } + [nil]
        #expect(sluice_run_child("/bin/sleep", words, 50, &status) == ETIMEDOUT)
        #expect(status & 0x7F == SIGKILL)
    }

    @Test func anArtifactIsMadeOnce() async throws {
        let directory = Fixture.makeDirectory()
        defer { Fixture.remove(directory) }
        let count = Counter()
        let strategy = CompileStrategy { (module, profile, _) throws(WasmRuntimeError) in
            count.increment()
            return try CompileChild.compile(module, profile)
        }
        let module = try Guests.actor()
        for _ in 0..<3 {
            let runtime = GuestRuntime(configuration: .init(artifactDirectory: directory, compile: strategy))
            _ = try await runtime.admit(module)
            runtime.shutdown()
        }
        #expect(count.value == 1)
        var status = stat()
        #expect(stat(directory, &status) == 0 && status.st_mode & 0o777 == 0o700)

        // A flipped bit: as if it weren't there.
        let store = try ArtifactStore(directory: directory)
        let name = "\(directory)/\(hexadecimal(sha256(module)))-\(EngineProfile.main.fingerprint).artifact"
        var file = try #require(PrivateFile.read(name, limit: 1 << 24))
        file[file.count / 2] ^= 1
        #expect(PrivateFile.write(file, to: name))
        #expect(store.load(sha256(module), .main) == nil)
        let runtime = GuestRuntime(configuration: .init(artifactDirectory: directory, compile: strategy))
        _ = try await runtime.admit(module)
        runtime.shutdown()
        #expect(count.value == 2)
    }

    @Test func aFolderOfSomebodyElseIsRefused() {
        #expect(throws: WasmRuntimeError.self) { _ = try ArtifactStore(directory: "/proc/self") }
        #expect(throws: WasmRuntimeError.self) { _ = try ArtifactStore(directory: "/nowhere/at/all") }
    }

    /// Each configuration makes an engine: a wrong one would abort the process.
    @Test func everyConfigurationWorks() throws {
        for profile in EngineProfile.allCases {
            _ = try WasmEngine(onDemand: profile)
        }
        _ = try WasmEngine(slots: 33)
    }

    /// The layouts that guests are compiled against.
    @Test func layouts() {
        #expect(MemoryLayout<SluiceABI.Header>.size == SluiceABI.Header.byteCount)
        #expect(MemoryLayout<SluiceABI.Entry>.size == SluiceABI.Entry.byteCount)
        #expect(MemoryLayout<SluiceABI.Entry>.offset(of: \.verdict) == 40)
        #expect(MemoryLayout<SluiceABI.Entry>.offset(of: \.headerCount) == 52)
        #expect(MemoryLayout<SluiceABI.Header>.offset(of: \.baseOffset) == 24)
    }
}

final class Counter: Sendable {
    private let count = Atomic(0)
    var value: Int { count.load(ordering: .relaxed) }
    func increment() { count.wrappingAdd(1, ordering: .relaxed) }
}
