import KafkaClient
import KafkaMessages

/// Topics as tables and JSON.
enum TopicText {
    static func json(_ topics: [ClusterMetadata.Topic]) -> JSON {
        let list = topics.map { topic -> JSON in
            [
                "name": .string(topic.name), "id": .string("\(topic.id)"), "internal": .bool(topic.isInternal),
                "partitions": JSON(topic.partitions.count),
            ]
        }
        return ["topics": .array(list)]
    }

    static func table(_ topics: [ClusterMetadata.Topic]) -> String {
        var table = Table("TOPIC", ">PARTITIONS", "INTERNAL")
        for topic in topics {
            table.add(topic.name, String(topic.partitions.count), topic.isInternal ? "yes" : "")
        }
        return table.isEmpty ? "no topics; `sluice topic create NAME` makes one\n" : table.text
    }
}

/// One topic with all that the broker says of it.
struct TopicDescription: Sendable {
    var topic: ClusterMetadata.Topic
    var offsets: [Int32: (start: Int64, end: Int64)]
    var configs: [AdminClient.ConfigEntry]

    var json: JSON {
        let partitions = topic.partitions.map { partition -> JSON in
            let range = offsets[partition.index]
            return [
                "partition": JSON(partition.index), "leader": JSON(partition.leader),
                "leader_epoch": JSON(partition.leaderEpoch),
                "start_offset": range.map { JSON($0.start) } ?? .null,
                "end_offset": range.map { JSON($0.end) } ?? .null,
            ]
        }
        return [
            "name": .string(topic.name), "id": .string("\(topic.id)"), "internal": .bool(topic.isInternal),
            "partitions": .array(partitions), "configs": configList,
        ]
    }

    var configJSON: JSON { ["name": .string(topic.name), "configs": configList] }

    private var configList: JSON {
        .array(
            configs.map { config -> JSON in
                [
                    "name": .string(config.name), "value": JSON(config.value), "source": .string(config.source),
                    "read_only": .bool(config.isReadOnly), "sensitive": .bool(config.isSensitive),
                ]
            })
    }

    var table: String {
        var partitions = Table(">PARTITION", ">LEADER", ">START", ">END", ">OFFSETS")
        for partition in topic.partitions {
            let range = offsets[partition.index]
            partitions.add(
                String(partition.index), String(partition.leader), range.map { String($0.start) } ?? "-",
                range.map { String($0.end) } ?? "-", range.map { String($0.end - $0.start) } ?? "-")
        }
        var text =
            "\(Table.printable(topic.name))  id \(topic.id)\(topic.isInternal ? "  internal" : "")\n\n\(partitions.text)"
        if !configs.isEmpty { text += "\n\(configTable)" }
        return text
    }

    var configTable: String {
        var settings = Table("SETTING", "VALUE", "SOURCE")
        for config in configs {
            settings.add(config.name, config.isSensitive ? "(hidden)" : config.value ?? "-", config.source)
        }
        return settings.text
    }
}
