import Metering
import WasmRuntime

/// What a view does to the records that pass through it. A batch that is read again is counted again.
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

    func count(_ outcome: BatchOutcome) {
        var (kept, changed, dropped, failed) = (0, 0, 0, 0)
        for index in outcome.records.indices {
            switch outcome.records[index].kind {
            case .keep: kept += 1
            case .replaced: changed += 1
            case .drop: dropped += 1
            case .failed:
                failed += 1
                failures.add(Int(outcome.records[index].failure.rawValue))
            }
        }
        self.kept.add(kept)
        self.changed.add(changed)
        if dropped > 0 { self.dropped.add(dropped) }
        if failed > 0 { self.failed.add(failed) }
    }
}
