import KafkaRecords
import SegmentLog
import Testing

@testable import sluice

@Suite struct LogCommandTests {
    /// A data folder with one partition of three batches, cleanly closed.
    private func folder() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        let identity = LogIdentity(clusterId: "c", nodeId: 1, directoryId: "d")
        let directory = try LogDirectory.open(folder.path, fileSystem: PosixFileSystem(), identity: identity)
        let partition = PartitionName(topic: "accounts", partition: 0)
        try directory.create(partition, topicId: TopicId(high: 1, low: 2))
        let log = try directory.openLog(partition, configuration: LogConfiguration(), now: 1000)
        for number in 0..<3 {
            let records = [Record(value: Array("secret \(number)".utf8), timestamp: 1000)]
            _ = try log.append(RecordBatch.encode(records).rawSpan, leaderEpoch: 0, now: 1000)
        }
        try log.close()
        try directory.close()
        return folder
    }

    private func run(_ arguments: String...) async -> (status: CommandStatus, text: String, notes: [String]) {
        let capture = OutputCapture()
        let status = await Output.$capture.withValue(capture) { await Sluice.run(arguments) }
        return (status, capture.text, capture.notes)
    }

    private func spoil(_ folder: TemporaryFolder, at position: Int) throws {
        let path = "accounts-0/00000000000000000000.log"
        var bytes = try FileReader.read("\(folder.path)/\(path)", bytesMax: 1 << 20)
        bytes[position] ^= 0xff
        try folder.write(bytes, to: path)
    }

    @Test func aSoundFolderIsSound() async throws {
        let folder = try folder()
        defer { folder.remove() }
        let (status, text, _) = await run("log", "check", folder.path, "--records")
        #expect(status == .done)
        #expect(text.hasPrefix("checked 1 partition, 1 segment, 3 batches,") && text.hasSuffix("sound\n"))
        let json = await run("log", "check", folder.path + "/accounts-0", "--output", "json")
        #expect(json.text.contains(#""findings":[]"#) && json.text.contains(#""sound":true"#))
    }

    @Test func damageIsALineAndAnExitCode() async throws {
        let folder = try folder()
        defer { folder.remove() }
        try spoil(folder, at: 100)
        let (status, text, notes) = await run("log", "check", folder.path)
        #expect(status == .failed)
        #expect(text.contains("accounts-0/00000000000000000000.log at 76–152: damaged-batch"))
        #expect(text.contains("offset 1 can't be read") && !text.contains("secret"))
        #expect(
            notes == [
                "sluice: 1 finding in \(folder.path); stop the broker, then `sluice log repair` shows what can be mended"
            ])
    }

    @Test func aRepairAsksFirstAndSetsAside() async throws {
        let folder = try folder()
        defer { folder.remove() }
        try spoil(folder, at: 100)
        let asked = await run("log", "repair", folder.path)
        #expect(asked.status == .refused)
        #expect(asked.text.contains("take bytes 76–152 out of") && asked.text.contains("LOST    offset 1"))
        let dry = await run("log", "repair", folder.path, "--dry-run")
        #expect(dry.status == .done && dry.text.hasSuffix("nothing was changed (--dry-run)\n"))
        #expect(await run("log", "check", folder.path).status == .failed)
        let done = await run("log", "repair", folder.path, "--yes")
        #expect(done.status == .done, "\(done.notes)")
        let cut = try FileReader.read(
            folder.path + "/accounts-0/00000000000000000000.log.cut-76", bytesMax: 1 << 20)
        #expect(cut.count == 76)
        // The records are gone, so the gap stays; nothing else does.
        let after = await run("log", "check", folder.path)
        #expect(after.text.contains(": gap, offsets are missing"))
        #expect(await run("log", "repair", folder.path, "--yes").text.hasSuffix("nothing here can be repaired\n"))
    }

    @Test func aFolderInUseIsNotRepaired() async throws {
        let folder = try folder()
        defer { folder.remove() }
        let identity = LogIdentity(clusterId: "c", nodeId: 1, directoryId: "d")
        let held = try LogDirectory.open(folder.path, fileSystem: PosixFileSystem(), identity: identity)
        let (status, _, notes) = await run("log", "repair", folder.path)
        #expect(status == .refused)
        #expect(notes == ["sluice: a broker runs on \(folder.path); stop it first"])
        let check = await run("log", "check", folder.path)
        #expect(check.status == .done && check.notes.first?.contains("a broker runs on") == true)
        withExtendedLifetime(held) {}
    }

    @Test func whatIsNoFolderIsNotFound() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        #expect(await run("log", "check", folder.path + "/nothing").status == .notFound)
        #expect(await run("log", "check", folder.path).status == .notFound)
    }
}
