import KafkaRecords

/// The aborted transactions in the part of a log that is being compacted. Their records never count as the latest of a key
/// and are the first to go.
struct AbortedTransactions: Sendable {
    private struct Span {
        var first: Int64
        var last: Int64
    }

    static let countMax = 1 << 20

    /// By producer, ascending.
    private var spans: [Int64: [Span]] = [:]
    /// First offset of each transaction that is open.
    private var open: [Int64: Int64] = [:]
    private(set) var count = 0

    /// Takes in the batches in order. False where no more fit: nothing from `openOffset` on can be judged then.
    mutating func took(_ header: RecordBatchHeader, _ ending: ControlType?) -> Bool {
        guard header.hasProducerId else { return true }
        if header.attributes.isControl {
            guard let first = open.removeValue(forKey: header.producerId), ending == .abort else { return true }
            if count == Self.countMax {
                open[header.producerId] = first
                return false
            }
            spans[header.producerId, default: []].append(Span(first: first, last: header.lastOffset))
            count += 1
        } else if header.attributes.isTransactional, open[header.producerId] == nil {
            open[header.producerId] = header.baseOffset
        }
        return true
    }

    /// The first offset of a transaction whose end was not met.
    var openOffset: Int64? { open.values.min() }

    func contains(_ header: RecordBatchHeader) -> Bool {
        guard header.attributes.isTransactional, !header.attributes.isControl, let spans = spans[header.producerId]
        else { return false }
        var (low, high) = (0, spans.count)
        while low < high {
            let middle = low + (high - low) / 2
            if spans[middle].last < header.baseOffset { low = middle + 1 } else { high = middle }
        }
        return low < spans.count && spans[low].first <= header.baseOffset
    }
}
