import Synchronization

/// The whole policy at one moment: immutable, numbered, one per response.
public final class PolicySnapshot: Sendable {
    /// The next offsets of `__sluice_modules` and `__sluice_views`.
    public struct Number: Sendable, Hashable, CustomStringConvertible {
        public var modules: Int64
        public var views: Int64

        public init(modules: Int64, views: Int64) {
            self.modules = modules
            self.views = views
        }

        public var description: String { "\(modules).\(views)" }
    }

    /// A view and whether it may be used: not paused, its modules loaded and verified.
    public struct View: Sendable {
        public var target: ViewTarget
        public var isUsable: Bool

        public init(_ target: ViewTarget, isUsable: Bool = true) {
            self.target = target
            self.isUsable = isUsable
        }
    }

    /// What of the stored policy could not be read, and so denies.
    public enum Lock: Sendable, Hashable {
        case topics(TopicPattern)
        case everything
    }

    public let number: Number
    public let bindings: [Binding]
    public let defaults: [TopicDefault]
    let views: [VersionedName: View]
    let locks: [Lock]
    private let bindingsByTopic: PrefixIndex<[Binding]>
    private let defaultsByTopic: PrefixIndex<TopicDefault>
    private let quarantines: [TopicId: [Quarantine]]
    private let tables = Mutex<[Name: TopicPolicy]>([:])

    /// Tables kept; brokers have fewer topics. Beyond it they are made anew.
    private static let tablesMax = 50_000

    /// A policy that says nothing: everything is raw.
    public static let empty = PolicySnapshot(number: Number(modules: 0, views: 0))

    /// Before the policy has been read: everything denies.
    public static let unread = PolicySnapshot(number: Number(modules: 0, views: 0), locks: [.everything])

    public init(
        number: Number, bindings: [Binding] = [], defaults: [TopicDefault] = [], views: [View] = [],
        locks: [Lock] = [], quarantines: [Quarantine] = []
    ) {
        self.number = number
        self.bindings = bindings
        self.defaults = defaults
        self.views = Dictionary(views.map { ($0.target.name, $0) }, uniquingKeysWith: { first, _ in first })
        self.locks = locks
        self.quarantines = Dictionary(grouping: quarantines, by: \.topicId)
        var byTopic = PrefixIndex<[Binding]>()
        for binding in bindings {
            switch binding.key.topic {
            case .exact(let name): byTopic.update(exact: name, default: []) { $0.append(binding) }
            case .prefix(let prefix): byTopic.update(prefix: prefix, default: []) { $0.append(binding) }
            }
        }
        bindingsByTopic = byTopic
        var ownDefaults = PrefixIndex<TopicDefault>()
        for entry in defaults {
            switch entry.topic {
            case .exact(let name): ownDefaults.update(exact: name, default: entry) { $0 = entry }
            case .prefix(let prefix): ownDefaults.update(prefix: prefix, default: entry) { $0 = entry }
            }
        }
        defaultsByTopic = ownDefaults
    }

    /// The records of a partition that the readers of `digest` don't get, in no order.
    public func quarantinedOffsets(topicId: TopicId, partition: Int32, digest: Digest) -> [Int64] {
        guard let entries = quarantines[topicId] else { return [] }
        return entries.compactMap { $0.partition == partition && $0.digest == digest ? $0.offset : nil }
    }

    /// The view of this name and version, if the policy has it, used or not.
    public func view(_ name: VersionedName) -> View? { views[name] }

    /// Every view of the policy, in the order of names and versions.
    public var allViews: [View] { views.values.sorted { $0.target.name < $1.target.name } }

    /// The table of one topic; made at the first use.
    func policy(of topic: Name) -> TopicPolicy {
        if let table = tables.withLock({ $0[topic] }) { return table }
        let table = makePolicy(of: topic)
        return tables.withLock { tables in
            if let other = tables[topic] { return other }
            if tables.count >= Self.tablesMax { tables.removeAll() }
            tables[topic] = table
            return table
        }
    }

    private func makePolicy(of topic: Name) -> TopicPolicy {
        var matching: [Binding] = []
        bindingsByTopic.visit(topic) { matching.append(contentsOf: $0) }
        var written: TopicDefault?
        defaultsByTopic.visit(topic) { written = written ?? $0 }
        let isLocked = locks.contains { lock in
            switch lock {
            case .everything: true
            case .topics(let pattern): pattern.matches(topic)
            }
        }
        return TopicPolicy(bindings: matching, written: written, isLocked: isLocked, views: views)
    }
}
