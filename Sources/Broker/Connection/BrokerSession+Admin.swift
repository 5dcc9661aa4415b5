import KafkaMessages
import NIOCore

/// The APIs by which topics, settings and the cluster are administered.
extension BrokerSession {
    func dispatchAdmin(
        _ api: ApiKey, _ frame: ByteBuffer, _ header: RequestHeader, _ context: RequestContext
    ) async throws(ConnectionClosure) -> Reply {
        switch api {
        case .deleteRecords:
            let request: DeleteRecordsRequest = try decode(frame, header)
            return .ready(try encode(await broker.handle(request, context), header))
        case .offsetForLeaderEpoch:
            let request: OffsetForLeaderEpochRequest = try decode(frame, header)
            return .ready(try encode(await broker.handle(request, context), header))
        case .alterConfigs:
            let request: AlterConfigsRequest = try decode(frame, header)
            return .ready(try encode(await broker.handle(request, context), header))
        case .createPartitions:
            let request: CreatePartitionsRequest = try decode(frame, header)
            return .ready(try encode(await broker.handle(request, context), header))
        case .incrementalAlterConfigs:
            let request: IncrementalAlterConfigsRequest = try decode(frame, header)
            return .ready(try encode(await broker.handle(request, context), header))
        case .describeCluster:
            let request: DescribeClusterRequest = try decode(frame, header)
            return .ready(try encode(broker.handle(request, context), header))
        default: return try await dispatchCluster(api, frame, header, context)
        }
    }

    private func dispatchCluster(
        _ api: ApiKey, _ frame: ByteBuffer, _ header: RequestHeader, _ context: RequestContext
    ) async throws(ConnectionClosure) -> Reply {
        switch api {
        case .alterReplicaLogDirs:
            let request: AlterReplicaLogDirsRequest = try decode(frame, header)
            return .ready(try encode(broker.handle(request, context), header))
        case .describeLogDirs:
            let request: DescribeLogDirsRequest = try decode(frame, header)
            return .ready(try encode(await broker.handle(request, context), header))
        case .electLeaders:
            let request: ElectLeadersRequest = try decode(frame, header)
            return .ready(try encode(broker.handle(request, context), header))
        case .alterPartitionReassignments:
            let request: AlterPartitionReassignmentsRequest = try decode(frame, header)
            return .ready(try encode(broker.handle(request, context), header))
        case .listPartitionReassignments:
            let request: ListPartitionReassignmentsRequest = try decode(frame, header)
            return .ready(try encode(broker.handle(request, context), header))
        case .describeProducers:
            let request: DescribeProducersRequest = try decode(frame, header)
            return .ready(try encode(await broker.handle(request, context), header))
        case .listConfigResources:
            let request: ListConfigResourcesRequest = try decode(frame, header)
            return .ready(try encode(broker.handle(request, context), header))
        case .describeTopicPartitions:
            let request: DescribeTopicPartitionsRequest = try decode(frame, header)
            return .ready(try encode(broker.handle(request, context), header))
        default: return try await dispatchSecurity(api, frame, header, context)
        }
    }

    private func dispatchSecurity(
        _ api: ApiKey, _ frame: ByteBuffer, _ header: RequestHeader, _ context: RequestContext
    ) async throws(ConnectionClosure) -> Reply {
        switch api {
        case .describeAcls:
            let request: DescribeAclsRequest = try decode(frame, header)
            return .ready(try encode(broker.handle(request, context), header))
        case .createAcls:
            let request: CreateAclsRequest = try decode(frame, header)
            return .ready(try encode(await broker.handle(request, context), header))
        case .deleteAcls:
            let request: DeleteAclsRequest = try decode(frame, header)
            return .ready(try encode(await broker.handle(request, context), header))
        case .describeClientQuotas:
            let request: DescribeClientQuotasRequest = try decode(frame, header)
            return .ready(try encode(broker.handle(request, context), header))
        case .alterClientQuotas:
            let request: AlterClientQuotasRequest = try decode(frame, header)
            return .ready(try encode(await broker.handle(request, context), header))
        case .describeUserScramCredentials:
            let request: DescribeUserScramCredentialsRequest = try decode(frame, header)
            return .ready(try encode(broker.handle(request, context), header))
        case .alterUserScramCredentials:
            let request: AlterUserScramCredentialsRequest = try decode(frame, header)
            return .ready(try encode(await broker.handle(request, context), header))
        default: return try await dispatchGroup(api, frame, header, context)
        }
    }
}
