import KafkaMessages
import SegmentLog

extension TopicManager {
    /// Changes settings of the broker by request: of this node, or of all brokers. On disk first, then for every topic.
    /// `replacing`: those that aren't named go back to what they were without it. Returns the topics that become compacted by
    /// it, or would.
    @discardableResult
    func alterBroker(
        _ changes: [ConfigAlteration], isForAll: Bool, replacing: Bool, validateOnly: Bool
    ) async throws(TopicError) -> [Topic] {
        if let defect = dynamicDefect {
            throw TopicError(
                code: .invalidConfig,
                message: "\(dynamicFile.path) can't be taken, mend it and start again: \(defect)")
        }
        let old = configuration
        var dynamic = old.dynamic
        let current = replacing ? [:] : isForAll ? dynamic.everywhere : dynamic.here
        let changed = try ConfigAlteration.apply(changes, to: current, table: BrokerConfiguration.table) {
            old.text($0)
        }
        if isForAll { dynamic.everywhere = changed } else { dynamic.here = changed }
        let (new, settings) = try settings(under: dynamic)
        let compacted = settings.filter { $1.isCompacted && !$0.configuration.isCompacted }.map(\.0)
        if validateOnly { return compacted }
        do throws(FileError) {
            try dynamicFile.store(new.dynamic)
        } catch {
            throw TopicError(code: .kafkaStorageError, message: LogError.io(error).message)
        }
        live.replace(new)
        for (topic, configuration) in settings { topic.configure(configuration) }
        for (topic, _) in settings { await configurePartitions(of: topic) }
        return compacted
    }

    /// The broker's settings with those by request, and what becomes of each topic's then.
    private func settings(
        under dynamic: DynamicSettings
    ) throws(TopicError) -> (BrokerConfiguration, [(Topic, TopicConfiguration)]) {
        var name: String?
        do throws(ConfigError) {
            let new = try configuration.with(dynamic)
            var settings: [(Topic, TopicConfiguration)] = []
            for topic in table.snapshot.sorted {
                name = topic.name
                settings.append((topic, try makeConfiguration(topic, under: new)))
            }
            return (new, settings)
        } catch {
            throw TopicError(
                code: .invalidConfig, message: name.map { "topic \($0): \(error)" } ?? error.description)
        }
    }

    private func makeConfiguration(
        _ topic: Topic, under broker: BrokerConfiguration
    ) throws(ConfigError) -> TopicConfiguration {
        let old = topic.configuration
        if old.defect != nil { return stored(topic.name, old.overrides, under: broker) }
        return try TopicConfiguration(old.overrides, broker: broker, isInternal: Topic.isInternal(topic.name))
    }

    /// The settings of a topic that was read from the disk. One that can't be taken doesn't stop the broker: what can be
    /// is, and the rest must be mended.
    func stored(
        _ name: String, _ overrides: [String: String], under broker: BrokerConfiguration
    ) -> TopicConfiguration {
        let isInternal = Topic.isInternal(name)
        do throws(ConfigError) {
            return try TopicConfiguration(overrides, broker: broker, isInternal: isInternal)
        } catch {
            return .mending(overrides, defect: error, broker: broker, isInternal: isInternal)
        }
    }
}
