import KafkaRecords
import TestSupport
import Testing

@testable import SegmentLog

@Suite struct LogDirectoryTests {
    private static let identity = LogIdentity(clusterId: "c1", nodeId: 1, directoryId: "d1")
    private static let topicId = TopicId(high: 0x0123_4567_89ab_cdef, low: 0xfedc_ba98_7654_3210)

    private func open(
        _ fileSystem: InMemoryFileSystem, identity: LogIdentity = identity
    ) throws -> LogDirectory<InMemoryFileSystem> {
        try LogDirectory.open("/data/sluice", fileSystem: fileSystem, identity: identity)
    }

    @Test func onlyOneBrokerAtATime() throws {
        let fileSystem = InMemoryFileSystem()
        do {
            let first = try open(fileSystem)
            #expect(throws: LogError.locked(path: "/data/sluice")) { try open(fileSystem) }
            #expect(throws: LogError.locked(path: "/data/sluice")) { try open(fileSystem) }
            withExtendedLifetime(first) {}
        }
        _ = try open(fileSystem)
    }

    @Test func theFolderKeepsItsIdentity() throws {
        let fileSystem = InMemoryFileSystem()
        #expect(try open(fileSystem).identity == Self.identity)
        fileSystem.crash(.nothing)
        #expect(try open(fileSystem).identity == Self.identity)
        let other = LogIdentity(clusterId: "c2", nodeId: 2, directoryId: "d2")
        #expect(try open(fileSystem, identity: other).identity == Self.identity)
        fileSystem.replaceContents(at: "/data/sluice/meta.properties", with: Array("version=0\n".utf8))
        #expect(throws: LogError.malformedFile(name: "meta.properties")) { try open(fileSystem) }
        // As Kafka writes it.
        let kafka = "#\n#Thu Jan 01 00:00:00 UTC 1970\ncluster.id=c3\nversion=1\ndirectory.id=d3\nnode.id=3\n"
        fileSystem.replaceContents(at: "/data/sluice/meta.properties", with: Array(kafka.utf8))
        #expect(try open(fileSystem).identity == LogIdentity(clusterId: "c3", nodeId: 3, directoryId: "d3"))
    }

    @Test func theMarkOfACleanStopIsGoneOnceTheFolderIsOpen() throws {
        let fileSystem = InMemoryFileSystem()
        do {
            let directory = try open(fileSystem)
            #expect(!directory.isClean)
            try directory.close()
        }
        do {
            let directory = try open(fileSystem)
            #expect(directory.isClean)
        }
        // Killed: no mark.
        #expect(try !open(fileSystem).isClean)
    }

    @Test func partitionsComeAndGo() throws {
        let fileSystem = InMemoryFileSystem()
        let directory = try open(fileSystem)
        let names = [PartitionName(topic: "accounts", partition: 0), PartitionName(topic: "a-b-3", partition: 12)]
        for name in names { try directory.create(name, topicId: Self.topicId) }
        #expect(Set(try directory.partitions()) == Set(names))
        #expect(try directory.topicId(of: names[1]) == Self.topicId)
        #expect(
            fileSystem.contents(at: "/data/sluice/accounts-0/partition.metadata")
                == Array("version: 0\ntopic_id: ASNFZ4mrze_-3LqYdlQyEA\n".utf8))
        let log = try directory.openLog(names[0], configuration: LogConfiguration(), now: 0)
        _ = try log.append(LogFixture.batch(count: 3).rawSpan, leaderEpoch: 0, now: 0)
        try log.flushNow()
        let slice = try #require(try log.published.current.slice(from: 0, maxBytes: 1000))
        log.discard()
        #expect(throws: LogError.closed) { try log.append(LogFixture.batch(count: 3).rawSpan, leaderEpoch: 0, now: 0) }
        let removal = try directory.delete(names[0])
        #expect(try directory.partitions() == [names[1]])
        // The name is free at once.
        try directory.create(names[0], topicId: Self.topicId)
        let again = try directory.delete(names[0])
        #expect(removal.path != again.path)
        try removal.run()
        #expect(
            try fileSystem.bytes(of: slice.file, at: slice.position, count: slice.byteCount).count == slice.byteCount)
    }

    @Test func whatACrashLeavesOfCreatingAndDeletingIsRemoved() throws {
        let name = PartitionName(topic: "accounts", partition: 0)
        for crashAt in 1...12 {
            let fileSystem = InMemoryFileSystem(root: "/data/sluice")
            do {
                let directory = try open(fileSystem)
                fileSystem.powerOff(after: crashAt)
                try directory.create(name, topicId: Self.topicId)
                let removal = try directory.delete(name)
                try removal.run()
            } catch LogError.io {}
            fileSystem.crash(.prefix(seed: UInt64(crashAt)))
            let directory = try open(fileSystem)
            for partition in try directory.partitions() {
                // There whole, or not at all.
                #expect(try directory.topicId(of: partition) == Self.topicId)
            }
            for leftover in directory.leftovers { try leftover.run() }
            let names = try fileSystem.list("/data/sluice")
            #expect(names.allSatisfy { $0.hasPrefix(".") || $0 == "meta.properties" || $0 == "accounts-0" })
        }
    }

    @Test func manyPartitionsAreThereWholeOrNotAtAllAfterACrash() throws {
        let names = (0..<5).map { PartitionName(topic: "accounts", partition: Int32($0)) }
        for crashAt in 1...40 {
            let fileSystem = InMemoryFileSystem(root: "/data/sluice")
            var isMade = false
            do {
                let directory = try open(fileSystem)
                fileSystem.powerOff(after: crashAt)
                try directory.create(names, topicId: Self.topicId)
                isMade = true
            } catch LogError.io {}
            fileSystem.crash(.prefix(seed: UInt64(crashAt)))
            let directory = try open(fileSystem)
            let found = try directory.partitions()
            for partition in found { #expect(try directory.topicId(of: partition) == Self.topicId) }
            if isMade { #expect(Set(found) == Set(names)) }
            // What is left of the attempt is no obstacle.
            try directory.create(names.filter { !found.contains($0) }, topicId: Self.topicId)
            #expect(Set(try directory.partitions()) == Set(names))
        }
    }

    @Test(arguments: [
        "accounts-", "-0", "accounts", "accounts-x", "accounts--1x", "accounts-0.new", "accounts-0.0-delete", "",
    ])
    func otherNamesAreNoPartitions(name: String) {
        #expect(PartitionName(directoryName: name) == nil)
    }

    @Test func topicIdsAreReadAndWritten() {
        var generator = SeededGenerator(seed: 4)
        for _ in 0..<1000 {
            let topicId = TopicId(high: generator.next(), low: generator.next())
            #expect(TopicId(topicId.description) == topicId)
        }
        // The reserved ids of Kafka.
        #expect(TopicId(high: 0, low: 1).description == "AAAAAAAAAAAAAAAAAAAAAQ")
        for text in [
            "", "AAAAAAAAAAAAAAAAAAAAAB", "AAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAA+", "AAAAAAAAAAAAAAAAAAAAAQ=",
        ] {
            #expect(TopicId(text) == nil)
        }
    }
}
