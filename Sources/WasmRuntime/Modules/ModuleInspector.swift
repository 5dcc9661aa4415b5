import KafkaRecords

/// Reads what it needs from the sections of a Wasm binary; runs nothing and trusts nothing. Whether the rest of the module is
/// valid is the engine's to say, later.
///
/// Source: WebAssembly Core Specification 2.0, "Binary Format: Modules".
struct ModuleInspector: ~Escapable {
    private var reader: WasmReader
    private var types: [FunctionType?] = []
    /// Type index of each function, imported ones first.
    private var functions: [UInt32] = []
    private var description = ModuleDescription()

    /// Describes the module in `bytes`. Throws `.moduleRefused`.
    static func describe(_ bytes: RawSpan) throws(WasmRuntimeError) -> ModuleDescription {
        do throws(WasmFormatError) {
            var inspector = ModuleInspector(bytes)
            try inspector.walk()
            return inspector.description
        } catch {
            switch error {
            case .notWasm:
                throw .refused("not a WebAssembly module: a binary one begins with 00 61 73 6d 01 00 00 00")
            case .component:
                throw .refused("a WebAssembly component; sluice runs core modules (wasm32-unknown-unknown)")
            case .malformed(let part): throw .refused("the module is malformed in its \(part)")
            }
        }
    }

    @_lifetime(copy bytes)
    private init(_ bytes: RawSpan) {
        reader = WasmReader(bytes)
    }

    private mutating func walk() throws(WasmFormatError) {
        guard reader.left >= 8 else { throw .notWasm }
        guard try reader.word() == 0x6D73_6100 else { throw .notWasm }
        switch try reader.word() {
        case 1: break
        case 0x0001_000D: throw .component
        default: throw .notWasm
        }
        while reader.left > 0 {
            let id = try reader.byte()
            let length = Int(try reader.u32())
            guard length <= reader.left else { throw .malformed("sections") }
            let end = reader.position + length
            try section(id)
            // Sections that aren't read are skipped; one that is must be as long as it says.
            if [1, 2, 3, 4, 5, 7].contains(id), reader.position != end { throw .malformed(Self.name(of: id)) }
            reader.position = end
        }
    }

    private mutating func section(_ id: UInt8) throws(WasmFormatError) {
        reader.part = Self.name(of: id)
        switch id {
        case 1: try each { (inspector) throws(WasmFormatError) in try inspector.type() }
        case 2: try each { (inspector) throws(WasmFormatError) in try inspector.importEntry() }
        case 3:
            try each { (inspector) throws(WasmFormatError) in inspector.functions.append(try inspector.reader.u32()) }
        case 4: try each { (inspector) throws(WasmFormatError) in try inspector.table() }
        case 5: try each { (inspector) throws(WasmFormatError) in try inspector.memory() }
        case 7: try each { (inspector) throws(WasmFormatError) in try inspector.export() }
        case 8: description.hasStart = true
        default: break
        }
    }

    private static func name(of id: UInt8) -> String {
        switch id {
        case 1: "type section"
        case 2: "import section"
        case 3: "function section"
        case 4: "table section"
        case 5: "memory section"
        case 7: "export section"
        default: "sections"
        }
    }

    /// Calls `read` as often as the count at the cursor says. Each element takes a byte at least, which bounds the count.
    private mutating func each(
        _ read: (inout ModuleInspector) throws(WasmFormatError) -> Void
    ) throws(WasmFormatError) {
        let count = try reader.u32()
        guard Int(count) <= reader.left else { throw .malformed(reader.part) }
        for _ in 0..<count { try read(&self) }
    }

    private mutating func type() throws(WasmFormatError) {
        // Other forms (structs, arrays, groups) need features that are off: the engine refuses them with a better text.
        guard try reader.byte() == 0x60 else { throw .malformed(reader.part) }
        types.append(FunctionType(try reader.bytes(), try reader.bytes()))
    }

    private mutating func importEntry() throws(WasmFormatError) {
        var entry = ModuleDescription.Import(module: try reader.bytes(), name: try reader.bytes())
        switch try reader.byte() {
        case 0:
            let index = try reader.u32()
            functions.append(index)
            entry.function = try functionType(index)
        case 1: _ = try tableLimits()
        case 2: _ = try memoryLimits()
        case 3:
            _ = try reader.byte()
            _ = try reader.byte()
        default: throw .malformed(reader.part)
        }
        description.imports.append(entry)
    }

    private mutating func table() throws(WasmFormatError) {
        // 0x40 0x00: a table with an initial value, of a proposal that is off.
        description.tables.append(try tableLimits())
    }

    private mutating func tableLimits() throws(WasmFormatError) -> UInt64 {
        guard [0x70, 0x6F].contains(try reader.byte()) else { throw .malformed(reader.part) }
        return try limits().minimum
    }

    private mutating func memory() throws(WasmFormatError) {
        description.memories.append(try memoryLimits())
    }

    private mutating func memoryLimits() throws(WasmFormatError) -> ModuleDescription.Memory { try limits() }

    /// Flags: bit 0 a maximum follows, bit 1 shared, bit 2 64-bit, bit 3 a page size follows.
    private mutating func limits() throws(WasmFormatError) -> ModuleDescription.Memory {
        let flags = try reader.byte()
        guard flags & ~0b111 == 0 else { throw .malformed(reader.part) }
        let minimum = try reader.u64()
        let maximum = flags & 1 != 0 ? try reader.u64() : nil
        return ModuleDescription.Memory(
            minimum: minimum, maximum: maximum, isShared: flags & 2 != 0, is64Bit: flags & 4 != 0)
    }

    private mutating func export() throws(WasmFormatError) {
        let name = try reader.bytes()
        let kind = try reader.byte()
        let index = try reader.u32()
        switch kind {
        case 0:
            guard Int(index) < functions.count else { throw .malformed(reader.part) }
            description.functions[name] = try functionType(functions[Int(index)])
        case 2: description.memoryExports.append(name)
        default: break
        }
    }

    private func functionType(_ index: UInt32) throws(WasmFormatError) -> FunctionType {
        guard Int(index) < types.count, let type = types[Int(index)] else { throw .malformed(reader.part) }
        return type
    }
}

enum WasmFormatError: Error {
    case notWasm
    case component
    case malformed(String)
}

/// Integers and byte vectors of the binary format, bounds-checked.
struct WasmReader: ~Escapable {
    private let source: RawSpan
    var position = 0
    /// What is being read, for the error.
    var part = "sections"

    @_lifetime(copy source)
    init(_ source: RawSpan) {
        self.source = source
    }

    var left: Int { source.byteCount - position }

    mutating func byte() throws(WasmFormatError) -> UInt8 {
        guard left > 0 else { throw .malformed(part) }
        defer { position += 1 }
        return source.bigEndian(at: position, as: UInt8.self)
    }

    /// Four bytes, little-endian.
    mutating func word() throws(WasmFormatError) -> UInt32 {
        guard left >= 4 else { throw .malformed(part) }
        defer { position += 4 }
        return source.bigEndian(at: position, as: UInt32.self).byteSwapped
    }

    mutating func u32() throws(WasmFormatError) -> UInt32 {
        guard let value = UInt32(exactly: try leb128(byteLimit: 5)) else { throw .malformed(part) }
        return value
    }

    mutating func u64() throws(WasmFormatError) -> UInt64 { try leb128(byteLimit: 10) }

    /// A vector of bytes: a name, or types.
    mutating func bytes() throws(WasmFormatError) -> [UInt8] {
        let count = Int(try u32())
        guard count <= left else { throw .malformed(part) }
        defer { position += count }
        let slice = source.extracting(position..<position + count)
        return unsafe slice.withUnsafeBytes { unsafe [UInt8]($0) }
    }

    private mutating func leb128(byteLimit: Int) throws(WasmFormatError) -> UInt64 {
        var value: UInt64 = 0
        for index in 0..<byteLimit {
            let byte = try byte()
            let bits = UInt64(byte & 0x7F)
            let shift = UInt64(7 * index)
            guard shift < 63 || bits <= 1 else { throw .malformed(part) }
            value |= bits << shift
            if byte & 0x80 == 0 { return value }
        }
        throw .malformed(part)
    }
}
