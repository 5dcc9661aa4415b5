import KafkaMessages
import Logging
import Views

/// What a handler knows of the request beside its body.
struct RequestContext: Sendable {
    var connection: ConnectionInfo
    var principal: Principal
    /// What the principal may do, as ACLs say now.
    var access: AccessCache
    var clientId: String
    var api: ApiKey
    var apiVersion: Int16
    /// The client's number of the request.
    var correlationId: Int32

    /// Which connection, request and client, for a line in the log. What the client says of itself is cut; the log escapes it.
    var logFields: Logger.Metadata {
        let peer = connection.peerAddress.isEmpty ? "admin" : "\(connection.peerAddress):\(connection.peerPort)"
        var fields: Logger.Metadata = [
            "connection": "\(connection.id)", "correlation_id": "\(correlationId)", "peer": "\(peer)",
            "client_id": "\(clientId.prefix(100))",
        ]
        if principal.isProven { fields["principal"] = "\(principal.description.prefix(256))" }
        return fields
    }

    // MARK: Rights

    /// Whether the principal has the right that `ApiAccess` says this API needs on the resource. A right that the table
    /// doesn't name isn't given.
    func allows(_ type: ResourceType, _ name: String) -> Bool {
        guard let operation = ApiAccess(api).operation(on: type) else { return false }
        return access.mayAll || access.allows(operation, type, Name(name))
    }

    /// The same, and a line in the log if it hasn't.
    func may(_ type: ResourceType, _ name: String) -> Bool {
        if allows(type, name) { return true }
        if let operation = ApiAccess(api).operation(on: type) {
            access.authorizer.denials.note(operation, type, Name(name), self)
        }
        return false
    }

    /// The right on the cluster as a whole.
    var mayCluster: Bool { may(.cluster, ResourceType.clusterName.string) }

    /// The same, asked where another right may do instead, so nothing is logged.
    var allowsCluster: Bool { allows(.cluster, ResourceType.clusterName.string) }

    /// What holds for the whole cluster is the administrator's: a right on the cluster, and without an authorizer for this
    /// machine only.
    var mayAdminister: Bool { access.isEnforced ? mayCluster : connection.isLoopback }

    /// Who asks for a change of policy, and whether it may: WRITE on the topic, and without an authorizer for this machine only.
    func policyOrigin(_ topic: PolicyTopic) -> PolicyOrigin {
        guard access.isEnforced else { return PolicyOrigin(principal: principal, connection: connection) }
        let mayWrite = access.allows(.write, .topic, Name(topic.name))
        if !mayWrite { access.authorizer.denials.note(.write, .topic, Name(topic.name), self) }
        return PolicyOrigin(principal: principal, mayWrite: mayWrite)
    }
}
