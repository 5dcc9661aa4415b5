import CWasmtime

/// The two ways in which a module is compiled and run. Epochs protect, fuel judges: see `StepRunner`.
public enum EngineProfile: UInt8, Sendable, CaseIterable {
    /// A deadline interrupts; every batch runs here first.
    case main
    /// Work is counted, time is not: for a record that was interrupted.
    case fuel

    /// Bytes of native stack that a guest may use. A thread that runs guests must have more: see `GuestThreads`.
    var stackByteCount: Int {
        switch self {
        case .main: 256 * 1024
        case .fuel: 512 * 1024
        }
    }

    /// The name under which artifacts of this configuration are kept. Raise it with every change below.
    var fingerprint: String { "\(WasmLibrary.version)-c1-\(self)" }

    /// A new configuration; `wasm_engine_new_with_config` takes it over. Wrong values abort the process there, so they are
    /// constants and each combination is made in a test.
    ///
    /// The pool is left to the caller: a child under a limit of address space compiles without it, all else equal.
    func makeConfig() -> OpaquePointer {
        guard let config = unsafe wasm_config_new() else {
            preconditionFailure("the engine aborts where it has no memory, it returns no null")
        }
        unsafe wasmtime_config_epoch_interruption_set(config, self == .main)
        unsafe wasmtime_config_consume_fuel_set(config, self == .fuel)
        unsafe wasmtime_config_max_wasm_stack_set(config, stackByteCount)

        // What would let two runs differ, or is surface that nobody needs.
        unsafe wasmtime_config_wasm_threads_set(config, false)
        unsafe wasmtime_config_shared_memory_set(config, false)
        unsafe wasmtime_config_wasm_relaxed_simd_set(config, false)
        unsafe wasmtime_config_wasm_tail_call_set(config, false)
        unsafe wasmtime_config_wasm_function_references_set(config, false)
        unsafe wasmtime_config_wasm_gc_set(config, false)
        unsafe wasmtime_config_wasm_exceptions_set(config, false)
        unsafe wasmtime_config_wasm_multi_memory_set(config, false)
        unsafe wasmtime_config_wasm_memory64_set(config, false)
        unsafe wasmtime_config_wasm_wide_arithmetic_set(config, false)
        unsafe wasmtime_config_wasm_custom_page_sizes_set(config, false)
        unsafe wasmtime_config_wasm_stack_switching_set(config, false)
        unsafe wasmtime_config_wasm_component_model_set(config, false)
        unsafe wasmtime_config_concurrency_support_set(config, false)

        // Reference types only for the wide table index of call_indirect that Embedded Swift emits; without the collector
        // externref is refused.
        unsafe wasmtime_config_wasm_reference_types_set(config, true)
        unsafe wasmtime_config_gc_support_set(config, false)
        unsafe wasmtime_config_wasm_simd_set(config, true)
        unsafe wasmtime_config_wasm_bulk_memory_set(config, true)
        unsafe wasmtime_config_wasm_multi_value_set(config, true)
        unsafe wasmtime_config_cranelift_nan_canonicalization_set(config, true)

        unsafe wasmtime_config_strategy_set(config, 1)  // Cranelift
        unsafe wasmtime_config_cranelift_opt_level_set(config, 1)  // speed
        unsafe wasmtime_config_cranelift_regalloc_algorithm_set(config, 0)  // backtracking: 2.3 times the single pass
        unsafe wasmtime_config_parallel_compilation_set(config, false)
        unsafe wasmtime_config_memory_init_cow_set(config, true)
        unsafe wasmtime_config_signals_based_traps_set(config, true)
        return unsafe config
    }
}

/// Sizes that hold for every module, whatever its view says.
enum EngineLimits {
    static let pageByteCount = 65_536
    static let memoryByteCount = 64 << 20
    static let tableElements = 10_000
    /// Bytes of a slot's memory that are zeroed by hand and stay mapped: no page faults in the next batch.
    static let keepResident = 1 << 20
    /// The same of its table: a pointer an element. Else each batch ends with a call of the kernel for a page or two, a page
    /// fault in the next one, and an interrupt of the other processors.
    static let tableKeepResident = 1 << 17
    /// The epoch's period.
    static let tickMs: Int64 = 5
}
