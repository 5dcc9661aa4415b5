import KafkaMessages
import KafkaRecords
import Logging
public import Views

extension PolicyStore {
    /// A Produce request's batch for a policy topic: one change, taken as a whole or not at all.
    public func produce(topic: PolicyTopic, batch: [UInt8], origin: PolicyOrigin) async -> PolicyAnswer {
        guard origin.mayWrite else { return Self.notAllowed }
        guard batch.count <= topic.messageBytesMax else {
            return PolicyAnswer(.messageTooLarge, "batch is \(batch.count) bytes, at most \(topic.messageBytesMax)")
        }
        let decoded: DecodedBatch
        do throws(RecordBatchError) {
            decoded = try DecodedBatch(decoding: batch.rawSpan, bound: topic.messageBytesMax)
        } catch {
            return Self.answer(to: error)
        }
        guard !decoded.header.attributes.isControl, !decoded.header.attributes.isTransactional else {
            return PolicyAnswer(.invalidRecord, "policy takes no transactional and no control batches")
        }
        guard decoded.records.count <= Self.recordsMax else {
            return PolicyAnswer(.invalidRecord, "the batch has more than \(Self.recordsMax) records")
        }
        let records = decoded.records.indices.map { PolicyRecord(decoded.record(at: $0)) }
        return await change(topic: topic, records: records, origin: origin)
    }

    /// A change by records that the broker made itself, from configs.
    ///
    /// - Parameters:
    ///   - creating: topics that this change comes with and that don't exist yet.
    ///   - validateOnly: says what would come of it, and stores nothing.
    public func change(
        topic: PolicyTopic, records: [PolicyRecord], origin: PolicyOrigin, creating: [TopicFact] = [],
        validateOnly: Bool = false
    ) async -> PolicyAnswer {
        guard origin.mayWrite else { return Self.notAllowed }
        guard await takeTurn() else {
            return PolicyAnswer(.coordinatorLoadInProgress, "too many changes of policy wait; try again")
        }
        defer { endTurn() }
        guard isStarted else { return PolicyAnswer(.coordinatorLoadInProgress, "the policy is still being read") }
        guard !isBroken else {
            return PolicyAnswer(.kafkaStorageError, "a write of policy failed before; the broker must be started again")
        }
        let author = PolicyAuthor(principal: origin.principal, timestamp: now())
        do throws(PolicyRefusal) {
            let plan: PolicyPlan
            switch topic {
            case .modules: plan = try await planModules(records, author)
            case .views: plan = try await planViews(records, author, creating)
            }
            return validateOnly ? answer(topic, plan, baseOffset: nil) : await store(topic, plan, author)
        } catch {
            return PolicyAnswer(.invalidRecord, error.message, index: error.index)
        }
    }

    private static let recordsMax = 10_000
    private static let loggedKeysMax = 10
    private static let notAllowed = PolicyAnswer(
        .topicAuthorizationFailed, "policy is set over loopback or the admin socket, or with WRITE on the topic")

    private func planModules(
        _ records: [PolicyRecord], _ author: PolicyAuthor
    ) async throws(PolicyRefusal) -> PolicyPlan {
        var admitted: [Int: AdmittedModule] = [:]
        for (index, bytes) in try state.modulesToAdmit(records, moduleBytesMax: configuration.moduleBytesMax) {
            do throws(ModuleRefusal) {
                let abi = try await admission.admit(bytes)
                admitted[index] = AdmittedModule(sha256: Digest(hashing: bytes), abi: abi)
            } catch {
                throw PolicyRefusal(error.text, index: index)
            }
        }
        return try state.planModules(records, admitted: admitted, author: author)
    }

    private func planViews(
        _ records: [PolicyRecord], _ author: PolicyAuthor, _ creating: [TopicFact]
    ) async throws(PolicyRefusal) -> PolicyPlan {
        let facts = await topics.topicFacts() + creating
        let plan = try state.planViews(records, author: author, topics: facts)
        for view in plan.views {
            for step in view.definition.steps {
                guard let bytes = moduleBytes(step.sha256) else {
                    throw PolicyRefusal("the bytes of module \"\(step.module)\" can't be read")
                }
                do throws(ModuleRefusal) {
                    try await admission.admit(bytes, parameters: step.parameters, limits: view.definition.limits)
                } catch {
                    let index = plan.assigned.first { $0.name == view.name.description }?.index
                    throw PolicyRefusal(error.text, index: index)
                }
            }
        }
        return plan
    }

    /// Appends, applies, publishes. From the append on the change stands, whatever happens here.
    private func store(_ topic: PolicyTopic, _ plan: PolicyPlan, _ author: PolicyAuthor) async -> PolicyAnswer {
        if plan.records.isEmpty { return answer(topic, plan, baseOffset: nil) }
        let batch = RecordBatch.encode(plan.records.map { $0.record(timestamp: author.timestamp) })
        guard batch.count <= topic.messageBytesMax else {
            return PolicyAnswer(
                .messageTooLarge, "the change is \(batch.count) bytes as it is stored, at most \(topic.messageBytesMax)"
            )
        }
        let baseOffset: Int64
        do {
            guard let log = logs[topic] else { return PolicyAnswer(.unknownServerError) }
            baseOffset = try await log.append(batch)
        } catch {
            markBroken()
            return PolicyAnswer(.kafkaStorageError, "the change could not be stored")
        }
        var modules: [Digest: [UInt8]] = [:]
        for (index, record) in plan.records.enumerated() {
            let offset = baseOffset &+ Int64(index)
            switch topic {
            case .modules:
                state.applyModule(record, offset: offset)
                if let value = record.value, !value.isEmpty { modules[Digest(hashing: value)] = value }
            case .views: state.applyView(record, offset: offset)
            }
        }
        await publish(adding: modules)
        note(plan, author)
        var answer = answer(topic, plan, baseOffset: baseOffset)
        answer.logAppendTimeMs = author.timestamp
        return answer
    }

    /// Which keys a change is of, never what it says of them: parameters may be secrets.
    private func note(_ plan: PolicyPlan, _ author: PolicyAuthor) {
        let keys = plan.records.prefix(Self.loggedKeysMax).map { String(decoding: $0.key ?? [], as: UTF8.self) }
        var fields: Logger.Metadata = [
            "by": "\(author.principal)", "keys": "\(keys.joined(separator: " "))", "policy": "\(state.number)",
        ]
        if plan.records.count > keys.count { fields["more"] = "\(plan.records.count - keys.count)" }
        logger.info("the policy was changed", metadata: fields)
    }

    private func answer(_ topic: PolicyTopic, _ plan: PolicyPlan, baseOffset: Int64?) -> PolicyAnswer {
        let end = topic == .modules ? state.number.modules : state.number.views
        var answer = PolicyAnswer(.none)
        answer.baseOffset = baseOffset ?? plan.unchangedOffset ?? max(0, end - 1)
        answer.assigned = plan.assigned
        return answer
    }

    private static func answer(to error: RecordBatchError) -> PolicyAnswer {
        switch error {
        case .checksumMismatch, .truncated, .invalidLength:
            return PolicyAnswer(.corruptMessage, "the batch is damaged")
        case .decompressedTooLarge(let bound):
            return PolicyAnswer(.messageTooLarge, "the batch decompresses to more than \(bound) bytes")
        case .unsupportedMagic(let magic):
            return PolicyAnswer(.invalidRecord, "message format \(magic) is not taken, only 2")
        default:
            return PolicyAnswer(.invalidRecord, "the batch can't be decoded")
        }
    }
}

extension PolicyRecord {
    init(_ record: Record) {
        self.init(
            key: record.key, value: record.value,
            headers: record.headers.map { PolicyRecord.Header($0.key, $0.value) })
    }

    func record(timestamp: Int64) -> Record {
        Record(
            key: key, value: value, headers: headers.map { (key: $0.key, value: $0.value) }, timestamp: timestamp)
    }
}
