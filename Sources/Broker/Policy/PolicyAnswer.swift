public import KafkaMessages
public import Views

/// The two topics that take policy.
public enum PolicyTopic: Sendable, Hashable, CaseIterable {
    case modules
    case views

    public var name: String {
        switch self {
        case .modules: "__sluice_modules"
        case .views: "__sluice_views"
        }
    }

    /// nil for any other topic.
    public init?(name: String) {
        guard let topic = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = topic
    }

    /// `max.message.bytes`: of a batch, and of what it may decompress to.
    public var messageBytesMax: Int {
        switch self {
        case .modules: 11_534_336
        case .views: 1_048_588
        }
    }
}

/// Who asks for a change of policy.
public struct PolicyOrigin: Sendable {
    public var principal: Principal
    /// The right to set policy: WRITE on the topic; without an authorizer, a connection over loopback or the admin socket.
    public var mayWrite: Bool

    public init(principal: Principal, mayWrite: Bool) {
        self.principal = principal
        self.mayWrite = mayWrite
    }

    /// A connection's right where there is no authorizer.
    public init(principal: Principal, connection: ConnectionInfo) {
        self.init(principal: principal, mayWrite: connection.isLoopback || connection.listener.isAdmin)
    }
}

/// What a change came to, for the answer to a Produce request or to a change of configs.
public struct PolicyAnswer: Sendable, Equatable {
    public var errorCode: ErrorCode
    /// Of the first record appended, or of what is stored already; −1 with an error.
    public var baseOffset: Int64 = -1
    /// Milliseconds since 1970; −1 if nothing was appended.
    public var logAppendTimeMs: Int64 = -1
    /// Which record is refused; nil: the batch as a whole.
    public var refusedIndex: Int?
    public var message: String?
    public var assigned: [PolicyPlan.Assigned] = []

    init(_ errorCode: ErrorCode, _ message: String? = nil, index: Int? = nil) {
        self.errorCode = errorCode
        self.message = message
        refusedIndex = index
    }

    /// The answer for partition 0 of the topic.
    public var produceResponse: ProduceResponse.PartitionProduceResponse {
        var response = ProduceResponse.PartitionProduceResponse()
        response.index = 0
        response.errorCode = errorCode
        response.baseOffset = baseOffset
        response.logAppendTimeMs = logAppendTimeMs
        response.logStartOffset = errorCode == .none ? 0 : -1
        response.errorMessage = message
        if let refusedIndex {
            var error = ProduceResponse.BatchIndexAndErrorMessage()
            error.batchIndex = Int32(clamping: refusedIndex)
            error.batchIndexErrorMessage = message
            response.recordErrors = [error]
        }
        response.assigned = assigned.map { entry in
            var assigned = ProduceResponse.AssignedVersion()
            assigned.index = Int32(clamping: entry.index)
            assigned.nameAtVersion = entry.name
            return assigned
        }
        return response
    }
}
