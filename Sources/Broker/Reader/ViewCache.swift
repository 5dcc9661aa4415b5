import DequeModule
import KafkaMessages
import KafkaRecords
import Synchronization
import WasmRuntime

/// Keeps what stored batches became under views, in a bounded number of bytes, for readers who ask for the same again: other
/// groups with the same view, and consumers that read once more.
///
/// Only batches without a failed record are kept: those are reported and follow the on-error rule each time. Nothing is put
/// by for a partition and view until somebody reads behind another reader: a single consumer would pay for writing through
/// the whole cache, a copy of each batch into memory that isn't in the processor's, and gain nothing.
final class ViewCache: Sendable {
    /// What a batch became.
    enum Form: Sendable, PayloadHolder {
        /// It goes as it is stored.
        case stored
        case built([UInt8], recordCount: Int)
        /// No record is left.
        case nothing

        /// Bytes that it takes, with what the cache itself needs for it.
        var byteCount: Int {
            if case .built(let bytes, _) = self { Self.overhead + bytes.count } else { Self.overhead }
        }

        static let overhead = 512
    }

    enum Answer {
        /// With what the view did to the batch's records.
        case form(Form, ViewTally)
        /// It isn't there: make it, then call `finish`.
        case make
        /// It isn't there, and another reader has been making it for long: make it for yourself.
        case giveUp
    }

    /// For a metrics page; read at any time.
    struct Counts: Sendable, Equatable {
        /// Batches that were taken from the cache.
        var hits = 0
        /// Batches that were looked for in vain.
        var misses = 0
        /// Batches that went to make room.
        var evictions = 0
        /// Batches and bytes in the cache now.
        var entries = 0
        var byteCount = 0
        /// The bound of `byteCount`.
        var byteLimit = 0
    }

    private struct Entry {
        var form: Form
        var tally: ViewTally
        /// Asked for since it was last passed over.
        var isUsed = false
    }

    /// How far a view has been made of a partition, and for how many batches more what is made is put by.
    private struct Reading {
        var end: Int64
        var left = 0
    }

    private struct State {
        var entries: [EncodedBatchKey: Entry] = [:]
        /// Keys, the one that goes next first.
        var order: Deque<EncodedBatchKey> = []
        /// Who waits for a batch that another reader is making.
        var making: [EncodedBatchKey: [ThreadSignal]] = [:]
        var readings: [NothingBelow.Key: Reading] = [:]
        var counts = Counts()
    }

    /// Batches that are put by after a second reader was seen; each hit begins anew.
    private static let putsMax = 4096
    private static let readingsMax = 10_000
    /// A reader waits so long for one that makes the same batch.
    private static let patienceNs: Int64 = 50_000_000

    private let byteLimit: Int
    private let state = Mutex(State())

    /// nil: no cache.
    init?(byteLimit: Int) {
        guard byteLimit > 0 else { return nil }
        self.byteLimit = byteLimit
        state.withLock { $0.counts.byteLimit = byteLimit }
    }

    var counts: Counts { state.withLock { $0.counts } }

    /// A reader begins at `offset`. Whether it should look for batches, and put by what it makes.
    func begin(_ key: NothingBelow.Key, at offset: Int64) -> Bool {
        state.withLock { state in
            guard let reading = state.readings[key] else { return false }
            if offset < reading.end { state.readings[key]?.left = Self.putsMax }
            return offset < reading.end || reading.left > 0
        }
    }

    /// A reader has got up to, but without, `offset`, and has put by `puts` batches and found `hits`.
    func end(_ key: NothingBelow.Key, at offset: Int64, puts: Int, hits: Int) {
        state.withLock { state in
            if state.readings.count >= Self.readingsMax, state.readings[key] == nil { state.readings.removeAll() }
            var reading = state.readings[key] ?? Reading(end: offset)
            reading.end = max(reading.end, offset)
            reading.left = hits > 0 ? Self.putsMax : max(0, reading.left - puts)
            state.readings[key] = reading
        }
    }

    /// What the batch became. Waits a little for another reader that is making it. After `make`, `finish` must follow.
    func form(of key: EncodedBatchKey) -> Answer {
        var signal: ThreadSignal?
        while true {
            let answer = state.withLock { state -> Answer? in
                if let entry = state.entries[key] {
                    if !entry.isUsed { state.entries[key]?.isUsed = true }
                    state.counts.hits += 1
                    return .form(entry.form, entry.tally)
                }
                if state.making[key] == nil {
                    state.making[key] = []
                    state.counts.misses += 1
                    return .make
                }
                if signal != nil {
                    state.counts.misses += 1
                    return .giveUp
                }
                let own = ThreadSignal()
                state.making[key]?.append(own)
                signal = own
                return nil
            }
            if let answer { return answer }
            signal?.wait(untilNs: SystemBrokerClock().monotonicNs() + Self.patienceNs)
        }
    }

    /// Ends what `form` began with `make`. nil: it isn't kept.
    func finish(_ key: EncodedBatchKey, _ form: Form?, _ tally: ViewTally = ViewTally()) {
        let waiting = state.withLock { state in
            if let form, form.byteCount <= byteLimit / 8, state.entries[key] == nil {
                state.entries[key] = Entry(form: form, tally: tally)
                state.order.append(key)
                state.counts.entries += 1
                state.counts.byteCount += form.byteCount
                makeRoom(&state)
            }
            return state.making.removeValue(forKey: key) ?? []
        }
        for signal in waiting { signal.signal() }
    }

    /// The oldest go; one that was asked for since it was last looked at gets another turn.
    private func makeRoom(_ state: inout State) {
        while state.counts.byteCount > byteLimit, let key = state.order.popFirst() {
            guard let entry = state.entries[key] else { continue }
            if entry.isUsed {
                state.entries[key]?.isUsed = false
                state.order.append(key)
            } else {
                state.entries[key] = nil
                state.counts.entries -= 1
                state.counts.evictions += 1
                state.counts.byteCount -= entry.form.byteCount
            }
        }
    }
}
