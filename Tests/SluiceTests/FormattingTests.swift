import KafkaClient
import Logging
import Synchronization
import Testing

@testable import sluice

@Suite struct FormattingTests {
    @Test func tableLinesUp() {
        var table = Table("TOPIC", ">PARTITIONS", "NOTE")
        table.add("accounts", "6", "")
        table.add("t", "1000", "raw")
        #expect(
            table.text == """
                TOPIC     PARTITIONS  NOTE
                accounts           6
                t               1000  raw

                """)
    }

    @Test func tableShowsNoControlCharacters() {
        var table = Table("A")
        table.add("\u{1b}[2Jx\ny")
        #expect(table.text == "A\n\u{fffd}[2Jx\u{fffd}y\n")
    }

    @Test(
        arguments: [
            (JSON.null, "null"), (true, "true"), (-7, "-7"), ("a\"b\\c\n\u{1}é", #""a\"b\\c\n\u0001é""#),
            ([1, "x", nil], #"[1,"x",null]"#),
            (["b": 1, "a": [], "A": ["z": false]], #"{"A":{"z":false},"a":[],"b":1}"#),
        ] as [(JSON, String)])
    func jsonIsCanonical(json: JSON, text: String) {
        #expect(json.text == text)
    }

    private let record = ConsumedRecord(
        topic: "t", partition: 1, offset: 7, timestamp: 9, key: Array("k".utf8), value: Array("v".utf8),
        headers: [(key: "h", value: nil), (key: "b", value: [0xff])])

    @Test(arguments: [
        (RecordFormat.value, "v\n"), (.keyValue, "k:v\n"),
        (
            .json,
            #"{"headers":[{"key":"h","value":null},{"key":"b","value":{"base64":"/w=="}}],"key":"k","offset":7,"partition":1,"timestamp":9,"topic":"t","value":"v"}"#
                + "\n"
        ),
    ])
    func recordIsOneLine(format: RecordFormat, text: String) {
        var line: [UInt8] = []
        RecordFormatter(format, keySeparator: ":").append(record, to: &line)
        #expect(String(decoding: line, as: UTF8.self) == text)
    }

    @Test func nullsAreEmptyLines() {
        let empty = ConsumedRecord(topic: "t", partition: 0, offset: 0, timestamp: 0, key: nil, value: nil)
        var line: [UInt8] = []
        RecordFormatter(.value).append(empty, to: &line)
        #expect(line == [0x0a])
    }

    @Test(
        arguments: [
            (["a\nb\n"], ["a", "b"], nil), (["a", "b\nc"], ["ab"], "c"), (["\n\n"], ["", ""], nil),
            (["a\r\n"], ["a\r"], nil),
            ([], [], nil),
        ] as [([String], [String], String?)])
    func linesAcrossChunks(chunks: [String], lines: [String], last: String?) throws {
        var splitter = LineSplitter(lineBytesMax: 100)
        var found: [[UInt8]] = []
        for chunk in chunks { found += try splitter.lines(in: Array(chunk.utf8)[...]) }
        #expect(found.map { String(decoding: $0, as: UTF8.self) } == lines)
        #expect(splitter.last().map { String(decoding: $0, as: UTF8.self) } == last)
    }

    @Test func endlessLineIsRefused() throws {
        var splitter = LineSplitter(lineBytesMax: 4)
        _ = try splitter.lines(in: Array("abc".utf8)[...])
        #expect(throws: CommandFailure.self) { try splitter.lines(in: Array("de".utf8)[...]) }
    }

    @Test(
        arguments: [
            ("k:v", ":", "k", "v"), ("k::v", "::", "k", "v"), ("k:v:w", ":", "k", "v:w"),
            ("novalue", ":", nil, "novalue"),
            (":v", ":", "", "v"), ("k:", ":", "k", ""), ("", ":", nil, ""), ("k:v", nil, nil, "k:v"),
        ] as [(String, String?, String?, String)])
    func keysAreCutAtTheFirstSeparator(line: String, separator: String?, key: String?, value: String) {
        let (foundKey, foundValue) = ProduceCommand.split(Array(line.utf8), at: separator.map { Array($0.utf8) })
        #expect(foundKey.map { String(decoding: $0, as: UTF8.self) } == key)
        #expect(String(decoding: foundValue, as: UTF8.self) == value)
    }

    @Test func logLinesAreOneLine() {
        let lines = Mutex<[String]>([])
        func logger(_ format: LogFormat) -> Logger {
            Logger(label: "broker") { label in
                LineLogHandler(label: label, levels: LogLevels(), format: format, now: { 1_769_860_800_000 }) { line in
                    lines.withLock { $0.append(line) }
                }
            }
        }
        logger(.text).warning("topic\nis protected", metadata: ["topic": "accounts", "group": "a b"])
        logger(.text).debug("not shown")
        logger(.json).info("up", metadata: ["port": "9092"])
        #expect(
            lines.withLock { $0 } == [
                "2026-01-31T12:00:00.000Z warning broker: topic\\u000ais protected group=\"a b\" topic=accounts",
                #"{"fields":{"port":"9092"},"level":"info","logger":"broker","message":"up","time":"2026-01-31T12:00:00.000Z"}"#,
            ])
    }
}
