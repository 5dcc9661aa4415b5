import CWasmtime
import Synchronization

/// Native code of a module for one engine, linked with nothing. Shared by all threads.
@safe
final class CompiledModule: @unchecked Sendable {
    // Sendable: modules and pre-linked instances may be used from every thread (wasmtime documents so), the fields never
    // change, and `deinit` has the last reference.
    let engine: WasmEngine
    private let module: OpaquePointer
    let linked: OpaquePointer

    /// Loads an artifact that `CompileChild` made. It is native code: only bytes of our own making may come here.
    init(artifact: [UInt8], engine: WasmEngine) throws(WasmRuntimeError) {
        var module: OpaquePointer?
        try unsafe EngineFailure.check(
            wasmtime_module_deserialize(engine.pointer, artifact, artifact.count, &module), "can't be loaded")
        let linker = unsafe wasmtime_linker_new(engine.pointer)
        defer { unsafe wasmtime_linker_delete(linker) }
        var linked: OpaquePointer?
        do {
            try unsafe EngineFailure.check(wasmtime_linker_instantiate_pre(linker, module, &linked), "can't be linked")
        } catch {
            unsafe wasmtime_module_delete(module)
            throw error
        }
        guard let module = unsafe module, let linked = unsafe linked else {
            throw WasmRuntimeError(.engineUnavailable, "the engine loaded nothing")
        }
        self.engine = engine
        unsafe self.module = module
        unsafe self.linked = linked
    }

    deinit {
        unsafe wasmtime_instance_pre_delete(linked)
        unsafe wasmtime_module_delete(module)
    }
}

/// A module that is admitted and can run. Immutable, shared.
public final class LoadedModule: Sendable {
    /// SHA-256 of its bytes.
    public let sha256: [UInt8]
    public let abi: GuestABI
    /// Whether it exports `sluice_init`: only then may a step have parameters.
    public let hasInit: Bool
    /// Bytes of memory that it needs before it does anything.
    public let memoryByteCount: Int
    let main: CompiledModule
    /// The module's bytes, for the second compilation.
    let source: [UInt8]
    /// How fast it is.
    let pace = ModulePace()
    /// Compiled for the fuel engine when first needed.
    let fuel = Mutex<CompiledModule?>(nil)

    init(sha256: [UInt8], abi: GuestABI, description: ModuleDescription, main: CompiledModule, source: [UInt8]) {
        self.sha256 = sha256
        self.abi = abi
        hasInit = description.function("sluice_init") != nil
        memoryByteCount = Int(clamping: description.memoryByteCount)
        self.main = main
        self.source = source
    }
}
