/// Which leader epoch begins at which offset: the content of `leader-epoch-checkpoint`, an entry a line: epoch, offset.
struct LeaderEpochs: Sendable, Equatable {
    struct Entry: Sendable, Equatable {
        var epoch: Int32
        var startOffset: Int64
    }

    private(set) var entries: [Entry] = []

    init() {}

    /// Nil if the file is not whole; the batches hold the epochs too, so recovery builds it anew.
    init?(_ bytes: [UInt8]) {
        guard let lines = CheckpointText.decode(bytes, fieldCount: 2) else { return nil }
        for line in lines {
            guard let epoch = Int32(line[0]), let startOffset = Int64(line[1]) else { return nil }
            assign(epoch, startOffset: startOffset)
        }
    }

    var latest: Int32? { entries.last?.epoch }

    func isNew(_ epoch: Int32) -> Bool { epoch > (latest ?? -1) }

    /// Notes that `epoch` begins at `startOffset`, if it is newer than all before.
    mutating func assign(_ epoch: Int32, startOffset: Int64) {
        guard isNew(epoch) else { return }
        // An epoch without a record leaves no trace.
        while let last = entries.last, last.startOffset >= startOffset { entries.removeLast() }
        entries.append(Entry(epoch: epoch, startOffset: startOffset))
    }

    /// Forgets epochs that begin at `endOffset` or later.
    mutating func truncate(to endOffset: Int64) {
        while let last = entries.last, last.startOffset >= endOffset { entries.removeLast() }
    }

    /// Forgets epochs that end at `startOffset` or before; the one that holds it begins there now.
    mutating func advance(to startOffset: Int64) {
        while entries.count > 1, entries[1].startOffset <= startOffset { entries.removeFirst() }
        if let first = entries.first, first.startOffset < startOffset { entries[0].startOffset = startOffset }
    }

    /// The end offset of `epoch`, or of the largest before it, as OffsetForLeaderEpoch asks; nil if all are newer.
    func end(of epoch: Int32, endOffset: Int64) -> (epoch: Int32, endOffset: Int64)? {
        guard let number = entries.lastIndex(where: { $0.epoch <= epoch }) else { return nil }
        let end = number + 1 < entries.count ? entries[number + 1].startOffset : endOffset
        return (entries[number].epoch, end)
    }

    func encoded() -> [UInt8] {
        CheckpointText.encode(entries.map { "\($0.epoch) \($0.startOffset)" })
    }
}
