import KafkaMessages

extension FetchSession {
    /// One session. Used by one connection, one request at a time:
    ///
    ///     full request ── answered ──▶ epoch 1 ── request of that epoch ──▶ looked at ── answered ──▶ epoch 2 …
    ///                                     │                │
    ///                                     └── evicted ─────┴── left empty, outgrown ──▶ closed
    ///
    /// A closed one holds nothing and answers FETCH_SESSION_ID_NOT_FOUND.
    struct StateMachine: ~Copyable {
        private struct Entry {
            var topic: Int32
            var wanted: Wanted
            /// nil: nothing yet.
            var told: Told?
            var isForgotten = false
            /// Records of it are in the answer that is being made.
            var isServed = false
        }

        private struct Key: Hashable {
            var topic: Int32
            var partition: Int32
        }

        let usesTopicIds: Bool
        /// The epoch of the next request.
        private(set) var epoch: Int32 = 1
        private(set) var isClosed = false
        /// By number.
        private(set) var topics: [Topic] = []
        private var topicNumbers: [Topic: Int32] = [:]
        private var entries: [Entry] = []
        private var slots: [Key: Int32] = [:]
        /// Slots in the order in which they are read: who got records goes to the end, so that none starves the others.
        private var order: [Int32] = []
        private var nameByteCount = 0

        init(usesTopicIds: Bool) {
            self.usesTopicIds = usesTopicIds
        }

        var partitionCount: Int { entries.count }

        /// Bytes that it takes, about.
        var byteCount: Int {
            entries.count * Limit.bytesPerPartition + topics.count * Limit.bytesPerTopic + nameByteCount
        }

        // MARK: Requests

        /// Takes a partition that a full request asked for and what its answer says of it. False if a session can't hold it,
        /// or has it already.
        mutating func open(_ topic: Topic, _ wanted: Wanted, told: Told) -> Bool {
            let count = entries.count
            guard let slot = put(topic, wanted), entries.count > count else { return false }
            entries[slot].told = told
            return true
        }

        /// Takes the changes of a request that goes on with the session.
        mutating func proceed(_ request: FetchRequest, usesTopicIds: Bool) -> Action {
            if isClosed { return .refuse(.fetchSessionIdNotFound) }
            guard request.sessionEpoch == epoch else { return .refuse(.invalidFetchSessionEpoch) }
            guard usesTopicIds == self.usesTopicIds else { return .refuse(.fetchSessionTopicIdError) }
            for topic in request.topics {
                let key = topic.key(byId: usesTopicIds)
                for partition in topic.partitions where put(key, Wanted(partition)) == nil { return .outgrown }
            }
            forget(request.forgottenTopicsData)
            if entries.isEmpty { return .emptied }
            epoch = FetchSession.epoch(after: epoch)
            return .fetch
        }

        /// Every partition in the order in which it is read.
        func forEach(_ body: (_ slot: Int, _ topicNumber: Int, _ wanted: Wanted) -> Void) {
            for slot in order {
                let entry = entries[Int(slot)]
                body(Int(slot), Int(entry.topic), entry.wanted)
            }
        }

        // MARK: Answers

        /// Takes note of what is answered for a partition. False if the client knows it all, so that it can be left out.
        mutating func tell(_ slot: Int, _ told: Told, hasRecords: Bool) -> Bool {
            guard entries.indices.contains(slot) else { return true }
            let isNews = hasRecords || told.errorCode != .none || entries[slot].told != told
            entries[slot].told = told
            entries[slot].isServed = hasRecords
            return isNews
        }

        /// The answer is complete: who got records is read last the next time.
        mutating func endAnswer() {
            var served: [Int32] = []
            for slot in order where entries[Int(slot)].isServed { served.append(slot) }
            guard !served.isEmpty else { return }
            if served.count < order.count {
                order.removeAll { entries[Int($0)].isServed }
                order += served
            }
            for slot in served { entries[Int(slot)].isServed = false }
        }

        /// Gives everything back.
        mutating func close() {
            self = StateMachine(usesTopicIds: usesTopicIds)
            isClosed = true
        }

        // MARK: Partitions

        /// Adds a partition or changes what is asked of it. nil if the session can't hold it.
        private mutating func put(_ topic: Topic, _ wanted: Wanted) -> Int? {
            let known = topicNumbers[topic]
            if let known, let slot = slots[Key(topic: known, partition: wanted.index)] {
                entries[Int(slot)].wanted = wanted
                return Int(slot)
            }
            guard entries.count < Limit.partitions, topic.nameByteCount <= Limit.nameBytes else { return nil }
            let number = known ?? add(topic)
            let slot = Int32(entries.count)
            entries.append(Entry(topic: number, wanted: wanted))
            slots[Key(topic: number, partition: wanted.index)] = slot
            order.append(slot)
            return Int(slot)
        }

        private mutating func add(_ topic: Topic) -> Int32 {
            let number = Int32(topics.count)
            topics.append(topic)
            topicNumbers[topic] = number
            nameByteCount += topic.nameByteCount
            return number
        }

        private mutating func forget(_ forgotten: [FetchRequest.ForgottenTopic]) {
            var count = 0
            for topic in forgotten {
                let key = usesTopicIds ? Topic.id(topic.topicId) : .name(topic.topic)
                guard let number = topicNumbers[key] else { continue }
                for partition in topic.partitions {
                    guard let slot = slots[Key(topic: number, partition: partition)],
                        !entries[Int(slot)].isForgotten
                    else { continue }
                    entries[Int(slot)].isForgotten = true
                    count += 1
                }
            }
            if count > 0 { compact() }
        }

        /// Numbers what is left anew, so that forgotten topics and partitions take no memory.
        private mutating func compact() {
            let (oldEntries, oldTopics, oldOrder) = (entries, topics, order)
            (entries, topics, order, slots, topicNumbers, nameByteCount) = ([], [], [], [:], [:], 0)
            for slot in oldOrder {
                let entry = oldEntries[Int(slot)]
                if entry.isForgotten { continue }
                if let new = put(oldTopics[Int(entry.topic)], entry.wanted) { entries[new].told = entry.told }
            }
        }
    }
}
