import Metering
import WasmRuntime

/// What became of the records of a batch, or of several, in a view; without those that failed.
struct ViewTally: Sendable, Equatable {
    var kept = 0
    var changed = 0
    var dropped = 0
}

/// What a view does to the records that pass through it. A batch that is read again is counted again, also where it comes
/// from the cache.
final class ViewMeter: Sendable {
    let kept = Counter()
    let changed = Counter()
    let dropped = Counter()
    let failed = Counter()
    /// Time in the guest and in what checks it, in nanoseconds.
    let nanoseconds = Counter()
    /// Failed records, and batches that can't be read, by `FailureClass`.
    let failures = CounterTable(count: FailureClass.allCases.count)

    init() {}

    /// Returns what was counted, but for what failed.
    func count(_ outcome: BatchOutcome) -> ViewTally {
        var tally = ViewTally()
        var failed = 0
        for index in outcome.records.indices {
            switch outcome.records[index].kind {
            case .keep: tally.kept += 1
            case .replaced: tally.changed += 1
            case .drop: tally.dropped += 1
            case .failed:
                failed += 1
                failures.add(Int(outcome.records[index].failure.rawValue))
            }
        }
        count(tally)
        if failed > 0 { self.failed.add(failed) }
        return tally
    }

    /// Records that were taken from the cache as the view had made them.
    func count(_ tally: ViewTally) {
        kept.add(tally.kept)
        changed.add(tally.changed)
        if tally.dropped > 0 { dropped.add(tally.dropped) }
    }
}
