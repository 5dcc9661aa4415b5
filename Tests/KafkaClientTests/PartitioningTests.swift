import KafkaRecords
import TestSupport
import Testing

@testable import KafkaClient

@Suite struct PartitioningTests {
    /// From Apache Kafka's UtilsTest.testMurmur2.
    @Test(
        arguments: [
            ("21", -973_932_308), ("foobar", -790_332_482), ("a-little-bit-long-string", -985_981_536),
            ("a-little-bit-longer-string", -1_486_304_829),
            ("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58_897_971), ("abc", 479_470_107),
        ] as [(String, Int32)])
    func hashesAsKafka(text: String, hash: Int32) {
        #expect(Int32(bitPattern: murmur2(Array(text.utf8).rawSpan)) == hash)
    }

    @Test func keyKeepsItsPartition() {
        var partitioner = Partitioner(partitionCount: 12, seed: 5)
        let first = partitioner.partition(forKey: Array("foobar".utf8))
        // toPositive(-790332482) % 12
        #expect(first == Int32((UInt32(bitPattern: -790_332_482) & 0x7fff_ffff) % 12))
        partitioner.batchEnded()
        #expect(partitioner.partition(forKey: Array("foobar".utf8)) == first)
    }

    @Test func keylessRecordsChangeBetweenBatches() {
        var partitioner = Partitioner(partitionCount: 3, seed: 2)
        var seen: [Int32] = []
        for _ in 0..<4 {
            let partition = partitioner.partition(forKey: nil)
            #expect(partitioner.partition(forKey: nil) == partition)
            seen.append(partition)
            partitioner.batchEnded()
        }
        #expect(seen == [2, 0, 1, 2])
    }

    @Test func dividesRangesLikeKafka() {
        let members = [
            RangeAssignor.Member(id: "b", topics: ["t", "u"]), RangeAssignor.Member(id: "a", topics: ["t", "u"]),
        ]
        let assigned = RangeAssignor.assign(members, partitionCounts: ["t": 3, "u": 3])
        #expect(assigned == ["a": ["t": [0, 1], "u": [0, 1]], "b": ["t": [2], "u": [2]]])
    }

    @Test func leavesOutWhatIsNotWantedOrNotThere() {
        let members = [
            RangeAssignor.Member(id: "a", topics: ["t"]), RangeAssignor.Member(id: "b", topics: ["u", "gone"]),
            RangeAssignor.Member(id: "c", topics: ["u"]),
        ]
        let assigned = RangeAssignor.assign(members, partitionCounts: ["t": 1, "u": 1, "other": 4])
        #expect(assigned == ["a": ["t": [0]], "b": ["u": [0]], "c": [:]])
    }

    @Test func staticMembersComeFirst() {
        let members = [
            RangeAssignor.Member(id: "a", topics: ["t"]),
            RangeAssignor.Member(id: "z", instanceId: "i-1", topics: ["t"]),
        ]
        #expect(RangeAssignor.assign(members, partitionCounts: ["t": 1])["z"] == ["t": [0]])
    }

    /// Every partition of every topic goes to exactly one member that wants it.
    @Test func coversEachPartitionOnce() {
        var random = SeededGenerator(seed: 42)
        for round in 0..<200 {
            let topics = (0..<Int.random(in: 1...4, using: &random)).map { "t\($0)" }
            let counts = Dictionary(uniqueKeysWithValues: topics.map { ($0, Int32.random(in: 0...9, using: &random)) })
            let members = (0..<Int.random(in: 1...5, using: &random)).map { index in
                RangeAssignor.Member(id: "m\(index)", topics: topics.filter { _ in Bool.random(using: &random) })
            }
            let assigned = RangeAssignor.assign(members, partitionCounts: counts)
            for topic in topics {
                let given = members.flatMap { assigned[$0.id]?[topic] ?? [] }.sorted()
                let isWanted = members.contains { $0.topics.contains(topic) }
                #expect(given == (isWanted ? Array(0..<(counts[topic] ?? 0)) : []), "seed 42, round \(round)")
            }
        }
    }
}
