/// The simple cases of policy as Kafka configs (policy-records §8): `view.default` of a topic and `view.<topic>` of a
/// GROUP resource. The records are the truth; these show them and write them.
public enum ConfigViews {
    public static let topicDefault = "view.default"
    public static let groupPrefix = "view."

    /// Whether AlterConfigs must never remove a key that it doesn't name.
    public static func isViewKey(_ key: String) -> Bool { key.utf8.starts(with: groupPrefix.utf8) }

    /// The record that sets `view.default` of a topic, or deletes it (`value` nil). For `PolicyState.planViews`.
    public static func record(topic: String, viewDefault value: String?) -> PolicyRecord {
        record(.topicDefault(.exact(Name(topic))), value)
    }

    /// The record that sets `view.<topic>` of a group, or deletes it. Refuses a key that names no topic.
    public static func record(group: String, key: String, value: String?) throws(PolicyRefusal) -> PolicyRecord {
        guard isViewKey(key), key.utf8.count > groupPrefix.utf8.count else {
            throw PolicyRefusal("config \"\(key.prefix(100))\" of a group must be view.TOPIC")
        }
        guard !group.isEmpty else { throw PolicyRefusal("the group must not be empty") }
        let topic = Name(String(key.dropFirst(groupPrefix.count)))
        return record(
            .binding(BindingKey(group: .exact(Name(group)), principal: .any, topic: .exact(topic))), value)
    }

    private static func record(_ key: PolicyKey, _ value: String?) -> PolicyRecord {
        let json = value.map { value in
            JSONValue.object([.init("target", .string(value)), .init("v", .integer(PolicyMeta.version))])
        }
        return PolicyRecord(key: key.bytes, value: json?.canonicalBytes)
    }
}

extension PolicyState {
    /// What DescribeConfigs shows of a topic: its own default (DYNAMIC_TOPIC_CONFIG), else the longest prefix default
    /// (DYNAMIC_DEFAULT_BROKER_CONFIG), else nothing.
    public func viewDefault(of topic: String) -> (value: String, isOwn: Bool)? {
        let name = Name(topic)
        if let own = defaults[.exact(name)] { return (own.target.description, true) }
        let matching = defaults.filter { $0.key.matches(name) }
        return matching.max { $0.key.name.byteCount < $1.key.name.byteCount }
            .map { ($0.value.target.description, false) }
    }

    /// What DescribeConfigs shows of a group: `view.<topic>` for each binding of exactly this group, any principal and
    /// one topic, in the order of the topics.
    public func viewConfigs(ofGroup group: String) -> [(key: String, value: String)] {
        bindings.compactMap { key, stored -> (key: String, value: String)? in
            guard key.group == .exact(Name(group)), key.principal == .any, case .exact(let topic) = key.topic else {
                return nil
            }
            return (ConfigViews.groupPrefix + topic.string, stored.target.description)
        }.sorted { $0.key < $1.key }
    }

    /// The groups that have such configs, for ListConfigResources.
    public var groupsWithViewConfigs: [String] {
        var groups: Set<Name> = []
        for key in bindings.keys {
            if case .exact(let group) = key.group, key.principal == .any, case .exact = key.topic {
                groups.insert(group)
            }
        }
        return groups.sorted().map(\.string)
    }
}
