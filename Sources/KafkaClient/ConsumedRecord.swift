public import KafkaRecords

/// A record as a consumer gets it, with where it came from.
public struct ConsumedRecord: Sendable, PayloadHolder {
    public var topic: String
    public var partition: Int32
    public var offset: Int64
    /// Milliseconds since 1970, -1 for none.
    public var timestamp: Int64
    public var key: [UInt8]?
    public var value: [UInt8]?
    public var headers: [(key: String, value: [UInt8]?)]

    public init(
        topic: String, partition: Int32, offset: Int64, timestamp: Int64, key: [UInt8]?, value: [UInt8]?,
        headers: [(key: String, value: [UInt8]?)] = []
    ) {
        self.topic = topic
        self.partition = partition
        self.offset = offset
        self.timestamp = timestamp
        self.key = key
        self.value = value
        self.headers = headers
    }
}
