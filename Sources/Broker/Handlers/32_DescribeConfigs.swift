import KafkaMessages
import Views

/// DescribeConfigs v1–4 for topics, this broker (with an empty name: what was set for all brokers), its loggers and groups
/// (their `view.<topic>` keys). Shows policy as it's in force, never the parameters of a view.
extension Broker {
    func handle(_ request: DescribeConfigsRequest, _ context: RequestContext) async -> DescribeConfigsResponse {
        var response = DescribeConfigsResponse()
        for resource in request.resources {
            var result = DescribeConfigsResponse.DescribeConfigsResult()
            result.resourceType = resource.resourceType
            result.resourceName = resource.resourceName
            do throws(TopicError) {
                let named = ConfigResource(resource.resourceType, resource.resourceName)
                try checkRight(to: named, context)
                result.configs = try describe(named)
            } catch {
                result.errorCode = error.code
                result.errorMessage = error.message
            }
            if let keys = resource.configurationKeys {
                result.configs.removeAll { !keys.contains($0.name) }
            }
            for index in result.configs.indices {
                if !request.includeDocumentation { result.configs[index].documentation = nil }
                if !request.includeSynonyms { result.configs[index].synonyms = [] }
            }
            response.results.append(result)
        }
        return response
    }

    /// The right that the API needs on what a setting belongs to; what is no topic and no group is the cluster's.
    func checkRight(to resource: ConfigResource, _ context: RequestContext) throws(TopicError) {
        switch resource.type {
        case ConfigResourceType.topic where !context.may(.topic, resource.name):
            throw TopicError(code: .topicAuthorizationFailed, message: "no right to the settings of this topic")
        case ConfigResourceType.group where !context.may(.group, resource.name):
            throw TopicError(code: .groupAuthorizationFailed, message: "no right to the settings of this group")
        case ConfigResourceType.topic, ConfigResourceType.group: return
        default:
            guard context.mayCluster else {
                throw TopicError(code: .clusterAuthorizationFailed, message: "no right to settings of the cluster")
            }
        }
    }

    private typealias Entry = DescribeConfigsResponse.DescribeConfigsResourceResult

    private func describe(_ resource: ConfigResource) throws(TopicError) -> [Entry] {
        switch resource.type {
        case ConfigResourceType.topic: return try describeTopic(resource.name)
        case ConfigResourceType.broker: return try describeBroker(resource.name)
        case ConfigResourceType.brokerLogger: return try describeLoggers(resource.name)
        case ConfigResourceType.group: return describeGroup(resource.name)
        default:
            throw TopicError(
                code: .invalidRequest,
                message:
                    "resource type \(resource.type) is not known here: topic 2, broker 4, broker logger 8, group 32")
        }
    }

    private func describeTopic(_ name: String) throws(TopicError) -> [Entry] {
        guard let topic = topics[name] else {
            throw TopicError(code: .unknownTopicOrPartition, message: "there is no topic of that name")
        }
        let settings = topic.configuration
        var entries = TopicConfiguration.table.definitions.map { definition in
            entry(definition, settings.layers(definition.name, broker: configuration))
        }
        if let (value, isOwn) = policy.currentState.viewDefault(of: topic.name) {
            let source: ConfigSource = isOwn ? .topic : .dynamicDefaultBroker
            entries.append(
                view(
                    ConfigViews.topicDefault, value, source,
                    "What a reader gets to whom no binding applies: raw, deny or a view."))
        }
        return entries
    }

    private func describeBroker(_ name: String) throws(TopicError) -> [Entry] {
        let configuration = configuration
        let isForAll = try checkBroker(name)
        let definitions = BrokerConfiguration.table.definitions.filter {
            !isForAll || configuration.dynamic.everywhere[$0.name] != nil
        }
        return definitions.map { definition in
            var layers = configuration.layers(of: definition)
            if isForAll { layers.removeAll { $0.source == .dynamicBroker } }
            var entry = entry(definition, layers)
            entry.readOnly = !definition.isLive
            // A broker's setting that isn't set stays so, whatever it falls back to.
            if layers.first?.name != definition.name {
                let own = layers.first { $0.name == definition.name }
                entry.value = own?.value
                entry.configSource = (own?.source ?? .defaultValue).rawValue
            }
            return entry
        }
    }

    private func describeLoggers(_ name: String) throws(TopicError) -> [Entry] {
        try loggers(ofBroker: name).definitions.map { definition, value in
            entry(definition, [ConfigLayer(name: definition.name, value: value, source: .dynamicLogger)])
        }
    }

    /// The loggers of a BROKER_LOGGER resource, which is named as this broker.
    func loggers(ofBroker name: String) throws(TopicError) -> LoggerConfigs {
        guard let control = logLevels else {
            throw TopicError(code: .invalidRequest, message: "this broker's loggers can't be seen or changed")
        }
        guard name == String(configuration.nodeId) else {
            throw TopicError(code: .invalidRequest, message: "this is broker \(configuration.nodeId)")
        }
        return LoggerConfigs(control: control)
    }

    private func describeGroup(_ name: String) -> [Entry] {
        policy.currentState.viewConfigs(ofGroup: name).map { key, target in
            view(key, target, .group, "The view of that topic that this group gets.")
        }
    }

    private func view(_ name: String, _ value: String, _ source: ConfigSource, _ documentation: String) -> Entry {
        entry(
            ConfigDefinition(name, .text, default: nil, documentation),
            [ConfigLayer(name: name, value: value, source: source)])
    }

    private func entry(_ definition: ConfigDefinition, _ layers: [ConfigLayer]) -> Entry {
        var entry = Entry()
        entry.name = definition.name
        entry.value = definition.isSensitive ? nil : layers.first?.scaledValue
        entry.configSource = (layers.first?.source ?? .defaultValue).rawValue
        entry.isSensitive = definition.isSensitive
        entry.documentation = definition.documentation
        entry.configType = definition.typeNumber
        entry.synonyms = layers.map { layer in
            var synonym = DescribeConfigsResponse.DescribeConfigsSynonym()
            synonym.name = layer.name
            synonym.value = definition.isSensitive ? nil : layer.value
            synonym.source = layer.source.rawValue
            return synonym
        }
        return entry
    }

    /// Whether the name of a BROKER resource stands for all brokers; refuses another broker's.
    func checkBroker(_ name: String) throws(TopicError) -> Bool {
        guard name.isEmpty || name == String(configuration.nodeId) else {
            throw TopicError(
                code: .invalidRequest,
                message: "this is broker \(configuration.nodeId); an empty name stands for all brokers")
        }
        return name.isEmpty
    }
}

/// Numbers of Kafka's ConfigResource.Type.
enum ConfigResourceType {
    static let topic: Int8 = 2
    static let broker: Int8 = 4
    static let brokerLogger: Int8 = 8
    static let clientMetrics: Int8 = 16
    static let group: Int8 = 32
}
