import CSluice
import CWasmtime
import Glibc

/// The compiler's own process. A module can make the compiler take minutes and gigabytes, and a compilation that runs can't be
/// stopped, so it runs where it can be killed: the program starts itself again with `compile-module`.
public enum CompileChild {
    /// The limits of the child.
    static let cpuSeconds: UInt64 = 30
    static let addressSpace: UInt64 = 1_500_000_000
    static let wallMs: Int64 = 60_000

    /// Exit codes besides 0.
    static let refused: Int32 = 1
    static let broken: Int32 = 2

    /// What the command does: `PROFILE IN OUT` compiles the module in file IN (`main` or `fuel`) and writes the artifact to OUT.
    /// Where the compiler refuses the module it exits with 1 and writes its reason to OUT. 2: it couldn't work at all.
    public static func main(arguments: [String]) -> Int32 {
        guard arguments.count == 3, let profile = EngineProfile.allCases.first(where: { "\($0)" == arguments[0] }),
            sluice_limit_self(cpuSeconds, addressSpace) == 0,
            let module = PrivateFile.read(arguments[1], limit: ArtifactStore.byteCountMax)
        else { return broken }
        do {
            let artifact = try compile(module, profile)
            return PrivateFile.write(artifact, to: arguments[2]) ? 0 : broken
        } catch {
            guard error.code == .moduleRefused else { return broken }
            return PrivateFile.write(Array(error.message.utf8), to: arguments[2]) ? refused : broken
        }
    }

    /// Compiles in this process.
    static func compile(_ module: [UInt8], _ profile: EngineProfile) throws(WasmRuntimeError) -> [UInt8] {
        let engine = try WasmEngine(onDemand: profile)
        var compiled: OpaquePointer?
        try unsafe EngineFailure.check(
            wasmtime_module_new(engine.pointer, module, module.count, &compiled), "does not compile")
        defer { unsafe wasmtime_module_delete(compiled) }
        var bytes = unsafe wasm_byte_vec_t()
        try unsafe EngineFailure.check(wasmtime_module_serialize(compiled, &bytes), "can't be kept")
        defer { unsafe wasm_byte_vec_delete(&bytes) }
        return unsafe [UInt8](UnsafeBufferPointer(start: bytes.data, count: bytes.size))
    }
}

/// Texts of the engine.
enum EngineFailure {
    /// Throws `.moduleRefused` with the last line of the engine's text if `error` is one; consumes it.
    static func check(_ error: OpaquePointer?, _ what: String) throws(WasmRuntimeError) {
        guard let error = unsafe error else { return }
        throw .refused("\(what): \(unsafe take(error))")
    }

    /// The last line of the message, escaped and shortened. Deletes `error`.
    static func take(_ error: OpaquePointer) -> String {
        var message = unsafe wasm_byte_vec_t()
        unsafe wasmtime_error_message(error, &message)
        defer {
            unsafe wasm_byte_vec_delete(&message)
            unsafe wasmtime_error_delete(error)
        }
        let bytes = unsafe UnsafeBufferPointer(start: message.data, count: message.size)
        let lines = unsafe bytes.split(separator: UInt8(ascii: "\n"))
        guard let last = unsafe lines.last else { return "no reason given" }
        return unsafe Text.escaped(last, limit: 140)
    }
}
