import ArgumentParser
import KafkaClient
import Scram

/// How a record is printed.
enum RecordFormat: String, ExpressibleByArgument, CaseIterable, Sendable {
    /// The value's bytes as they are; nothing for null.
    case value
    /// Key, separator, value.
    case keyValue = "key-value"
    /// One object, in the shape that Docs/cli.md gives.
    case json
}

/// Makes a line of a record. Payload goes nowhere else.
struct RecordFormatter {
    private let format: RecordFormat
    private let keySeparator: [UInt8]

    init(_ format: RecordFormat, keySeparator: String = "\t") {
        self.format = format
        self.keySeparator = Array(keySeparator.utf8)
    }

    func append(_ record: ConsumedRecord, to line: inout [UInt8]) {
        switch format {
        case .value:
            line.append(contentsOf: record.value ?? [])
        case .keyValue:
            line.append(contentsOf: record.key ?? [])
            line.append(contentsOf: keySeparator)
            line.append(contentsOf: record.value ?? [])
        case .json:
            line.append(contentsOf: Self.json(record).text.utf8)
        }
        line.append(UInt8(ascii: "\n"))
    }

    static func json(_ record: ConsumedRecord) -> JSON {
        let headers = record.headers.map { header -> JSON in
            ["key": .string(header.key), "value": json(header.value)]
        }
        return [
            "topic": .string(record.topic), "partition": JSON(record.partition),
            "offset": JSON(record.offset), "timestamp": JSON(record.timestamp), "key": json(record.key),
            "value": json(record.value), "headers": .array(headers),
        ]
    }

    /// Text where the bytes are UTF-8, else `{"base64": …}`; null for null.
    private static func json(_ bytes: [UInt8]?) -> JSON {
        guard let bytes else { return .null }
        if let text = String(validating: bytes, as: UTF8.self) { return .string(text) }
        return ["base64": .string(Base64.encode(bytes))]
    }
}

/// Prints records until there are enough.
final class RecordPrinter {
    private let formatter: RecordFormatter
    private let limit: Int?
    private var printed = 0
    /// The first offset of each partition that was given and not printed, since there were enough.
    private(set) var notPrinted: [TopicPartition: Int64] = [:]

    init(formatter: RecordFormatter, limit: Int?) {
        self.formatter = formatter
        self.limit = limit
    }

    /// - Returns: false if the limit is reached.
    func print(_ records: [ConsumedRecord]) throws -> Bool {
        var bytes: [UInt8] = []
        for record in records {
            if let limit, printed >= limit {
                let key = TopicPartition(record.topic, record.partition)
                notPrinted[key] = min(record.offset, notPrinted[key] ?? .max)
                continue
            }
            formatter.append(record, to: &bytes)
            printed += 1
            if bytes.count >= 64 * 1024 {
                try Output.write(bytes)
                bytes.removeAll(keepingCapacity: true)
            }
        }
        if !bytes.isEmpty { try Output.write(bytes) }
        if let limit { return printed < limit }
        return true
    }
}
