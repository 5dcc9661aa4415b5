import Glibc
import KafkaRecords
import Testing

/// Batches that other implementations made, and ours that they read. See Compat/golden/record_batches.py.
@Suite struct GoldenBatchTests {
    @Test func filesAreThere() {
        #expect(Golden.batches.count >= 50)
        #expect(Set(Golden.batches.map(\.name)).count == Golden.batches.count)
    }

    @Test(arguments: Golden.batches.map(\.name))
    func decodes(name: String) throws {
        let batch = try #require(Golden.batches.first { $0.name == name }).bytes
        let decoded = try DecodedBatch(decoding: batch.rawSpan, bound: 1 << 20)
        let expected = Golden.records(of: name)
        #expect(decoded.allRecords == expected)
        #expect(decoded.header.producerId == 1234 && decoded.header.producerEpoch == 5)
        #expect(decoded.header.baseSequence == 77)
        #expect(decoded.header.attributes.isTransactional == name.hasSuffix("transactional"))
        #expect(decoded.header.maxTimestamp == expected.map(\.timestamp).max())
        #expect(try RecordBatch.validate(batch.rawSpan, bound: 1 << 20) == decoded.header)
        // The bound is exact: what fits to the byte is taken, a byte less is refused.
        let byteCount = decoded.body.byteCount
        #expect(throws: Never.self) { try DecodedBatch(decoding: batch.rawSpan, bound: byteCount) }
        #expect(throws: RecordBatchError.decompressedTooLarge(bound: byteCount - 1)) {
            try DecodedBatch(decoding: batch.rawSpan, bound: byteCount - 1)
        }
    }

    /// An uncompressed batch written anew has the bytes that kafka-python gave it.
    @Test func encodesAsKafkaPython() throws {
        let theirs = try #require(Golden.batches.first { $0.name == "small-kafka-python-none" }).bytes
        let ours = RecordBatch.encode(
            Golden.small, producerId: 1234, producerEpoch: 5, baseSequence: 77, partitionLeaderEpoch: 0)
        #expect(ours == theirs)
    }

    static let ours: [(name: String, bytes: [UInt8])] =
        Codec.allCases.map { ("small-\($0)", RecordBatch.encode(Golden.small, baseOffset: 40, codec: $0)) }
        + Codec.allCases.dropFirst().map {
            ("large-\($0)", RecordBatch.encode(Golden.large, baseOffset: 40, codec: $0))
        }
        + [
            (
                "control-commit",
                RecordBatch.control(ControlRecord(type: .commit, coordinatorEpoch: 7), template: RecordBatchHeader())
            )
        ]

    /// Our batches as kafka-python and aiokafka have read them (`record_batches.py check`). Compressed bytes depend on the
    /// library's version, so those are only read back. `SLUICE_GOLDEN=write` writes the file anew.
    @Test func oursAsOthersReadThem() throws {
        if getenv("SLUICE_GOLDEN") != nil { Golden.write("sluice_batches.txt", Self.ours) }
        let stored = Golden.read("sluice_batches.txt")
        #expect(stored.map(\.name) == Self.ours.map(\.name))
        for (old, new) in zip(stored, Self.ours) {
            let bytes = old.bytes
            let decoded = try DecodedBatch(decoding: bytes.rawSpan, bound: 1 << 20)
            if new.name.hasPrefix("control") || new.name.hasSuffix("none") {
                #expect(old.bytes == new.bytes, "\(new.name)")
            } else {
                #expect(decoded.allRecords == Golden.records(of: old.name), "\(old.name)")
                #expect(try decoded.header.codec() != .none)
            }
        }
    }
}
