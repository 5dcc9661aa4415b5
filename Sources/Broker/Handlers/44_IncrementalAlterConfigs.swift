import KafkaMessages
import Views

/// IncrementalAlterConfigs v0–1 for topics, for this broker (with an empty name: for all brokers), for the levels of its
/// loggers, and for the `view.<topic>` keys of groups. A resource is changed as a whole or not at all. Without an
/// authorizer the settings of a broker and of its loggers are changed from this machine only, unlike in Apache Kafka: they
/// hold for every topic, those of the policy among them.
extension Broker {
    /// Characters of the names of settings that one line of the log has.
    private static let loggedNamesMax = 1000

    func handle(
        _ request: IncrementalAlterConfigsRequest, _ context: RequestContext
    ) async -> IncrementalAlterConfigsResponse {
        var response = IncrementalAlterConfigsResponse()
        let counts = ConfigResource.counts(
            request.resources.lazy.map { ConfigResource($0.resourceType, $0.resourceName) })
        for wanted in request.resources {
            var answer = IncrementalAlterConfigsResponse.AlterConfigsResourceResponse()
            answer.resourceType = wanted.resourceType
            answer.resourceName = wanted.resourceName
            let resource = ConfigResource(wanted.resourceType, wanted.resourceName)
            do throws(TopicError) {
                try resource.checkOnce(counts)
                var changes: [ConfigAlteration] = []
                for config in wanted.configs {
                    changes.append(
                        try ConfigAlteration(
                            name: config.name, operation: config.configOperation, value: config.value))
                }
                try await alter(resource, changes, replacing: false, validateOnly: request.validateOnly, context)
            } catch {
                answer.errorCode = error.code
                answer.errorMessage = error.message
            }
            response.responses.append(answer)
        }
        return response
    }

    /// Carries out what is asked of one resource. `replacing`: settings that aren't named go back to their defaults, but for
    /// `view.*`, which are policy and never go by omission.
    func alter(
        _ resource: ConfigResource, _ changes: [ConfigAlteration], replacing: Bool, validateOnly: Bool,
        _ context: RequestContext
    ) async throws(TopicError) {
        try ConfigAlteration.checkNames(changes)
        switch resource.type {
        case ConfigResourceType.topic:
            try checkRight(to: resource, context)
            try await alterTopic(resource.name, changes, replacing: replacing, validateOnly: validateOnly, context)
        case ConfigResourceType.group:
            try checkRight(to: resource, context)
            try await alterGroup(resource.name, changes, validateOnly: validateOnly, context)
        case ConfigResourceType.broker:
            let isForAll = try checkBroker(resource.name)
            try checkMayAdminister(context)
            let compacted = try await topicManager.alterBroker(
                changes, isForAll: isForAll, replacing: replacing, validateOnly: true)
            try await policy.keepingViews(of: compacted.map(\.reference)) { () async throws(TopicError) in
                _ = try await topicManager.alterBroker(
                    changes, isForAll: isForAll, replacing: replacing, validateOnly: validateOnly)
            }
        case ConfigResourceType.brokerLogger:
            let loggers = try loggers(ofBroker: resource.name)
            try checkMayAdminister(context)
            guard !replacing else {
                throw TopicError(code: .invalidRequest, message: "levels of loggers are set one by one (API 44)")
            }
            try loggers.alter(changes, validateOnly: validateOnly)
        default:
            throw TopicError(
                code: .invalidRequest,
                message:
                    "resource type \(resource.type) can't be changed here: topic 2, broker 4, broker logger 8, group 32"
            )
        }
        guard !validateOnly else { return }
        let names = changes.map(\.name).sorted().joined(separator: ",")
        adminLog.note(
            "settings were changed", context.logFields,
            ["resource": resource.description, "settings": String(names.prefix(Self.loggedNamesMax))])
    }

    /// What holds for the whole cluster is changed by the administrator, and without an authorizer from this machine.
    func checkMayAdminister(_ context: RequestContext) throws(TopicError) {
        guard context.mayAdminister else {
            throw TopicError(
                code: .clusterAuthorizationFailed,
                message: context.access.isEnforced
                    ? "no right to change the cluster"
                    : "what holds for the cluster is changed from the broker's own machine, or over its admin socket")
        }
    }

    private func alterTopic(
        _ name: String, _ changes: [ConfigAlteration], replacing: Bool, validateOnly: Bool, _ context: RequestContext
    ) async throws(TopicError) {
        guard let topic = topics[name] else {
            throw TopicError(code: .unknownTopicOrPartition, message: "The topic '\(name.prefix(249))' does not exist.")
        }
        if Topic.isInternal(topic.name) { try checkOwn(topic, changes, replacing: replacing, context) }
        let settings = changes.filter { $0.name != ConfigViews.topicDefault }
        // Nothing of the request is done if any of it can't be.
        let future = try await topicManager.alter(topic, settings, replacing: replacing, validateOnly: true)
        for change in changes where change.name == ConfigViews.topicDefault {
            let record = ConfigViews.record(topic: topic.name, viewDefault: try Self.viewTarget(change))
            let fact = TopicFact(ref: topic.reference, isCompacted: future.isCompacted)
            try await changeViews([record], creating: [fact], validateOnly: validateOnly, context)
        }
        guard replacing || !settings.isEmpty else { return }
        let isNews = future.isCompacted && !topic.configuration.isCompacted
        try await policy.keepingViews(of: isNews ? [topic.reference] : []) { () async throws(TopicError) in
            _ = try await topicManager.alter(topic, settings, replacing: replacing, validateOnly: validateOnly)
        }
    }

    /// Of the broker's own topics only the retention of view errors is changed, and by the administrator.
    private func checkOwn(
        _ topic: Topic, _ changes: [ConfigAlteration], replacing: Bool, _ context: RequestContext
    ) throws(TopicError) {
        let isRetention = changes.allSatisfy { $0.name == "retention.ms" || $0.name == "retention.bytes" }
        guard topic.name == ViewErrorWriter.topicName, isRetention, !replacing, isAdmin(context) else {
            throw TopicError(
                code: .policyViolation,
                message: "the settings of the broker's own topics can't be changed, but for retention.ms and "
                    + "retention.bytes of \(ViewErrorWriter.topicName) by the administrator")
        }
    }

    private func alterGroup(
        _ name: String, _ changes: [ConfigAlteration], validateOnly: Bool, _ context: RequestContext
    ) async throws(TopicError) {
        var records: [PolicyRecord] = []
        for change in changes {
            if let reason = GroupConfiguration.refusedNames[change.name] {
                throw TopicError(code: .invalidConfig, message: "\(change.name): \(reason)")
            }
            let target = try Self.viewTarget(change)
            do throws(PolicyRefusal) {
                records.append(try ConfigViews.record(group: name, key: change.name, value: target))
            } catch {
                throw TopicError(code: .invalidConfig, message: error.message)
            }
        }
        if !records.isEmpty { try await changeViews(records, validateOnly: validateOnly, context) }
    }

    /// What a `view.*` key is set to; nil: it is removed.
    private static func viewTarget(_ change: ConfigAlteration) throws(TopicError) -> String? {
        switch change.operation {
        case .set: return change.value
        case .delete: return nil
        case .append, .subtract:
            throw TopicError(
                code: .invalidConfig,
                message: "\(change.name.prefix(300)) is not a list: set or delete it")
        }
    }
}

/// What settings belong to.
struct ConfigResource: Hashable, CustomStringConvertible {
    /// One of `ConfigResourceType`.
    var type: Int8
    var name: String

    init(_ type: Int8, _ name: String) {
        self.type = type
        self.name = name
    }

    /// `topic accounts`, as for a log.
    var description: String {
        let kind =
            switch type {
            case ConfigResourceType.topic: "topic"
            case ConfigResourceType.broker: "broker"
            case ConfigResourceType.brokerLogger: "broker logger"
            case ConfigResourceType.group: "group"
            default: "type \(type)"
            }
        return name.isEmpty ? kind : "\(kind) \(name)"
    }

    static func counts(_ resources: some Sequence<ConfigResource>) -> [ConfigResource: Int] {
        var counts: [ConfigResource: Int] = [:]
        for resource in resources { counts[resource, default: 0] += 1 }
        return counts
    }

    func checkOnce(_ counts: [ConfigResource: Int]) throws(TopicError) {
        guard counts[self] == 1 else {
            throw TopicError(code: .invalidRequest, message: "Each resource must appear at most once.")
        }
    }
}
