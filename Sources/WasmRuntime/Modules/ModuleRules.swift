/// Which modules are run, decided from their description alone.
enum ModuleRules {
    private static let noResult = FunctionType([])
    private static let i32ToI32 = FunctionType([FunctionType.i32], [FunctionType.i32])
    private static let pairToI32 = FunctionType([FunctionType.i32, FunctionType.i32], [FunctionType.i32])

    /// The module's ABI, if it is one that this broker runs and the module keeps to it. Throws `.moduleRefused`.
    static func check(_ module: ModuleDescription) throws(WasmRuntimeError) -> GuestABI {
        try checkShape(module)
        let abi = try detect(module)
        guard abi == .sluice1 else {
            throw .refused("a \(abi.rawValue) module: this version runs modules of the sluice ABI only")
        }
        try checkSluice(module)
        return abi
    }

    /// What holds for every ABI.
    private static func checkShape(_ module: ModuleDescription) throws(WasmRuntimeError) {
        guard !module.hasStart else {
            throw .refused("has a start section: export _initialize instead, it is called once before sluice_init")
        }
        guard module.memories.count <= 1 else {
            throw .refused("has \(module.memories.count) memories, one is allowed")
        }
        for memory in module.memories {
            guard !memory.isShared else { throw .refused("its memory is shared: build without threads") }
            guard !memory.is64Bit else { throw .refused("its memory is 64-bit: build for wasm32") }
            let limit = EngineLimits.memoryByteCount / EngineLimits.pageByteCount
            guard memory.minimum <= UInt64(limit) else {
                throw .refused("its memory starts with \(memory.minimum) pages, at most \(limit) (64 MiB) are allowed")
            }
        }
        guard module.tables.count <= 1 else { throw .refused("has \(module.tables.count) tables, one is allowed") }
        for elements in module.tables {
            guard elements <= UInt64(EngineLimits.tableElements) else {
                throw .refused("its table has \(elements) elements, at most \(EngineLimits.tableElements) are allowed")
            }
        }
    }

    /// The ABI that exports and imports show. The order is sluice, redpanda, fluvio; two are as bad as none.
    private static func detect(_ module: ModuleDescription) throws(WasmRuntimeError) -> GuestABI {
        var found: [GuestABI] = []
        if module.function("sluice_abi_1") != nil { found.append(.sluice1) }
        let redpanda = module.imports.filter { $0.module == Array("redpanda_transform".utf8) }.map(\.name)
        if redpanda.contains(Array("check_abi_version_2".utf8)) {
            found.append(.redpanda2)
        } else if redpanda.contains(Array("check_abi_version_1".utf8)) {
            found.append(.redpanda1)
        }
        if module.imports.contains(where: { $0.name == Array("copy_records".utf8) }) { found.append(.fluvio) }
        switch found.count {
        case 1: return found[0]
        case 0:
            throw .refused(
                "exports no sluice_abi_1, imports neither redpanda_transform.check_abi_version_1 or _2 nor copy_records: "
                    + "no ABI that sluice knows")
        default: throw .refused("is of two ABIs: " + found.map(\.rawValue).joined(separator: ", "))
        }
    }

    private static func checkSluice(_ module: ModuleDescription) throws(WasmRuntimeError) {
        if let entry = module.imports.first {
            throw .refused(
                "imports \(Text.escaped(entry.module)).\(Text.escaped(entry.name)): no ABI has it; "
                    + "sluice modules import nothing")
        }
        guard module.memoryExports.contains(Array("memory".utf8)) else {
            throw .refused("exports no memory named \"memory\"")
        }
        try require("sluice_abi_1", noResult, module)
        try require("sluice_alloc", i32ToI32, module)
        try require("sluice_transform", i32ToI32, module)
        try require("sluice_init", pairToI32, module, optional: true)
        try require("sluice_message", FunctionType([], [FunctionType.i64]), module, optional: true)
        try require("_initialize", noResult, module, optional: true)
    }

    private static func require(
        _ name: String, _ type: FunctionType, _ module: ModuleDescription, optional: Bool = false
    ) throws(WasmRuntimeError) {
        guard let found = module.function(name) else {
            if optional { return }
            throw .refused("exports no function \(name): \(type.text)")
        }
        guard found == type else { throw .refused("exports \(name): \(found.text), it must be \(type.text)") }
    }
}
