import KafkaClient
import KafkaMessages
import Views

/// What `sluice status` shows.
struct BrokerStatus: Sendable {
    struct Topic: Sendable {
        var name: String
        var partitionCount: Int
        /// Partitions that no broker leads.
        var offlineCount: Int
        /// Offsets from the first that is kept to the end, over all partitions.
        var offsetCount: Int64
        /// Sum of the end offsets.
        var endOffsets: Int64
        /// Of its logs; nil where they aren't shown to this connection.
        var byteCount: Int64?
        /// Records that came since the look before; nil at the first one.
        var perSecond: Int64?

        init(
            _ topic: ClusterMetadata.Topic, _ offsets: [Int32: (start: Int64, end: Int64)],
            _ sizes: [TopicPartition: Int64]? = nil
        ) {
            name = topic.name
            let known = topic.partitions.compactMap { sizes?[TopicPartition(topic.name, $0.index)] }
            byteCount = known.count == topic.partitions.count ? known.reduce(0, +) : nil
            partitionCount = topic.partitions.count
            offlineCount = topic.partitions.count { $0.leader < 0 || $0.error != .none }
            offsetCount = offsets.values.reduce(0) { $0 + ($1.end - $1.start) }
            endOffsets = offsets.values.reduce(0) { $0 + $1.end }
        }
    }

    /// The policy in numbers; for the admin.
    struct Policy: Sendable, Equatable {
        var modules: Int
        var views: Int
        var bindings: Int
        var defaults: Int
        /// Views that deny, since they are paused or a module of theirs can't be used.
        var denying: [String]

        init(_ state: PolicyState) {
            let views = state.views.filter { !$0.value.isDeleted }
            modules = state.modules.values.flatMap(\.values).count { !$0.isDeleted }
            self.views = views.count
            bindings = state.bindings.count
            defaults = state.defaults.count
            denying = views.filter { !state.isUsable($0.value.target) }.keys.sorted().map(\.description)
        }
    }

    /// Groups that are looked at; with more, only how many there are.
    static let groupsMax = 100

    var address: String
    var isSluice: Bool
    var clusterId: String?
    var controllerId: Int32
    var brokers: [ClusterMetadata.Broker]
    var apiCount: Int
    var topics: [Topic]
    var groups: [GroupLag] = []
    /// In all, also those that `groups` leaves out.
    var groupCount = 0
    /// nil: it isn't shown to this connection.
    var policy: Policy?
}

extension BrokerStatus {
    init(_ cluster: Cluster, showsInternal: Bool) async throws {
        let metadata = try await cluster.metadata(topics: nil)
        let broker = try await cluster.connection()
        let sizes = try await AdminClient(cluster).logSizes()
        var topics: [Topic] = []
        var ends: [TopicPartition: Int64] = [:]
        for topic in metadata.topics where topic.error == .none && (showsInternal || !topic.isInternal) {
            var offsets: [Int32: (start: Int64, end: Int64)] = [:]
            do throws(KafkaClientError) {
                offsets = try await AdminClient(cluster).offsets(of: topic)
            } catch {
                // A topic that this reader is denied is listed without them.
                guard error.errorCode == .topicAuthorizationFailed else { throw error }
            }
            for (index, range) in offsets { ends[TopicPartition(topic.name, index)] = range.end }
            topics.append(Topic(topic, offsets, sizes))
        }
        self.init(
            address: "\(broker.address)", isSluice: broker.features.isSluice, clusterId: metadata.clusterId,
            controllerId: metadata.controllerId, brokers: metadata.brokers, apiCount: broker.features.versions.count,
            topics: topics)
        (groups, groupCount) = try await GroupAdmin(cluster).lags(
            in: metadata.topics, ends: ends, limit: Self.groupsMax)
        if isSluice { policy = try await StoredPolicy.readIfAllowed(cluster).map(Policy.init) }
    }

    /// Takes rates from the look before.
    mutating func note(_ previous: BrokerStatus, nanosecondsAgo: Int64) {
        guard nanosecondsAgo > 0 else { return }
        for index in topics.indices {
            guard let old = previous.topics.first(where: { $0.name == topics[index].name }) else { continue }
            let count = max(0, topics[index].endOffsets - old.endOffsets)
            topics[index].perSecond = Int64(Double(count) * 1e9 / Double(nanosecondsAgo))
        }
    }

    var json: JSON {
        [
            "address": .string(address), "sluice": .bool(isSluice), "cluster_id": JSON(clusterId),
            "controller": JSON(controllerId), "apis": JSON(apiCount),
            "brokers": .array(
                brokers.map {
                    [
                        "id": JSON($0.id), "host": .string($0.host), "port": JSON($0.port),
                        "rack": JSON($0.rack),
                    ]
                }),
            "topics": .array(
                topics.map {
                    [
                        "name": .string($0.name), "partitions": JSON($0.partitionCount),
                        "offline": JSON($0.offlineCount), "offsets": .integer($0.offsetCount),
                        "bytes": $0.byteCount.map { JSON($0) } ?? .null,
                        "per_second": $0.perSecond.map { JSON($0) } ?? .null,
                    ]
                }),
            "groups": .array(
                groups.map {
                    [
                        "group": .string($0.id), "state": .string($0.state), "members": JSON($0.memberCount),
                        "lag": $0.lag.map { JSON($0) } ?? .null,
                    ]
                }),
            "group_count": JSON(groupCount),
            "policy": policy.map {
                [
                    "modules": JSON($0.modules), "views": JSON($0.views), "bindings": JSON($0.bindings),
                    "defaults": JSON($0.defaults), "denying": .array($0.denying.map { .string($0) }),
                ]
            } ?? .null,
        ]
    }

    var table: String {
        let kind = isSluice ? "Sluice" : "Kafka-protocol"
        var sections = [
            "\(Paint.bold(kind)) broker at \(Table.printable(address)), cluster \(Table.printable(clusterId ?? "-"))\n",
            brokerTable.text,
        ]
        let topicTable = topicTable
        sections.append(topicTable.isEmpty ? "no topics\n" : topicTable.text)
        if !groups.isEmpty {
            let hidden = groupCount - groups.count
            sections.append(groupTable.text + (hidden > 0 ? "… \(hidden) more groups\n" : ""))
        }
        if let policy { sections.append(Self.text(policy)) }
        return sections.joined(separator: "\n")
    }

    private var brokerTable: Table {
        var table = Table(">BROKER", "ADVERTISED", "ROLE")
        for broker in brokers {
            // On the admin socket a broker has no address to give to others.
            let address = BrokerAddress.tcp(host: broker.host, port: broker.port)
            table.add(
                String(broker.id), broker.host.isEmpty ? "(admin socket)" : "\(address)",
                broker.id == controllerId ? "controller" : "")
        }
        return table
    }

    private var topicTable: Table {
        var table = Table("TOPIC", ">PARTITIONS", ">OFFLINE", ">OFFSETS", ">SIZE", ">PER SECOND")
        for topic in topics {
            table.add(
                topic.name, String(topic.partitionCount), String(topic.offlineCount), String(topic.offsetCount),
                topic.byteCount.map { Quantity.bytes($0) } ?? "-", topic.perSecond.map { Quantity.count($0) } ?? "-")
        }
        return table
    }

    private var groupTable: Table {
        var table = Table("GROUP", "STATE", ">MEMBERS", ">LAG")
        for group in groups {
            table.add(
                group.id, group.state, String(group.memberCount), group.lag.map { String($0) } ?? "-")
        }
        return table
    }

    private static func text(_ policy: Policy) -> String {
        var text =
            "\(Quantity.plural(policy.modules, "module")), \(Quantity.plural(policy.views, "view")), "
            + "\(Quantity.plural(policy.bindings, "binding")), \(Quantity.plural(policy.defaults, "default"))\n"
        if !policy.denying.isEmpty {
            text += Paint.red("denying, since they can't be used: ") + policy.denying.joined(separator: ", ") + "\n"
        }
        return text
    }

    /// One look on one line.
    var line: String {
        let offline = topics.reduce(0) { $0 + $1.offlineCount }
        let lag = groups.compactMap(\.lag).reduce(0, +)
        var parts = [
            "topics \(topics.count)", "partitions \(topics.reduce(0) { $0 + $1.partitionCount })", "offline \(offline)",
            "offsets \(topics.reduce(0) { $0 + $1.offsetCount })",
        ]
        let sizes = topics.compactMap(\.byteCount)
        if !sizes.isEmpty { parts.append("bytes \(sizes.reduce(0, +))") }
        let rates = topics.compactMap(\.perSecond)
        if !rates.isEmpty { parts.append("per second \(rates.reduce(0, +))") }
        parts += ["groups \(groupCount)", "lag \(lag)"]
        if let policy { parts.append("views \(policy.views)") }
        return parts.joined(separator: "  ")
    }
}
