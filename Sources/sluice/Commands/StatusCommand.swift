import ArgumentParser
import KafkaClient
import KafkaMessages

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show the broker, its listeners and its topics.",
        discussion: """
            Examples:
              sluice status
              sluice status -b localhost:9092 --output json
            """)

    @Flag(name: .long, help: "Also the topics that the broker keeps for itself.")
    var `internal` = false

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let status = try await connection.withCluster { cluster in
            let metadata = try await cluster.metadata(topics: nil)
            let broker = try await cluster.connection()
            var topics: [BrokerStatus.Topic] = []
            for topic in metadata.topics where topic.error == .none && (self.internal || !topic.isInternal) {
                let offsets = try await AdminClient(cluster).offsets(of: topic)
                topics.append(BrokerStatus.Topic(topic, offsets))
            }
            return BrokerStatus(
                address: "\(broker.address)", isSluice: broker.features.isSluice, clusterId: metadata.clusterId,
                controllerId: metadata.controllerId, brokers: metadata.brokers,
                apiCount: broker.features.versions.count, topics: topics)
        }
        try Output.show(output.output, json: status.json) { status.table }
    }
}

/// What `sluice status` shows.
struct BrokerStatus: Sendable {
    struct Topic: Sendable {
        var name: String
        var partitionCount: Int
        /// Partitions that no broker leads.
        var offlineCount: Int
        /// Offsets from the first that is kept to the end, over all partitions.
        var offsetCount: Int64

        init(_ topic: ClusterMetadata.Topic, _ offsets: [Int32: (start: Int64, end: Int64)]) {
            name = topic.name
            partitionCount = topic.partitions.count
            offlineCount = topic.partitions.count { $0.leader < 0 || $0.error != .none }
            offsetCount = offsets.values.reduce(0) { $0 + ($1.end - $1.start) }
        }
    }

    var address: String
    var isSluice: Bool
    var clusterId: String?
    var controllerId: Int32
    var brokers: [ClusterMetadata.Broker]
    var apiCount: Int
    var topics: [Topic]

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
                    ]
                }),
        ]
    }

    var table: String {
        var text = "\(isSluice ? "Sluice" : "Kafka-protocol") broker at \(address), cluster \(clusterId ?? "-")\n\n"
        var listeners = Table(">BROKER", "ADVERTISED", "ROLE")
        for broker in brokers {
            // On the admin socket a broker has no address to give to others.
            let address = BrokerAddress.tcp(host: broker.host, port: broker.port)
            listeners.add(
                String(broker.id), broker.host.isEmpty ? "(admin socket)" : "\(address)",
                broker.id == controllerId ? "controller" : "")
        }
        text += listeners.text + "\n"
        var table = Table("TOPIC", ">PARTITIONS", ">OFFLINE", ">OFFSETS")
        for topic in topics {
            table.add(topic.name, String(topic.partitionCount), String(topic.offlineCount), String(topic.offsetCount))
        }
        return text + (table.isEmpty ? "no topics\n" : table.text)
    }
}
