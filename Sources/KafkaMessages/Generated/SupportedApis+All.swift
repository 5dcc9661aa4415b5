// Generated from SchemaGenerator/Messages by Scripts/generate-messages. Do not edit.

extension SupportedApis {
    /// Every API that this package speaks, by rising key.
    public static let all: [SupportedApi] = [
        SupportedApi(
            apiKey: .produce, name: "Produce",
            versions: 3...13, advertised: 0...13, flexibleFrom: 9),
        SupportedApi(
            apiKey: .fetch, name: "Fetch",
            versions: 4...18, advertised: 4...18, flexibleFrom: 12),
        SupportedApi(
            apiKey: .listOffsets, name: "ListOffsets",
            versions: 1...11, advertised: 1...11, flexibleFrom: 6),
        SupportedApi(
            apiKey: .metadata, name: "Metadata",
            versions: 0...13, advertised: 0...13, flexibleFrom: 9),
        SupportedApi(
            apiKey: .offsetCommit, name: "OffsetCommit",
            versions: 2...10, advertised: 2...10, flexibleFrom: 8),
        SupportedApi(
            apiKey: .offsetFetch, name: "OffsetFetch",
            versions: 1...10, advertised: 1...10, flexibleFrom: 6),
        SupportedApi(
            apiKey: .findCoordinator, name: "FindCoordinator",
            versions: 0...6, advertised: 0...6, flexibleFrom: 3),
        SupportedApi(
            apiKey: .joinGroup, name: "JoinGroup",
            versions: 0...9, advertised: 0...9, flexibleFrom: 6),
        SupportedApi(
            apiKey: .heartbeat, name: "Heartbeat",
            versions: 0...4, advertised: 0...4, flexibleFrom: 4),
        SupportedApi(
            apiKey: .leaveGroup, name: "LeaveGroup",
            versions: 0...5, advertised: 0...5, flexibleFrom: 4),
        SupportedApi(
            apiKey: .syncGroup, name: "SyncGroup",
            versions: 0...5, advertised: 0...5, flexibleFrom: 4),
        SupportedApi(
            apiKey: .describeGroups, name: "DescribeGroups",
            versions: 0...6, advertised: 0...6, flexibleFrom: 5),
        SupportedApi(
            apiKey: .listGroups, name: "ListGroups",
            versions: 0...5, advertised: 0...5, flexibleFrom: 3),
        SupportedApi(
            apiKey: .saslHandshake, name: "SaslHandshake",
            versions: 0...1, advertised: 0...1, flexibleFrom: nil),
        SupportedApi(
            apiKey: .apiVersions, name: "ApiVersions",
            versions: 0...4, advertised: 0...4, flexibleFrom: 3),
        SupportedApi(
            apiKey: .createTopics, name: "CreateTopics",
            versions: 2...7, advertised: 2...7, flexibleFrom: 5),
        SupportedApi(
            apiKey: .deleteTopics, name: "DeleteTopics",
            versions: 1...6, advertised: 1...6, flexibleFrom: 4),
        SupportedApi(
            apiKey: .deleteRecords, name: "DeleteRecords",
            versions: 0...2, advertised: 0...2, flexibleFrom: 2),
        SupportedApi(
            apiKey: .initProducerId, name: "InitProducerId",
            versions: 0...6, advertised: 0...5, flexibleFrom: 2),
        SupportedApi(
            apiKey: .offsetForLeaderEpoch, name: "OffsetForLeaderEpoch",
            versions: 2...4, advertised: 2...4, flexibleFrom: 4),
        SupportedApi(
            apiKey: .describeAcls, name: "DescribeAcls",
            versions: 1...3, advertised: 1...3, flexibleFrom: 2),
        SupportedApi(
            apiKey: .createAcls, name: "CreateAcls",
            versions: 1...3, advertised: 1...3, flexibleFrom: 2),
        SupportedApi(
            apiKey: .deleteAcls, name: "DeleteAcls",
            versions: 1...3, advertised: 1...3, flexibleFrom: 2),
        SupportedApi(
            apiKey: .describeConfigs, name: "DescribeConfigs",
            versions: 1...4, advertised: 1...4, flexibleFrom: 4),
        SupportedApi(
            apiKey: .alterConfigs, name: "AlterConfigs",
            versions: 0...2, advertised: 0...2, flexibleFrom: 2),
        SupportedApi(
            apiKey: .alterReplicaLogDirs, name: "AlterReplicaLogDirs",
            versions: 1...2, advertised: 1...2, flexibleFrom: 2),
        SupportedApi(
            apiKey: .describeLogDirs, name: "DescribeLogDirs",
            versions: 1...5, advertised: 1...5, flexibleFrom: 2),
        SupportedApi(
            apiKey: .saslAuthenticate, name: "SaslAuthenticate",
            versions: 0...2, advertised: 0...2, flexibleFrom: 2),
        SupportedApi(
            apiKey: .createPartitions, name: "CreatePartitions",
            versions: 0...3, advertised: 0...3, flexibleFrom: 2),
        SupportedApi(
            apiKey: .deleteGroups, name: "DeleteGroups",
            versions: 0...2, advertised: 0...2, flexibleFrom: 2),
        SupportedApi(
            apiKey: .electLeaders, name: "ElectLeaders",
            versions: 0...2, advertised: 0...2, flexibleFrom: 2),
        SupportedApi(
            apiKey: .incrementalAlterConfigs, name: "IncrementalAlterConfigs",
            versions: 0...1, advertised: 0...1, flexibleFrom: 1),
        SupportedApi(
            apiKey: .alterPartitionReassignments, name: "AlterPartitionReassignments",
            versions: 0...1, advertised: 0...1, flexibleFrom: 0),
        SupportedApi(
            apiKey: .listPartitionReassignments, name: "ListPartitionReassignments",
            versions: 0...0, advertised: 0...0, flexibleFrom: 0),
        SupportedApi(
            apiKey: .offsetDelete, name: "OffsetDelete",
            versions: 0...0, advertised: 0...0, flexibleFrom: nil),
        SupportedApi(
            apiKey: .describeClientQuotas, name: "DescribeClientQuotas",
            versions: 0...1, advertised: 0...1, flexibleFrom: 1),
        SupportedApi(
            apiKey: .alterClientQuotas, name: "AlterClientQuotas",
            versions: 0...1, advertised: 0...1, flexibleFrom: 1),
        SupportedApi(
            apiKey: .describeUserScramCredentials, name: "DescribeUserScramCredentials",
            versions: 0...0, advertised: 0...0, flexibleFrom: 0),
        SupportedApi(
            apiKey: .alterUserScramCredentials, name: "AlterUserScramCredentials",
            versions: 0...0, advertised: 0...0, flexibleFrom: 0),
        SupportedApi(
            apiKey: .describeCluster, name: "DescribeCluster",
            versions: 0...2, advertised: 0...2, flexibleFrom: 0),
        SupportedApi(
            apiKey: .describeProducers, name: "DescribeProducers",
            versions: 0...0, advertised: 0...0, flexibleFrom: 0),
        SupportedApi(
            apiKey: .listConfigResources, name: "ListConfigResources",
            versions: 0...1, advertised: 0...1, flexibleFrom: 0),
        SupportedApi(
            apiKey: .describeTopicPartitions, name: "DescribeTopicPartitions",
            versions: 0...0, advertised: 0...0, flexibleFrom: 0),
    ]
}
