import CWasmtime
import Glibc
import Synchronization

/// One wasmtime engine. Shared by all threads, as are the modules made with it.
@safe
final class WasmEngine: @unchecked Sendable {
    // Sendable: the engine may be used from every thread (wasmtime documents so), the fields never change, and `deinit` has
    // the last reference.
    let profile: EngineProfile
    let pointer: OpaquePointer
    /// Instances made with it, for metrics.
    let instanceCount = Atomic<Int>(0)

    /// An engine that takes memory for each instance as it comes. Needs no address space in advance.
    init(onDemand profile: EngineProfile) throws(WasmRuntimeError) {
        try WasmLibrary.load()
        self.profile = profile
        guard let made = unsafe wasm_engine_new_with_config(profile.makeConfig()) else {
            throw WasmRuntimeError(.engineUnavailable, "the Wasm engine refused its configuration")
        }
        unsafe pointer = made
    }

    /// The main engine with room for `slots` instances at once, each of which lies in memory that the last one left
    /// zeroed. Reserves about 4.2 GiB of address space a slot, none of it resident.
    init(slots: Int) throws(WasmRuntimeError) {
        try WasmLibrary.load()
        try Self.tryAddressSpace(slots: slots)
        profile = .main
        let config = unsafe EngineProfile.main.makeConfig()
        let pool = unsafe wasmtime_pooling_allocation_config_new()
        unsafe wasmtime_pooling_allocation_config_total_core_instances_set(pool, UInt32(slots))
        unsafe wasmtime_pooling_allocation_config_total_memories_set(pool, UInt32(slots))
        unsafe wasmtime_pooling_allocation_config_total_tables_set(pool, UInt32(slots))
        // Stacks are for asynchronous calls, which we don't make; a thousand of them would be mapped in advance.
        unsafe wasmtime_pooling_allocation_config_total_stacks_set(pool, 0)
        unsafe wasmtime_pooling_allocation_config_total_gc_heaps_set(pool, 0)
        unsafe wasmtime_pooling_allocation_config_max_memories_per_module_set(pool, 1)
        unsafe wasmtime_pooling_allocation_config_max_tables_per_module_set(pool, 1)
        unsafe wasmtime_pooling_allocation_config_table_elements_set(pool, EngineLimits.tableElements)
        unsafe wasmtime_pooling_allocation_config_max_memory_size_set(pool, EngineLimits.memoryByteCount)
        unsafe wasmtime_pooling_allocation_config_linear_memory_keep_resident_set(pool, EngineLimits.keepResident)
        unsafe wasmtime_pooling_allocation_config_table_keep_resident_set(pool, EngineLimits.tableKeepResident)
        unsafe wasmtime_pooling_allocation_strategy_set(config, pool)
        unsafe wasmtime_pooling_allocation_config_delete(pool)
        guard let made = unsafe wasm_engine_new_with_config(config) else {
            throw WasmRuntimeError(.engineUnavailable, "the Wasm engine refused its configuration")
        }
        unsafe pointer = made
    }

    deinit {
        unsafe wasm_engine_delete(pointer)
    }

    /// A tick of the clock that call deadlines are counted in.
    func incrementEpoch() {
        unsafe wasmtime_engine_increment_epoch(pointer)
    }

    /// The engine aborts the process where it can't reserve its pool, so reserve as much and let go of it first.
    private static func tryAddressSpace(slots: Int) throws(WasmRuntimeError) {
        let byteCount = slots * (4 << 30 + 512 << 20)
        let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
        let trial = unsafe mmap(nil, byteCount, PROT_NONE, flags, -1, 0)
        guard let trial = unsafe trial, UInt(bitPattern: trial) != UInt.max else {
            throw WasmRuntimeError(
                .engineUnavailable,
                "the Wasm engine needs \(byteCount >> 30) GiB of address space (none of it used): raise ulimit -v")
        }
        unsafe munmap(trial, byteCount)
    }
}

extension WasmEngine {
    /// Throws `.moduleRefused` if `module` isn't valid, or uses features that are off. Cheap and safe, unlike compiling.
    func validate(_ module: [UInt8]) throws(WasmRuntimeError) {
        try unsafe EngineFailure.check(
            wasmtime_module_validate(pointer, module, module.count), "not a valid module for sluice")
    }
}
