import KafkaMessages
import Metering
import NIOCore

/// Quotas of the client: its requests wait until what it owes is paid, and it is told what it owes after each (KIP-219).
/// Requests of a connection are handled one after another, so a request that waits holds up those behind it.
extension BrokerSession {
    /// Waits until the client may have this request handled.
    func holdBack(_ context: RequestContext) async {
        quota = nil
        guard var own = RequestQuota(broker, context) else { return }
        let ms = own.debtMs(context.api)
        if ms > 0 {
            broker.metrics.throttledRequests.add(1)
            await broker.timers.wait(ms: ms)
            own.begin()
        }
        quota = own
    }

    func throttleMs(ofProduced request: ProduceRequest) -> Int32 {
        guard let quota else { return 0 }
        var byteCount = 0
        for topic in request.topicData {
            for partition in topic.partitionData {
                if case .bytes(let records) = partition.records { byteCount += records.readableBytes }
            }
        }
        return Int32(max(quota.use(byteCount: byteCount, .produce), quota.useTime()))
    }

    func throttleMs(ofFetched answer: FetchHandler.Answer) -> Int32 {
        guard let quota else { return 0 }
        return Int32(
            max(quota.use(byteCount: answer.byteCount, .fetch), quota.useTime(workNs: answer.workNs)))
    }

    /// Of all others. A join waits for other members, which is nobody's work.
    func throttleMs(of api: ApiKey) -> Int32 {
        guard let quota else { return 0 }
        switch api {
        case .joinGroup, .syncGroup: return 0
        default: return Int32(quota.useTime())
        }
    }
}
