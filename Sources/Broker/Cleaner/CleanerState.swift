import SegmentLog
import Synchronization

/// What the cleaner's threads share: what they count, whether they are to end, and how fast they may go together.
final class CleanerState: Sendable {
    private let counted = Mutex(CleanerTotals())
    private let stopped = Atomic(false)
    private let live: LiveConfiguration

    init(live: LiveConfiguration) {
        self.live = live
    }

    var totals: CleanerTotals { counted.withLock { $0 } }

    func count(_ change: (inout CleanerTotals) -> Void) { counted.withLock { change(&$0) } }

    var isStopped: Bool { stopped.load(ordering: .relaxed) }

    func stop() { stopped.store(true, ordering: .relaxed) }

    /// How a compaction begins that starts now.
    var compactorSettings: CompactorSettings {
        let configuration = live.current
        var settings = CompactorSettings()
        settings.keyTableByteCountMax = configuration.keyTableBytesMax
        settings.decompressedBytesMax = configuration.decompressedBytesMax
        return settings
    }

    /// Takes note of bytes read and written, and blocks for as long as they should have taken: the bound is for all
    /// compactions that run together, with equal parts. False once `isEnded` says so, or the cleaner stops.
    func rest(after byteCount: Int, isEnded: () -> Bool) -> Bool {
        let running = counted.withLock { totals in
            totals.byteCount += byteCount
            return totals.runningCount
        }
        let bytesPerSecond = live.current.number("log.cleaner.io.max.bytes.per.second")
        let pace = CleanerPace(bytesPerSecond: max(1, bytesPerSecond / max(1, running)))
        return pace.rest(after: byteCount) { isStopped || isEnded() }
    }
}
