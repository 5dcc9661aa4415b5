import KafkaMessages

/// FindCoordinator v0–6. This broker coordinates every group and transaction, and is named as the listener advertises
/// it. Share groups (key type 2) aren't there: INVALID_REQUEST.
enum FindCoordinatorHandler {
    /// Keys in one request.
    static let keysMax = 1_000

    private enum KeyType {
        static let group: Int8 = 0
        static let transaction: Int8 = 1
    }

    static func handle(
        _ request: FindCoordinatorRequest, version: Int16, listener: ListenerInfo, nodeId: Int32
    ) -> FindCoordinatorResponse {
        var response = FindCoordinatorResponse()
        let isKnown = request.keyType == KeyType.group || request.keyType == KeyType.transaction
        let isAccepted = isKnown && request.coordinatorKeys.count <= keysMax
        let message =
            isKnown
            ? "more than \(keysMax) coordinator keys" : "coordinator key type \(request.keyType) is not supported"
        guard version >= 4 else {
            response.nodeId = isAccepted ? nodeId : -1
            response.host = isAccepted ? listener.advertisedHost : ""
            response.port = isAccepted ? Int32(clamping: listener.advertisedPort) : -1
            response.errorCode = isAccepted ? .none : .invalidRequest
            response.errorMessage = isAccepted || version < 1 ? nil : message
            if version < 1 { response.errorMessage = "" }
            return response
        }
        response.coordinators = request.coordinatorKeys.map { key in
            var coordinator = FindCoordinatorResponse.Coordinator()
            coordinator.key = key
            coordinator.nodeId = isAccepted ? nodeId : -1
            coordinator.host = isAccepted ? listener.advertisedHost : ""
            coordinator.port = isAccepted ? Int32(clamping: listener.advertisedPort) : -1
            coordinator.errorCode = isAccepted ? .none : .invalidRequest
            coordinator.errorMessage = isAccepted ? nil : message
            return coordinator
        }
        return response
    }
}
