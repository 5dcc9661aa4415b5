import Logging
import Synchronization
import Testing

@testable import sluice

@Suite struct LogLineTests {
    /// What a client may call itself.
    static let hostile = "a b\" level=error\nmsg=\"forged\"\r\u{1b}[2J\u{9b}\u{202e}\u{2028}\\ü😀\u{0}"

    private func line(_ format: LogFormat) -> String {
        LogLine(
            time: "2026-01-31T12:00:00.000Z", level: .notice, label: "sluice.readers",
            message: "refused \(Self.hostile)", fields: [("client_id", Self.hostile), ("connection", "7")]
        ).text(format)
    }

    @Test func logfmtKeepsEveryValueInItsPlace() {
        let value = #""a b\" level=error\nmsg=\"forged\"\r\u001b[2J\u009b\u202e\u2028\\ü😀\u0000""#
        #expect(
            line(.logfmt)
                == "time=2026-01-31T12:00:00.000Z level=notice logger=sluice.readers msg=\"refused "
                + value.dropFirst() + " client_id=\(value) connection=7")
    }

    @Test(arguments: LogFormat.allCases)
    func aLineIsALineAndMovesNoCursor(format: LogFormat) {
        #expect(
            line(format).unicodeScalars.allSatisfy { scalar in
                switch scalar.properties.generalCategory {
                case .control, .format, .lineSeparator, .paragraphSeparator: false
                default: true
                }
            })
    }

    @Test func jsonIsReadBackAsItWas() throws {
        #expect(line(.json).contains(#""connection":"7""#))
        #expect(line(.json).contains(#"\u001b[2J\u009b\u202e\u2028\\ü😀\u0000"#))
    }

    @Test(arguments: [
        ("plain", "plain"), ("", "\"\""), ("a=b", "\"a=b\""), ("[::1]:9092", "[::1]:9092"), ("tab\t", #""tab\t""#),
    ])
    func valuesAreBareWhereTheyCanBe(value: String, text: String) {
        let line = LogLine(time: "t", level: .info, label: "l", message: "m", fields: [("k", value)])
        #expect(line.text(.logfmt) == "time=t level=info logger=l msg=m k=\(text)")
    }

    @Test func levelsAreOfLoggersAndChangeWhileTheyLive() throws {
        let lines = Mutex<[String]>([])
        let levels = LogLevels(try LogLevelSetting(parsing: "warning,groups=debug"))
        func logger(_ label: String) -> Logger {
            Logger(label: label) { label in
                LineLogHandler(label: label, levels: levels, format: .logfmt, now: { 0 }) { line in
                    lines.withLock { $0.append(String(line.split(separator: " ").dropFirst().joined(separator: " "))) }
                }
            }
        }
        let (main, groups) = (logger("sluice"), logger("sluice.groups"))
        main.info("1")
        main.warning("2")
        groups.debug("3")
        levels.set(try LogLevelSetting(parsing: "info"))
        main.info("4")
        groups.debug("5")
        #expect(
            lines.withLock { $0 } == [
                "level=warning logger=sluice msg=2", "level=debug logger=sluice.groups msg=3",
                "level=info logger=sluice msg=4",
            ])
    }

    /// As `kafka-configs` sees and changes them on a running broker.
    @Test func levelsByRequest() throws {
        let levels = LogLevels(try LogLevelSetting(parsing: "warning,groups=debug"))
        let cells = ["sluice", "sluice.groups", "sluice.log"].map { levels.cell(ofLabel: $0) }
        #expect(levels.levels["root"] == .warning && levels.levels["groups"] == .debug)
        #expect(levels.levels.keys.sorted() == (LogLevelSetting.loggers + ["root"]).sorted())
        levels.set(.trace, of: "log")
        #expect(cells.map(\.level) == [.warning, .debug, .trace])
        levels.set(nil, of: "groups")
        levels.set(.error, of: "root")
        #expect(cells.map(\.level) == [.error, .error, .trace])
        #expect(levels.levels["policy"] == .error && levels.levels["log"] == .trace)
        // Those that come later, too.
        #expect(levels.cell(ofLabel: "sluice.readers").level == .error)
    }

    @Test(arguments: ["", "loud", "info,", "groups=debug,info", "info,nobody=debug", "info,groups=loud", "debug,info"])
    func badLevels(text: String) {
        #expect(throws: CommandFailure.self) { try LogLevelSetting(parsing: text) }
        #expect(LogLevelSetting(argument: text) == nil)
    }
}
