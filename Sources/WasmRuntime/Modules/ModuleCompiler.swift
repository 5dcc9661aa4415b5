import CSluice
import Glibc

/// Who turns a module into an artifact.
public struct CompileStrategy: Sendable {
    /// Blocks its thread. Throws `.moduleRefused`, or `.compilerUnavailable` where it is the machine's trouble. The folder is
    /// for files in passing.
    let compile: @Sendable (_ module: [UInt8], EngineProfile, _ folder: String) throws(WasmRuntimeError) -> [UInt8]

    init(
        _ compile: @escaping @Sendable ([UInt8], EngineProfile, String) throws(WasmRuntimeError) -> [UInt8]
    ) {
        self.compile = compile
    }

    /// A child process: `executable arguments… PROFILE IN OUT` must call `CompileChild.main` with the last three.
    public static func child(executable: String, arguments: [String] = ["compile-module"]) -> CompileStrategy {
        CompileStrategy { (module, profile, folder) throws(WasmRuntimeError) in
            try compileInChild(module, profile, folder, [executable] + arguments)
        }
    }

    /// In this process, without limits: for tests and for modules that one has written oneself.
    public static let inProcess = CompileStrategy { (module, profile, _) throws(WasmRuntimeError) in
        try CompileChild.compile(module, profile)
    }

    private static func compileInChild(
        _ module: [UInt8], _ profile: EngineProfile, _ folder: String, _ command: [String]
    ) throws(WasmRuntimeError) -> [UInt8] {
        let input = "\(folder)/compile-\(getpid()).in"
        let output = "\(folder)/compile-\(getpid()).out"
        defer {
            unsafe unlink(input)
            unsafe unlink(output)
        }
        unsafe unlink(output)
        guard PrivateFile.write(module, to: input) else {
            throw WasmRuntimeError(.compilerUnavailable, "can't write to \(folder)")
        }
        var status: Int32 = 0
        let failed = run(command + ["\(profile)", input, output], &status)
        if failed == ETIMEDOUT { throw .refused("compile took more than \(CompileChild.wallMs / 1000) s") }
        guard failed == 0 else {
            throw WasmRuntimeError(.compilerUnavailable, "can't run the compiler (errno \(failed))")
        }
        if let signal = signal(of: status) {
            // The compiler aborts where memory ends; its processor time ends with a signal of its own.
            if signal == SIGXCPU || signal == SIGKILL {
                throw .refused("compile took more than \(CompileChild.cpuSeconds) s of CPU")
            }
            throw .refused("compile needs more than \(CompileChild.addressSpace / 1_000_000) MB, or crashed")
        }
        let code = (status >> 8) & 0xFF
        guard code == 0 || code == CompileChild.refused,
            let result = PrivateFile.read(output, limit: ArtifactStore.byteCountMax)
        else { throw WasmRuntimeError(.compilerUnavailable, "the compiler could not work (exit code \(code))") }
        guard code == 0 else { throw .refused(Text.escaped(result, limit: 200)) }
        return result
    }

    private static func signal(of status: Int32) -> Int32? { status & 0x7F == 0 ? nil : status & 0x7F }

    private static func run(_ command: [String], _ status: inout Int32) -> Int32 {
        var arguments: [UnsafePointer<CChar>?] = unsafe command.map { unsafe UnsafePointer(strdup($0)) }
        defer { unsafe arguments.forEach { unsafe free(UnsafeMutablePointer(mutating: $0)) } }
        unsafe arguments.append(nil)
        return unsafe sluice_run_child(command[0], &arguments, CompileChild.wallMs, &status)
    }
}
