/// What a step does with headers that its module hasn't returned, be it that it can't see them or that it doesn't look.
public enum HeaderRule: UInt8, Sendable, Hashable {
    case drop = 0
    case keep = 1

    var name: String { self == .drop ? "drop" : "keep" }
}

/// What becomes of a record on which a view fails. None of them yields the raw record.
public enum OnError: UInt8, Sendable, Hashable, CaseIterable {
    case stop = 0
    case drop = 1
    case replace = 2

    public var name: String {
        switch self {
        case .stop: "stop"
        case .drop: "drop"
        case .replace: "replace"
        }
    }

    init?(name: String) {
        guard let rule = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = rule
    }
}

/// One parameter of a step. Literal bytes; the values may be secret (salts, keys), so they have no description.
public struct ViewParameter: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
    public var key: Name
    public var value: String

    public init(key: Name, value: String) {
        self.key = key
        self.value = value
    }

    public static func == (left: ViewParameter, right: ViewParameter) -> Bool {
        left.key == right.key && left.value.utf8.elementsEqual(right.value.utf8)
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(key)
        hasher.combine(value)
    }

    public var description: String { "\(key)=…" }
    public var customMirror: Mirror { Mirror(self, children: ["key": key]) }
}

/// A module of one version with its parameters.
public struct ViewStep: Sendable, Hashable {
    public var module: VersionedName
    public var sha256: Digest
    /// Sorted by the bytes of the keys; a key occurs once.
    public let parameters: [ViewParameter]
    public var headers: HeaderRule

    public init(module: VersionedName, sha256: Digest, parameters: [ViewParameter] = [], headers: HeaderRule = .drop) {
        self.module = module
        self.sha256 = sha256
        self.parameters = parameters.sorted { $0.key < $1.key }
        self.headers = headers
    }
}

/// What a view may use. The defaults are those of policy-records §4; they are written into each view.
public struct ViewLimits: Sendable, Hashable {
    public var fuelPerRecord: UInt64 = 4_000_000_000
    public var memoryBytes: UInt64 = 16_777_216
    public var callMs: UInt64 = 100
    /// Output of a batch ≤ `outputFactor` × uncompressed input + `outputExtra` bytes.
    public var outputFactor: UInt32 = 4
    public var outputExtra: UInt64 = 1_048_576

    public init() {}
}

/// What a reader gets in place of raw records: a chain of steps, limits and the on-error rule. Immutable once written.
public struct ViewDefinition: Sendable, Hashable {
    public var steps: [ViewStep]
    public var limits: ViewLimits
    public var onError: OnError
    /// An instance may live on from batch to batch, for one topic and step of this view.
    public var reuse: Bool

    public init(steps: [ViewStep], limits: ViewLimits = ViewLimits(), onError: OnError = .stop, reuse: Bool = false) {
        self.steps = steps
        self.limits = limits
        self.onError = onError
        self.reuse = reuse
    }

    /// What makes two views the same (policy-records §4). Names and versions aren't in it.
    ///
    ///     str "sluice-view-1" | u32 steps | per step: 32 bytes SHA-256, u8 headers, u32 count, per parameter: str, str
    ///     | u64 fuel_per_record | u64 memory_bytes | u64 call_ms | u32 output_factor | u64 output_extra
    ///     | u8 on_error | u8 reuse                                  big-endian; str = u32 length + UTF-8
    public var digest: Digest {
        var bytes: [UInt8] = []
        func append(_ value: some FixedWidthInteger) {
            for shift in stride(from: value.bitWidth - 8, through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: value >> shift))
            }
        }
        func append(_ text: String) {
            append(UInt32(text.utf8.count))
            bytes.append(contentsOf: text.utf8)
        }
        append("sluice-view-1")
        append(UInt32(steps.count))
        for step in steps {
            bytes.append(contentsOf: step.sha256.bytes)
            append(step.headers.rawValue)
            append(UInt32(step.parameters.count))
            for parameter in step.parameters {
                append(parameter.key.string)
                append(parameter.value)
            }
        }
        append(limits.fuelPerRecord)
        append(limits.memoryBytes)
        append(limits.callMs)
        append(limits.outputFactor)
        append(limits.outputExtra)
        append(onError.rawValue)
        append(reuse ? UInt8(1) : 0)
        return Digest(hashing: bytes)
    }
}

/// A view of one version as resolution hands it out. Equal means equal digest.
public final class ViewTarget: Sendable, Equatable, CustomStringConvertible {
    public let name: VersionedName
    public let definition: ViewDefinition
    public let digest: Digest

    public init(name: VersionedName, definition: ViewDefinition) {
        self.name = name
        self.definition = definition
        digest = definition.digest
    }

    public static func == (left: ViewTarget, right: ViewTarget) -> Bool { left.digest == right.digest }

    public var description: String { name.description }
}

/// A module of one version. The bytes are kept by who runs them.
public struct ModuleVersion: Sendable, Hashable {
    public var name: VersionedName
    public var sha256: Digest
    /// `sluice-1`, `fluvio`, `redpanda-1` or `redpanda-2`.
    public var abi: String
    public var byteCount: Int
    public var createdBy: String
    public var createdAt: String
    /// Where the record lies in `__sluice_modules`.
    public var offset: Int64
    public var isDeleted: Bool
    /// The bytes are what `sha256` says. A view with a module that isn't loaded is never used.
    public var isLoaded: Bool
}
