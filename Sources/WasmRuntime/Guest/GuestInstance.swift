import CWasmtime
import Synchronization

/// Why a call gave no answer.
enum GuestFault: Error {
    /// The call failed because of what it was given.
    case fault(FailureClass)
    /// The deadline passed: says nothing about the records.
    case interrupted
    /// `sluice_init` or `_initialize` failed: no record can be tried. The text is the module's own.
    case initFailed(FailureClass, Int32, text: [UInt8])
    /// No instance could be had: the machine's trouble.
    case unavailable
}

/// One instance of a module in a store of its own. Lives for one call's worth of records, so that nothing goes from one to the
/// next. Belongs to one thread; a batch is in its memory from `begin` on.
@safe
struct GuestInstance: ~Copyable {
    private let store: OpaquePointer
    private let context: OpaquePointer
    private var instance: wasmtime_instance_t
    private var memory: wasmtime_memory_t
    private let profile: EngineProfile
    private let limits: GuestLimits

    /// Instantiates `module` under `limits`. Runs no export.
    init(_ module: CompiledModule, limits: GuestLimits) throws(GuestFault) {
        guard let store = unsafe wasmtime_store_new(module.engine.pointer, nil, nil) else {
            preconditionFailure("the engine aborts where it has no memory, it returns no null")
        }
        unsafe self.store = store
        unsafe context = wasmtime_store_context(store)
        module.engine.instanceCount.wrappingAdd(1, ordering: .relaxed)
        profile = module.engine.profile
        self.limits = limits
        instance = wasmtime_instance_t()
        memory = wasmtime_memory_t()
        let memoryLimit = Int64(min(limits.memoryBytes, EngineLimits.memoryByteCount))
        unsafe wasmtime_store_limiter(store, memoryLimit, Int64(EngineLimits.tableElements), 1, 1, 1)
        try arm()
        var trap: OpaquePointer?
        if let error = unsafe wasmtime_instance_pre_instantiate(module.linked, context, &instance, &trap) {
            unsafe wasmtime_error_delete(error)
            throw .unavailable
        }
        try unsafe Self.check(trap)
        var found = unsafe wasmtime_extern_t()
        guard unsafe wasmtime_instance_export_get(context, &instance, "memory", 6, &found), unsafe found.kind == 3
        else {
            throw .unavailable
        }
        unsafe memory = found.of.memory
    }

    deinit {
        unsafe wasmtime_store_delete(store)
    }

    /// Calls what a module may want called before it sees records, and gives it its parameters. Returns the buffer, of at
    /// least `byteCount` bytes; parameters lie there only until the batch is written over them.
    mutating func begin(parameters: [UInt8]?, byteCount: Int) throws(GuestFault) -> Int {
        if let initialize = unsafe function("_initialize") {
            do { _ = try unsafe call(initialize, [], hasResult: false) } catch .fault(let failure) {
                throw .initFailed(failure, 0, text: [])
            }
        }
        let buffer = try allocate(max(byteCount, parameters?.count ?? 0))
        guard let parameters, let initialize = unsafe function("sluice_init") else { return buffer }
        unsafe UnsafeMutableRawBufferPointer(rebasing: bytes()[buffer..<buffer + parameters.count])
            .copyBytes(from: parameters)
        let answer: Int32
        do {
            answer = try unsafe call(initialize, [Int32(truncatingIfNeeded: buffer), Int32(parameters.count)])
        } catch .fault(let failure) {
            throw .initFailed(failure, 0, text: [])
        }
        guard answer == 0 else { throw .initFailed(.moduleError, answer, text: try message()) }
        return buffer
    }

    /// Calls `sluice_transform` for the batch at `batch`.
    mutating func transform(_ batch: Int) throws(GuestFault) {
        guard let transform = unsafe function("sluice_transform") else { throw .unavailable }
        let answer = try unsafe call(transform, [Int32(truncatingIfNeeded: batch)])
        guard answer == 0 else { throw .fault(.moduleError) }
    }

    /// What the last call has left of its fuel; on the fuel engine only.
    var fuelLeft: UInt64 {
        var left: UInt64 = 0
        if let error = unsafe wasmtime_context_get_fuel(context, &left) { unsafe wasmtime_error_delete(error) }
        return left
    }

    /// The memory as it is now. Good until the next call: it may move when it grows.
    func bytes() -> UnsafeMutableRawBufferPointer {
        var memory = memory
        let start = unsafe wasmtime_memory_data(context, &memory)
        let count = unsafe wasmtime_memory_data_size(context, &memory)
        return unsafe UnsafeMutableRawBufferPointer(start: start, count: count)
    }

    /// A buffer of `byteCount` bytes that lies in the memory and is 16-aligned.
    private mutating func allocate(_ byteCount: Int) throws(GuestFault) -> Int {
        guard byteCount <= EngineLimits.memoryByteCount, let alloc = unsafe function("sluice_alloc") else {
            throw .fault(.memory)
        }
        let answer = try unsafe call(alloc, [Int32(byteCount)])
        let start = Int(UInt32(bitPattern: answer))
        guard start != 0 else { throw .fault(.memory) }
        guard start % 16 == 0, unsafe start + byteCount <= bytes().count else { throw .fault(.invalidOutput) }
        return start
    }

    /// What the module says of a failed `sluice_init`; at most 200 bytes.
    private mutating func message() throws(GuestFault) -> [UInt8] {
        guard let message = unsafe function("sluice_message") else { return [] }
        let answer: Int64
        do { answer = try unsafe call64(message, []) } catch .fault { return [] }
        let start = Int(UInt64(bitPattern: answer) >> 32)
        let count = min(200, Int(UInt64(bitPattern: answer) & 0xFFFF_FFFF))
        let memory = unsafe bytes()
        guard start + count <= memory.count else { return [] }
        return unsafe [UInt8](memory[start..<start + count])
    }

    /// The export of that name. Its type has been compared when the module was admitted.
    private mutating func function(_ name: StaticString) -> wasmtime_func_t? {
        var found = unsafe wasmtime_extern_t()
        let text = unsafe UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self)
        guard unsafe wasmtime_instance_export_get(context, &instance, text, name.utf8CodeUnitCount, &found),
            unsafe found.kind == 0
        else { return nil }
        return unsafe found.of.func
    }

    private mutating func call(
        _ function: wasmtime_func_t, _ arguments: [Int32], hasResult: Bool = true
    ) throws(GuestFault) -> Int32 {
        Int32(truncatingIfNeeded: try unsafe call64(function, arguments, hasResult: hasResult))
    }

    /// One call into the guest: deadline or fuel set anew, arguments i32, no or one integer as result.
    private mutating func call64(
        _ function: wasmtime_func_t, _ arguments: [Int32], hasResult: Bool = true
    ) throws(GuestFault) -> Int64 {
        try arm()
        var function = unsafe function
        var values = arguments.map { argument in
            var value = wasmtime_val_t()
            value.kind = 0
            unsafe value.of.i32 = argument
            return value
        }
        var result = wasmtime_val_t()
        var trap: OpaquePointer?
        let error = unsafe wasmtime_func_call(
            context, &function, &values, values.count, &result, hasResult ? 1 : 0, &trap)
        if let error = unsafe error {
            unsafe wasmtime_error_delete(error)
            throw .fault(.trap)
        }
        try unsafe Self.check(trap)
        return unsafe result.kind == 1 ? result.of.i64 : Int64(result.of.i32)
    }

    private func arm() throws(GuestFault) {
        switch profile {
        case .main:
            let ticks = max(2, (Int64(limits.callMs) + EngineLimits.tickMs - 1) / EngineLimits.tickMs)
            unsafe wasmtime_context_set_epoch_deadline(context, UInt64(ticks))
        case .fuel:
            if let error = unsafe wasmtime_context_set_fuel(context, limits.fuelPerRecord) {
                unsafe wasmtime_error_delete(error)
                throw .unavailable
            }
        }
    }

    /// Throws what `trap` means, if there is one; consumes it.
    private static func check(_ trap: OpaquePointer?) throws(GuestFault) {
        guard let trap = unsafe trap else { return }
        defer { unsafe wasm_trap_delete(trap) }
        var code: UInt8 = 0
        guard unsafe wasmtime_trap_code(trap, &code) else { throw .fault(.trap) }
        switch code {
        case 10: throw .interrupted
        case 11: throw .fault(.fuel)
        default: throw .fault(.trap)
        }
    }
}
