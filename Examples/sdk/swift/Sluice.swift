// The sluice guest ABI, version 1, for Embedded Swift. One file: no C, no Foundation, no runtime to link.
//
// A module exports a memory, the marker `sluice_abi_1`, `sluice_alloc` and `sluice_transform`. The broker writes a whole
// batch of records into the buffer that `sluice_alloc` gave, calls `sluice_transform` once, and reads a verdict per record.
// A module imports nothing: it sees the records and its parameters, and nothing else. Each batch gets a fresh instance, so
// globals are as the linker left them.
//
//     enum Module: SluiceModule {
//         static func transform(_ record: Record) { record.keep() }
//     }
//
// There is no heap, so no classes, arrays or strings: work on the bytes where they lie, and write to `Scratch`.

import Builtin  // the compiler's own: the instructions for memory and vectors, which Swift has no functions for

/// What a module's file declares, under the name `Module`.
protocol SluiceModule {
    /// Looks at the view's parameters, once, before any record. Nil, or why they are refused. Without it, all are.
    static func configure(_ parameters: Parameters) -> Refusal?
    /// Decides about a record. One of which nothing is said is an error: forgetting one can't leak it.
    static func transform(_ record: Record)
}

extension SluiceModule {
    static func configure(_ parameters: Parameters) -> Refusal? { parameters.refusalOfUnknown([]) }
}

/// Why a record or a parameter isn't taken. A module's own classes begin at 1000.
struct ErrorClass: Equatable {
    var code: UInt32

    static let malformed = ErrorClass(code: 1)
    static let unsupported = ErrorClass(code: 2)
    static let missingParameter = ErrorClass(code: 3)
    /// A parameter's value or name makes no sense.
    static let badParameter = ErrorClass(code: 4)
}

// MARK: - Records

/// One record. Its bytes may be written, too.
struct Record {
    fileprivate struct Entry {
        var offset: Int64
        var timestamp: Int64
        var key: UnsafeMutablePointer<UInt8>?
        var keyCount: Int32
        var value: UnsafeMutablePointer<UInt8>?
        var valueCount: Int32
        var headers: UnsafeMutablePointer<UInt8>?
        var headersCount: UInt32
        var verdict: UInt32
        var error: UInt32
        var flags: UInt32
        var headerCount: UInt32
        var reserved: UInt64
    }

    fileprivate let entry: UnsafeMutablePointer<Entry>

    var offset: Int64 { entry.pointee.offset }
    /// Milliseconds since 1970.
    var timestamp: Int64 { entry.pointee.timestamp }
    /// Nil if null, as is the value.
    var key: Bytes? { Self.bytes(entry.pointee.key, entry.pointee.keyCount) }
    var value: Bytes? { Self.bytes(entry.pointee.value, entry.pointee.valueCount) }
    /// The header section as it is in the record: varint count, then key and value each.
    var headers: Bytes {
        Bytes(start: entry.pointee.headers.unsafelyUnwrapped, count: Int(entry.pointee.headersCount))
    }

    /// The reader gets the stored bytes.
    func keep() { entry.pointee.verdict = 1 }

    /// The reader doesn't get the record; its offset stays a gap.
    func drop() { entry.pointee.verdict = 2 }

    /// The record can't be transformed. The view's on-error rule decides what the reader sees.
    func fail(_ error: ErrorClass) {
        entry.pointee.verdict = 3
        entry.pointee.error = error.code
    }

    /// The bytes must stay as they are until the call returns: in the input, in scratch memory, or in a constant.
    func replaceValue(_ bytes: Bytes) {
        entry.pointee.verdict |= 0x12
        entry.pointee.value = bytes.start
        entry.pointee.valueCount = Int32(truncatingIfNeeded: bytes.count)
    }

    func replaceKey(_ bytes: Bytes) {
        entry.pointee.verdict |= 0x11
        entry.pointee.key = bytes.start
        entry.pointee.keyCount = Int32(truncatingIfNeeded: bytes.count)
    }

    /// The stored value, for a record whose key may be replaced.
    func keepValue() { entry.pointee.verdict |= 0x10 }

    /// A key of null. The value and the rest stay as they are or are replaced by other calls.
    func removeKey() {
        entry.pointee.verdict |= 0x11
        entry.pointee.keyCount = -1
    }

    private static func bytes(_ start: UnsafeMutablePointer<UInt8>?, _ count: Int32) -> Bytes? {
        count < 0 ? nil : Bytes(start: start.unsafelyUnwrapped, count: Int(count))
    }
}

/// Bytes somewhere, not owned.
struct Bytes {
    var start: UnsafeMutablePointer<UInt8>
    var count: Int

    init(start: UnsafeMutablePointer<UInt8>, count: Int) {
        self.start = start
        self.count = count
    }

    init(_ start: UnsafeMutablePointer<UInt8>, upTo end: UnsafeMutablePointer<UInt8>) {
        self.start = start
        count = end - start
    }

    init(_ text: StaticString) {
        start = UnsafeMutablePointer(mutating: text.utf8Start)
        count = text.utf8CodeUnitCount
    }

    var end: UnsafeMutablePointer<UInt8> { start + count }

    subscript(index: Int) -> UInt8 {
        get { start[index] }
        nonmutating set { start[index] = newValue }
    }

    static func == (a: Bytes, b: Bytes) -> Bool {
        guard a.count == b.count else { return false }
        for index in 0..<a.count where a[index] != b[index] { return false }
        return true
    }

    static func == (bytes: Bytes, text: StaticString) -> Bool { bytes == Bytes(text) }

    /// The number that one to six digits are.
    var number: Int? {
        guard count > 0, count <= 6 else { return nil }
        var number = 0
        for index in 0..<count {
            guard isDigit(self[index]) else { return nil }
            number = number &* 10 &+ Int(self[index] &- 0x30)
        }
        return number
    }
}

@inline(__always) func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

// MARK: - Parameters

/// Why parameters are refused, for whoever writes the view. The text never holds a parameter's value: that may be a secret.
struct Refusal {
    fileprivate var error: ErrorClass
    fileprivate var prefix: StaticString = "parameter \""
    fileprivate var name: Bytes
    fileprivate var text: StaticString

    /// `parameter "NAME" TEXT`
    init(_ name: StaticString, _ text: StaticString, _ error: ErrorClass = .badParameter) {
        self.error = error
        self.name = Bytes(name)
        self.text = text
    }

    fileprivate init(unknown name: Bytes) {
        error = .badParameter
        prefix = "unknown parameter \""
        self.name = name
        text = ""
    }
}

/// The view's parameters, names and values as text, good for the instance's life.
struct Parameters {
    fileprivate let block: UnsafeMutablePointer<UInt8>

    subscript(name: StaticString) -> Bytes? {
        var at = block
        for _ in 0..<Self.count(&at) {
            let key = Self.part(&at)
            let value = Self.part(&at)
            if key == name { return value }
        }
        return nil
    }

    /// A refusal if there is a parameter whose name isn't among `known`: a misspelt one would go unnoticed.
    func refusalOfUnknown<let n: Int>(_ known: InlineArray<n, StaticString>) -> Refusal? {
        var at = block
        for _ in 0..<Self.count(&at) {
            let key = Self.part(&at)
            _ = Self.part(&at)
            var isKnown = false
            for index in known.indices where key == known[index] { isKnown = true }
            if !isKnown { return Refusal(unknown: key) }
        }
        return nil
    }

    /// The parameter `key` of a module that leaves keys alone: `keep` (default) or `drop`. Nil if it is neither.
    var dropsKey: Bool? {
        guard let key = self["key"] else { return false }
        return key == "drop" ? true : key == "keep" ? false : nil
    }

    static var keyRefusal: Refusal { Refusal("key", "must be keep or drop") }

    private static func count(_ at: inout UnsafeMutablePointer<UInt8>) -> UInt32 {
        defer { at += 4 }
        return UnsafeRawPointer(at).loadUnaligned(as: UInt32.self)
    }

    private static func part(_ at: inout UnsafeMutablePointer<UInt8>) -> Bytes {
        let part = Bytes(start: at + 4, count: Int(count(&at)))
        at = part.end
        return part
    }
}

/// A list like `a,b\,c, d`: white space around a name doesn't count, and behind a backslash any character is itself.
struct NameList {
    var rest: Bytes

    /// The next name, written to `out`. One of `stops` ends it too, and is then left at the front of `rest`.
    mutating func next(stops: StaticString, to out: UnsafeMutablePointer<UInt8>) -> Bytes {
        var at = rest.start
        let end = rest.end
        while at < end, at.pointee == 0x20 { at += 1 }
        var count = 0
        var solid = 0  // without the white space at the end
        while at < end {
            if Self.isStop(at.pointee, stops) { break }
            let isEscaped = at.pointee == 0x5C && end - at > 1
            if isEscaped { at += 1 }
            out[count] = at.pointee
            count &+= 1
            if isEscaped || at.pointee != 0x20 { solid = count }
            at += 1
        }
        rest = Bytes(at, upTo: end)
        return Bytes(start: out, count: solid)
    }

    /// What stopped the last name; nil at the end. Goes behind it.
    mutating func takeStop() -> UInt8? {
        guard rest.count > 0 else { return nil }
        defer { rest = Bytes(start: rest.start + 1, count: rest.count &- 1) }
        return rest[0]
    }

    private static func isStop(_ byte: UInt8, _ stops: StaticString) -> Bool {
        for index in 0..<stops.utf8CodeUnitCount where stops.utf8Start[index] == byte { return true }
        return false
    }
}

// MARK: - Memory

/// Stack and globals, then what lives as long as the instance (the buffer, parameters), then the call's scratch.
enum Memory {
    /// Bytes behind the input buffer, and behind scratch, that may be read (not trusted) and overwritten: room for a vector.
    static let slack: UInt = 64

    fileprivate nonisolated(unsafe) static var floor: UInt = 0
    fileprivate nonisolated(unsafe) static var top: UInt = 0
    fileprivate nonisolated(unsafe) static var buffer: UInt = 0
    fileprivate nonisolated(unsafe) static var capacity: UInt = 0
    fileprivate nonisolated(unsafe) static var message: UInt = 0
    fileprivate nonisolated(unsafe) static var messageCount: UInt = 0

    /// `count` bytes, 16-aligned, that live as long as the instance; nil if the view's memory limit is reached.
    static func allocate(_ count: UInt) -> UnsafeMutablePointer<UInt8>? {
        if floor == 0 { floor = heapBase }
        let start = (floor &+ 15) & ~15
        guard reach(UInt64(start) + UInt64(count) + UInt64(slack)) else { return nil }
        floor = start &+ count &+ slack
        top = floor
        return UnsafeMutablePointer(bitPattern: start)
    }

    /// The buffer that the broker writes batches to.
    fileprivate static func allocateBuffer(_ count: UInt) -> UInt {
        if buffer != 0, count <= capacity { return buffer }
        if buffer != 0, floor == buffer &+ capacity &+ slack { floor = buffer }
        buffer = UInt(bitPattern: allocate(count))
        capacity = buffer == 0 ? 0 : count
        return buffer
    }

    /// Makes the memory reach to `end` and some bytes behind it.
    fileprivate static func reach(_ end: UInt64) -> Bool {
        let pages = (end + UInt64(slack) + 65_535) / 65_536
        let size = UInt64(UInt32(Builtin.int_wasm_memory_size_Int32(UInt32(0)._value)))
        if pages <= size { return true }
        let more = UInt32(truncatingIfNeeded: pages &- size)
        return UInt32(Builtin.int_wasm_memory_grow_Int32(UInt32(0)._value, more._value)) != .max
    }

    private static var heapBase: UInt { withUnsafePointer(to: &linkerHeapBase) { UInt(bitPattern: $0) } }
}

/// At most `capacity` elements, in memory that lives as long as the instance.
struct List<Element: BitwiseCopyable> {
    private var start: UnsafeMutablePointer<Element>?
    private(set) var count = 0
    private var capacity = 0

    init() {}

    /// Traps where the view's memory limit is reached.
    init(capacity: Int) {
        let size = UInt(MemoryLayout<Element>.stride &* capacity)
        guard let bytes = Memory.allocate(size) else { Builtin.int_trap() }
        start = UnsafeMutableRawPointer(bytes).bindMemory(to: Element.self, capacity: capacity)
        self.capacity = capacity
    }

    /// False if there is no room.
    mutating func append(_ element: Element) -> Bool {
        guard count < capacity else { return false }
        start.unsafelyUnwrapped[count] = element
        count &+= 1
        return true
    }

    /// An element; `index` must be in `0..<count`.
    subscript(index: Int) -> Element { start.unsafelyUnwrapped[index] }
}

/// Where the linker's data ends: a symbol of wasm-ld, of which only the address counts.
@_silgen_name("__heap_base") nonisolated(unsafe) private var linkerHeapBase: UInt8

/// Writes behind what is in scratch memory, which is good until the call returns.
struct Scratch {
    let start: UnsafeMutablePointer<UInt8>
    var end: UnsafeMutablePointer<UInt8>

    /// Room for at least `count` bytes. Traps where the view's memory limit is reached: the broker then tries the records
    /// alone. Until `keep` is called the room isn't taken.
    init(_ count: Int) {
        guard Memory.reach(UInt64(Memory.top) + UInt64(UInt(bitPattern: count))) else { Builtin.int_trap() }
        start = UnsafeMutablePointer(bitPattern: Memory.top).unsafelyUnwrapped
        end = start
    }

    var bytes: Bytes { Bytes(start, upTo: end) }

    /// Takes what was written; `forever` in `configure`, for as long as the instance lives.
    func keep(forever: Bool = false) {
        Memory.top = UInt(bitPattern: end)
        if forever { Memory.floor = Memory.top &+ Memory.slack }
    }

    @inline(__always) mutating func put(_ byte: UInt8) {
        end.pointee = byte
        end += 1
    }

    @inline(__always) mutating func put(_ text: StaticString) {
        let count = text.utf8CodeUnitCount
        for index in 0..<count { end[index] = text.utf8Start[index] }
        end += count
    }

    /// Copies in steps of 16 bytes: up to 15 bytes behind both ends are touched.
    @inline(__always) mutating func put(_ bytes: Bytes) {
        if bytes.count > 128 {
            UnsafeMutableRawPointer(end).copyMemory(from: bytes.start, byteCount: bytes.count)
        } else {
            var index = 0
            while index < bytes.count {
                Vector(bytes.start + index).store(end + index)
                index &+= 16
            }
        }
        end += bytes.count
    }
}

/// 16 bytes at once.
struct Vector: BitwiseCopyable {
    private var value: Builtin.Vec16xInt8

    @inline(__always) private init(_ value: Builtin.Vec16xInt8) { self.value = value }

    /// The bytes at `start`, at any address.
    @inline(__always) init(_ start: UnsafeMutablePointer<UInt8>) {
        value = UnsafeRawPointer(start).loadUnaligned(as: SIMD16<UInt8>.self)._storage._value
    }

    @inline(__always) init(repeating byte: UInt8) { value = SIMD16<UInt8>(repeating: byte)._storage._value }

    subscript(index: Int) -> UInt8 {
        get { withUnsafeBytes(of: self) { $0[index] } }
        set { withUnsafeMutableBytes(of: &self) { $0[index] = newValue } }
    }

    @inline(__always) func store(_ start: UnsafeMutablePointer<UInt8>) {
        UnsafeMutableRawPointer(start).storeBytes(of: self, as: Vector.self)
    }

    /// All bits of a byte that is equal, none of another.
    @inline(__always) func equal(_ byte: UInt8) -> Vector { equal(Vector(repeating: byte)) }

    @inline(__always) func less(_ byte: UInt8) -> Vector {
        Vector(Builtin.sext_Vec16xInt1_Vec16xInt8(Builtin.cmp_ult_Vec16xInt8(value, Vector(repeating: byte).value)))
    }

    @inline(__always) static func | (a: Vector, b: Vector) -> Vector { Vector(Builtin.or_Vec16xInt8(a.value, b.value)) }

    @inline(__always) static func - (a: Vector, b: Vector) -> Vector {
        Vector(Builtin.sub_Vec16xInt8(a.value, b.value))
    }

    @inline(__always) static func & (a: Vector, b: Vector) -> Vector {
        Vector(Builtin.and_Vec16xInt8(a.value, b.value))
    }

    @inline(__always) static func ^ (a: Vector, b: Vector) -> Vector {
        Vector(Builtin.xor_Vec16xInt8(a.value, b.value))
    }

    /// The bits of `a` where `self` has ones, of `b` where it has zeros.
    @inline(__always) func select(_ a: Vector, _ b: Vector) -> Vector { (a ^ b) & self ^ b }

    @inline(__always) func equal(_ other: Vector) -> Vector {
        Vector(Builtin.sext_Vec16xInt1_Vec16xInt8(Builtin.cmp_eq_Vec16xInt8(value, other.value)))
    }

    /// The highest bit of each byte; the first byte's is bit 0.
    @inline(__always) var highBits: UInt32 { UInt32(Builtin.int_wasm_bitmask_Vec16xInt8(value)) }
}

// MARK: - What the broker calls

@_expose(wasm, "sluice_abi_1") @_cdecl("sluice_abi_1")
public func sluiceABI1() {}

@_expose(wasm, "sluice_alloc") @_cdecl("sluice_alloc")
public func sluiceAlloc(_ count: UInt) -> UInt { Memory.allocateBuffer(count) }

@_expose(wasm, "sluice_init") @_cdecl("sluice_init")
public func sluiceInit(_ block: UnsafeRawPointer, _ count: UInt) -> UInt32 {
    // The block is good for this call only.
    guard let copy = Memory.allocate(count) else { return ErrorClass.unsupported.code }
    UnsafeMutableRawPointer(copy).copyMemory(from: block, byteCount: Int(bitPattern: count))
    guard let refusal = Module.configure(Parameters(block: copy)) else { return 0 }
    var message = Scratch(256)
    message.put(refusal.prefix)
    message.put(Bytes(start: refusal.name.start, count: min(64, refusal.name.count)))
    message.put(refusal.text.utf8CodeUnitCount > 0 ? "\" " : "\"")
    message.put(refusal.text)
    message.keep()
    Memory.message = UInt(bitPattern: message.start)
    Memory.messageCount = UInt(bitPattern: message.bytes.count)
    return refusal.error.code
}

@_expose(wasm, "sluice_message") @_cdecl("sluice_message")
public func sluiceMessage() -> UInt64 { UInt64(Memory.message) << 32 | UInt64(Memory.messageCount) }

@_expose(wasm, "sluice_transform") @_cdecl("sluice_transform")
public func sluiceTransform(_ batch: UnsafeMutableRawPointer) -> Int32 {
    Memory.top = Memory.floor
    // Header: u32 total_len, record_count, table_offset, record_stride, output_max, flags, i64 base_offset.
    let count = batch.load(fromByteOffset: 4, as: UInt32.self)
    var entry = batch + Int(batch.load(fromByteOffset: 8, as: UInt32.self))
    let stride = Int(batch.load(fromByteOffset: 12, as: UInt32.self))
    for _ in 0..<count {
        Module.transform(Record(entry: entry.assumingMemoryBound(to: Record.Entry.self)))
        entry += stride
    }
    return 0
}
