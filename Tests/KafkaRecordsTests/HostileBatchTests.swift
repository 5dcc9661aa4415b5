import KafkaRecords
import TestSupport
import Testing

/// Bytes that nobody meant: each is an error, none traps, and what does decode lies within its bounds.
@Suite struct HostileBatchTests {
    static let valid: [[UInt8]] = Golden.batches.filter { $0.name.hasPrefix("small") }.map(\.bytes)

    /// Looks at all that a decoded batch has, so that a wrong position would trap.
    private func walk(_ batch: DecodedBatch) throws {
        let section = batch.body
        for entry in batch.records {
            _ = entry.key(in: section)?.copy()
            _ = entry.value(in: section)?.copy()
            #expect(entry.payload(in: section).byteCount == Int(entry.payloadCount))
            let headers = entry.headers(in: section)
            var cursor = try RecordHeaderCursor(headers)
            while let header = try cursor.next() {
                _ = header.key(in: headers).copy()
                _ = header.value(in: headers)?.copy()
            }
        }
    }

    @Test func everyTruncation() {
        for batch in Self.valid {
            for count in 0..<batch.count {
                let cut = batch.rawSpan.extracting(first: count)
                #expect(throws: RecordBatchError.self) { try DecodedBatch(decoding: cut, bound: 1 << 20) }
            }
        }
    }

    /// Cut with length and checksum made right, so that codec and records must see it. (Not where the last gzip member holds
    /// nothing: without it the batch is as good.)
    @Test func everyResealedTruncation() {
        for (name, batch) in Golden.batches where name.hasPrefix("small") && !name.hasSuffix("empty-member-last") {
            for count in RecordBatchHeader.byteCount..<batch.count {
                let cut = Array(batch[..<count]).resealed()
                #expect(throws: RecordBatchError.self) { try DecodedBatch(decoding: cut.rawSpan, bound: 1 << 20) }
            }
        }
    }

    @Test func everyFlippedBitIsSeen() throws {
        let batch = try #require(Self.valid.first)
        // From the checksum on; the first fields and the magic are outside it.
        for position in 17..<batch.count {
            var flipped = batch
            flipped[position] ^= 1 << UInt8(position % 8)
            #expect(throws: RecordBatchError.self) { try DecodedBatch(decoding: flipped.rawSpan, bound: 1 << 20) }
        }
    }

    @Test func mutations() throws {
        let seed: UInt64 = 0x5eed_0010
        var random = SeededGenerator(seed: seed)
        var decodedCount = 0
        for step in 0..<20_000 {
            var batch = Self.valid[Int.random(in: 0..<Self.valid.count, using: &random)]
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                guard !batch.isEmpty else { break }
                let position = Int.random(in: 0..<batch.count, using: &random)
                switch Int.random(in: 0...5, using: &random) {
                case 0: batch[position] = random.bytes(1)[0]
                case 1: batch[position] ^= 1 << UInt8.random(in: 0...7, using: &random)
                case 2: batch[position] = [0, 1, 0x7f, 0x80, 0xff].randomElement(using: &random) ?? 0
                case 3: batch.remove(at: position)
                case 4: batch.insert(random.bytes(1)[0], at: position)
                default: batch.replaceSubrange(position..., with: batch[(batch.count - position / 2)...])
                }
            }
            let bytes = step % 8 == 0 ? batch : batch.resealed()
            do throws(RecordBatchError) {
                let decoded = try DecodedBatch(decoding: bytes.rawSpan, bound: 1 << 18)
                decodedCount += 1
                #expect(throws: Never.self, "seed \(seed) step \(step)") { try walk(decoded) }
                _ = try? RecordBatch.rebuildControl(decoded)
            } catch {
                // Refused, as most are.
            }
            var batches = RecordBatches(bytes.rawSpan)
            while let _ = try? batches.next() {}
        }
        // Some mutations only change a value; if none decoded, the loop would look at nothing.
        #expect(decodedCount > 100)
    }

    @Test(arguments: Codec.allCases.dropFirst())
    func randomBytesToCodecs(codec: Codec) {
        var random = SeededGenerator(seed: 0x5eed_0011)
        let magics: [Codec: [UInt8]] = [
            .gzip: [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3], .lz4: [0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82],
            .zstd: [0x28, 0xb5, 0x2f, 0xfd],
            .snappy: [0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1],
        ]
        for step in 0..<2_000 {
            let bytes =
                (step % 2 == 0 ? magics[codec] ?? [] : []) + random.bytes(Int.random(in: 0...200, using: &random))
            if let output = try? codec.decompress(bytes.rawSpan, bound: 1 << 16) { #expect(output.count <= 1 << 16) }
        }
    }

    /// A batch of one record of these bytes.
    private func decode(_ section: [UInt8], count: Int32 = 1, lastOffsetDelta: Int32 = 0) throws -> DecodedBatch {
        var header = RecordBatchHeader()
        header.recordCount = count
        header.lastOffsetDelta = lastOffsetDelta
        var batch: [UInt8] = []
        header.write(to: &batch)
        let bytes = (batch + section).resealed()
        return try DecodedBatch(decoding: bytes.rawSpan, bound: 1 << 20)
    }

    /// Varints: 0x00 = 0, 0x01 = −1, 0x02 = 1, 0x03 = −2, 0x0c = 6.
    @Test(
        arguments: [
            // length, attributes, timestamp, offset, key, value, headers
            [0x0c, 0, 0, 0, 0x01, 0x01, 0],
            [0x10, 0, 0, 0, 0x02, 65, 0x02, 66, 0],
            [0x0c, 0x55, 0, 0, 0x01, 0x01, 0],
        ] as [[UInt8]])
    func acceptedRecords(section: [UInt8]) throws { try walk(decode(section)) }

    @Test(
        arguments: [
            [0x00, 0, 0, 0, 0x01, 0x01, 0],  // length 0
            [0x01, 0, 0, 0, 0x01, 0x01, 0],  // length −1
            [0x0a, 0, 0, 0, 0x01, 0x01, 0],  // a byte less than there is in the record
            [0x0e, 0, 0, 0, 0x01, 0x01, 0],  // a byte more than there is in the section
            [0x0e, 0, 0, 0, 0x01, 0x01, 0, 9],  // a byte in the record behind its headers
            [0x0c, 0, 0, 0, 0x03, 0x01, 0],  // key length −2
            [0x0c, 0, 0, 0, 0x01, 0x03, 0],  // value length −2
            [0x0c, 0, 0, 0, 0x01, 0x01, 0x01],  // −1 headers
            [0x0c, 0, 0, 0, 0x01, 0x01, 0x02],  // a header that isn't there
            [0x10, 0, 0, 0, 0x01, 0x01, 0x02, 0x01, 0x01],  // a header with a null key
            [0x10, 0, 0, 0, 0x01, 0x01, 0x02, 0x00, 0x03],  // a header value of length −2
            [0x0c, 0, 0, 0x01, 0x01, 0x01, 0],  // offset delta −1
            [0x0c, 0, 0, 0x02, 0x01, 0x01, 0],  // offset delta beyond the last one
            [0x0c, 0, 0, 0, 0x7e, 0x01, 0],  // key longer than the record
            [0x14, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff, 0x0f, 0x01, 0],  // key of 2^31 − 1 bytes
            [0x0e, 0, 0, 0x80, 0x00, 0x01, 0x01, 0],  // offset delta longer than it need be
            [0x16, 0, 0, 0, 0x01, 0x01, 0xfe, 0xff, 0xff, 0xff, 0x0f, 0],  // 2^31 − 1 headers
        ] as [[UInt8]])
    func refusedRecords(section: [UInt8]) {
        #expect(throws: RecordBatchError.malformedRecord(index: 0)) { try decode(section) }
    }

    @Test func countsAndRests() {
        let record: [UInt8] = [0x0c, 0, 0, 0, 0x01, 0x01, 0]
        #expect(throws: RecordBatchError.trailingBytes(1)) { try decode(record + [0]) }
        #expect(throws: RecordBatchError.trailingBytes(7)) { try decode(record, count: 0) }
        #expect(throws: RecordBatchError.invalidRecordCount(2)) { try decode(record, count: 2) }
        #expect(throws: RecordBatchError.invalidRecordCount(.max)) { try decode(record, count: .max) }
        #expect(throws: RecordBatchError.invalidRecordCount(-1)) { try decode(record, count: -1) }
        #expect(throws: RecordBatchError.invalidLastOffsetDelta(-1)) { try decode(record, lastOffsetDelta: -1) }
        // Two records at one offset.
        #expect(throws: RecordBatchError.malformedRecord(index: 1)) {
            try decode(record + record, count: 2, lastOffsetDelta: 5)
        }
        let long = RecordBatch.encode([Record(value: [1], timestamp: 1)]) + [0]
        #expect(throws: RecordBatchError.trailingBytes(1)) { try DecodedBatch(decoding: long.rawSpan, bound: 100) }
    }

    @Test(
        arguments: [
            [], [0x01], [0x02], [0x02, 0x00], [0x02, 0x01, 0x00], [0x02, 0x00, 0x03], [0x00, 0x00],
            [0x02, 0x00, 0x01, 0],
            [0xfe, 0xff, 0xff, 0xff, 0x0f], [0x80, 0x00], [0x02, 0x02, 65], [0x02, 0x02, 65, 0x04, 66],
        ] as [[UInt8]])
    func refusedHeaderSections(section: [UInt8]) {
        #expect(throws: RecordBatchError.malformedHeaders) { try RecordHeaderCursor.validate(section.rawSpan) }
        #expect(throws: RecordBatchError.malformedHeaders) {
            var cursor = try RecordHeaderCursor(section.rawSpan)
            while try cursor.next() != nil {}
        }
    }
}
