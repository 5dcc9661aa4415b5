import KafkaRecords

/// Compares the leader epochs of batches with the checkpoint, as the batches go by.
struct EpochCheck {
    enum Verdict: Equatable {
        case right
        /// An epoch goes down, and no checkpoint says which one is right.
        case lowered(before: Int32)
        case misfit(expected: Int32?)
    }

    private let entries: [LeaderEpochs.Entry]
    /// Whether there is a checkpoint to compare with.
    private let isKnown: Bool
    private var next = 0
    private var highest: Int32 = -1
    /// Of the batches that were taken for right.
    private var highestRight: Int32 = -1
    private var offset: Int64 = 0
    /// Some epoch goes down, which no log does by itself.
    private(set) var isOrderBroken = false
    /// The first offset of the first batch whose epoch isn't the one that the checkpoint gives it.
    private(set) var misfit: Int64?
    /// Where an epoch begins in the checkpoint and no batch does.
    private(set) var misplacedStart: Int64?

    /// - Parameter epochs: nil if the checkpoint is missing or not whole.
    init(_ epochs: LeaderEpochs?) {
        entries = epochs?.entries ?? []
        isKnown = epochs != nil
    }

    /// - Parameter mayBeNew: the checkpoint may not know the newest epoch yet.
    mutating func took(_ header: RecordBatchHeader, logStart: Int64, mayBeNew: Bool) -> Verdict {
        defer { offset = header.lastOffset &+ 1 }
        let epoch = header.partitionLeaderEpoch
        let before = highest
        let goesDown = epoch < before || epoch < 0
        if goesDown { isOrderBroken = true }
        highest = max(highest, epoch)
        guard isKnown else { return goesDown ? .lowered(before: before) : .right }
        while next < entries.count, entries[next].startOffset <= header.baseOffset {
            let start = entries[next].startOffset
            // In a gap, a batch that is gone may have begun it.
            if start < offset, start > logStart { misplacedStart = misplacedStart ?? start }
            next += 1
        }
        // Epochs that ended before the log start are forgotten.
        guard next > 0 || header.baseOffset >= logStart else { return goesDown ? .lowered(before: before) : .right }
        let expected = next > 0 ? entries[next - 1].epoch : nil
        if expected == epoch || (mayBeNew && !goesDown && epoch > expected ?? -1) {
            // One that was taken for new, after a crash, was not: it lies before an older one.
            if epoch < highestRight { return .lowered(before: highestRight) }
            highestRight = epoch
            return .right
        }
        misfit = misfit ?? header.baseOffset
        return .misfit(expected: expected)
    }

    mutating func finish(endOffset: Int64) {
        if next < entries.count, entries[next].startOffset >= endOffset {
            misplacedStart = misplacedStart ?? entries[next].startOffset
        }
    }
}
