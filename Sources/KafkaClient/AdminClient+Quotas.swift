import KafkaMessages

/// For whom quotas are set: user, client id, both, or an address, each by name or as the default (KIP-546).
public struct QuotaEntity: Sendable, Hashable {
    public struct Part: Sendable, Hashable {
        /// `user`, `client-id` or `ip`.
        public var type: String
        /// nil: the default, for those without a quota of their own.
        public var name: String?

        public init(type: String, name: String?) {
            self.type = type
            self.name = name
        }
    }

    public var parts: [Part]

    public init(_ parts: [Part]) {
        self.parts = parts
    }
}

extension AdminClient {
    /// What is set for one entity, by key: `producer_byte_rate` and its like, in Kafka's units.
    public struct Quotas: Sendable, Equatable {
        public var entity: QuotaEntity
        public var limits: [String: Double]
    }

    /// All quotas, as the broker orders them.
    public func quotas() async throws(KafkaClientError) -> [Quotas] {
        let connection = try await cluster.connection()
        let response = try await connection.send(DescribeClientQuotasRequest())
        try check(response.errorCode, response.errorMessage, while: "list quotas")
        return (response.entries ?? []).map { entry in
            Quotas(
                entity: QuotaEntity(entry.entity.map { QuotaEntity.Part(type: $0.entityType, name: $0.entityName) }),
                limits: Dictionary(entry.values.map { ($0.key, $0.value) }) { $1 })
        }
    }

    /// Sets the limits that have a value and removes those that are nil, all of it or nothing.
    public func alterQuotas(
        of entity: QuotaEntity, _ limits: [String: Double?]
    ) async throws(KafkaClientError) {
        let connection = try await cluster.connection()
        var request = AlterClientQuotasRequest()
        var entry = AlterClientQuotasRequest.EntryData()
        entry.entity = entity.parts.map { part in
            var data = AlterClientQuotasRequest.EntityData()
            (data.entityType, data.entityName) = (part.type, part.name)
            return data
        }
        entry.ops = limits.sorted { $0.key < $1.key }.map { key, value in
            var op = AlterClientQuotasRequest.OpData()
            (op.key, op.value, op.remove) = (key, value ?? 0, value == nil)
            return op
        }
        request.entries = [entry]
        let response = try await connection.send(request)
        guard let result = response.entries.first else { throw missing("alter quotas", connection) }
        try check(result.errorCode, result.errorMessage, while: "alter quotas")
    }
}
