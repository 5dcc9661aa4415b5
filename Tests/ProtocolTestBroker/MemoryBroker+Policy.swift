import KafkaMessages
import KafkaRecords
import Views

extension MemoryBroker {
    /// Makes the topics of a Sluice broker.
    package func addPolicyTopics() {
        add(topic: "__sluice_modules", partitions: 1)
        add(topic: "__sluice_views", partitions: 1)
    }

    /// Takes a batch as the broker does, but for compiling modules: each is taken for one of our own ABI.
    static func writePolicy(
        _ records: [Record], to topic: String, _ answer: inout ProduceResponse.PartitionProduceResponse,
        _ state: inout State
    ) {
        let sent = records.map { record in
            PolicyRecord(
                key: record.key, value: record.value,
                headers: record.headers.map { PolicyRecord.Header($0.key, $0.value) })
        }
        let author = PolicyAuthor(principal: .admin, timestamp: 1_769_860_800_000)
        do throws(PolicyRefusal) {
            let plan: PolicyPlan
            if topic == "__sluice_modules" {
                let admitted = sent.enumerated().map { index, record in
                    (index, AdmittedModule(sha256: Digest(hashing: record.value ?? []), abi: "sluice-1"))
                }
                plan = try state.policy.planModules(
                    sent, admitted: Dictionary(uniqueKeysWithValues: admitted), author: author)
            } else {
                plan = try state.policy.planViews(sent, author: author, topics: facts(state))
            }
            for stored in plan.records {
                let offset = Int64(state.topics[topic]?[0].records.count ?? 0)
                if topic == "__sluice_modules" {
                    state.policy.applyModule(stored, offset: offset)
                } else {
                    state.policy.applyView(stored, offset: offset)
                }
                state.topics[topic]?[0].records.append(
                    Record(
                        key: stored.key, value: stored.value, headers: stored.headers.map { ($0.key, $0.value) },
                        timestamp: author.timestamp))
            }
            answer.assigned = plan.assigned.map { entry in
                var assigned = ProduceResponse.AssignedVersion()
                assigned.index = Int32(entry.index)
                assigned.nameAtVersion = entry.name
                return assigned
            }
        } catch {
            var refusal = ProduceResponse.BatchIndexAndErrorMessage()
            refusal.batchIndex = Int32(error.index ?? 0)
            refusal.batchIndexErrorMessage = error.message
            answer.errorCode = .invalidRecord
            answer.recordErrors = [refusal]
            answer.errorMessage = error.message
        }
    }

    private static func facts(_ state: State) -> [TopicFact] {
        state.topics.keys.filter { !$0.hasPrefix("__") }.map { name in
            let id = state.ids[name] ?? .zero
            return TopicFact(ref: TopicRef(id: (id.high, id.low), name: name))
        }
    }
}
