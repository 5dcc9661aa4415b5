import KafkaMessages
import SegmentLog

/// AlterReplicaLogDirs v1–2. There is one folder, in which every partition is already: another one isn't found.
extension Broker {
    func handle(_ request: AlterReplicaLogDirsRequest, _ context: RequestContext) -> AlterReplicaLogDirsResponse {
        var response = AlterReplicaLogDirsResponse()
        let isAllowed = context.mayAdminister
        let isHere = Set([directory.path, Volume.absolutePath(of: directory.path)])
        for wanted in request.dirs {
            for topic in wanted.topics {
                var answer = AlterReplicaLogDirsResponse.AlterReplicaLogDirTopicResult()
                answer.topicName = topic.name
                answer.partitions = topic.partitions.map { index in
                    var result = AlterReplicaLogDirsResponse.AlterReplicaLogDirPartitionResult()
                    result.partitionIndex = index
                    if !isAllowed {
                        result.errorCode = .clusterAuthorizationFailed
                    } else if !isHere.contains(wanted.path) {
                        result.errorCode = .logDirNotFound
                    } else if topics[topic.name]?.partition(index) == nil {
                        result.errorCode = .unknownTopicOrPartition
                    }
                    return result
                }
                response.results.append(answer)
            }
        }
        return response
    }
}
