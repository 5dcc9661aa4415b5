import KafkaMessages
import KafkaRecords
import ProtocolTestBroker
import Testing

@testable import sluice

/// `sluice group`, against a broker in memory.
@Suite struct GroupTests {
    private func withBroker(
        _ body: (
            _ run: (_ line: String) async -> (status: CommandStatus, text: String, notes: [String]),
            _ memory: MemoryBroker
        ) async throws -> Void
    ) async throws {
        let memory = MemoryBroker()
        memory.add(topic: "accounts", partitions: 2)
        memory.add(topic: "other", partitions: 1)
        let records = (0..<10).map {
            Record(key: nil, value: [UInt8($0)], headers: [], timestamp: 1_777_624_200_000 + Int64($0) * 1_000)
        }
        memory.state.withLock { state in
            state.topics["accounts"]?[0].records = records
            state.topics["accounts"]?[0].start = 2
            state.committed["email-app"] = ["accounts-0": 4, "other-0": 0]
        }
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        try await FakeBroker.with(unixPath: folder.path + "/admin.sock", memory.script) { _ in
            try await body(
                { line in
                    let capture = OutputCapture()
                    let words = line.split(separator: " ").map(String.init)
                    let status = await Output.$capture.withValue(capture) {
                        await Sluice.run(words + ["--data", folder.path])
                    }
                    return (status, capture.text, capture.notes)
                }, memory)
        }
    }

    @Test func list() async throws {
        try await withBroker { run, memory in
            memory.state.withLock { $0.committed["billing"] = [:] }
            #expect(
                await run("group list").text == """
                    GROUP      STATE  TYPE
                    billing    Empty  consumer
                    email-app  Empty  consumer

                    """)
            #expect(await run("group list --state stable").text == "no groups\n")
            #expect(await run("group list --state sleeping").status == .usage)
            #expect(
                await run("group list --state Empty --output json").text.hasPrefix(
                    #"{"groups":[{"group":"billing","protocol_type":"consumer","state":"Empty"},"#))
        }
    }

    @Test func describe() async throws {
        try await withBroker { run, memory in
            let member = try MemoryBroker.member("app-1", instance: "i", reads: "accounts", [0, 1])
            memory.state.withLock { $0.describedMembers["email-app"] = [member] }
            #expect(
                await run("group describe email-app").text == """
                    email-app  Stable  assignor range  lag 6

                    MEMBER  CLIENT  HOST      PARTITIONS
                    i       app     10.0.0.1           2

                    TOPIC     PARTITION  COMMITTED  END  LAG  MEMBER
                    accounts          0          4   10    6  i
                    accounts          1          -    0    -  i
                    other             0          0    0    0  -

                    """)
            let json = await run("group describe email-app --output json").text
            #expect(
                json.hasPrefix(
                    #"{"assignor":"range","group":"email-app","lag":6,"members":[{"client_id":"app","#))
            #expect(
                json.contains(
                    #"{"committed_offset":4,"end_offset":10,"lag":6,"member":"app-1","partition":0,"topic":"accounts"}"#
                ))
            let missing = await run("group describe nobody")
            #expect(missing.status == .notFound)
            #expect(
                missing.notes == [
                    "sluice: can't describe group \"nobody\": no such group; `sluice group list` shows what there is"
                ])
        }
    }

    /// Versions that name topics by name, or the group at the top.
    @Test(arguments: [(9, 5), (7, 5), (2, 0)] as [(Int16, Int16)])
    func describeOnOlderBrokers(offsetFetch: Int16, describe: Int16) async throws {
        try await withBroker { run, memory in
            memory.state.withLock { $0.versionCaps = [.offsetFetch: offsetFetch, .describeGroups: describe] }
            #expect(await run("group describe email-app").text.contains("accounts          0          4   10    6  -"))
            #expect(await run("group describe nobody").status == .notFound)
        }
    }

    @Test func delete() async throws {
        try await withBroker { run, memory in
            #expect(await run("group delete email-app").status == .refused)
            #expect(await run("group delete email-app --yes").text == "deleted group email-app\n")
            #expect(await run("group delete email-app --yes").status == .notFound)
            #expect(
                await run("group delete email-app --yes --if-exists --output json").text
                    == #"{"deleted":false,"group":"email-app"}"# + "\n")
            let member = try MemoryBroker.member("app-1", reads: "accounts", [0])
            memory.state.withLock { $0.describedMembers["busy"] = [member] }
            let busy = await run("group delete busy --yes")
            #expect(busy.status == .refused)
            #expect(busy.notes.first?.hasPrefix("sluice: can't delete group \"busy\": the group has members") == true)
        }
    }

    @Test(
        arguments: [
            ("--to-earliest", 2), ("--to-latest", 10), ("--to-offset 7", 7), ("--to-offset 0", 2),
            ("--to-offset 99", 10),
            ("--shift-by 3", 7), ("--shift-by -1", 3), ("--shift-by -9223372036854775808", 2),
            ("--shift-by 9223372036854775807", 10), ("--to-datetime 2026-05-01T08:30:05Z", 5),
            ("--to-datetime 2026-05-01T10:30:04.001+02:00", 5), ("--to-datetime 2027-01-01", 10),
        ] as [(String, Int64)])
    func resetOffsets(flag: String, expected: Int64) async throws {
        try await withBroker { run, memory in
            let line = "group reset-offsets email-app --topic accounts -p 0 \(flag)"
            let tried = await run(line + " --dry-run")
            let padded = String(repeating: " ", count: 5 - String(expected).count) + "\(expected)"
            #expect(
                tried.text == "TOPIC     PARTITION  BEFORE  AFTER\naccounts          0       4  \(padded)\n"
                    + "nothing was changed (--dry-run)\n")
            #expect(memory.state.withLock { $0.committed["email-app"] } == ["accounts-0": 4, "other-0": 0])
            let done = await run(line + " --output json")
            #expect(done.status == .done)
            #expect(
                done.text == #"{"dry_run":false,"group":"email-app","partitions":[{"after":\#(expected),"before":4,"#
                    + #""partition":0,"topic":"accounts"}]}"# + "\n")
            #expect(memory.state.withLock { $0.committed["email-app"] } == ["accounts-0": expected, "other-0": 0])
        }
    }

    @Test func resetOffsetsOfMore() async throws {
        try await withBroker { run, memory in
            #expect(await run("group reset-offsets email-app --all-topics --to-latest").status == .done)
            #expect(memory.state.withLock { $0.committed["email-app"] } == ["accounts-0": 10, "other-0": 0])
            #expect(await run("group reset-offsets email-app --topic accounts --to-earliest").status == .done)
            #expect(
                memory.state.withLock { $0.committed["email-app"] } == ["accounts-0": 2, "accounts-1": 0, "other-0": 0])
        }
    }

    @Test func resetOffsetsThatCantBe() async throws {
        try await withBroker { run, memory in
            let nothing = await run("group reset-offsets email-app --topic accounts --shift-by 1")
            #expect(nothing.status == .refused)
            #expect(nothing.notes.first?.contains("the group has no offset of accounts-1 to shift") == true)
            #expect(await run("group reset-offsets email-app --topic none --to-latest").status == .notFound)
            #expect(await run("group reset-offsets email-app --topic other -p 7 --to-latest").status == .notFound)
            #expect(await run("group reset-offsets nobody --topic other --to-latest").status == .notFound)
            let member = try MemoryBroker.member("app-1", reads: "accounts", [0])
            memory.state.withLock { $0.describedMembers["email-app"] = [member] }
            let busy = await run("group reset-offsets email-app --topic accounts --to-latest --dry-run")
            #expect(busy.status == .refused)
            #expect(memory.state.withLock { $0.committed["email-app"] } == ["accounts-0": 4, "other-0": 0])
        }
    }

    @Test(arguments: [
        "--to-latest", "--topic t", "--topic t --all-topics --to-latest", "--topic t --to-latest --to-earliest",
        "--topic t --topic u -p 0 --to-latest", "--topic t -p -1 --to-latest", "--topic t --to-offset -1",
        "--topic t --to-datetime yesterday", "--all-topics -p 0 --to-latest",
    ])
    func wrongUsage(flags: String) async {
        let words = "group reset-offsets g \(flags)".split(separator: " ").map(String.init)
        #expect(await Sluice.run(words) == .usage)
    }

    @Test(
        arguments: [
            ("1970-01-01", 0), ("1970-01-01T00:00", 0), ("1969-12-31T23:59:59.999Z", -1),
            ("2000-02-29", 951_782_400_000),
            ("2026-05-01T08:30:00Z", 1_777_624_200_000), ("2026-05-01 08:30", 1_777_624_200_000),
            ("2026-05-01T08:30:00.0019Z", 1_777_624_200_001), ("2026-05-01T06:00:00-0230", 1_777_624_200_000),
            ("9999-12-31T23:59:59Z", 253_402_300_799_000),
        ] as [(String, Int64)])
    func times(text: String, expected: Int64) {
        #expect(Timestamp.milliseconds(iso8601: text) == expected)
    }

    @Test(arguments: [
        "", "now", "2026", "2026-05", "2026-13-01", "2026-00-01", "2026-02-29", "1900-02-29", "0000-01-01",
        "2026-05-01T", "2026-05-01T24:00", "2026-05-01T08:60", "2026-05-01T08:30:60", "2026-05-01T08:30:00.",
        "2026-05-01T08:30:00Zx", "2026-05-01T08:30:00+24:00", "2026-05-01T08:30:00+1", "+026-05-01", "2026-05-01Z",
    ])
    func noTimes(text: String) {
        #expect(Timestamp.milliseconds(iso8601: text) == nil)
    }
}
