internal import Metering
public import Synchronization

/// What a server has done since it started. Read by metrics at any time; each is exact by itself, not with the others.
public final class ServerCounters: Sendable {
    /// Connections open now.
    public let connections = Atomic<Int>(0)
    public let connectionsAccepted = Atomic<Int>(0)
    /// Connections closed before their first frame, because of a limit or a wrong user.
    public let connectionsRefused = Atomic<Int>(0)
    /// By `ConnectionEnd.Reason`.
    let closed = CounterTable(count: ConnectionEnd.Reason.allCases.count)
    /// By `ConnectionRefusal`.
    let refused = CounterTable(count: ConnectionRefusal.allCases.count)
    /// Whole frames received.
    public let requests = Atomic<Int>(0)
    public let responses = Atomic<Int>(0)
    public let bytesReceived = Atomic<Int>(0)
    /// Bytes handed to the channel, length prefixes included.
    public let bytesSent = Atomic<Int>(0)
    /// Of these, bytes that went from file to socket in the kernel.
    public let bytesSentFromFiles = Atomic<Int>(0)
    /// Slices of files that had to be read from the disk first.
    public let coldSlices = Atomic<Int>(0)

    init() {}
}

/// Why a connection isn't taken, for the metric.
enum ConnectionRefusal: Int, CaseIterable {
    case limit, addressLimit, rate, stopping, user, other

    var name: String {
        switch self {
        case .limit: "limit"
        case .addressLimit: "address_limit"
        case .rate: "rate"
        case .stopping: "stopping"
        case .user: "user"
        case .other: "other"
        }
    }

    init(_ error: any Error) {
        switch error {
        case let error as ConnectionRegistry.RefusalError:
            switch error.refusal {
            case .total: self = .limit
            case .perAddress: self = .addressLimit
            case .stopping: self = .stopping
            }
        case is ConnectionAdmission.RateError: self = .rate
        case is ConnectionAdmission.ForeignUserError: self = .user
        default: self = .other
        }
    }
}

extension Atomic where Value == Int {
    /// Counters order nothing, so the weakest ordering is enough.
    func increase(by amount: Int = 1) {
        wrappingAdd(amount, ordering: .relaxed)
    }

    public var value: Int {
        load(ordering: .relaxed)
    }
}
