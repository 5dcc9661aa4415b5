import KafkaRecords

/// The latest offset of each key, by the key's hash: an open-addressed table of 24-byte slots with a bound on its memory.
///
/// Grows by doubling, and stops before the old and the new table together would pass the bound.
struct OffsetMap {
    private struct Slot: BitwiseCopyable {
        var hash = KeyHash.Value(low: 0, high: 0)
        /// -1: free.
        var offset: Int64 = -1
    }

    private static let slotByteCount = 24
    private static let slotCountMin = 64

    private(set) var count = 0
    /// Keys that fit.
    let countMax: Int
    private let hash: KeyHash
    private var slots: ContiguousArray<Slot>

    /// `byteCountMax`: memory for both tables while one is doubled, `log.cleaner.dedupe.buffer.size`.
    init(byteCountMax: Int, hash: KeyHash) {
        var slotCountMax = Self.slotCountMin
        while slotCountMax * 2 * Self.slotByteCount * 3 / 2 <= byteCountMax { slotCountMax *= 2 }
        self.init(countMax: slotCountMax / 4 * 3, hash: hash)
    }

    init(countMax: Int, hash: KeyHash) {
        self.countMax = countMax
        self.hash = hash
        slots = ContiguousArray(repeating: Slot(), count: Self.slotCountMin)
    }

    /// Notes that `key` stands at `offset`, which is larger than all before. False if there is no room for one more key.
    mutating func put(_ key: RawSpan, offset: Int64) -> Bool {
        let hash = hash.hash(key)
        var slot = slot(of: hash)
        if slots[slot].offset < 0 {
            guard count < countMax else { return false }
            if (count + 1) * 4 > slots.count * 3 {
                grow()
                slot = self.slot(of: hash)
            }
            count += 1
        }
        slots[slot] = Slot(hash: hash, offset: offset)
        return true
    }

    /// The latest offset of `key`; nil if it was not put.
    func offset(of key: RawSpan) -> Int64? {
        let found = slots[slot(of: hash.hash(key))].offset
        return found < 0 ? nil : found
    }

    /// Where the hash lies, or the free slot where it would. There always is one: a quarter of the slots stays free.
    private func slot(of hash: KeyHash.Value) -> Int {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash.low) & mask
        while slots[slot].offset >= 0, slots[slot].hash != hash { slot = (slot + 1) & mask }
        return slot
    }

    private mutating func grow() {
        let old = slots
        slots = ContiguousArray(repeating: Slot(), count: old.count * 2)
        for entry in old where entry.offset >= 0 { slots[slot(of: entry.hash)] = entry }
    }
}
