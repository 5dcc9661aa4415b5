import KafkaMessages
import Logging
import Views

/// What a handler knows of the request beside its body.
struct RequestContext: Sendable {
    var connection: ConnectionInfo
    var principal: Principal
    var clientId: String
    var apiVersion: Int16
    /// The client's number of the request.
    var correlationId: Int32

    /// Which connection, request and client, for a line in the log. What the client says of itself is cut; the log escapes it.
    var logFields: Logger.Metadata {
        let peer = connection.peerAddress.isEmpty ? "admin" : "\(connection.peerAddress):\(connection.peerPort)"
        return [
            "connection": "\(connection.id)", "correlation_id": "\(correlationId)", "peer": "\(peer)",
            "client_id": "\(clientId.prefix(100))",
        ]
    }

    /// Without an authorizer, policy and administration of our own topics are for this machine only.
    var mayWritePolicy: Bool { connection.isLoopback }
}
