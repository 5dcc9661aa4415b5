/// What bounds a step: written into each view and part of its digest. Defaults and ranges: reference policy records, §4.
public struct GuestLimits: Sendable, Equatable {
    /// Bytes of linear memory, at most 64 MiB.
    public var memoryBytes: Int
    /// Milliseconds after which a call on the main engine is interrupted. Never decides about a record.
    public var callMs: Int
    /// Units of work after which a record that runs alone is at fault.
    public var fuelPerRecord: UInt64
    /// Output of a batch is at most `outputFactor` × its uncompressed input + `outputExtra` bytes.
    public var outputFactor: Int
    public var outputExtra: Int

    public init(
        memoryBytes: Int = 16 << 20, callMs: Int = 100, fuelPerRecord: UInt64 = 4_000_000_000, outputFactor: Int = 4,
        outputExtra: Int = 1 << 20
    ) {
        self.memoryBytes = memoryBytes
        self.callMs = callMs
        self.fuelPerRecord = fuelPerRecord
        self.outputFactor = outputFactor
        self.outputExtra = outputExtra
    }

    /// Bytes that replaced parts may have together for an input of `byteCount` bytes. At most 1 GiB, so that positions in
    /// the output fit 32 bits.
    func outputMax(for byteCount: Int) -> Int {
        let (product, overflow) = max(0, outputFactor).multipliedReportingOverflow(by: byteCount)
        let (sum, carry) = product.addingReportingOverflow(max(0, outputExtra))
        return overflow || carry ? 1 << 30 : min(sum, 1 << 30)
    }
}

/// What a reader gets in the place of a record that can't be transformed. There is no rule that yields the record itself.
public enum OnErrorRule: String, Sendable {
    case stop, drop, replace
}

/// One step of a view: a module with its parameters.
public struct StepPlan: Sendable {
    public let module: LoadedModule
    /// False: headers that the module doesn't itself return aren't sent.
    public let keepHeaders: Bool
    /// The parameters as `sluice_init` takes them; nil if there are none.
    let parameterBlock: [UInt8]?

    public init(module: LoadedModule, parameters: [String: String] = [:], keepHeaders: Bool = true) {
        self.module = module
        self.keepHeaders = keepHeaders
        parameterBlock = parameters.isEmpty && !module.hasInit ? nil : Self.encode(parameters)
    }

    /// u32 count, then u32 length and UTF-8 of each key and value; little-endian, sorted by the keys' bytes.
    private static func encode(_ parameters: [String: String]) -> [UInt8] {
        var block: [UInt8] = []
        func put(_ count: Int) {
            unsafe withUnsafeBytes(of: UInt32(count).littleEndian) { unsafe block.append(contentsOf: $0) }
        }
        put(parameters.count)
        let sorted = parameters.map { (Array($0.key.utf8), Array($0.value.utf8)) }
            .sorted { $0.0.lexicographicallyPrecedes($1.0) }
        for (key, value) in sorted {
            put(key.count)
            block += key
            put(value.count)
            block += value
        }
        return block
    }
}

/// 32 bytes that name what a reader gets; two views with the same digest are the same view.
public struct ViewDigest: Sendable, Hashable {
    public let bytes: [UInt8]

    public init(_ bytes: [UInt8]) {
        precondition(bytes.count == 32, "a view digest is a SHA-256")
        self.bytes = bytes
    }
}

/// A view, ready to run: its modules are loaded.
public struct ViewPlan: Sendable {
    public var steps: [StepPlan]
    public var limits: GuestLimits
    public var onError: OnErrorRule
    public var digest: ViewDigest
    /// The view allows that an instance lives on between batches of one topic. A fresh one gives the same answers, so this
    /// is a permission that the runtime need not use; it doesn't.
    public var reuse: Bool

    public init(
        steps: [StepPlan], limits: GuestLimits = GuestLimits(), onError: OnErrorRule = .stop, digest: ViewDigest,
        reuse: Bool = false
    ) {
        self.steps = steps
        self.limits = limits
        self.onError = onError
        self.digest = digest
        self.reuse = reuse
    }
}

/// Which stored batch: all that must be equal for a result to be used again. The checksum covers what is in it.
public struct BatchIdentity: Sendable, Hashable {
    public var topicIdHigh: UInt64
    public var topicIdLow: UInt64
    public var partition: Int32
    public var baseOffset: Int64
    public var leaderEpoch: Int32
    public var crc: UInt32
    public var byteCount: Int

    public init(
        topicIdHigh: UInt64, topicIdLow: UInt64, partition: Int32, baseOffset: Int64, leaderEpoch: Int32, crc: UInt32,
        byteCount: Int
    ) {
        self.topicIdHigh = topicIdHigh
        self.topicIdLow = topicIdLow
        self.partition = partition
        self.baseOffset = baseOffset
        self.leaderEpoch = leaderEpoch
        self.crc = crc
        self.byteCount = byteCount
    }
}

/// What one batch becomes under one view.
public struct OutcomeKey: Sendable, Hashable {
    public var batch: BatchIdentity
    public var digest: ViewDigest

    public init(batch: BatchIdentity, digest: ViewDigest) {
        self.batch = batch
        self.digest = digest
    }
}
