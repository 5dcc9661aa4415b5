import KafkaMessages
import Views

/// What a handler knows of the request beside its body.
struct RequestContext: Sendable {
    var connection: ConnectionInfo
    var principal: Principal
    var clientId: String
    var apiVersion: Int16

    /// Without an authorizer, policy and administration of our own topics are for this machine only.
    var mayWritePolicy: Bool { connection.isLoopback }
}
