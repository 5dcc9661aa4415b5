import KafkaClient
import KafkaMessages

/// Groups as tables and JSON.
enum GroupText {
    static func json(_ groups: [GroupAdmin.Listing]) -> JSON {
        let list = groups.map { group -> JSON in
            [
                "group": .string(group.id), "protocol_type": .string(group.protocolType),
                "state": .string(group.state),
            ]
        }
        return ["groups": .array(list)]
    }

    static func table(_ groups: [GroupAdmin.Listing]) -> String {
        var table = Table("GROUP", "STATE", "TYPE")
        for group in groups {
            table.add(group.id, group.state.isEmpty ? "-" : group.state, group.protocolType)
        }
        return table.isEmpty ? "no groups\n" : table.text
    }
}

/// One group with its members and, for each partition that it has committed or reads, how far it got.
struct GroupReport: Sendable {
    struct Row: Sendable {
        var partition: TopicPartition
        /// nil: none.
        var committed: Int64?
        /// nil: it can't be known, as of a protected topic.
        var end: Int64?
        /// Who reads it; nil: nobody.
        var member: GroupAdmin.Member?

        var lag: Int64? {
            guard let committed, let end else { return nil }
            return max(0, end - committed)
        }
    }

    var group: GroupAdmin.Description
    /// In order of the partitions.
    var rows: [Row]

    init(group: GroupAdmin.Description, rows: [Row]) {
        self.group = group
        self.rows = rows
    }

    init(_ name: String, _ cluster: Cluster) async throws {
        let admin = GroupAdmin(cluster)
        group = try await admin.describe(name)
        let topics = try await cluster.metadata(topics: nil).topics
        let committed = try await admin.committedOffsets(of: name, in: topics)
        let readers = Dictionary(
            group.members.flatMap { member in member.partitions.map { ($0, member) } },
            uniquingKeysWith: { first, _ in first })
        let partitions = Set(committed.keys).union(readers.keys).sorted()
        let names = Set(partitions.map(\.topic))
        var ends: [TopicPartition: Int64] = [:]
        for topic in topics where names.contains(topic.name) && topic.error == .none {
            do throws(KafkaClientError) {
                for (index, range) in try await AdminClient(cluster).offsets(of: topic) {
                    ends[TopicPartition(topic.name, index)] = range.end
                }
            } catch {
                // A topic that this reader is denied still shows what the group committed.
                guard error.errorCode == .topicAuthorizationFailed else { throw error }
            }
        }
        rows = partitions.map {
            Row(partition: $0, committed: committed[$0], end: ends[$0], member: readers[$0])
        }
    }

    /// Of the partitions whose lag is known; nil: of none.
    var lag: Int64? {
        let known = rows.compactMap(\.lag)
        return known.isEmpty ? nil : known.reduce(0, +)
    }

    var json: JSON {
        let members = group.members.map { member -> JSON in
            [
                "member": .string(member.id), "instance": JSON(member.instanceId),
                "client_id": .string(member.clientId), "host": .string(member.host),
                "partitions": .array(
                    member.partitions.map { ["topic": .string($0.topic), "partition": JSON($0.partition)] }),
            ]
        }
        let partitions = rows.map { row -> JSON in
            [
                "topic": .string(row.partition.topic), "partition": JSON(row.partition.partition),
                "committed_offset": row.committed.map { JSON($0) } ?? .null,
                "end_offset": row.end.map { JSON($0) } ?? .null, "lag": row.lag.map { JSON($0) } ?? .null,
                "member": JSON(row.member?.id),
            ]
        }
        return [
            "group": .string(group.id), "state": .string(group.state), "assignor": .string(group.protocolName),
            "protocol_type": .string(group.protocolType), "lag": lag.map { JSON($0) } ?? .null,
            "members": .array(members), "partitions": .array(partitions),
        ]
    }

    var table: String {
        let assignor = group.protocolName.isEmpty ? "" : "  assignor \(Table.printable(group.protocolName))"
        var text = "\(Table.printable(group.id))  \(group.state)\(assignor)"
        if let lag { text += "  lag \(lag)" }
        text += "\n"
        var members = Table("MEMBER", "CLIENT", "HOST", ">PARTITIONS")
        for member in group.members {
            members.add(
                member.instanceId ?? member.id, member.clientId, member.host, String(member.partitions.count))
        }
        text += members.isEmpty ? "\nno members\n" : "\n\(members.text)"
        var offsets = Table("TOPIC", ">PARTITION", ">COMMITTED", ">END", ">LAG", "MEMBER")
        for row in rows {
            offsets.add(
                row.partition.topic, String(row.partition.partition), row.committed.map { String($0) } ?? "-",
                row.end.map { String($0) } ?? "-", row.lag.map { String($0) } ?? "-",
                row.member.map { $0.instanceId ?? $0.id } ?? "-")
        }
        text += offsets.isEmpty ? "\nno offsets\n" : "\n\(offsets.text)"
        return text
    }
}
