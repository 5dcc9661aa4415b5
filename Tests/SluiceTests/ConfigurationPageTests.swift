import Foundation
import Testing

@testable import sluice

/// Docs/configuration.md has the settings of the code. `SLUICE_GOLDEN=write swift test --filter ConfigurationPage` writes
/// them anew.
@Suite struct ConfigurationPageTests {
    @Test func theTablesAreTheCodes() throws {
        let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Docs/configuration.md").standardizedFileURL
        let text = try String(contentsOf: page, encoding: .utf8)
        let begin = try #require(text.range(of: "<!-- settings -->\n"))
        let end = try #require(text.range(of: "<!-- end of settings -->"))
        if ProcessInfo.processInfo.environment["SLUICE_GOLDEN"] == "write" {
            try text.replacingCharacters(in: begin.upperBound..<end.lowerBound, with: ConfigurationPage.markdown())
                .write(to: page, atomically: true, encoding: .utf8)
        } else {
            #expect(text[begin.upperBound..<end.lowerBound] == ConfigurationPage.markdown())
        }
    }
}
