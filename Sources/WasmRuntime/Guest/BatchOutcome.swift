public import KafkaRecords

/// Why a record can't be shown. Goes to metrics, the error topic and the header of `replace`.
public enum FailureClass: UInt8, Sendable, BitwiseCopyable, CaseIterable {
    /// The guest trapped.
    case trap
    /// Its memory limit is too small for the record.
    case memory
    case outputLimit
    /// A pointer, length, header section or verdict that makes no sense.
    case invalidOutput
    /// The guest returned without saying anything of the record.
    case noVerdict
    /// The guest said that it can't: of this record, or of the whole call by a non-zero return.
    case moduleError
    /// More than one record for one.
    case fanOut
    /// More work than `fuelPerRecord`.
    case fuel
    /// The batch can't be decompressed or its records don't add up.
    case codec
    /// The batch's checksum is wrong.
    case corrupt

    public var name: String {
        switch self {
        case .trap: "trap"
        case .memory: "memory"
        case .outputLimit: "output_limit"
        case .invalidOutput: "invalid_output"
        case .noVerdict: "no_verdict"
        case .moduleError: "module_error"
        case .fanOut: "fan_out"
        case .fuel: "fuel"
        case .codec: "codec"
        case .corrupt: "corrupt"
        }
    }
}

/// Parts of a record.
public struct RecordParts: OptionSet, Sendable, BitwiseCopyable {
    public let rawValue: UInt8

    @inlinable
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    @inlinable public static var key: RecordParts { RecordParts(rawValue: 1) }
    @inlinable public static var value: RecordParts { RecordParts(rawValue: 2) }
    @inlinable public static var headers: RecordParts { RecordParts(rawValue: 4) }
}

/// Bytes of one part; `count` −1 is null.
public struct PartRange: Sendable, BitwiseCopyable, Equatable {
    public var start: Int32
    public var count: Int32

    public init(start: Int32, count: Int32) {
        self.start = start
        self.count = count
    }
}

/// What became of one record.
public struct RecordOutcome: Sendable, BitwiseCopyable {
    public enum Kind: UInt8, Sendable, BitwiseCopyable {
        /// The stored record as it is.
        case keep
        case drop
        case failed
        /// The stored record with some parts from the arena.
        case replaced
    }

    public var kind = Kind.keep
    /// The parts that come from the arena.
    public var parts: RecordParts = []
    /// Meaningful if `kind` is `failed`.
    public var failure = FailureClass.trap
    /// The step that failed, from 0.
    public var step: UInt8 = 0
    public var key = PartRange(start: 0, count: -1)
    public var value = PartRange(start: 0, count: -1)
    /// A whole header section, its count first.
    public var headers = PartRange(start: 0, count: 0)

    init() {}

    mutating func fail(_ failure: FailureClass, step: Int) {
        kind = .failed
        parts = []
        self.failure = failure
        self.step = UInt8(truncatingIfNeeded: step)
    }
}

/// What became of a batch: one outcome for each of its records, and the bytes of replaced parts.
public struct BatchOutcome: Sendable, PayloadHolder {
    public internal(set) var records: ContiguousArray<RecordOutcome>
    public internal(set) var arena: [UInt8] = []

    init(count: Int) {
        records = ContiguousArray(repeating: RecordOutcome(), count: count)
    }

    /// Every record is sent as it is stored.
    public var keepsAll: Bool { records.allSatisfy { $0.kind == .keep } }
}
