import KafkaMessages

/// InitProducerId v0–6 for idempotent producers. Transactions aren't there yet, so a transactional id is refused with a
/// code that producers take as final. Needs IDEMPOTENT_WRITE on the cluster, or WRITE on any topic there may be (KIP-679).
extension Broker {
    func handle(_ request: InitProducerIdRequest, _ context: RequestContext) async -> InitProducerIdResponse {
        var response = InitProducerIdResponse()
        guard request.transactionalId == nil else {
            response.errorCode = .transactionalIdAuthorizationFailed
            return response
        }
        guard context.allowsCluster || context.access.allowsSomewhere(.write, .topic) || context.mayCluster else {
            response.errorCode = .clusterAuthorizationFailed
            return response
        }
        // A client that names its id asks for the next epoch (KIP-360); when the epochs are used up it gets a new id.
        if request.producerId >= 0, request.producerEpoch >= 0, request.producerEpoch < Int16.max - 1 {
            response.producerId = request.producerId
            response.producerEpoch = request.producerEpoch + 1
            return response
        }
        do throws(ProducerIds.Failure) {
            response.producerId = try await producerIds.next()
            response.producerEpoch = 0
        } catch {
            response.errorCode = .coordinatorNotAvailable
        }
        return response
    }
}
