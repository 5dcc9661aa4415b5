import KafkaMessages

/// DescribeTopicPartitions v0: Metadata in pages, in the order of the topics' names. Topics of the broker's own are listed
/// only for the administrator, and nothing is created. Who asks for all topics sees those with DESCRIBE.
extension Broker {
    func handle(
        _ request: DescribeTopicPartitionsRequest, _ context: RequestContext
    ) -> DescribeTopicPartitionsResponse {
        let listsAll = request.topics.isEmpty
        if isInvalid(request.cursor, of: request) { return refusal(request) }
        let first = request.cursor?.topicName ?? ""
        let names =
            listsAll
            ? visibleTopics(context).map(\.name).filter { context.allows(.topic, $0) }
            : Array(Set(request.topics.map(\.name))).sorted()
        let limit = configuration.number("max.request.partition.size.limit")
        var left = max(1, min(Int(request.responsePartitionLimit), limit))
        var response = DescribeTopicPartitionsResponse()
        for name in names where name >= first {
            // What isn't there takes a place, too, so that the answer is bounded whatever is asked for.
            guard left > 0 else {
                response.nextCursor = Self.cursor(name, 0)
                break
            }
            guard listsAll || context.may(.topic, name) else {
                response.topics.append(Self.refused(name, .topicAuthorizationFailed))
                left -= 1
                continue
            }
            guard let topic = topics[name] else {
                // It may have gone while all are listed.
                if !listsAll { response.topics.append(Self.unknown(name)) }
                left -= 1
                continue
            }
            let begin = name == first ? min(Int(request.cursor?.partitionIndex ?? 0), topic.partitions.count) : 0
            let page = topic.partitions[begin...].prefix(left)
            response.topics.append(describe(topic, page, context))
            left -= max(1, page.count)
            if page.endIndex < topic.partitions.count {
                response.nextCursor = Self.cursor(name, Int32(clamping: page.endIndex))
                break
            }
        }
        return response
    }

    private func isInvalid(
        _ cursor: DescribeTopicPartitionsRequest.Cursor?, of request: DescribeTopicPartitionsRequest
    ) -> Bool {
        guard let cursor else { return false }
        let isNamed = request.topics.isEmpty || request.topics.contains { $0.name == cursor.topicName }
        return cursor.partitionIndex < 0 || !isNamed
    }

    /// The API has no place for an error but in each topic.
    private func refusal(_ request: DescribeTopicPartitionsRequest) -> DescribeTopicPartitionsResponse {
        var response = DescribeTopicPartitionsResponse()
        response.topics = request.topics.map { wanted in
            var topic = DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic()
            topic.name = wanted.name
            topic.errorCode = .invalidRequest
            return topic
        }
        return response
    }

    private static func unknown(
        _ name: String
    ) -> DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic {
        refused(name, Topic.nameProblem(name) == nil ? .unknownTopicOrPartition : .invalidTopicException)
    }

    private static func refused(
        _ name: String, _ code: ErrorCode
    ) -> DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic {
        var answer = DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic()
        answer.name = name
        answer.errorCode = code
        return answer
    }

    private func describe(
        _ topic: Topic, _ partitions: ArraySlice<Partition>, _ context: RequestContext
    ) -> DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic {
        var answer = DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic()
        answer.name = topic.name
        answer.topicId = topic.id
        answer.isInternal = Topic.isInternal(topic.name)
        answer.topicAuthorizedOperations = context.access.operations(on: .topic, topic.name)
        let node = configuration.nodeId
        answer.partitions = partitions.map { partition in
            var description = DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponsePartition()
            description.partitionIndex = partition.index
            description.leaderId = node
            description.leaderEpoch = 0
            description.replicaNodes = [node]
            description.isrNodes = [node]
            // Java's client (4.3) falls over a null, which the protocol allows.
            description.eligibleLeaderReplicas = []
            description.lastKnownElr = []
            return description
        }
        return answer
    }

    private static func cursor(_ topic: String, _ partition: Int32) -> DescribeTopicPartitionsResponse.Cursor {
        var cursor = DescribeTopicPartitionsResponse.Cursor()
        cursor.topicName = topic
        cursor.partitionIndex = partition
        return cursor
    }
}
