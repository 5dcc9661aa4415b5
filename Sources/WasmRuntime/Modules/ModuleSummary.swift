import KafkaRecords

/// What a module's sections say of it, for people. Nothing is run.
public struct ModuleSummary: Sendable, Equatable {
    /// How it talks to the broker; nil where the broker wouldn't take it, and `refusal` says why.
    public let abi: GuestABI?
    public let refusal: String?
    /// `module.name (i32) -> i32`, in order.
    public let imports: [String]
    /// `name (i32) -> i32`, functions by name, then memories.
    public let exports: [String]
    /// Bytes of memory that an instance has from the start.
    public let memoryByteCount: UInt64

    /// Throws `.moduleRefused` where the bytes are no module.
    public init(_ module: [UInt8]) throws(WasmRuntimeError) {
        let description = try ModuleInspector.describe(module.rawSpan)
        imports = description.imports.map { entry in
            let type = entry.function.map { " \($0.text)" } ?? ""
            return "\(Self.name(entry.module)).\(Self.name(entry.name))\(type)"
        }
        exports =
            description.functions.map { "\(Self.name($0.key)) \($0.value.text)" }.sorted()
            + description.memoryExports.map { "\(Self.name($0)) memory" }.sorted()
        memoryByteCount = description.memoryByteCount
        do throws(WasmRuntimeError) {
            abi = try ModuleRules.check(description)
            refusal = nil
        } catch {
            abi = nil
            refusal = error.message
        }
    }

    /// Names come from the module: at most 60 characters that print.
    private static func name(_ bytes: [UInt8]) -> String {
        String(decoding: bytes.prefix(60).map { (0x21...0x7e).contains($0) ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
    }
}
