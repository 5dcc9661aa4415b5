import KafkaMessages

/// What a running broker takes from a configuration that was changed. The rest decides how threads, folders or groups are
/// made, and needs a restart.
extension BrokerConfiguration {
    /// Beside the live ones, which can be changed by request, too.
    private static let reloadable: Set<String> = [
        "accept.any.replication.factor", "attribution.wait.ms", "auto.create.topics.enable", "connections.max.idle.ms",
        "delete.topic.enable", "fetch.max.bytes", "fetch.max.wait.ms", "log.retention.check.interval.ms",
        "log.retention.hours", "log.retention.minutes", "log.roll.hours", "log.roll.jitter.hours", "max.connections",
        "max.connections.per.ip", "metrics.partitions", "num.partitions", "queued.max.answer.bytes",
        "queued.max.request.bytes", "socket.request.max.bytes",
    ]

    /// Whether a reload of the configuration changes the setting.
    public static func isReloadable(_ name: String) -> Bool {
        reloadable.contains(name) || table[name]?.isLive == true
    }

    /// The settings whose values differ, by name.
    public func differences(to other: BrokerConfiguration) -> [String] {
        Self.table.definitions.map(\.name).filter { text($0) != other.text($0) }.sorted()
    }

    /// This configuration with what can be reloaded of `other`. What was set by request stays above it.
    public func reloading(_ other: BrokerConfiguration) throws(ConfigError) -> BrokerConfiguration {
        var result = self
        for definition in Self.table.definitions where Self.isReloadable(definition.name) {
            result.values[definition.name] = other.values[definition.name]
        }
        return try result.with(dynamic)
    }
}

extension Broker {
    /// Takes what can be reloaded of `other`, from now on: topics without settings of their own follow, too. Throws, and
    /// has changed nothing, where that contradicts what was set by request or for a topic, or a view of one that would be
    /// compacted.
    public func reload(_ other: BrokerConfiguration) async throws(ConfigError) {
        let compacted = try await topicManager.reload(other, validateOnly: true)
        do throws(TopicError) {
            try await policy.keepingViews(of: compacted.map(\.reference)) { () async throws(TopicError) in
                do throws(ConfigError) {
                    try await topicManager.reload(other, validateOnly: false)
                } catch {
                    throw TopicError(code: .invalidConfig, message: error.description)
                }
            }
        } catch {
            throw ConfigError(error.message)
        }
        let now = configuration
        answerMemory.limit(to: now.number("queued.max.answer.bytes"))
        attribution.wait(ms: now.attributionWaitMs)
    }
}
