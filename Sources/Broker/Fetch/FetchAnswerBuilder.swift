import KafkaMessages
import SegmentLog

/// Makes a Fetch answer of what a round found, partition by partition; neighbours of one topic share its entry.
struct FetchAnswerBuilder {
    var answer = FetchHandler.Answer(response: FetchResponse())
    private let targets: FetchTargets
    private let byId: Bool
    private var topicNumber: Int?
    private var topic = FetchResponse.FetchableTopicResponse()

    init(_ targets: FetchTargets, byId: Bool) {
        self.targets = targets
        self.byId = byId
    }

    mutating func add(_ index: Int, _ part: FetchedPartition) {
        let target = targets.items[index]
        if target.topicNumber != topicNumber { begin(target.topicNumber) }
        var data = FetchResponse.PartitionData()
        data.partitionIndex = target.wanted.index
        data.errorCode = part.errorCode
        data.highWatermark = part.highWatermark
        data.lastStableOffset = part.lastStableOffset
        data.logStartOffset = part.logStartOffset
        switch part.content {
        case .nothing: break
        case .encoded(let encoded): data.records = .bytes(encoded.bytes)
        case .raw(let raw):
            data.records = .external(byteCount: raw.slice.byteCount, token: answer.slices.count)
            answer.slices.append(raw)
        }
        topic.partitions.append(data)
    }

    mutating func finish() -> FetchHandler.Answer {
        end()
        return answer
    }

    private mutating func begin(_ number: Int) {
        end()
        topicNumber = number
        topic = FetchResponse.FetchableTopicResponse()
        switch targets.topics[number].key {
        case .name(let name): topic.topic = name
        case .id(let id): topic.topicId = id
        }
    }

    private mutating func end() {
        if topicNumber != nil { answer.response.responses.append(topic) }
        topicNumber = nil
    }
}
