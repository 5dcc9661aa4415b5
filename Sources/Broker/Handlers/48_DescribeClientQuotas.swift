import KafkaMessages
import Views

/// DescribeClientQuotas v0–1 (KIP-546): needs DESCRIBE_CONFIGS on the cluster; without an authorizer, the admin socket.
extension Broker {
    func handle(
        _ request: DescribeClientQuotasRequest, _ context: RequestContext
    ) -> DescribeClientQuotasResponse {
        var response = DescribeClientQuotasResponse()
        response.entries = nil
        if let refusal = credentialRefusal(context) {
            (response.errorCode, response.errorMessage) = (refusal.code, refusal.message)
            return response
        }
        do throws(QuotaRefusal) {
            let filter = try QuotaFilter(request)
            response.entries = security.snapshot.quotas.limits.filter { filter.takes($0.key) }
                .map { ($0.key.fields, Self.entry($0.key, $0.value)) }
                .sorted { $0.0.lexicographicallyPrecedes($1.0) }.map(\.1)
        } catch {
            (response.errorCode, response.errorMessage) = (.invalidRequest, error.text)
        }
        return response
    }

    private static func entry(
        _ entity: QuotaEntity, _ limits: [QuotaKind: Double]
    ) -> DescribeClientQuotasResponse.EntryData {
        var entry = DescribeClientQuotasResponse.EntryData()
        for (type, name) in entity.parts {
            var part = DescribeClientQuotasResponse.EntityData()
            (part.entityType, part.entityName) = (type, name)
            entry.entity.append(part)
        }
        for kind in QuotaKind.allCases {
            guard let limit = limits[kind] else { continue }
            var value = DescribeClientQuotasResponse.ValueData()
            (value.key, value.value) = (kind.rawValue, limit)
            entry.values.append(value)
        }
        return entry
    }
}
