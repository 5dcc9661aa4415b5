import KafkaMessages
import Views

/// AlterClientQuotas v0–1 (KIP-546): needs ALTER_CONFIGS on the cluster; without an authorizer, the admin socket. The changes of an
/// entity stand or fall together; what is refused of one doesn't hold up the others.
extension Broker {
    func handle(
        _ request: AlterClientQuotasRequest, _ context: RequestContext
    ) async -> AlterClientQuotasResponse {
        var refusals: [Int: (code: ErrorCode, text: String)] = [:]
        var changes: [QuotaEntity: [QuotaKind: Double?]] = [:]
        var places: [Int] = []
        let forbidden = credentialRefusal(context)
        for (index, entry) in request.entries.enumerated() {
            if let forbidden {
                refusals[index] = (forbidden.code, forbidden.message)
                continue
            }
            do throws(QuotaRefusal) {
                let (entity, values) = try Self.change(entry)
                guard changes[entity] == nil else { throw QuotaRefusal(text: "the entity is named twice") }
                changes[entity] = values
                places.append(index)
            } catch {
                refusals[index] = (.invalidRequest, error.text)
            }
        }
        if !request.validateOnly {
            do throws(SecurityStore.Failure) {
                try await security.change(changes, by: context.principal)
            } catch {
                for index in places { refusals[index] = (error.code, error.text) }
            }
        }
        var response = AlterClientQuotasResponse()
        response.entries = request.entries.enumerated().map { index, entry in
            var answer = AlterClientQuotasResponse.EntryData()
            if let refusal = refusals[index] { (answer.errorCode, answer.errorMessage) = refusal }
            answer.entity = entry.entity.map { given in
                var part = AlterClientQuotasResponse.EntityData()
                (part.entityType, part.entityName) = (given.entityType, given.entityName)
                return part
            }
            return answer
        }
        return response
    }

    private static func change(
        _ entry: AlterClientQuotasRequest.EntryData
    ) throws(QuotaRefusal) -> (QuotaEntity, [QuotaKind: Double?]) {
        let entity = try QuotaEntity(entry.entity.map { (type: $0.entityType, name: $0.entityName) })
        var values: [QuotaKind: Double?] = [:]
        for op in entry.ops {
            guard let kind = QuotaKind(rawValue: op.key), entity.takes(kind) else {
                let known = QuotaKind.allCases.filter(entity.takes).map(\.rawValue).joined(separator: ", ")
                throw QuotaRefusal(text: "there is no quota \(op.key.prefix(60)) for this entity, only \(known)")
            }
            guard values[kind] == nil else { throw QuotaRefusal(text: "\(kind.rawValue) is named twice") }
            if !op.remove, let refusal = kind.refusal(of: op.value) { throw QuotaRefusal(text: refusal) }
            values.updateValue(op.remove ? nil : op.value, forKey: kind)
        }
        return (entity, values)
    }
}
