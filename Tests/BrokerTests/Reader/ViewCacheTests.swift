// swift-format-ignore-file: NeverForceUnwrap

import Glibc
import KafkaMessages
import KafkaRecords
import NIOCore
import Synchronization
import TestSupport
import Testing

@testable import Broker
@testable import WasmRuntime

/// Batches that are kept as views have made them: the same bytes, within the bound, never for another reader's view.
@Suite struct ViewCacheTests {
    let fixture = ReaderFixture()

    /// Whatever is asked for, in whatever order, by readers of two views in both dialects: with a cache as without.
    @Test(arguments: [1 << 14, 1 << 22])
    func readersGetWhatTheyGetWithoutACache(byteLimit: Int) async throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededGenerator(seed: seed)
        let cache = try #require(ViewCache(byteLimit: byteLimit))
        var log = StoredLog()
        for _ in 0..<40 {
            let letters = Int.random(in: 0..<4, using: &random) == 0 ? ["d"] : ["a", "b", "d", "e", "s", "K"]
            let batch = (0..<Int.random(in: 1...9, using: &random)).map { _ -> String in
                letters.randomElement(using: &random)!
                    + String(repeating: "x", count: Int.random(in: 0...200, using: &random))
            }
            log.append(batch, codec: Codec.allCases.randomElement(using: &random)!)
        }
        let plans = [try await fixture.plan(.drop, digest: 1), try await fixture.plan(.replace, digest: 2)]
        for round in 0..<100 {
            var request = fixture.request(
                plans.randomElement(using: &random)!, from: Int64.random(in: 0..<log.endOffset, using: &random),
                bytesMax: Int.random(in: 1...6000, using: &random),
                dialect: [.emptyBatches, .noEmptyBatches].randomElement(using: &random)!)
            request.codec = [.none, .zstd].randomElement(using: &random)!
            // A fixture of its own: what it remembers of the old dialect would be the other reader's, too.
            let plain = try await fixture.encode(request, log, nothingBelow: NothingBelow())
            let cached = try await fixture.encode(request, log, cache: cache, nothingBelow: NothingBelow())
            #expect(plain.bytes == cached.bytes, "seed \(seed), round \(round)")
            #expect(
                plain.nextOffset == cached.nextOffset && plain.recordCount == cached.recordCount
                    && plain.error == cached.error && plain.isAtEnd == cached.isAtEnd,
                "seed \(seed), round \(round)")
            #expect(cache.counts.byteCount <= byteLimit, "seed \(seed), round \(round)")
        }
        #expect(cache.counts.hits > 0, "seed \(seed)")
        if byteLimit == 1 << 14 { #expect(cache.counts.evictions > 0, "seed \(seed)") }
    }

    /// A reader alone pays nothing for the cache; the second fills it, the third reads from it.
    @Test func fillsWhenASecondReaderComes() async throws {
        var log = StoredLog()
        for _ in 0..<5 { log.append(["a", "sb", "d"]) }
        let cache = try #require(ViewCache(byteLimit: 1 << 20))
        let request = fixture.request(try await fixture.plan())
        let first = try await fixture.encode(request, log, cache: cache)
        #expect(cache.counts == ViewCache.Counts(byteLimit: 1 << 20))
        _ = try await fixture.encode(request, log, cache: cache)
        #expect(cache.counts.entries == 5 && cache.counts.hits == 0 && cache.counts.misses == 5)
        let third = try await fixture.encode(request, log, cache: cache)
        #expect(cache.counts.hits == 5 && cache.counts.misses == 5)
        #expect(first.bytes == third.bytes && third.recordCount == 10)
    }

    /// What a reader gets from the cache has gone through the view as well, and metrics say so.
    @Test(arguments: [["a", "sb", "d", "a"], ["a"], ["d", "d"], ["s"]])
    func recordsFromTheCacheAreCounted(values: [String]) async throws {
        var log = StoredLog()
        for _ in 0..<3 { log.append(values) }
        let cache = try #require(ViewCache(byteLimit: 1 << 20))
        let request = fixture.request(try await fixture.plan())
        for round in 1...4 {
            _ = try await fixture.encode(request, log, cache: cache)
            let counted = [fixture.meter.kept, fixture.meter.changed, fixture.meter.dropped].map(\.value)
            let expected = ["a", "s", "d"].map { letter in values.count { $0.hasPrefix(letter) } * 3 * round }
            #expect(counted == expected, "round \(round)")
        }
        #expect(cache.counts.hits == 6)
    }

    /// Everything that the bytes depend on is a part of what a batch is known by.
    @Test func nothingIsServedToAnotherReader() async throws {
        var log = StoredLog()
        log.append(["a", "sb", "d"])
        let cache = try #require(ViewCache(byteLimit: 1 << 20))
        let request = fixture.request(try await fixture.plan())
        for _ in 0..<3 { _ = try await fixture.encode(request, log, cache: cache) }
        #expect(cache.counts.hits == 1)
        let header = log.batches[0].header
        let key = request.key(of: header, codec: .none)
        var others: [EncodedBatchKey] = []
        func other(_ change: (inout ReaderRequest, inout RecordBatchHeader) -> Void) {
            var (request, header) = (request, header)
            change(&request, &header)
            others.append(request.key(of: header, codec: request.codec))
        }
        other { request, _ in request.plan.digest = ViewDigest([UInt8](repeating: 9, count: 32)) }
        // A topic that was made again under the same name.
        other { request, _ in request.topicId = Uuid(high: 7, low: 10) }
        other { request, _ in request.partition = 5 }
        other { request, _ in request.dialect = .noEmptyBatches }
        other { request, _ in request.codec = .zstd }
        other { request, _ in request.codecLevel = 3 }
        other { request, _ in request.recordMax = 1 }
        other { _, header in header.baseOffset = 1 }
        other { _, header in header.partitionLeaderEpoch = 4 }
        other { _, header in header.crc ^= 1 }
        other { _, header in header.batchLength += 1 }
        #expect(Set(others + [key]).count == others.count + 1)
        guard case .form = cache.form(of: key) else {
            Issue.record("the batch isn't there")
            return
        }
        for other in others {
            guard case .make = cache.form(of: other) else {
                Issue.record("served: \(other)")
                continue
            }
            cache.finish(other, nil)
        }
    }

    /// What failed is reported and follows the rule each time; what is quarantined for one view isn't kept as its form.
    @Test(arguments: [OnErrorRule.stop, .drop, .replace])
    func failuresAreNotKept(rule: OnErrorRule) async throws {
        var log = StoredLog()
        log.append(["a", "e"])
        let cache = try #require(ViewCache(byteLimit: 1 << 20))
        let plan = try await fixture.plan(rule)
        for _ in 0..<4 { _ = try await fixture.encode(fixture.request(plan), log, cache: cache) }
        #expect(fixture.sink.failures.count == 4)
        #expect(cache.counts.entries == 0 && cache.counts.hits == 0)
        var quarantined = fixture.request(plan)
        quarantined.quarantined = [1]
        let fetch = try await fixture.encode(quarantined, log, cache: cache)
        #expect(try fetch.words() == ["0:a"] && cache.counts.entries == 0)
    }

    @Test func aBatchIsMadeOnceForReadersThatComeTogether() async throws {
        let cache = try #require(ViewCache(byteLimit: 1 << 20))
        var log = StoredLog()
        log.append(["a"])
        let key = fixture.request(try await fixture.plan()).key(of: log.batches[0].header, codec: .none)
        guard case .make = cache.form(of: key) else {
            Issue.record("an empty cache has it")
            return
        }
        let others = try Readers(count: 3) {
            if case .form(.nothing, _) = cache.form(of: key) { true } else { false }
        }
        cache.finish(key, .nothing)
        #expect(others.results() == [true, true, true])
        #expect(cache.counts.misses == 1 && cache.counts.hits == 3)
    }

    @Test func noBytesIsNoCache() {
        #expect(ViewCache(byteLimit: 0) == nil)
    }
}

/// Threads of the system that each call a closure once.
private final class Readers: Sendable {
    private let threads: [NativeThread]
    private let found: Found

    private final class Found: Sendable {
        let results = Mutex<[Bool]>([])
    }

    init(count: Int, _ work: @escaping @Sendable () -> Bool) throws {
        let found = Found()
        self.found = found
        threads = try (0..<count).map { number in
            try NativeThread(name: "reader-\(number)") {
                let result = work()
                found.results.withLock { $0.append(result) }
            }
        }
    }

    func results() -> [Bool] {
        for thread in threads { thread.join() }
        return found.results.withLock { $0 }
    }
}
