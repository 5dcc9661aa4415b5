import KafkaMessages

/// What a request of an API needs on each resource that it names, and whether its answer can hold bytes of records.
///
/// This is the one table of rights: handlers ask `RequestContext.may`, which looks here, so that a right that isn't in the
/// table isn't given, and an API that isn't in it doesn't compile. Operations are those of Apache Kafka (`KafkaApis`,
/// `ControllerApis`); reference for what is stricter: the handler's own header.
struct ApiAccess: Sendable, Equatable {
    /// Why an API isn't offered, or what its requests need.
    enum Standing: Sendable, Equatable {
        case offered
        /// Comes with a later version of Sluice.
        case notYet
        /// Between brokers, or gone from Kafka: never on a client's listener.
        case never
    }

    var standing = Standing.offered
    /// On each topic that a request names.
    var topic: AclOperation?
    /// On each group.
    var group: AclOperation?
    /// On the cluster. Where a topic's right is there as well, either will do.
    var cluster: AclOperation?
    /// On a transactional id.
    var transactionalId: AclOperation?
    /// The answer can hold bytes of records: it passes the one encoder for readers, and nothing else does.
    var carriesRecords = false

    static let notYet = ApiAccess(standing: .notYet)
    static let never = ApiAccess(standing: .never)
    /// Part of connecting and logging in.
    static let open = ApiAccess()

    func operation(on type: ResourceType) -> AclOperation? {
        switch type {
        case .topic: topic
        case .group: group
        case .cluster: cluster
        case .transactionalId: transactionalId
        case .delegationToken, .user: nil
        }
    }

    /// No version of an API needs less than another, so versions don't occur.
    init(_ api: ApiKey) {
        self =
            switch api {
            case .produce: ApiAccess(topic: .write, transactionalId: .write)
            // The group of our own tag.
            case .fetch: ApiAccess(topic: .read, group: .read, carriesRecords: true)
            case .listOffsets, .offsetForLeaderEpoch, .describeTopicPartitions: ApiAccess(topic: .describe)
            case .metadata: ApiAccess(topic: .describe)
            case .offsetCommit: ApiAccess(topic: .read, group: .read)
            case .offsetFetch: ApiAccess(topic: .describe, group: .describe)
            case .findCoordinator: ApiAccess(group: .describe, transactionalId: .describe)
            case .joinGroup, .syncGroup, .heartbeat, .leaveGroup: ApiAccess(group: .read)
            case .describeGroups: ApiAccess(group: .describe)
            // Those that may describe the cluster see all groups, others the groups that they may describe.
            case .listGroups: ApiAccess(group: .describe, cluster: .describe)
            case .deleteGroups: ApiAccess(group: .delete)
            case .offsetDelete: ApiAccess(topic: .read, group: .delete)
            case .saslHandshake, .saslAuthenticate, .apiVersions, .describeCluster: .open
            case .createTopics: ApiAccess(topic: .create, cluster: .create)
            case .deleteTopics, .deleteRecords: ApiAccess(topic: .delete)
            case .createPartitions: ApiAccess(topic: .alter)
            case .initProducerId: ApiAccess(topic: .write, cluster: .idempotentWrite, transactionalId: .write)
            case .describeConfigs:
                ApiAccess(topic: .describeConfigs, group: .describeConfigs, cluster: .describeConfigs)
            case .alterConfigs, .incrementalAlterConfigs:
                ApiAccess(topic: .alterConfigs, group: .alterConfigs, cluster: .alterConfigs)
            case .listConfigResources, .describeClientQuotas: ApiAccess(cluster: .describeConfigs)
            case .alterClientQuotas: ApiAccess(cluster: .alterConfigs)
            case .describeAcls, .describeUserScramCredentials: ApiAccess(cluster: .describe)
            case .createAcls, .deleteAcls, .alterUserScramCredentials: ApiAccess(cluster: .alter)
            // Sizes to the byte tell what a view hides: more than DESCRIBE, which Kafka asks for.
            case .describeLogDirs, .alterReplicaLogDirs: ApiAccess(cluster: .alter)
            case .describeProducers: ApiAccess(topic: .read)
            case .electLeaders, .alterPartitionReassignments: ApiAccess(cluster: .alter)
            case .listPartitionReassignments: ApiAccess(cluster: .describe)

            case .addPartitionsToTxn, .addOffsetsToTxn, .endTxn, .txnOffsetCommit, .writeTxnMarkers,
                .describeTransactions, .listTransactions, .createDelegationToken, .renewDelegationToken,
                .expireDelegationToken, .describeDelegationToken, .updateFeatures, .consumerGroupHeartbeat,
                .consumerGroupDescribe, .getTelemetrySubscriptions,
                .pushTelemetry, .shareGroupHeartbeat, .shareGroupDescribe, .shareFetch, .shareAcknowledge,
                .streamsGroupHeartbeat, .streamsGroupDescribe, .describeShareGroupOffsets, .alterShareGroupOffsets,
                .deleteShareGroupOffsets:
                .notYet

            case .leaderAndIsr, .stopReplica, .updateMetadata, .controlledShutdown, .vote, .beginQuorumEpoch,
                .endQuorumEpoch, .describeQuorum, .alterPartition, .envelope, .fetchSnapshot, .brokerRegistration,
                .brokerHeartbeat, .unregisterBroker, .allocateProducerIds, .controllerRegistration,
                .assignReplicasToDirs, .addRaftVoter, .removeRaftVoter, .updateRaftVoter,
                .initializeShareGroupState, .readShareGroupState, .writeShareGroupState, .deleteShareGroupState,
                .readShareGroupStateSummary:
                .never
            }
    }

    private init(
        standing: Standing = .offered, topic: AclOperation? = nil, group: AclOperation? = nil,
        cluster: AclOperation? = nil, transactionalId: AclOperation? = nil, carriesRecords: Bool = false
    ) {
        self.standing = standing
        self.topic = topic
        self.group = group
        self.cluster = cluster
        self.transactionalId = transactionalId
        self.carriesRecords = carriesRecords
    }
}
