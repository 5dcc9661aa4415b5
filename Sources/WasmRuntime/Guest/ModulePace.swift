import Synchronization

/// What a module took for a record lately, so that the next batch is cut into calls that end well before their deadline. It
/// saves interrupts and decides nothing: the pieces of a batch give what the whole gives.
final class ModulePace: Sendable {
    private let nsPerRecord = Atomic<Int64>(0)

    /// Records of which a call takes about a quarter of its deadline.
    func recordsPerCall(ofMs callMs: Int) -> Int {
        let pace = nsPerRecord.load(ordering: .relaxed)
        return pace <= 0 ? Int.max : Int(max(1, Int64(callMs) * 250_000 / pace))
    }

    /// A call with `records` records took `ns`. A slow one counts at once, a fast one by an eighth; two threads that note at
    /// once may lose one note.
    func note(records: Int, ns: Int64) {
        guard records > 0 else { return }
        let new = ns / Int64(records)
        let old = nsPerRecord.load(ordering: .relaxed)
        nsPerRecord.store(new >= old ? new : old - (old - new) / 8, ordering: .relaxed)
    }
}
