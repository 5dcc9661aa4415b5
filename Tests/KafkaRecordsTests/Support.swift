import Glibc
import KafkaRecords
import TestSupport

extension SeededGenerator {
    mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8.random(in: 0...255, using: &self) } }

    /// Bytes that compress: few letters, with runs.
    mutating func text(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            let letter = UInt8.random(in: 97...104, using: &self)
            bytes += Array(repeating: letter, count: Int.random(in: 1...12, using: &self))
        }
        return Array(bytes.prefix(count))
    }

    mutating func record() -> Record {
        let key = Bool.random(using: &self) ? nil : bytes(Int.random(in: 0...20, using: &self))
        let value = Int.random(in: 0...9, using: &self) == 0 ? nil : text(Int.random(in: 0...400, using: &self))
        var headers: [(key: String, value: [UInt8]?)] = []
        for _ in 0..<max(0, Int.random(in: -2...3, using: &self)) {
            let headerValue = Bool.random(using: &self) ? nil : bytes(Int.random(in: 0...90, using: &self))
            headers.append(
                (key: String(decoding: text(Int.random(in: 0...9, using: &self)), as: UTF8.self), headerValue))
        }
        let timestamp = Int64.random(in: -1...1_800_000_000_000, using: &self)
        return Record(key: key, value: value, headers: headers, timestamp: timestamp)
    }
}

extension DecodedBatch {
    var allRecords: [Record] { records.indices.map { record(at: $0) } }
}

extension [UInt8] {
    /// The batch with the length and checksum that its bytes should have.
    func resealed() -> [UInt8] {
        var batch = self
        guard batch.count >= RecordBatchHeader.byteCount else { return batch }
        func put(_ number: UInt32, at position: Int) {
            for index in 0..<4 { batch[position + index] = UInt8(truncatingIfNeeded: number >> (24 - 8 * index)) }
        }
        put(UInt32(batch.count - RecordBatchHeader.lengthPrefixByteCount), at: 8)
        put(CRC32C.checksum(batch.rawSpan.extracting(droppingFirst: RecordBatchHeader.checksummedPosition)), at: 17)
        return batch
    }
}

/// The golden batches under Compat/golden and the records that they hold; record_batches.py there makes the same.
enum Golden {
    static let folder = #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" } + "/Compat/golden"

    static let batches = read("record_batches.txt")

    static let small: [Record] = (0..<40).map { i in
        let text = Array("value \(i) ".utf8)
        let headers: [(key: String, value: [UInt8]?)] =
            i % 3 == 0 ? [("h\(i)", Array(repeating: UInt8(i), count: i)), ("null", nil), ("", [])] : []
        return Record(
            key: i % 4 == 0 ? nil : Array("key-\(i)".utf8),
            value: i % 7 == 3 ? nil : Array(repeatElement(text, count: i % 5).joined()),
            headers: headers, timestamp: 1_700_000_000_000 + Int64(i * i - 100 * (i % 2)))
    }

    static let large: [Record] = (0..<300).map { i in
        let text = Array("{\"account_id\":\"\(i % 10)\",\"event_type\":\"login\"}".utf8)
        return Record(
            key: Array("account-\(i % 10)".utf8), value: Array(repeatElement(text, count: 14).joined()),
            timestamp: 1_700_000_000_000 + Int64(i))
    }

    static func records(of name: String) -> [Record] { name.hasPrefix("small") ? small : large }

    /// The lines `<name> <hex>` of a file.
    static func read(_ file: String) -> [(name: String, bytes: [UInt8])] {
        guard let stream = fopen("\(folder)/\(file)", "r") else { return [] }
        defer { fclose(stream) }
        var text: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&chunk, 1, chunk.count, stream), count > 0 { text += chunk[..<count] }
        return text.split(separator: UInt8(ascii: "\n")).compactMap { line in
            let parts = line.split(separator: UInt8(ascii: " "))
            guard parts.count == 2 else { return nil }
            return (String(decoding: parts[0], as: UTF8.self), bytes(hex: Array(parts[1])))
        }
    }

    static func write(_ file: String, _ lines: [(name: String, bytes: [UInt8])]) {
        let text = lines.map { "\($0.name) \(hex($0.bytes))\n" }.joined()
        guard let stream = fopen("\(folder)/\(file)", "w") else { return }
        fputs(text, stream)
        fclose(stream)
    }

    static func hex(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    private static func bytes(hex: [UInt8]) -> [UInt8] {
        func digit(_ letter: UInt8) -> UInt8 { letter < 58 ? letter - 48 : letter - 87 }
        return stride(from: 0, to: hex.count - 1, by: 2).map { digit(hex[$0]) << 4 | digit(hex[$0 + 1]) }
    }
}
