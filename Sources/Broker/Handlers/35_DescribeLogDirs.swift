import KafkaMessages
import Logging
import SegmentLog
import Views

/// DescribeLogDirs v1–5: the one folder. The size of a partition tells how much was written, to the byte: with an authorizer it
/// is for who may ALTER the cluster, unlike in Apache Kafka; without one it is shown of topics that the reader gets raw, and to
/// the administrator of all. The size of the volume is for the administrator only.
extension Broker {
    func handle(_ request: DescribeLogDirsRequest, _ context: RequestContext) async -> DescribeLogDirsResponse {
        let isAdministrator = context.access.isEnforced ? context.mayCluster : isAdmin(context)
        guard isAdministrator || !context.access.isEnforced else {
            var refusal = DescribeLogDirsResponse()
            // Before v3 there is no place for it: there is nothing to see.
            if context.apiVersion >= 3 { refusal.errorCode = .clusterAuthorizationFailed }
            return refusal
        }
        var result = DescribeLogDirsResponse.DescribeLogDirsResult()
        result.logDir = Volume.absolutePath(of: directory.path)
        if isAdministrator, let volume = Volume(of: directory.path) {
            result.totalBytes = volume.totalBytes
            result.usableBytes = volume.usableBytes
        }
        for (topic, indexes) in wantedTopics(request) {
            if !isAdministrator {
                guard await isReadRaw(topic, context) else { continue }
            }
            var answer = DescribeLogDirsResponse.DescribeLogDirsTopic()
            answer.name = topic.name
            for partition in topic.partitions where indexes?.contains(partition.index) ?? true {
                do throws(LogError) {
                    var description = DescribeLogDirsResponse.DescribeLogDirsPartition()
                    description.partitionIndex = partition.index
                    description.partitionSize = Int64(try await partition.byteCount())
                    answer.partitions.append(description)
                } catch {
                    // A partition whose files can't be read has no size.
                    logger.error("\(topic.name)-\(partition.index): \(error.message)")
                }
            }
            if !answer.partitions.isEmpty { result.topics.append(answer) }
        }
        var response = DescribeLogDirsResponse()
        response.results = [result]
        return response
    }

    /// Topics with the partitions that are asked for; nil: all of them. What isn't there is left out, as in Apache Kafka.
    private func wantedTopics(_ request: DescribeLogDirsRequest) -> [(Topic, Set<Int32>?)] {
        guard let wanted = request.topics else { return topics.snapshot.sorted.map { ($0, nil) } }
        var indexes: [String: Set<Int32>] = [:]
        for topic in wanted { indexes[topic.topic, default: []].formUnion(topic.partitions) }
        return indexes.sorted { $0.key < $1.key }.compactMap { name, indexes in
            topics[name].map { ($0, indexes) }
        }
    }

    private func isReadRaw(_ topic: Topic, _ context: RequestContext) async -> Bool {
        if case .raw = await attribution.outcome(topic: topic, context, policy.snapshot) { return true }
        return false
    }
}
