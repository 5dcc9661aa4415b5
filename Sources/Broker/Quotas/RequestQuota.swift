import KafkaMessages
import Views

/// One request and the quotas of its client.
struct RequestQuota: Sendable {
    let quotas: ClientQuotas
    let user: Name
    let clientId: Name
    private let clock: any BrokerClock
    private var startNs: Int64

    /// nil: nothing bounds the client, as there are no quotas or it is this machine's administrator.
    init?(_ broker: Broker, _ context: RequestContext) {
        guard broker.quotas.boundsRequests, context.principal != .admin else { return nil }
        quotas = broker.quotas
        user = context.principal.aclUser
        clientId = Name(context.clientId)
        clock = broker.clock
        startNs = clock.monotonicNs()
    }

    /// Its time begins now.
    mutating func begin() { startNs = clock.monotonicNs() }

    /// How long the request waits before it is handled, in milliseconds.
    func debtMs(_ api: ApiKey) -> Int64 {
        let time = quotas.debtMs(.requestTime, user: user, clientId: clientId)
        switch api {
        case .produce: return max(time, quotas.debtMs(.produce, user: user, clientId: clientId))
        case .fetch: return max(time, quotas.debtMs(.fetch, user: user, clientId: clientId))
        default: return time
        }
    }

    /// Takes off bytes of records.
    /// - Returns: for how long the client is held back for it, in milliseconds.
    func use(byteCount: Int, _ kind: QuotaKind) -> Int64 {
        quotas.use(Double(byteCount), kind, user: user, clientId: clientId)
    }

    /// Takes off the time since the request began to be handled, or what of it was work.
    func useTime(workNs: Int64? = nil) -> Int64 {
        guard quotas.has(.requestTime) else { return 0 }
        let nanoseconds = workNs ?? clock.monotonicNs() - startNs
        return quotas.use(Double(nanoseconds), .requestTime, user: user, clientId: clientId)
    }
}
