/// Runs one step over one batch: as a whole if that works, else halved until the records at fault are found.
///
/// Modules are pure, so a record's result is the same in any company, and halving finds who is at fault. A fault fails a call,
/// never the batch. **An interrupt is no fault**: time says nothing about a record. A record that is interrupted alone runs
/// once more on the fuel engine, and only running out of fuel there counts against it.
struct StepRunner {
    /// Records at fault after which the rest of a batch isn't tried.
    static let badLimit = 16
    /// Records judged by fuel after which the rest isn't tried against time first.
    static let suspectLimit = 16

    /// How much of its time the first pass may spend on calls that came to nothing, and in all, in call deadlines.
    private static let wasteLimit: Int64 = 4
    private static let totalLimit: Int64 = 20

    /// Why a step couldn't be finished.
    enum Stop: Error {
        /// The first pass met a record that it can't judge, or took too long: the batch is the judge's.
        case needsJudge
        case unavailable
    }

    /// Who may use the fuel engine. The first pass may not: it would hold a thread for seconds.
    enum Judge {
        case none
        case fuel(CompiledModule)
    }

    private let step: StepPlan
    private let stepIndex: Int
    private let limits: GuestLimits
    private var gatherer: StepGatherer
    private let judge: Judge
    private var bad = 0
    private var suspects = 0
    private var lastFailure = FailureClass.trap
    private var wastedNs: Int64 = 0
    private var totalNs: Int64 = 0

    init(
        _ step: StepPlan, index: Int, limits: GuestLimits, inputByteCount: Int, recordMax: Int, judge: Judge
    ) {
        self.step = step
        stepIndex = index
        self.limits = limits
        self.judge = judge
        gatherer = StepGatherer(
            step: index, keepHeaders: step.keepHeaders, outputMax: limits.outputMax(for: inputByteCount),
            recordMax: recordMax, arenaCapacity: inputByteCount)
    }

    /// Transforms the records of `input`. At most log2(n) calls for each record at fault, and one for each suspect.
    mutating func run(_ input: borrowing StepInput, into outcome: inout BatchOutcome) throws(Stop) {
        guard step.module.memoryByteCount <= limits.memoryBytes else {
            return fail(0..<input.count, .memory, input, &outcome)
        }
        var left = Self.pieces(of: input.count, atMost: step.module.pace.recordsPerCall(ofMs: limits.callMs))
        while let range = left.popLast() {
            if bad >= Self.badLimit {
                fail(range, lastFailure, input, &outcome)
            } else if case .fuel(let module) = judge, suspects >= Self.suspectLimit {
                for index in range { try tryAlone(index, module, input, &outcome) }
            } else {
                try tryRange(range, input, &outcome, &left)
            }
            if case .none = judge, !left.isEmpty, hasTakenTooLong { throw .needsJudge }
        }
    }

    /// Ranges of at most `limit` records, the first one last. How a batch is cut makes no difference to any record.
    static func pieces(of count: Int, atMost limit: Int) -> [Range<Int>] {
        stride(from: 0, to: count, by: limit).map { $0..<min(count, $0 + limit) }.reversed()
    }

    private var hasTakenTooLong: Bool {
        let callNs = Int64(limits.callMs) * 1_000_000
        return wastedNs > Self.wasteLimit * callNs || totalNs > Self.totalLimit * callNs
    }

    private mutating func tryRange(
        _ range: Range<Int>, _ input: borrowing StepInput, _ outcome: inout BatchOutcome, _ left: inout [Range<Int>]
    ) throws(Stop) {
        let begin = Monotonic.nanoseconds()
        do throws(GuestFault) {
            try call(step.module.main, range, input, &outcome)
            let ns = Monotonic.nanoseconds() - begin
            totalNs += ns
            step.module.pace.note(records: range.count, ns: ns)
        } catch {
            let ns = Monotonic.nanoseconds() - begin
            totalNs += ns
            wastedNs += ns
            switch error {
            case .fault(let failure):
                guard range.count <= 1 else { return Self.halve(range, &left) }
                bad += 1
                lastFailure = failure
                fail(range, failure, input, &outcome)
            case .interrupted:
                guard range.count <= 1 else { return Self.halve(range, &left) }
                guard case .fuel(let module) = judge else { throw .needsJudge }
                for index in range { try tryAlone(index, module, input, &outcome) }
            case .initFailed(let failure, _, _): fail(range, failure, input, &outcome)
            case .unavailable: throw .unavailable
            }
        }
    }

    /// The record's result by fuel, whatever time says.
    private mutating func tryAlone(
        _ index: Int, _ module: CompiledModule, _ input: borrowing StepInput, _ outcome: inout BatchOutcome
    ) throws(Stop) {
        suspects += 1
        let range = index..<index + 1
        guard bad < Self.badLimit else { return fail(range, lastFailure, input, &outcome) }
        do throws(GuestFault) {
            try call(module, range, input, &outcome)
        } catch {
            switch error {
            case .fault(let failure):
                bad += 1
                lastFailure = failure
                fail(range, failure, input, &outcome)
            case .initFailed(let failure, _, _): fail(range, failure, input, &outcome)
            case .interrupted, .unavailable: throw .unavailable
            }
        }
    }

    /// One call with a fresh instance.
    private mutating func call(
        _ module: CompiledModule, _ range: Range<Int>, _ input: borrowing StepInput, _ outcome: inout BatchOutcome
    ) throws(GuestFault) {
        var instance = try GuestInstance(module, limits: limits)
        let extent = input.extent(of: range)
        let byteCount = SluiceABI.byteCount(records: range.count, bytes: extent.count)
        let address = try instance.begin(parameters: step.parameterBlock, byteCount: byteCount)
        unsafe SluiceABI.write(
            input, range, extent: extent, outputMax: gatherer.outputMax,
            to: UnsafeMutableRawBufferPointer(rebasing: instance.bytes()[address..<address + byteCount]),
            address: address)
        try instance.transform(address)
        try unsafe gatherer.gather(range, of: input, from: instance.bytes(), address: address, into: &outcome)
    }

    private func fail(
        _ range: Range<Int>, _ failure: FailureClass, _ input: borrowing StepInput, _ outcome: inout BatchOutcome
    ) {
        for index in range { outcome.records[Int(input[index].index)].fail(failure, step: stepIndex) }
    }

    private static func halve(_ range: Range<Int>, _ left: inout [Range<Int>]) {
        let middle = range.lowerBound + range.count / 2
        left.append(middle..<range.upperBound)
        left.append(range.lowerBound..<middle)
    }
}
