import KafkaMessages
import Views

/// DescribeConfigs v1–4 for topics, this broker and groups (their `view.<topic>` keys). Shows policy as it's in force,
/// never the parameters of a view.
extension Broker {
    func handle(_ request: DescribeConfigsRequest, _ context: RequestContext) async -> DescribeConfigsResponse {
        var response = DescribeConfigsResponse()
        for resource in request.resources {
            var result = DescribeConfigsResponse.DescribeConfigsResult()
            result.resourceType = resource.resourceType
            result.resourceName = resource.resourceName
            switch resource.resourceType {
            case ConfigResourceType.topic: describeTopic(resource, &result)
            case ConfigResourceType.broker: describeBroker(resource, &result)
            case ConfigResourceType.group: describeGroup(resource, &result)
            default:
                result.errorCode = .invalidRequest
                result.errorMessage =
                    "resource type \(resource.resourceType) is not known here: topic 2, broker 4, group 32"
            }
            if let keys = resource.configurationKeys {
                result.configs.removeAll { !keys.contains($0.name) }
            }
            if !request.includeDocumentation {
                for index in result.configs.indices { result.configs[index].documentation = nil }
            }
            if !request.includeSynonyms {
                for index in result.configs.indices { result.configs[index].synonyms = [] }
            }
            response.results.append(result)
        }
        return response
    }

    private typealias Entry = DescribeConfigsResponse.DescribeConfigsResourceResult

    private func describeTopic(
        _ resource: DescribeConfigsRequest.DescribeConfigsResource,
        _ result: inout DescribeConfigsResponse.DescribeConfigsResult
    ) {
        guard let topic = topics[resource.resourceName] else {
            result.errorCode = .unknownTopicOrPartition
            result.errorMessage = "there is no topic of that name"
            return
        }
        let settings = topic.configuration
        result.configs = TopicConfiguration.table.definitions.map { definition in
            let (value, source) = settings.effective(definition.name, broker: configuration)
            return entry(definition, value, source)
        }
        if let (value, isOwn) = policy.currentState.viewDefault(of: topic.name) {
            var view = Entry()
            view.name = "view.default"
            view.value = value
            view.configSource =
                isOwn
                ? TopicConfiguration.Source.topic.rawValue : TopicConfiguration.Source.dynamicDefaultBroker.rawValue
            view.configType = 2
            view.documentation = "What a reader gets to whom no binding applies: raw, deny or a view."
            result.configs.append(view)
        }
    }

    private func describeBroker(
        _ resource: DescribeConfigsRequest.DescribeConfigsResource,
        _ result: inout DescribeConfigsResponse.DescribeConfigsResult
    ) {
        guard resource.resourceName == String(configuration.nodeId) || resource.resourceName.isEmpty else {
            result.errorCode = .invalidRequest
            result.errorMessage = "this is broker \(configuration.nodeId)"
            return
        }
        result.configs = BrokerConfiguration.table.definitions.map { definition in
            var entry = entry(
                definition, configuration.text(definition.name),
                configuration.isExplicit(definition.name) ? .staticBroker : .defaultValue)
            entry.readOnly = true
            return entry
        }
    }

    private func describeGroup(
        _ resource: DescribeConfigsRequest.DescribeConfigsResource,
        _ result: inout DescribeConfigsResponse.DescribeConfigsResult
    ) {
        result.configs = policy.currentState.viewConfigs(ofGroup: resource.resourceName).map { key, target in
            var binding = Entry()
            binding.name = key
            binding.value = target
            binding.configSource = 8  // DYNAMIC_GROUP_CONFIG
            binding.configType = 2
            return binding
        }
    }

    private func entry(_ definition: ConfigDefinition, _ value: String, _ source: TopicConfiguration.Source) -> Entry {
        var entry = Entry()
        entry.name = definition.name
        entry.value = value
        entry.configSource = source.rawValue
        entry.documentation = definition.documentation
        switch definition.kind {
        case .boolean: entry.configType = 1
        case .text, .word: entry.configType = 2
        case .int: entry.configType = 3
        case .long: entry.configType = 5
        case .list: entry.configType = 7
        }
        var synonym = DescribeConfigsResponse.DescribeConfigsSynonym()
        synonym.name = definition.name
        synonym.value = value
        synonym.source = source.rawValue
        entry.synonyms = [synonym]
        return entry
    }
}

/// Numbers of Kafka's ConfigResource.Type.
enum ConfigResourceType {
    static let topic: Int8 = 2
    static let broker: Int8 = 4
    static let group: Int8 = 32
}
