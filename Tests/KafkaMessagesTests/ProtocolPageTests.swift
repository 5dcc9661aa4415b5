import Foundation
import KafkaMessages
import Testing

/// Docs/protocol.md is what the code speaks: its table is generated. `SLUICE_GOLDEN=write swift test --filter
/// ProtocolPage` writes it anew.
@Suite struct ProtocolPageTests {
    @Test func theTableIsTheCodes() throws {
        let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Docs/protocol.md").standardizedFileURL
        let text = try String(contentsOf: page, encoding: .utf8)
        let begin = try #require(text.range(of: "<!-- table -->\n"))
        let end = try #require(text.range(of: "<!-- end of table -->"))
        let current = text[begin.upperBound..<end.lowerBound]
        if ProcessInfo.processInfo.environment["SLUICE_GOLDEN"] == "write" {
            try text.replacingCharacters(in: begin.upperBound..<end.lowerBound, with: ProtocolTable.markdown())
                .write(to: page, atomically: true, encoding: .utf8)
        } else {
            #expect(current == ProtocolTable.markdown())
        }
    }
}
