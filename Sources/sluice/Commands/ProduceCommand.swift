import ArgumentParser
import KafkaClient
import KafkaRecords

struct ProduceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "produce", abstract: "Append records to a topic, one for each line.",
        discussion: """
            Reads standard input, or a file. Each line is acknowledged by the broker (acks=all) before the command ends; \
            what comes from a pipe is sent as it comes.

            Examples:
              sluice produce accounts < accounts.jsonl
              sluice produce accounts --file accounts.jsonl --codec zstd
              printf 'a-1:{"id":1}\\n' | sluice produce accounts --key-separator :
            """)

    @Argument(help: "Name of the topic.", completion: Completions.topics)
    var topic: String

    @Option(name: .shortAndLong, help: "Read this file instead of standard input.")
    var file: String?

    @Option(name: .shortAndLong, help: "Cut each line here: key before it, value behind it.")
    var keySeparator: String?

    @Option(name: .shortAndLong, help: "Write to this partition whatever the key is.")
    var partition: Int32?

    @Option(name: .long, help: "Compress batches: none, gzip, snappy, lz4 or zstd.")
    var codec: CodecArgument = .none

    @Option(name: .long, help: "A header for each record, NAME=VALUE; may be given again.")
    var header: [KeyValueArgument] = []

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if keySeparator?.isEmpty == true { throw ValidationError("--key-separator takes at least one character.") }
        if let partition, partition < 0 { throw ValidationError("--partition takes 0 or more.") }
    }

    func run() async throws {
        let input = try InputChunks(file: file)
        defer { input.close() }
        let count = try await connection.withCluster { cluster in
            let found = try await cluster.topic(topic, mayCreate: true)
            var configuration = Producer.Configuration()
            configuration.codec = codec.codec
            var producer = Producer(cluster, topic: found, configuration: configuration)
            do {
                try await produce(input, &producer)
            } catch let error as KafkaClientError where producer.acknowledgedCount > 0 {
                throw KafkaClientError(
                    error.code, "\(error.message) (\(producer.acknowledgedCount) records were acknowledged before)")
            }
            return producer.acknowledgedCount
        }
        try Output.show(output.output, json: ["topic": .string(topic), "records": JSON(count)]) {
            Terminal.standardOutputIsTerminal ? "\(count) \(count == 1 ? "record" : "records") in \(topic)\n" : ""
        }
    }

    private func produce(_ input: InputChunks, _ producer: inout Producer) async throws {
        let separator = keySeparator.map { Array($0.utf8) }
        let headers = header.map { (key: $0.name, value: Optional(Array($0.value.utf8))) }
        var splitter = LineSplitter(lineBytesMax: 64 * 1024 * 1024)
        while let chunk = try input.next() {
            for line in try splitter.lines(in: chunk[...]) {
                try await producer.append(record(line, separator, headers), partition: partition)
            }
            // What a slow writer has given goes out now; a fast one's lines share batches and requests.
            if !input.hasMore { try await producer.flush() }
        }
        if let line = splitter.last() {
            try await producer.append(record(line, separator, headers), partition: partition)
        }
        try await producer.flush()
    }

    private func record(_ line: [UInt8], _ separator: [UInt8]?, _ headers: [(key: String, value: [UInt8]?)]) -> Record {
        let (key, value) = Self.split(line, at: separator)
        return Record(key: key, value: value, headers: headers, timestamp: WallClock.milliseconds())
    }

    /// A line without the separator has no key.
    static func split(_ line: [UInt8], at separator: [UInt8]?) -> (key: [UInt8]?, value: [UInt8]) {
        guard let separator, let first = separator.first, line.count >= separator.count else { return (nil, line) }
        for start in 0...(line.count - separator.count) where line[start] == first {
            if line[start...].starts(with: separator) {
                return (Array(line[..<start]), Array(line[(start + separator.count)...]))
            }
        }
        return (nil, line)
    }
}

/// A codec by its name in Kafka's settings.
enum CodecArgument: String, ExpressibleByArgument, CaseIterable, Sendable {
    case none, gzip, snappy, lz4, zstd

    var codec: Codec {
        switch self {
        case .none: .none
        case .gzip: .gzip
        case .snappy: .snappy
        case .lz4: .lz4
        case .zstd: .zstd
        }
    }
}
