// Generated from SchemaGenerator/Messages by Scripts/generate-messages. Do not edit.

@testable import KafkaMessages

extension MessageCase {
    /// Every message in every version.
    static let all: [MessageCase] = [
        cases(of: ProduceRequest.self, "ProduceRequest"),
        cases(of: ProduceResponse.self, "ProduceResponse"),
        cases(of: FetchRequest.self, "FetchRequest"),
        cases(of: FetchResponse.self, "FetchResponse"),
        cases(of: ListOffsetsRequest.self, "ListOffsetsRequest"),
        cases(of: ListOffsetsResponse.self, "ListOffsetsResponse"),
        cases(of: MetadataRequest.self, "MetadataRequest"),
        cases(of: MetadataResponse.self, "MetadataResponse"),
        cases(of: OffsetCommitRequest.self, "OffsetCommitRequest"),
        cases(of: OffsetCommitResponse.self, "OffsetCommitResponse"),
        cases(of: OffsetFetchRequest.self, "OffsetFetchRequest"),
        cases(of: OffsetFetchResponse.self, "OffsetFetchResponse"),
        cases(of: FindCoordinatorRequest.self, "FindCoordinatorRequest"),
        cases(of: FindCoordinatorResponse.self, "FindCoordinatorResponse"),
        cases(of: JoinGroupRequest.self, "JoinGroupRequest"),
        cases(of: JoinGroupResponse.self, "JoinGroupResponse"),
        cases(of: HeartbeatRequest.self, "HeartbeatRequest"),
        cases(of: HeartbeatResponse.self, "HeartbeatResponse"),
        cases(of: LeaveGroupRequest.self, "LeaveGroupRequest"),
        cases(of: LeaveGroupResponse.self, "LeaveGroupResponse"),
        cases(of: SyncGroupRequest.self, "SyncGroupRequest"),
        cases(of: SyncGroupResponse.self, "SyncGroupResponse"),
        cases(of: ApiVersionsRequest.self, "ApiVersionsRequest"),
        cases(of: ApiVersionsResponse.self, "ApiVersionsResponse"),
        cases(of: CreateTopicsRequest.self, "CreateTopicsRequest"),
        cases(of: CreateTopicsResponse.self, "CreateTopicsResponse"),
        cases(of: DeleteTopicsRequest.self, "DeleteTopicsRequest"),
        cases(of: DeleteTopicsResponse.self, "DeleteTopicsResponse"),
        cases(of: InitProducerIdRequest.self, "InitProducerIdRequest"),
        cases(of: InitProducerIdResponse.self, "InitProducerIdResponse"),
        cases(of: DescribeConfigsRequest.self, "DescribeConfigsRequest"),
        cases(of: DescribeConfigsResponse.self, "DescribeConfigsResponse"),
        cases(of: OffsetCommitKey.self, "OffsetCommitKey"),
        cases(of: OffsetCommitValue.self, "OffsetCommitValue"),
        cases(of: GroupMetadataKey.self, "GroupMetadataKey"),
        cases(of: GroupMetadataValue.self, "GroupMetadataValue"),
        cases(of: ConsumerProtocolSubscription.self, "ConsumerProtocolSubscription"),
        cases(of: ConsumerProtocolAssignment.self, "ConsumerProtocolAssignment"),
    ].flatMap { $0 }
}
