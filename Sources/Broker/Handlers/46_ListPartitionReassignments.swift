import KafkaMessages

/// ListPartitionReassignments v0: there is one broker, so nothing is ever moved.
extension Broker {
    func handle(
        _ request: ListPartitionReassignmentsRequest, _ context: RequestContext
    ) -> ListPartitionReassignmentsResponse {
        ListPartitionReassignmentsResponse()
    }
}
