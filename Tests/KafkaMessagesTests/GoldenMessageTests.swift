import NIOCore
import Testing

@testable import KafkaMessages

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// One line of Compat/golden/messages.txt: a message that kafka-python wrote.
struct GoldenMessage: CustomTestStringConvertible, Sendable {
    var name: String
    var version: Int16
    var kind: String
    /// The hash of the fields, or the API key of a header.
    var fields: String
    var body: ByteBuffer

    var testDescription: String { "\(name) v\(version) \(kind)" }
    var isHeader: Bool { name.hasSuffix("Header") }

    static let all: [GoldenMessage] = {
        let path = #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined() + "/Compat/golden/messages.txt"
        guard let file = fopen(path, "r") else { return [] }
        defer { fclose(file) }
        var messages: [GoldenMessage] = []
        var line: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer { free(line) }
        while getline(&line, &capacity, file) > 0 {
            guard let line else { break }
            let words = String(cString: line).split(whereSeparator: { $0 == " " || $0 == "\n" })
            guard words.count == 5, let version = Int16(words[1]),
                let body = words[4] == "-" ? ByteBuffer() : unhex(words[4])
            else { continue }
            messages.append(
                GoldenMessage(
                    name: String(words[0]), version: version, kind: String(words[2]), fields: String(words[3]),
                    body: body))
        }
        return messages
    }()
}

/// What another implementation writes we read, under the same field names, and write again, byte for byte.
@Suite struct GoldenMessageTests {
    /// kafka-python has no classes for the records of the offsets topic.
    private static let withoutGolden = [
        "OffsetCommitKey", "OffsetCommitValue", "GroupMetadataKey", "GroupMetadataValue",
    ]

    @Test(arguments: MessageCase.all.filter { !withoutGolden.contains($0.name) })
    func everyVersion(_ message: MessageCase) throws {
        let golden = GoldenMessage.all.filter { $0.name == message.name && $0.version == message.version }
        #expect(golden.map(\.kind) == ["full", "sparse"])
        for line in golden {
            #expect(try message.recode(line.body) == line.body, "\(line.kind)")
            let fields = try message.fields(line.body)
            #expect(FieldList.hash(fields) == line.fields, "\(line.kind): \(fields)")
        }
    }

    @Test func nothingIsLeftOver() {
        let known = Set(MessageCase.all.map { "\($0.name) \($0.version)" })
        let unknown = GoldenMessage.all.filter { !$0.isHeader && !known.contains("\($0.name) \($0.version)") }
        #expect(unknown.map(\.testDescription) == [])
        #expect(
            GoldenMessage.all.filter(\.isHeader).count == 2 * SupportedApis.all.reduce(0) { $0 + $1.versions.count })
    }

    @Test(arguments: GoldenMessage.all.filter { $0.name == "RequestHeader" })
    func requestHeader(_ golden: GoldenMessage) throws {
        let body = golden.body
        var reader = WireReader(body)
        let header = try RequestHeader(from: &reader)
        #expect(reader.remainingByteCount == 0)
        #expect("\(header.apiKeyNumber)" == golden.fields)
        #expect(header.apiVersion == golden.version)
        #expect(header.correlationId == 7)
        #expect(header.clientId == "me")
        #expect(try bytes { writer throws(WireError) in try header.write(to: &writer) } == body)
    }

    @Test(arguments: GoldenMessage.all.filter { $0.name == "ResponseHeader" })
    func responseHeader(_ golden: GoldenMessage) throws {
        let key = try #require(Int16(golden.fields).flatMap { ApiKey(rawValue: $0) })
        let body = golden.body
        var reader = WireReader(body)
        let header = try ResponseHeader(from: &reader, apiKey: key, apiVersion: golden.version)
        #expect(reader.remainingByteCount == 0)
        #expect(header.correlationId == 7)
        let again = try bytes { writer in header.write(to: &writer, apiKey: key, apiVersion: golden.version) }
        #expect(again == body)
    }
}
