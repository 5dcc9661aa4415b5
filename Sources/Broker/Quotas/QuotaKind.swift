/// What a quota bounds, by Kafka's key (KIP-13, KIP-124, KIP-612).
enum QuotaKind: String, Sendable, CaseIterable {
    /// Bytes of records produced, a second.
    case produce = "producer_byte_rate"
    /// Bytes of records fetched, as they go to the client, a second.
    case fetch = "consumer_byte_rate"
    /// Time that requests take, in percent of one thread.
    case requestTime = "request_percentage"
    /// Connections made from an address, a second.
    case connections = "connection_creation_rate"

    var isOfAddresses: Bool { self == .connections }

    /// What is taken off for each unit of a limit, a second: request time is counted in nanoseconds.
    var unitsPerLimit: Double { self == .requestTime ? 1e7 : 1 }

    /// Why a value can't be a limit; nil if it can.
    func refusal(of value: Double) -> String? {
        switch self {
        case .produce, .fetch, .connections:
            let isWhole = value >= 1 && value <= 9.007e15 && value.rounded() == value
            return isWhole ? nil : "\(rawValue) must be a whole number from 1 on, not \(value)"
        case .requestTime:
            let isRate = value > 0 && value <= 1_000_000
            return isRate ? nil : "\(rawValue) must be above 0 and at most 1000000 percent, not \(value)"
        }
    }
}
