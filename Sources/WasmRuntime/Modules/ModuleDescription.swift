/// How a module and the broker talk to each other. Told from exports and imports, without running anything.
public enum GuestABI: String, Sendable {
    case sluice1 = "sluice-1"
    case fluvio
    case redpanda1 = "redpanda-1"
    case redpanda2 = "redpanda-2"
}

/// The type of a function: value types as the binary format numbers them (0x7F i32, 0x7E i64, …).
struct FunctionType: Sendable, Equatable {
    static let i32: UInt8 = 0x7F
    static let i64: UInt8 = 0x7E

    var parameters: [UInt8]
    var results: [UInt8]

    init(_ parameters: [UInt8], _ results: [UInt8] = []) {
        self.parameters = parameters
        self.results = results
    }

    /// `(i32, i32) -> i32`, for messages.
    var text: String {
        let names = { (types: [UInt8]) -> String in
            "(" + types.prefix(16).map(Self.name).joined(separator: ", ") + (types.count > 16 ? ", …)" : ")")
        }
        return names(parameters) + " -> " + (results.count == 1 ? Self.name(results[0]) : names(results))
    }

    private static func name(_ type: UInt8) -> String {
        switch type {
        case 0x7F: "i32"
        case 0x7E: "i64"
        case 0x7D: "f32"
        case 0x7C: "f64"
        case 0x7B: "v128"
        case 0x70: "funcref"
        default: "?"
        }
    }
}

/// What a module's sections say of it, as far as the broker cares.
struct ModuleDescription: Sendable {
    struct Import: Sendable {
        var module: [UInt8]
        var name: [UInt8]
        /// nil where it isn't a function.
        var function: FunctionType?
    }

    /// Pages of 64 KiB.
    struct Memory: Sendable {
        var minimum: UInt64
        var maximum: UInt64?
        var isShared: Bool
        var is64Bit: Bool
    }

    var imports: [Import] = []
    /// Exported functions by name.
    var functions: [[UInt8]: FunctionType] = [:]
    /// Names of exported memories.
    var memoryExports: [[UInt8]] = []
    var memories: [Memory] = []
    /// Smallest element count of each table.
    var tables: [UInt64] = []
    var hasStart = false

    func function(_ name: String) -> FunctionType? { functions[Array(name.utf8)] }

    /// Bytes of memory that an instance has from the start.
    var memoryByteCount: UInt64 { (memories.first?.minimum ?? 0) * UInt64(EngineLimits.pageByteCount) }
}
