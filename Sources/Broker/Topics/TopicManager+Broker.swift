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
        let (new, settings): (BrokerConfiguration, [(Topic, TopicConfiguration)])
        do throws(ConfigError) {
            (new, settings) = try self.settings(under: try old.with(dynamic))
        } catch {
            throw TopicError(code: .invalidConfig, message: error.description)
        }
        let compacted = Self.compacted(by: settings)
        if validateOnly { return compacted }
        do throws(FileError) {
            try dynamicFile.store(new.dynamic)
        } catch {
            throw TopicError(code: .kafkaStorageError, message: LogError.io(error).message)
        }
        await take(new, settings)
        return compacted
    }

    /// Takes what can be reloaded of `other`; all of it or nothing. Returns the topics that become compacted by it, or would.
    @discardableResult
    func reload(_ other: BrokerConfiguration, validateOnly: Bool) async throws(ConfigError) -> [Topic] {
        let (new, settings) = try settings(under: try configuration.reloading(other))
        let compacted = Self.compacted(by: settings)
        if !validateOnly { await take(new, settings) }
        return compacted
    }

    private static func compacted(by settings: [(Topic, TopicConfiguration)]) -> [Topic] {
        settings.filter { $1.isCompacted && !$0.configuration.isCompacted }.map(\.0)
    }

    private func take(_ broker: BrokerConfiguration, _ settings: [(Topic, TopicConfiguration)]) async {
        live.replace(broker)
        for (topic, configuration) in settings { topic.configure(configuration) }
        for (topic, _) in settings { await configurePartitions(of: topic) }
    }

    /// Other settings of the broker, and what becomes of each topic's then.
    private func settings(
        under new: BrokerConfiguration
    ) throws(ConfigError) -> (BrokerConfiguration, [(Topic, TopicConfiguration)]) {
        var settings: [(Topic, TopicConfiguration)] = []
        for topic in table.snapshot.sorted {
            do throws(ConfigError) {
                settings.append((topic, try makeConfiguration(topic, under: new)))
            } catch {
                throw ConfigError("topic \(topic.name): \(error)")
            }
        }
        return (new, settings)
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
