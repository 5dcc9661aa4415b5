public import KafkaRecords
public import Views

/// A record on which a view failed, by coordinates and class. Holds nothing of the record, and no text of the guest.
public struct ViewError: Sendable, Hashable {
    public var digest: Digest
    public var topic: TopicRef
    public var partition: Int32
    public var offset: Int64
    /// How many groups read by this view here.
    public var groupCount: Int
    /// `trap`, `fuel`, `invalid_output`, …
    public var errorClass: String
    /// Which step of the view, from 0.
    public var step: Int
    public var module: VersionedName
    /// What became of the record.
    public var rule: OnError

    public init(
        digest: Digest, topic: TopicRef, partition: Int32, offset: Int64, groupCount: Int, errorClass: String,
        step: Int, module: VersionedName, rule: OnError
    ) {
        self.digest = digest
        self.topic = topic
        self.partition = partition
        self.offset = offset
        self.groupCount = groupCount
        self.errorClass = errorClass
        self.step = step
        self.module = module
        self.rule = rule
    }
}

/// What goes into `__sluice_errors`: each failed record once per view digest, and not too many at a time. A state machine;
/// the caller writes the records.
public struct ViewErrorLog: Sendable {
    private struct Key: Hashable {
        var digest: Digest
        var topicId: TopicId
        var partition: Int32
        var offset: Int64
    }

    /// Keys that are remembered.
    public static let keysMax = 100_000
    public static let perSecondMax = 100

    /// Errors that were over the rate and not written, for the metric. They are written when they come again.
    public private(set) var droppedCount: UInt64 = 0
    private let keysMax: Int
    private var known: Set<Key> = []
    private var order: [Key] = []
    private var next = 0
    private var second: Int64 = .min
    private var writtenInSecond = 0

    public init() {
        self.init(keysMax: Self.keysMax)
    }

    init(keysMax: Int) {
        self.keysMax = keysMax
    }

    /// The record to write; nil if it has been written before, or if a hundred were written in this second.
    ///
    /// - Parameter now: milliseconds since 1970.
    public mutating func record(of error: ViewError, now: Int64) -> Record? {
        let key = Key(
            digest: error.digest, topicId: error.topic.id, partition: error.partition, offset: error.offset)
        guard !known.contains(key) else { return nil }
        if now / 1_000 != second {
            second = now / 1_000
            writtenInSecond = 0
        }
        guard writtenInSecond < Self.perSecondMax else {
            droppedCount &+= 1
            return nil
        }
        writtenInSecond += 1
        remember(key)
        return Record(key: Self.key(of: error), value: Self.value(of: error, now: now), timestamp: now)
    }

    private mutating func remember(_ key: Key) {
        if order.count < keysMax {
            order.append(key)
        } else {
            known.remove(order[next])
            order[next] = key
            next = (next + 1) % keysMax
        }
        known.insert(key)
    }

    private static func key(of error: ViewError) -> [UInt8] {
        JSONValue.object([
            .init("digest", .string(error.digest.description)), .init("topic_id", .string(error.topic.id.text)),
            .init("partition", .integer(Int64(error.partition))), .init("offset", .integer(error.offset)),
        ]).canonicalBytes
    }

    private static func value(of error: ViewError, now: Int64) -> [UInt8] {
        JSONValue.object([
            .init("v", .integer(1)), .init("topic", .string(error.topic.name.string)),
            .init("group_count", .integer(Int64(error.groupCount))), .init("class", .string(error.errorClass)),
            .init("step", .integer(Int64(error.step))), .init("module", .string(error.module.description)),
            .init("rule", .string(error.rule.name)), .init("at", .string(PolicyAuthor.text(of: now))),
        ]).canonicalBytes
    }
}
