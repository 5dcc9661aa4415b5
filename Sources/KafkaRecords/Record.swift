/// A record in parts of its own: for Sluice's own records, commands and tests. Not for the data path, which has ``RecordEntry``.
public struct Record: Sendable, PayloadHolder {
    public var key: [UInt8]?
    public var value: [UInt8]?
    public var headers: [(key: String, value: [UInt8]?)]
    /// Milliseconds since 1970.
    public var timestamp: Int64

    public init(
        key: [UInt8]? = nil, value: [UInt8]?, headers: [(key: String, value: [UInt8]?)] = [], timestamp: Int64
    ) {
        self.key = key
        self.value = value
        self.headers = headers
        self.timestamp = timestamp
    }

    /// The header section as it lies in a record: varint count, then the headers.
    public var headerSection: [UInt8] {
        var section: [UInt8] = []
        Varint.write(Int32(headers.count), to: &section)
        for header in headers {
            Varint.write(Int32(header.key.utf8.count), to: &section)
            section.append(contentsOf: header.key.utf8)
            Varint.write(Int32(header.value?.count ?? -1), to: &section)
            if let value = header.value { section.append(contentsOf: value) }
        }
        return section
    }
}

extension Record: Equatable {
    public static func == (left: Record, right: Record) -> Bool {
        left.key == right.key && left.value == right.value && left.timestamp == right.timestamp
            && left.headers.elementsEqual(right.headers) { $0.key == $1.key && $0.value == $1.value }
    }
}
