import KafkaMessages
import KafkaRecords
import NIOCore

/// What is produced and fetched.
enum Workload {
    static let produceVersion: Int16 = 12
    static let fetchVersion: Int16 = 12

    /// A batch of just under 64 KiB: 63 records with values of 1 KiB that don't compress.
    static func plainBatch(seed: UInt64) -> [UInt8] {
        var random = Random(seed: seed)
        let records = (0..<63).map { _ in
            Record(
                key: nil, value: (0..<1024).map { _ in UInt8.random(in: .min ... .max, using: &random) }, timestamp: 1)
        }
        return RecordBatch.encode(records)
    }

    /// A batch of 16 KiB: 16 records with values of 1 KiB that don't compress, of some of so many keys.
    static func keyedBatch(seed: UInt64, keys: Int) -> [UInt8] {
        var random = Random(seed: seed)
        let records = (0..<16).map { _ in
            Record(
                key: Array("key \(Int.random(in: 0..<keys, using: &random))".utf8),
                value: (0..<1000).map { _ in UInt8.random(in: .min ... .max, using: &random) }, timestamp: 1)
        }
        return RecordBatch.encode(records)
    }

    /// A batch of just under 64 KiB: 205 accounts as JSON of 300 bytes, each with a Social Security Number.
    static func accountBatch(seed: UInt64) -> [UInt8] {
        var random = Random(seed: seed)
        return RecordBatch.encode((0..<205).map { _ in Record(key: nil, value: account(&random), timestamp: 1) })
    }

    private static func account(_ random: inout Random) -> [UInt8] {
        func digits(_ count: Int) -> String {
            String((0..<count).map { _ in Character("\(Int.random(in: 0...9, using: &random))") })
        }
        let number = "\(digits(3))-\(digits(2))-\(digits(4))"
        let start = """
            {"social_security_number":"\(number)","event_type":"account_updated","account_id":"acc-\(digits(8))",\
            "first_name":"Katherine","last_name":"Johnson","email":"katherine.\(digits(6))@example.com",\
            "password_hash":"
            """
        let end = "\"}"
        let filling = (start.utf8.count + end.utf8.count..<300).map { _ in
            UInt8(ascii: "a") + UInt8.random(in: 0..<16, using: &random)
        }
        return Array(start.utf8) + filling + Array(end.utf8)
    }

    static func produceFrame(topic: String, partition: Int32, batch: [UInt8]) throws -> [UInt8] {
        var data = ProduceRequest.PartitionProduceData()
        data.index = partition
        data.records = .bytes(ByteBuffer(bytes: batch))
        var topicData = ProduceRequest.TopicProduceData()
        topicData.name = topic
        topicData.partitionData = [data]
        var request = ProduceRequest()
        request.acks = -1
        request.timeoutMs = 30_000
        request.topicData = [topicData]
        return try Frame.make(request, version: produceVersion)
    }

    static func fetchRequest(topic: String, offset: Int64, bytesMax: Int32, maxWaitMs: Int32 = 500) -> FetchRequest {
        var partition = FetchRequest.FetchPartition()
        partition.fetchOffset = offset
        partition.partitionMaxBytes = bytesMax
        var topicRequest = FetchRequest.FetchTopic()
        topicRequest.topic = topic
        topicRequest.partitions = [partition]
        var request = FetchRequest()
        request.maxWaitMs = maxWaitMs
        request.minBytes = 1
        request.maxBytes = bytesMax
        request.topics = [topicRequest]
        return request
    }
}

/// SplitMix64: the same bytes in each run.
struct Random: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
        return value ^ value >> 31
    }
}
