import ArgumentParser
import KafkaClient
import Scram
import Views

struct ModuleTest: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Run a module here over records from a file, and show before and after.",
        discussion: """
            Needs no broker. The module runs under the limits that a view has by default. Fuel is the work that a \
            record takes, the same on every machine; a view's fuel limit counts in it. Ends with 1 if a record fails.

            Examples:
              sluice module test scrub-ssn.wasm --input samples.txt
              sluice module test mask.wasm --input samples.txt --param mask=#
              sluice consume t -B -e --format json | sluice module test m.wasm --format json
            """)

    @Argument(help: "The Wasm binary.", completion: .file(extensions: ["wasm"]))
    var file: String

    @Option(name: .shortAndLong, help: "File of records, one a line. Default: standard input.", completion: .file())
    var input: String?

    @Option(name: .long, help: "What a line is: value, key-value, or json as `consume --format json` prints it.")
    var format: RecordFormat = .value

    @Option(name: .shortAndLong, help: "Between key and value in --format key-value.")
    var keySeparator: String = "\t"

    @Option(name: .long, help: "A parameter of the module, NAME=VALUE; may be given again.")
    var param: [KeyValueArgument] = []

    @Option(name: .long, help: "Show so many records.")
    var show: Int = 20

    @OptionGroup var output: OutputOptions

    /// Records that are read at most.
    private static let recordsMax = 100_000

    func validate() throws {
        guard show >= 0 else { throw ValidationError("--show takes 0 or more.") }
        guard !keySeparator.isEmpty else { throw ValidationError("--key-separator takes at least one character.") }
    }

    func run() async throws {
        let module = try FileReader.read(file, bytesMax: ModuleFile.bytesMax)
        let records = try read()
        let step = LocalView.Step(module: module, parameters: param.map { (name: $0.name, value: $0.value) })
        let view = try await LocalView([step], label: file)
        defer { view.close() }
        let results = try await view.run(records)
        let fuel = try await view.fuel(of: records)
        let trial = Trial(
            rows: zip(zip(records, results), fuel).map { Trial.Row(before: $0.0, result: $0.1, fuel: $1) },
            nanoseconds: view.nanoseconds)
        var members = trial.json(showsRecords: true)
        members["module"] = .string(file)
        members["sha256"] = .string("\(Digest(hashing: module))")
        try Output.show(output.output, json: .object(members)) {
            trial.sideBySide(columns: Terminal.size(1).columns, limit: show) + trial.summary
        }
        let failed = trial.failures.reduce(0) { $0 + $1.count }
        if failed > 0 { throw CommandFailure(.failed, "the module fails on \(Quantity.plural(failed, "record"))") }
    }

    private func read() throws -> [ConsumedRecord] {
        let chunks = try InputChunks(file: input)
        defer { chunks.close() }
        var splitter = LineSplitter(lineBytesMax: 16 * 1024 * 1024)
        var records: [ConsumedRecord] = []
        func take(_ line: [UInt8]) throws {
            guard records.count < Self.recordsMax else {
                throw CommandFailure(.failed, "more than \(Self.recordsMax) records")
            }
            records.append(try RecordLine.parse(line, format, keySeparator: Array(keySeparator.utf8), records.count))
        }
        while let chunk = try chunks.next() {
            for line in try splitter.lines(in: chunk[...]) { try take(line) }
        }
        if let last = splitter.last() { try take(last) }
        return records
    }
}

/// Records as lines of text, the way back of `RecordFormatter`.
enum RecordLine {
    static func parse(
        _ line: [UInt8], _ format: RecordFormat, keySeparator: [UInt8], _ index: Int
    ) throws(CommandFailure) -> ConsumedRecord {
        var record = ConsumedRecord(
            topic: "input", partition: 0, offset: Int64(index), timestamp: 0, key: nil, value: line)
        switch format {
        case .value: break
        case .keyValue:
            (record.key, record.value) = ProduceCommand.split(line, at: keySeparator)
        case .json: try parse(line, into: &record, index)
        }
        return record
    }

    private static func parse(
        _ line: [UInt8], into record: inout ConsumedRecord, _ index: Int
    ) throws(CommandFailure) {
        let fail = { (what: String) in CommandFailure(.failed, "line \(index + 1): \(what)") }
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue(parsing: line)
        } catch {
            throw fail("\(error)")
        }
        guard case .object(let members) = value else { throw fail("no JSON object") }
        record.value = nil
        for member in members {
            switch (member.key, member.value) {
            case ("key", let part): record.key = try bytes(part, fail)
            case ("value", let part): record.value = try bytes(part, fail)
            case ("topic", .string(let topic)): record.topic = topic
            case ("partition", .integer(let number)): record.partition = Int32(clamping: number)
            case ("offset", .integer(let number)): record.offset = number
            case ("timestamp", .integer(let number)): record.timestamp = number
            case ("headers", .array(let headers)):
                for case .object(let pair) in headers {
                    guard case .string(let key)? = pair.first(where: { $0.key == "key" })?.value else {
                        throw fail("a header without a key")
                    }
                    let value = pair.first { $0.key == "value" }?.value ?? .null
                    record.headers.append((key: key, value: try bytes(value, fail)))
                }
            default: throw fail("unexpected member \"\(Table.printable(String(member.key.prefix(40))))\"")
            }
        }
    }

    private static func bytes(
        _ value: JSONValue, _ fail: (String) -> CommandFailure
    ) throws(CommandFailure) -> [UInt8]? {
        switch value {
        case .null: return nil
        case .string(let text): return Array(text.utf8)
        case .object(let members):
            if members.count == 1, members[0].key == "base64", case .string(let text) = members[0].value,
                let bytes = Base64.decode(text)
            {
                return bytes
            }
            throw fail("bytes are text, null or {\"base64\":TEXT}")
        case .bool, .integer, .array: throw fail("bytes are text, null or {\"base64\":TEXT}")
        }
    }
}
