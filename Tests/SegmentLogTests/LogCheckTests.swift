import KafkaRecords
import TestSupport
import Testing

@testable import SegmentLog

@Suite struct LogCheckTests {
    typealias FS = InMemoryFileSystem

    /// Five segments, three leader epochs, an idempotent producer, indexes with several entries each, cleanly closed.
    static func stopped(batchCount: Int = 20, closes: Bool = true) throws -> LogFixture {
        var configuration = LogConfiguration()
        configuration.segmentBytes = 700
        configuration.indexIntervalBytes = 100
        let fixture = try LogFixture(configuration)
        for number in 0..<batchCount {
            let batch = LogFixture.batch(
                count: 1 + number % 3, timestamp: 1000 + Int64(number) * 10, valueByteCount: 20 + number,
                codec: number % 4 == 0 ? .zstd : .none, producerId: 7, producerEpoch: 0,
                baseSequence: (0..<number).reduce(0) { $0 + Int32(1 + $1 % 3) })
            try fixture.append(batch, leaderEpoch: number < 7 ? 0 : number < 15 ? 2 : 5)
        }
        if closes { try fixture.log.close() } else { try fixture.log.flushNow() }
        return fixture
    }

    static func check(
        _ fileSystem: FS, isClean: Bool = true, _ change: (inout LogCheck<FS>.Options) -> Void = { _ in }
    ) throws -> LogCheckReport {
        var options = LogCheck<FS>.Options()
        options.isClean = isClean
        change(&options)
        var check = LogCheck(fileSystem, directory: LogFixture.directory, options: options) { _ in }
        return try check.run()
    }

    static func repair(_ fileSystem: FS, _ report: LogCheckReport) throws {
        let repair = try LogRepair(fileSystem, directory: LogFixture.directory, report: report)
        try repair.run(configuration: LogConfiguration(), now: 5000)
    }

    /// Opens the log as after a crash, and closes it.
    private static func start(_ fileSystem: FS) throws {
        let log = try PartitionLog.open(
            directory: LogFixture.directory, files: FileCache(fileSystem: fileSystem, capacity: 16),
            configuration: LogConfiguration(), isClean: false, now: 5000)
        try log.close()
    }

    private static func path(_ name: String) -> String { LogFixture.directory + "/" + name }

    /// Every whole batch in the folder's segments, as stored.
    static func batches(_ fileSystem: FS) throws -> Set<[UInt8]> {
        var found: Set<[UInt8]> = []
        for name in try fileSystem.list(LogFixture.directory) where name.hasSuffix(".log") {
            let bytes = try #require(fileSystem.contents(at: path(name)))
            var walk = RecordBatches(bytes.rawSpan)
            while let (header, position) = try walk.next() {
                found.insert(Array(bytes[position..<position + header.byteCount]))
            }
        }
        return found
    }

    @Test func aCleanLogIsSound() throws {
        let fixture = try Self.stopped()
        var read = 0
        var options = LogCheck<FS>.Options()
        options.readsRecords = true
        var check = LogCheck(fixture.fileSystem, directory: LogFixture.directory, options: options) { read += $0 }
        let report = try check.run()
        #expect(report.findings == [])
        #expect(report.batchCount == 20)
        #expect(report.segmentCount >= 4)
        #expect(report.endOffset == fixture.log.endOffset)
        #expect(read == report.byteCount)
        let total = try LogCheck.byteCount(fixture.fileSystem, directory: LogFixture.directory)
        #expect(read == total)
    }

    /// Gaps, merged segments and batches without records are as the cleaner leaves them; a byte that changes in them is found
    /// but for the base offset of a batch, which may have moved into a gap, and the digits of a checkpoint.
    @Test(arguments: 1...12 as ClosedRange<UInt64>)
    func aCompactedLogIsSound(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let fixture = try LogFixture(LogFixture.compacting())
        var model = CompactionModel()
        for number in 0..<Int.random(in: 20...60, using: &generator) {
            let key = "k\(Int.random(in: 0..<6, using: &generator))"
            try fixture.put(key, number % 9 == 0 ? nil : "value \(number)", into: &model)
            if Int.random(in: 0..<15, using: &generator) == 0 {
                try fixture.seal()
                try fixture.compact()
            }
        }
        try fixture.seal()
        try fixture.compact()
        try fixture.log.close()
        let report = try Self.check(fixture.fileSystem) { $0.readsRecords = true }
        #expect(report.findings == [], "seed \(seed)")
        let logs = try fixture.fileSystem.list(LogFixture.directory).filter { $0.hasSuffix(".log") }.sorted()
        let name = try #require(logs.first { fixture.fileSystem.contents(at: Self.path($0))?.isEmpty == false })
        let bytes = try #require(fixture.fileSystem.contents(at: Self.path(name)))
        for position in 8..<bytes.count {
            let isBaseOffset = try Self.batchStarts(bytes).contains { ($0..<$0 + 8).contains(position) }
            guard !isBaseOffset else { continue }
            var spoiled = bytes
            spoiled[position] ^= UInt8.random(in: 1...255, using: &generator)
            fixture.fileSystem.replaceContents(at: Self.path(name), with: spoiled)
            #expect(try !Self.check(fixture.fileSystem).isSound, "seed \(seed): \(name) byte \(position)")
        }
    }

    private static func batchStarts(_ bytes: [UInt8]) throws -> [Int] {
        var starts: [Int] = []
        var walk = RecordBatches(bytes.rawSpan)
        while let (_, position) = try walk.next() { starts.append(position) }
        return starts
    }

    @Test func anInterruptedCompactionIsTheNextStarts() throws {
        let fixture = try Self.stopped()
        let name = LogFileName.name(0, .log) + LogFileName.swapSuffix
        fixture.fileSystem.replaceContents(at: Self.path(name), with: [1])
        let report = try Self.check(fixture.fileSystem)
        #expect(report.findings.map(\.kind) == [.interruptedCompaction])
        #expect(report.findings.map(\.remedy) == [.nextStart])
        #expect(try !LogRepair(fixture.fileSystem, directory: LogFixture.directory, report: report).isNeeded)
    }

    @Test func whatACrashLeavesAndTheStartMendsIsSound() throws {
        let fixture = try Self.stopped(closes: false)
        #expect(try Self.check(fixture.fileSystem, isClean: false).findings == [])
        try fixture.reopen(isClean: false)
        try fixture.log.close()
        #expect(try Self.check(fixture.fileSystem).findings == [])
    }

    /// The property: whatever byte changes, the check finds it. Every byte of every file in turn; what is not covered by
    /// anything is named in `LogCheck`.
    @Test(arguments: [1, 2, 3] as [UInt64])
    func everyChangedByteIsFound(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let fixture = try Self.stopped()
        let names = try fixture.fileSystem.list(LogFixture.directory).sorted()
        #expect(Set(names.map { $0.drop { $0 != "." } }).isSuperset(of: [".log", ".index", ".timeindex", ".snapshot"]))
        for name in names {
            let bytes = try #require(fixture.fileSystem.contents(at: Self.path(name)))
            for position in bytes.indices {
                var spoiled = bytes
                spoiled[position] ^= UInt8.random(in: 1...255, using: &generator)
                fixture.fileSystem.replaceContents(at: Self.path(name), with: spoiled)
                let report = try Self.check(fixture.fileSystem)
                #expect(
                    !report.isSound, "seed \(seed): \(name) byte \(position), \(bytes[position]) → \(spoiled[position])"
                )
            }
            fixture.fileSystem.replaceContents(at: Self.path(name), with: bytes)
        }
        #expect(try Self.check(fixture.fileSystem).isSound)
    }

    @Test func everyShortenedFileIsFound() throws {
        let fixture = try Self.stopped()
        for name in try fixture.fileSystem.list(LogFixture.directory) {
            let bytes = try #require(fixture.fileSystem.contents(at: Self.path(name)))
            // A shorter index is whole wherever it ends between entries: it only answers more slowly.
            let step = name.hasSuffix(".index") ? 8 : name.hasSuffix(".timeindex") ? 12 : Int.max
            for count in 0..<bytes.count where count % step != 0 || step == .max {
                fixture.fileSystem.replaceContents(at: Self.path(name), with: Array(bytes.prefix(count)))
                #expect(try !Self.check(fixture.fileSystem).isSound, "\(name) cut to \(count) of \(bytes.count)")
            }
            fixture.fileSystem.replaceContents(at: Self.path(name), with: bytes)
        }
    }

    /// After a repair the log opens, its check is clean, and every batch that no damage has touched is there.
    @Test(arguments: 1...60 as ClosedRange<UInt64>)
    func aRepairKeepsEveryWholeBatch(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let isClean = Bool.random(using: &generator)
        let fixture = try Self.stopped(closes: isClean)
        let before = try Self.batches(fixture.fileSystem)
        let names = try fixture.fileSystem.list(LogFixture.directory).filter { $0.hasSuffix(".log") }.sorted()
        for _ in 0..<Int.random(in: 1...3, using: &generator) {
            let name = try #require(names.randomElement(using: &generator))
            var bytes = try #require(fixture.fileSystem.contents(at: Self.path(name)))
            Self.spoil(&bytes, &generator)
            fixture.fileSystem.replaceContents(at: Self.path(name), with: bytes)
        }
        let intact = before.intersection(try Self.soundBatches(fixture.fileSystem))
        let ends = fixture.log.endOffset
        let report = try Self.check(fixture.fileSystem, isClean: isClean)
        let reported = report.findings.filter { $0.remedy != .none }
        try Self.repair(fixture.fileSystem, report)
        let after = try Self.check(fixture.fileSystem)
        // A gap stays. After a crash, so does an epoch that may be new, as recovery takes it.
        let isEpochUnknown = report.findings.contains { $0.kind == .leaderEpoch && $0.remedy == .none }
        let left = after.findings.filter {
            $0.kind != .gap && $0.remedy != .none && !(isEpochUnknown && $0.kind == .leaderEpoch)
        }
        #expect(left == [], "seed \(seed), first \(reported)")
        let kept = try Self.batches(fixture.fileSystem)
        #expect(kept.isSuperset(of: intact), "seed \(seed): \(report.findings)")
        try fixture.reopen(isClean: true)
        #expect(fixture.log.recovery.corruption == nil)
        if isClean { #expect(fixture.log.endOffset == ends, "seed \(seed): no offset is given out twice") }
        let next = try fixture.append(count: 1)
        #expect(next.baseOffset >= after.endOffset)
    }

    private static func spoil(_ bytes: inout [UInt8], _ generator: inout SeededGenerator) {
        guard !bytes.isEmpty else { return }
        let start = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: bytes[start] ^= UInt8.random(in: 1...255, using: &generator)
        case 1:
            let end = min(bytes.count, start + Int.random(in: 1...200, using: &generator))
            for position in start..<end { bytes[position] = 0 }
        case 2: bytes.removeLast(bytes.count - start)
        default: bytes.append(contentsOf: [UInt8](repeating: 0x5a, count: 1 + start % 100))
        }
    }

    /// Batches that stand at their offset with a right checksum, found at any byte.
    private static func soundBatches(_ fileSystem: FS) throws -> Set<[UInt8]> {
        var found: Set<[UInt8]> = []
        for name in try fileSystem.list(LogFixture.directory) where name.hasSuffix(".log") {
            let bytes = try #require(fileSystem.contents(at: path(name)))
            for start in 0..<max(1, bytes.count - RecordBatchHeader.byteCount) {
                guard bytes.count - start > RecordBatchHeader.byteCount,
                    let header = try? RecordBatchHeader(bytes.rawSpan.extracting(start..<bytes.count)),
                    header.byteCount <= bytes.count - start
                else { continue }
                let batch = Array(bytes[start..<start + header.byteCount])
                if (try? header.verifyChecksum(of: batch.rawSpan)) != nil { found.insert(batch) }
            }
        }
        return found
    }

    /// Every byte of every batch's leader epoch in turn: the folder is as it was afterwards.
    @Test func aDamagedLeaderEpochIsSetRight() throws {
        let fixture = try Self.stopped()
        for name in try fixture.fileSystem.list(LogFixture.directory) where name.hasSuffix(".log") {
            let bytes = try #require(fixture.fileSystem.contents(at: Self.path(name)))
            for start in try Self.batchStarts(bytes) {
                for position in start + 12..<start + 16 {
                    let copy = fixture.fileSystem.copy()
                    var spoiled = bytes
                    spoiled[position] ^= 0x81
                    copy.replaceContents(at: Self.path(name), with: spoiled)
                    let report = try Self.check(copy)
                    #expect(report.findings.map(\.kind) == [.leaderEpoch] && report.findings[0].lost == nil)
                    try Self.repair(copy, report)
                    #expect(copy.contents(at: Self.path(name)) == bytes, "\(name) byte \(position)")
                    #expect(try Self.check(copy).findings == [])
                }
            }
        }
    }

    @Test func aDamagedEpochCheckpointIsMadeAnew() throws {
        let fixture = try Self.stopped()
        let path = Self.path(LogFileName.leaderEpochs)
        let bytes = try #require(fixture.fileSystem.contents(at: path))
        for text in ["0\n3\n0 0\n2 13\n7 30\n", "0\n1\n0 0\n", "", "0\n3\n0 0\n1 13\n5 30\n"] {
            let copy = fixture.fileSystem.copy()
            copy.replaceContents(at: path, with: Array(text.utf8))
            let report = try Self.check(copy)
            #expect(!report.isSound, "\(text)")
            try Self.repair(copy, report)
            #expect(copy.contents(at: path) == bytes, "\(text)")
            #expect(try Self.check(copy).findings == [])
        }
    }

    @Test func aTornTailIsNamedAndTheCutIsKept() throws {
        let fixture = try Self.stopped(closes: false)
        let name = LogFileName.name(fixture.log.active.baseOffset, .log)
        var bytes = try #require(fixture.fileSystem.contents(at: Self.path(name)))
        let end = bytes.count
        bytes += [UInt8](repeating: 0x77, count: 33)
        fixture.fileSystem.replaceContents(at: Self.path(name), with: bytes)
        let report = try Self.check(fixture.fileSystem, isClean: false)
        #expect(report.findings.map(\.kind) == [.tornTail])
        #expect(report.findings.map(\.bytes) == [end..<end + 33])
        #expect(report.findings.map(\.remedy) == [.nextStart])
        try Self.repair(fixture.fileSystem, report)
        #expect(fixture.fileSystem.contents(at: Self.path("\(name).cut-\(end)")) == [UInt8](repeating: 0x77, count: 33))
        #expect(try Self.check(fixture.fileSystem).isSound)
    }

    @Test func lostOffsetsAreExact() throws {
        let fixture = try Self.stopped()
        let name = LogFileName.name(0, .log)
        let bytes = try #require(fixture.fileSystem.contents(at: Self.path(name)))
        let first = try RecordBatchHeader(bytes.rawSpan)
        let second = try RecordBatchHeader(bytes.rawSpan.extracting(first.byteCount..<bytes.count))
        var spoiled = bytes
        spoiled[first.byteCount + 70] ^= 1
        fixture.fileSystem.replaceContents(at: Self.path(name), with: spoiled)
        let report = try Self.check(fixture.fileSystem)
        let damage = try #require(report.findings.first { $0.kind == .damagedBatch })
        #expect(damage.lost == second.baseOffset..<second.lastOffset + 1)
        #expect(damage.bytes == first.byteCount..<first.byteCount + second.byteCount)
        try Self.repair(fixture.fileSystem, report)
        let again = try Self.check(fixture.fileSystem)
        #expect(again.findings.map(\.kind) == [.gap])
        #expect(again.findings.map(\.lost) == [damage.lost])
        #expect(try Self.check(fixture.fileSystem) { $0.allowsGaps = true }.isSound)
    }

    @Test func aRunningBrokersLastAppendIsNoDamage() throws {
        let fixture = try Self.stopped(closes: false)
        let name = LogFileName.name(fixture.log.active.baseOffset, .log)
        let bytes = try #require(fixture.fileSystem.contents(at: Self.path(name)))
        fixture.fileSystem.replaceContents(at: Self.path(name), with: Array(bytes.dropLast(5)))
        #expect(try Self.check(fixture.fileSystem, isClean: false) { $0.isLive = true }.isSound)
        #expect(try !Self.check(fixture.fileSystem, isClean: false).isSound)
    }

    @Test func recordsThatCannotBeReadAreFoundWhenAskedFor() throws {
        let fixture = try LogFixture()
        var batch = LogFixture.batch(count: 2, codec: .zstd)
        // The producer's own damage: a wrong body under a right checksum.
        batch[batch.count - 4] ^= 0xff
        let crc = CRC32C.checksum(batch.rawSpan.extracting(RecordBatchHeader.checksummedPosition..<batch.count))
        for (index, shift) in [24, 16, 8, 0].enumerated() {
            batch[17 + index] = UInt8(truncatingIfNeeded: crc >> UInt32(shift))
        }
        try fixture.append(batch)
        try fixture.log.close()
        #expect(try Self.check(fixture.fileSystem).isSound)
        let report = try Self.check(fixture.fileSystem) { $0.readsRecords = true }
        #expect(report.findings.map(\.kind) == [.unreadableRecords])
        #expect(report.findings.map(\.lost) == [0..<2])
    }

    /// Power fails at any step of a repair: a second check and repair end well all the same, and nothing sound is lost.
    @Test func aRepairThatIsCutShortCanBeDoneAgain() throws {
        let fixture = try Self.stopped()
        let name = LogFileName.name(fixture.log.segments[1].baseOffset, .log)
        var bytes = try #require(fixture.fileSystem.contents(at: Self.path(name)))
        bytes[80] ^= 0xff
        fixture.fileSystem.replaceContents(at: Self.path(name), with: bytes)
        let intact = try Self.soundBatches(fixture.fileSystem)
        for step in 1...200 {
            let copy = fixture.fileSystem.copy()
            copy.powerOff(after: step)
            let isDone = (try? Self.repair(copy, Self.check(copy))) != nil
            copy.crash(.prefix(seed: UInt64(step)))
            if isDone { return }
            let report = try Self.check(copy, isClean: false)
            try Self.repair(copy, report)
            try Self.start(copy)
            #expect(try Self.batches(copy).isSuperset(of: intact), "step \(step)")
            let left = try Self.check(copy).findings.filter { $0.kind != .gap }
            #expect(left == [], "step \(step) of \(report.findings)")
        }
        Issue.record("the repair took more than 200 steps")
    }
}
